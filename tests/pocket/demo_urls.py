"""The addresses as they are with ``--demo``."""

from django.urls import include, path

from helpdesk.urls import urlpatterns as without

urlpatterns = [
    path("demo/shop/", include("helpdesk.demo_shop")),
    path("demo/", include("helpdesk.pocket.urls")),
    path("demo/", include("helpdesk.demo_controls")),
    *without,
]
