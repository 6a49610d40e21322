"""When people answer: time zones, holidays, the change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import opening_hours
from conversations.models import OpeningHours

WEEK = {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def hours(timezone: str = "Europe/Berlin", **more: object) -> OpeningHours:
    return OpeningHours(timezone=timezone, **{"weekly": WEEK, "holidays": {}, **more})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-05-14T07:00", True),  # a Thursday, 9:00 in Berlin
        ("2026-05-14T06:59", False),
        ("2026-05-14T10:00", False),  # the break begins
        ("2026-05-14T11:00", True),
        ("2026-05-14T16:00", False),  # closes on the minute
        ("2026-05-16T10:00", False),  # Saturday
        ("2026-01-14T07:30", False),  # winter time: 8:30
    ],
)
def test_the_desk_is_open_by_its_own_clock(moment: str, is_open: bool):
    assert opening_hours.is_open(hours(), at(moment)) is is_open


def test_without_hours_somebody_is_always_there():
    moment = at("2026-05-17T03:00")
    assert opening_hours.is_open(None, moment)
    assert opening_hours.next_opening(None, moment) == moment


def test_while_open_the_next_opening_is_now():
    moment = at("2026-05-14T08:00")
    assert opening_hours.next_opening(hours(), moment) == moment


def test_after_friday_evening_comes_monday_morning_over_a_change_of_the_clocks():
    # In Berlin the clocks go forward in the night to Sunday, 29 March 2026.
    assert opening_hours.next_opening(hours(), at("2026-03-27T18:00")) == at("2026-03-30T07:00")


def test_a_holiday_is_skipped_and_may_have_hours_of_its_own():
    closed = hours(holidays={"2026-05-14": []})
    assert opening_hours.next_opening(closed, at("2026-05-14T08:00")) == at("2026-05-15T07:00")
    short = hours(holidays={"2026-05-14": [["10:00", "11:00"]]})
    assert opening_hours.next_opening(short, at("2026-05-14T07:30")) == at("2026-05-14T08:00")


def test_a_desk_that_never_opens_names_no_time():
    assert opening_hours.next_opening(hours(weekly={}), at("2026-05-14T08:00")) is None


def test_midnight_can_be_the_end_of_a_day():
    late = hours(timezone="UTC", weekly={"thu": [["22:00", "24:00"]]})
    assert opening_hours.is_open(late, at("2026-05-14T23:59"))
    assert not opening_hours.is_open(late, at("2026-05-15T00:00"))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime, zone: str):
    moment, kept = moment.replace(tzinfo=UTC), hours(timezone=zone)
    opening = opening_hours.next_opening(kept, moment)
    assert opening is not None and opening >= moment
    assert opening_hours.is_open(kept, opening)
    if opening > moment:
        assert not opening_hours.is_open(kept, opening - timedelta(minutes=1))
