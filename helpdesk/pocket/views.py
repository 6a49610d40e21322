"""The pocket page and what it asks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from helpdesk.accounts.models import User
from helpdesk.management.demo import trickle
from helpdesk.pocket import calling, mailing, people, texting, tracing
from helpdesk.pocket.asking import Ask, asked, demo_only, words
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.errors import CannotDo

LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@demo_only
@require_safe
@ensure_csrf_cookie
def pocket(request: HttpRequest) -> HttpResponse:
    """A customer's phone and laptop, and the inbox beside them."""
    try:
        doors = Doors.here()
    except CannotDo:
        return render(request, "demo/gone.html", status=404)
    inside = request.user if isinstance(request.user, User) else None
    agent = inside or _agent(doors)
    facts = {
        **_settings(doors),
        "agent_name": agent.name if agent else "",
        "controls": _controls() if inside and inside.is_admin else {},
    }
    response = render(request, "demo/pocket.html", {"settings": facts, "is_inside": inside is not None})
    response["Cache-Control"] = "no-store"
    return response


@demo_only
@require_POST
@csrf_protect
def agent(request: HttpRequest) -> HttpResponse:
    """Log this browser in as the demo's agent, who is no admin. Who is logged in already stays who he is."""
    if not request.user.is_authenticated:
        try:
            user = _agent(Doors.here())
        except CannotDo as problem:
            raise Http404(str(problem)) from problem
        if user is None:
            raise Http404("The demo's agent is no longer here")
        login(request, user, backend=LOGIN_BACKEND)
    return redirect("inbox_view", view="all")


@asked(per_minute=30)
def person(ask: Ask) -> Ask:
    """Somebody to be: one of the demo's people by ``preset``, else somebody new."""
    key = words(ask, "preset")
    player = people.preset(key) if key else people.fresh()
    return {"name": player.name, "phone": player.phone, "email": player.email, "key": key, "token": player.token}


@asked(per_minute=40)
def text(ask: Ask) -> Ask:
    """``app`` ("sms" or "whatsapp") and ``body``."""
    player = people.read(ask.get("token"))
    return {"id": texting.send(player, words(ask, "app"), words(ask, "body"), Doors.here())}


@asked(per_minute=20)
def mail(ask: Ask) -> Ask:
    """``subject`` and ``text``; ``answering`` is the id of a mail she received."""
    player = people.read(ask.get("token"))
    sent = mailing.send(
        player,
        Doors.here(),
        subject=words(ask, "subject"),
        text=words(ask, "text"),
        answering=words(ask, "answering"),
    )
    return {"id": sent}


@asked(per_minute=300)
def look(ask: Ask) -> Ask:
    """Everything she received, and what became of what she wrote."""
    player, doors = people.read(ask.get("token")), Doors.here()
    return {
        "texts": texting.received(player, doors) if doors.sms or doors.whatsapp else [],
        "mails": mailing.received(player, doors) if doors.email else [],
        **tracing.look(player, words(ask, "visitor"), doors),
    }


@asked(per_minute=20)
def call_start(ask: Ask) -> Ask:
    """Dial the shop, with the number shown unless ``is_withheld``."""
    player = people.read(ask.get("token"))
    return {"call": calling.start(player, Doors.here(), is_withheld=ask.get("is_withheld") is True)}


@asked(per_minute=90)
def call_say(ask: Ask) -> Ask:
    """``text`` as spoken, or ``digits`` as pressed."""
    player = people.read(ask.get("token"))
    calling.say(player, Doors.here(), ask.get("call"), text=words(ask, "text"), digits=words(ask, "digits"))
    return {}


@asked(per_minute=60)
def call_hang_up(ask: Ask) -> Ask:
    """End the call."""
    calling.hang_up(people.read(ask.get("token")), Doors.here(), ask.get("call"))
    return {}


@asked(per_minute=300)
def call_look(ask: Ask) -> Ask:
    """What the line said so far."""
    return calling.look(people.read(ask.get("token")), Doors.here(), ask.get("call"))


def _agent(doors: Doors) -> User | None:
    return User.objects.filter(email=doors.agent_email, role=User.Role.AGENT, is_active=True).first()


def _controls() -> dict[str, Any]:
    """Where an admin switches the trickle and removes the demo."""
    is_on = trickle.switch(settings.DATA_DIR).is_on
    return {"trickle": reverse("demo_trickle"), "is_trickling": is_on, "remove": reverse("demo_remove")}


def _settings(doors: Doors) -> dict[str, Any]:
    """What the page may know: addresses that anybody may write to, and who may be played. No secret."""
    channels = {"sms": doors.sms, "whatsapp": doors.whatsapp, "phone": doors.phone, "email": doors.email}
    return {
        "channels": {name: door.address for name, door in channels.items() if door},
        "chat_key": doors.chat_key,
        "presets": [{"key": one.key, "name": one.name} for one in people.presets()],
    }
