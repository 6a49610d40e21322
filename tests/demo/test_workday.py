"""Colleagues of the demo work when a shop is open, whenever somebody looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.management.demo import composing, telling
from helpdesk.management.demo.photos import SCENES, png
from helpdesk.management.demo.script import Ago, Person, Says, Story
from helpdesk.management.demo.stories.cast import OTHERS
from helpdesk.management.demo.workday import Workday

TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_minutes_of_work_run_through_the_night() -> None:
    day = Workday(TUESDAY_NOON)
    assert day.back(60) == TUESDAY_NOON - timedelta(hours=1)
    assert day.back(180 + 60) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    # Monday's nine hours, then nobody on Sunday, then Saturday until two.
    assert day.back(180 + 540 + 30) == datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def test_what_is_due_at_night_waits_for_the_morning() -> None:
    day = Workday(TUESDAY_NOON)
    assert day.next_worked(datetime(2026, 11, 23, 22, 0, tzinfo=UTC)) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert day.next_worked(datetime(2026, 11, 22, 11, 0, tzinfo=UTC)) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    busy = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert day.next_worked(busy) == busy
    assert day.next_worked(TUESDAY_NOON + timedelta(hours=1)) == TUESDAY_NOON + timedelta(hours=1)


@pytest.mark.parametrize("hours", range(0, 24 * 7, 5))
def test_whenever_somebody_looks_the_last_hours_were_worked(hours: int) -> None:
    now = TUESDAY_NOON + timedelta(hours=hours)
    day = Workday(now)
    moments = [day.back(minute) for minute in range(0, 1100, 10)]
    assert moments == sorted(moments, reverse=True)
    assert all(day.next_worked(moment) == moment for moment in moments)
    assert now - moments[60] < timedelta(days=3)


def test_composing_again_gives_the_same_stories() -> None:
    assert composing.compose(OTHERS) == composing.compose(OTHERS)


def test_composed_stories_differ() -> None:
    stories = composing.compose(OTHERS)
    first = [step.text for story in stories for step in story.steps[:1] if isinstance(step, Says)]
    assert len(first) == len(stories)
    assert len(set(first)) > 0.85 * len(first)
    assert not any("{" in text for text in first)


def test_a_channel_that_the_shop_lacks_is_replaced_or_its_story_waits() -> None:
    wren = Person("wren", "Wren")
    story = Story("x", wren, Ago(minutes=9), (Says(0, "whatsapp", "Hi"), Says(1, "email", "Hi")))
    assert telling.told_on(story, ["email", "sms"]).channels == {"sms", "email"}
    assert telling.told_on(story, ["email", "sms", "whatsapp"]).channels == {"whatsapp", "email"}
    called = Story("y", wren, Ago(minutes=9), (Says(0, "phone", "Hello"),))
    assert telling.told_on(called, ["sms"]).channels == {"phone"}


def test_photos_are_small_pictures() -> None:
    for name in SCENES:
        assert png(name).startswith(b"\x89PNG")
        assert 1_000 < len(png(name)) < 60_000
