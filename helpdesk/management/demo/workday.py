"""When people work at the shop, seen from now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

SATURDAY, SUNDAY = 5, 6
OPENS, CLOSES, SATURDAY_CLOSES = time(9), time(18), time(14)
# Whoever looks at the demo at night still finds a day's work: the last hours always count as worked.
SHIFT = timedelta(hours=9)
DAYS_BACK = 70


@dataclass(frozen=True, slots=True)
class Workday:
    """The hours worked before ``now`` (UTC), newest first."""

    now: datetime

    def stretches(self) -> Iterator[tuple[datetime, datetime]]:
        """From and until, newest first."""
        begin = self.now - SHIFT
        if opening := _hours(self.now):
            is_open = opening[0] + timedelta(hours=1) < self.now < opening[1]
            begin = opening[0] if is_open else begin
        yield begin, self.now
        for days in range(DAYS_BACK):
            hours = _hours(self.now - timedelta(days=days))
            if hours and hours[0] < begin:
                yield hours[0], min(hours[1], begin)

    def back(self, minutes: float) -> datetime:
        """The moment so many minutes of work ago."""
        left = timedelta(minutes=minutes)
        for begin, end in self.stretches():
            if left <= end - begin:
                return end - left
            left -= end - begin
        raise ValueError("Nobody remembers that far back")

    def next_worked(self, moment: datetime) -> datetime:
        """This moment, or the next at which somebody was there; ``now`` and later stay as they are."""
        later = moment
        for begin, end in self.stretches():
            if moment > end:
                break
            later = max(begin, moment)
        return later


def _hours(moment: datetime) -> tuple[datetime, datetime] | None:
    day = moment.date()
    if day.weekday() == SUNDAY:
        return None
    closes = SATURDAY_CLOSES if day.weekday() == SATURDAY else CLOSES
    return datetime.combine(day, OPENS, UTC), datetime.combine(day, closes, UTC)
