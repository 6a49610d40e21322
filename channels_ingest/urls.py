"""Doors."""

from django.urls import include, path

from channels_ingest import views
from channels_ingest.adapters.email.services import SERVICES
from channels_ingest.widget import views as widget

urlpatterns = [
    path("webhooks/<int:channel_id>/", views.webhook, name="webhook"),
    path("webhooks/<int:channel_id>/status/", views.webhook, name="webhook_status"),
    *[path(f"webhooks/<int:channel_id>/{name}/", views.webhook, {"service": name}) for name in SERVICES],
    # Mailgun hands mails over whole where the address ends so, with no slash behind.
    path("webhooks/<int:channel_id>/mailgun/mime", views.webhook, {"service": "mailgun"}),
    path("anymail/mailgun/inbound_mime", views.webhook_by_secret, {"service": "mailgun"}),
    path("anymail/mailgun/inbound_mime/", views.webhook_by_secret, {"service": "mailgun"}),
    *[path(f"anymail/{name}/inbound/", views.webhook_by_secret, {"service": name}) for name in SERVICES],
    *[path(f"anymail/{name}/tracking/", views.webhook_by_secret, {"service": name}) for name in SERVICES],
    path("settings/", include("channels_ingest.setup.urls")),
    path("files/remote/<str:token>", views.remote_image, name="remote_image"),
    path("files/sent/<str:token>/<str:name>", views.provider_file, name="provider_file"),
    path("files/chat/<str:token>", widget.session_file, name="session_file"),
    path("files/<str:token>", views.attachment_link, name="attachment_link"),
    path("widget/<str:key>.js", widget.loader, name="widget_loader"),
    path("widget/<str:key>/", widget.frame, name="widget_frame"),
]
