"""What each desk does with scheduled messages: one page for admins."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conversations.actions import actors, desks
from conversations.models import Desk
from helpdesk.accounts.doors import for_admins, person


@for_admins
def scheduled_messages(request: HttpRequest) -> HttpResponse:
    """Shown, and kept."""
    rows = list(Desk.objects.visible_to(person(request)).order_by("-is_default", "name"))
    if request.method != "POST":
        return render(request, "settings/desks/desks.html", {"desks": rows})
    wanted = set(request.POST.getlist("sends_anyway"))
    for row in rows:
        desks.set_sends_anyway(row, str(row.pk) in wanted, by=actors.agent(person(request)))
    messages.success(request, _("Saved."))
    return redirect("settings_scheduled")
