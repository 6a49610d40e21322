"""Doors."""

from django.urls import include, path

from channels_ingest import views
from channels_ingest.widget import views as widget

urlpatterns = [
    path("webhooks/<int:channel_id>/", views.webhook, name="webhook"),
    path("webhooks/<int:channel_id>/status/", views.webhook, name="webhook_status"),
    path("settings/", include("channels_ingest.setup.urls")),
    path("files/<str:token>", views.attachment_link, name="attachment_link"),
    path("widget/<str:key>.js", widget.loader, name="widget_loader"),
    path("widget/<str:key>/", widget.frame, name="widget_frame"),
]
