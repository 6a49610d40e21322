"""The shop's customers and what they wrote about."""

from helpdesk.management.demo.stories import abroad, earlier, today, week
from helpdesk.management.demo.stories.cast import CAST

STORIES = (*earlier.STORIES, *week.STORIES, *abroad.STORIES, *today.STORIES)

__all__ = ["CAST", "STORIES"]
