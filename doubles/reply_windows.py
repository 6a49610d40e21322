"""WhatsApp's rule for both of its doubles: a business may write freely for 24 hours after the person's last message."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=24)
MAX_COUNT = 50_000


class ReplyWindows:
    """By pair of number and person. Somebody who was never heard of counts as open unless ``is_strict``: what
    comes to the product's door directly is not seen here."""

    def __init__(self) -> None:
        self.is_strict = False
        self._heard_at: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def heard(self, number: str, person: str, at: datetime | None = None) -> None:
        """The person wrote to the number; an older message than one known changes nothing."""
        at = at or datetime.now(UTC)
        self._heard_at[number, person] = max(at, self._heard_at.get((number, person), at))
        while len(self._heard_at) > MAX_COUNT:
            self._heard_at.popitem(last=False)

    def is_closed(self, number: str, person: str) -> bool:
        """Whether only a template may be sent."""
        heard_at = self._heard_at.get((number, person))
        return self.is_strict if heard_at is None else datetime.now(UTC) - heard_at > LASTS
