"""The shop's customers and what they wrote about."""

from django.conf import settings

from helpdesk.management.demo import composing
from helpdesk.management.demo.script import Story
from helpdesk.management.demo.stories import abroad, afar, earlier, long_ones, nobody, on_the_phone, today, week, work
from helpdesk.management.demo.stories.cast import CAST, OTHERS

_WRITTEN = (
    *earlier.STORIES,
    *week.STORIES,
    *abroad.STORIES,
    *afar.STORIES,
    *long_ones.STORIES,
    *nobody.STORIES,
    *work.STORIES,
    *on_the_phone.STORIES,
    *today.STORIES,
)


def stories() -> tuple[Story, ...]:
    """Those that were written for somebody, and those composed for everybody else."""
    return (*_WRITTEN, *(() if settings.DEMO_IS_SMALL else composing.compose(OTHERS)))


__all__ = ["CAST", "stories"]
