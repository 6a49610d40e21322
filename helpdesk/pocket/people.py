"""Whom a visitor plays. A signed token says which addresses are hers: nobody reads or writes for another's."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from django.core import signing

from helpdesk.management.demo.stories.cast import CAST
from helpdesk.pocket.errors import CannotDo
from helpdesk.simulation.scene import fresh_number

SALT = "pocket person"
MOST_PRESETS = 4
FIRST_NAMES = ("Nora", "Alma", "Mina", "Edith", "Ruth", "Carla", "Ingrid", "Salma", "Yuki", "Zofia", "Amara", "Leila")
LAST_NAMES = ("Bell", "Marsh", "Reyes", "Quinn", "Sandoval", "Larsen", "Haddad", "Mori", "Kowal", "Adeyemi", "Stone")


@dataclass(frozen=True, slots=True)
class Player:
    """A customer with one phone and one mailbox. ``key`` names one of the demo's own people, else it is empty."""

    name: str
    phone: str
    email: str
    key: str = ""

    @property
    def token(self) -> str:
        """What proves to us that the browser plays this person."""
        return signing.dumps(asdict(self), salt=SALT)


def fresh() -> Player:
    """Somebody whom the shop never heard of, with addresses that nobody else was given."""
    first, last = secrets.choice(FIRST_NAMES), secrets.choice(LAST_NAMES)
    mark = secrets.randbelow(900_000) + 100_000
    return Player(f"{first} {last}", fresh_number(), f"{first}.{last}.{mark}@example.com".lower())


def presets() -> list[Player]:
    """People of the demo with a past, who have a phone and a mailbox."""
    whole = [Player(one.name, one.phone, one.email, one.key) for one in CAST if one.name and one.phone and one.email]
    return whole[:MOST_PRESETS]


def preset(key: str) -> Player:
    """One of them. Raises ``CannotDo`` where there is none."""
    for player in presets():
        if player.key == key:
            return player
    raise CannotDo("There is nobody of that name here.")


def read(token: object) -> Player:
    """Whom a token names. Raises ``CannotDo`` for one that we didn't sign."""
    try:
        return Player(**signing.loads(str(token), salt=SALT))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise CannotDo("This page doesn't know you any more. Reload it to be somebody.", 403) from error
