"""Where settings begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from helpdesk.accounts.doors import for_staff, person


@require_safe
@for_staff
def settings_home(request: HttpRequest) -> HttpResponse:
    """The first section that is open to whoever comes."""
    return redirect("settings_channels" if person(request).is_admin else "settings_knowledge")
