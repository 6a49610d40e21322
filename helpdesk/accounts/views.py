"""What a person sets for herself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.accounts.doors import for_staff, person
from helpdesk.accounts.models import User
from helpdesk.accounts.own_form import OwnForm


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


@for_staff
def own_settings(request: HttpRequest) -> HttpResponse:
    """What a person sets for herself, in a page."""
    form = OwnForm(person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.keep(person(request))
        messages.success(request, _("Saved."))
        return redirect("own_settings")
    return render(request, "settings/own/own.html", {"form": form})
