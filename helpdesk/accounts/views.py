"""What a person sets for herself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from helpdesk.accounts.models import User


@require_POST
@login_required
def preferences(request: HttpRequest) -> JsonResponse:
    """Theme (``theme``) and single-key shortcuts (``single_keys``: "true" or "false")."""
    user = request.user
    assert isinstance(user, User)
    theme, keys = request.POST.get("theme"), request.POST.get("single_keys")
    if theme in User.Theme.values:
        user.theme = theme
    if keys in ("true", "false"):
        user.has_single_keys = keys == "true"
    user.save(update_fields=["theme", "has_single_keys"])
    return JsonResponse({"theme": user.theme, "single_keys": user.has_single_keys})
