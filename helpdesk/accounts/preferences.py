"""What a person sets for herself."""

from __future__ import annotations

from helpdesk.accounts.models import User


def set_undo(person: User, seconds: int | None) -> None:
    """How long what she sends waits to be taken back: one of User.UNDO_SECONDS, or None: as suits the channel."""
    if seconds is not None and seconds not in User.UNDO_SECONDS:
        raise ValueError(f"One of {', '.join(map(str, User.UNDO_SECONDS))} seconds.")
    person.undo_seconds = seconds
    person.save(update_fields=["undo_seconds"])
