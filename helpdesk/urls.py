"""Every address, from the composition root."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from helpdesk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox"), name="home"),
    path("", include(health.urlpatterns)),
    path("", include("channels_ingest.urls")),
    path("", include("conversations.urls")),
    path("", include("ai_tier1.urls")),
    path("accounts/", include("helpdesk.accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("helpdesk.api_urls")),
]

handler404 = "helpdesk.ui.errors.not_found"
handler500 = "helpdesk.ui.errors.server_error"

if settings.IS_DEMO:
    urlpatterns.append(path("demo/shop/", include("helpdesk.demo_shop")))
    urlpatterns.append(path("demo/", include("helpdesk.pocket.urls")))
    urlpatterns.append(path("demo/", include("helpdesk.demo_controls")))
