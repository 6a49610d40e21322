"""The demo's two switches, for admins: the trickle of messages, and the button that removes all of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from helpdesk.accounts.models import User
from helpdesk.management.demo import registry, removal, shop, trickle

View = Callable[[HttpRequest, User], HttpResponseBase]


def for_admins(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """A logged-in admin's POST, with the page's CSRF token."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.is_active or not user.is_admin:
            return JsonResponse({"detail": "Only an admin can do this. Log in as one."}, status=403)
        return view(request, user)

    return require_POST(csrf_protect(guarded))


@for_admins
def set_trickle(request: HttpRequest, user: User) -> HttpResponseBase:
    """``is_on``: "true" or "false". Answers {is_on}."""
    wanted = request.POST.get("is_on")
    if wanted not in ("true", "false"):
        return JsonResponse({"detail": 'is_on has to be "true" or "false".'}, status=400)
    return JsonResponse({"is_on": trickle.turn(settings.DATA_DIR, is_on=wanted == "true").is_on})


@for_admins
def remove(request: HttpRequest, user: User) -> HttpResponseBase:
    """``name``: the shop's, typed, so that no stray click does it. Answers {removed: {model: count}}."""
    if request.POST.get("name", "").strip().casefold() != shop.BRAND.casefold():
        return JsonResponse({"detail": f"Type {shop.BRAND} to remove the demo."}, status=400)
    if not registry.is_loaded():
        return JsonResponse({"detail": "There is no demo to remove."}, status=409)
    return JsonResponse({"removed": removal.remove(settings.DATA_DIR, by=user)})


urlpatterns: list[URLPattern] = [
    path("trickle/", set_trickle, name="demo_trickle"),
    path("remove/", remove, name="demo_remove"),
]
