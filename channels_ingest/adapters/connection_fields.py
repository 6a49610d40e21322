"""What a connection is made of, what its admin copies elsewhere, and what its live test says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionField:
    """One thing an admin enters to connect a channel; forms are made of these, and errors name their labels."""

    name: str
    label: str
    # Where to find it, in a sentence.
    help_text: str = ""
    is_required: bool = False
    # Kept encrypted among the connection's credentials, else among its settings.
    is_credential: bool = False
    # A credential that is never shown again, but for its last four characters.
    is_secret: bool = False
    # "text", "number", "url", "flag", "lines" (a list, one a line), "date" (ISO 8601) or "choice".
    form: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    # Needed only in uncommon set-ups: shown folded.
    is_advanced: bool = False
    # Made by us where the admin enters none.
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """Something an admin copies to where it is wanted: an address, a command, a piece of html."""

    label: str
    value: str
    # Where it goes, in a sentence.
    help_text: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a connection's live test."""

    name: str
    is_ok: bool
    what_to_do: str = ""
