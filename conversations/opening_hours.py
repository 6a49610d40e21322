"""The one service that knows when people answer."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conversations.models import Desk, OpeningHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 21


def is_open(hours: OpeningHours | None, at: datetime) -> bool:
    """Whether people answer at that moment. Without hours they always do."""
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(hours.timezone))
    return any(start <= local < end for start, end in _spans(hours, local.date()))


def next_opening(hours: OpeningHours | None, after: datetime) -> datetime | None:
    """The next moment people answer: ``after`` itself while open, None where never within three weeks."""
    if is_open(hours, after) or hours is None:
        return after
    day = after.astimezone(ZoneInfo(hours.timezone)).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        for start, _ in _spans(hours, day + timedelta(days=ahead)):
            if start > after:
                return start
    return None


def of_desk(desk: Desk) -> OpeningHours | None:
    """The desk's hours, if it has any."""
    return desk.opening_hours


def _spans(hours: OpeningHours, day: date) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.timezone)
    spans = hours.holidays.get(day.isoformat(), hours.weekly.get(DAYS[day.weekday()], []))
    for start, end in sorted(spans):
        closes = datetime.combine(day, time.max, zone) if end == "24:00" else _at(day, end, zone)
        yield _at(day, start, zone), closes


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)
