"""A message from somebody every few minutes, through the doors that real ones take, until it is switched off."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from helpdesk.management.demo import kept, letters, matters
from helpdesk.management.demo.script import Person
from helpdesk.management.demo.stories.cast import OTHERS
from helpdesk.simulation.chatting import ChatWindow
from helpdesk.simulation.mailing import Mailbox
from helpdesk.simulation.place import Place
from helpdesk.simulation.texting import Phone

SHORTEST_MINUTES, LONGEST_MINUTES = 2, 5
KINDS = ("chat", "email", "sms", "whatsapp")
BY_PHONE = frozenset({"sms", "whatsapp"})


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether messages come, and when the next one does (None: as soon as somebody looks)."""

    is_on: bool
    next_at: datetime | None = None


def switch(data_dir: Path) -> Switch:
    """As it was last set in ``<data>/trickle.json``; before that as HELPDESK_DEMO_TRICKLE says."""
    try:
        facts = json.loads(_path(data_dir).read_text())
        next_at = datetime.fromisoformat(facts["next_at"]) if facts.get("next_at") else None
        return Switch(bool(facts["is_on"]), next_at)
    except (OSError, ValueError, KeyError, TypeError):
        return Switch(settings.DEMO_TRICKLE)


def turn(data_dir: Path, *, is_on: bool) -> Switch:
    """Switch it on or off, for every process and every start to come."""
    return _keep(data_dir, Switch(is_on, _later() if is_on else None))


def drip(data_dir: Path) -> str:
    """Send the next message if it is time; on which kind of channel, or an empty string."""
    set_to = switch(data_dir)
    facts = kept.read(data_dir)
    if not set_to.is_on or "channels" not in facts:
        return ""
    if set_to.next_at is None or timezone.now() < set_to.next_at:
        if set_to.next_at is None:
            _keep(data_dir, Switch(True, _later()))
        return ""
    # Before it is sent: what goes wrong must not be tried again every minute.
    _keep(data_dir, Switch(True, _later()))
    return send(Place.of(facts), random.Random())  # noqa: S311 - a story, no secret


def send(place: Place, dice: random.Random) -> str:
    """One believable message from one of the shop's customers; the kind of channel it went by."""
    kind = dice.choice(KINDS)
    person = dice.choice([one for one in OTHERS if kind not in BY_PHONE or one.phone])
    able = [one for one in matters.read() if one.language == person.language and kind in one.on]
    if not able:
        return ""
    matter = dice.choice(able)
    words = matters.filling(matter, person.name.partition(" ")[0], dice)
    text = letters.from_customer(
        words.pick(matter.says), kind=kind, name=person.name, language=person.language, dice=dice
    )
    _deliver(place, kind, person, words.pick(matter.subject), text)
    return kind


def _deliver(place: Place, kind: str, person: Person, subject: str, text: str) -> None:
    if kind in BY_PHONE:
        phone = Phone(place, person.phone)
        try:
            if kind == "whatsapp":
                phone.whatsapp(text, person.name)
            else:
                phone.text(text)
        finally:
            phone.close()
    elif kind == "email":
        mailbox = Mailbox(place, person.name, person.email)
        try:
            mailbox.write(subject, text)
        finally:
            mailbox.close()
    else:
        window = ChatWindow(place.chat_socket)
        try:
            window.say(text)
        finally:
            window.close()


def _later() -> datetime:
    minutes = random.uniform(SHORTEST_MINUTES, LONGEST_MINUTES)  # noqa: S311 - no secret
    return timezone.now() + timedelta(minutes=minutes)


def _keep(data_dir: Path, set_to: Switch) -> Switch:
    facts = {"is_on": set_to.is_on, "next_at": set_to.next_at.isoformat() if set_to.next_at else None}
    draft = _path(data_dir).with_name(f".trickle.{os.getpid()}")
    draft.write_text(json.dumps(facts))
    draft.replace(_path(data_dir))
    return set_to


def _path(data_dir: Path) -> Path:
    return data_dir / "trickle.json"
