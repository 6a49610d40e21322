"""The live test of a connection. Runs in the worker, where providers may be called; its lines are read as they come."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.core.cache import cache

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection

logger = logging.getLogger(__name__)

# After that nobody waits any more.
LASTS_SECONDS = 45.0
KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Check:
    """A test that runs, or has run. ``is_away``: no worker has done it in time."""

    run: str
    lines: tuple[CheckResult, ...]
    is_done: bool
    is_away: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.is_done or self.is_away


def begin(channel_id: int) -> Check:
    """Have a worker test the connection of a channel."""
    from channels_ingest import tasks  # the task calls back into this module

    run = secrets.token_urlsafe(12)
    _keep(channel_id, run, [], is_done=False, began_at=time.time())
    try:
        tasks.check.apply_async((channel_id, run), expires=LASTS_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("The check of channel %s was not enqueued: %s", channel_id, error)
        return Check(run, (), is_done=False, is_away=True)
    return Check(run, (), is_done=False)


def so_far(channel_id: int, run: str) -> Check:
    """What a test has found until now."""
    kept = cache.get(_key(channel_id, run))
    if kept is None:
        return Check(run, (), is_done=False, is_away=True)
    is_late = not kept["is_done"] and time.time() - kept["began_at"] > LASTS_SECONDS
    return Check(run, tuple(CheckResult(**line) for line in kept["lines"]), kept["is_done"], is_late)


def finished(check: Check, channel_id: int) -> Check:
    """The same test once it is over, for whoever can't be told line by line."""
    while not check.is_over:
        time.sleep(0.2)
        check = so_far(channel_id, check.run)
    return check


def carry_out(channel_id: int, run: str) -> None:
    """Test a connection in the worker, and tell each line."""
    began_at, found = time.time(), []
    for line in lines(channel_id):
        found.append(line)
        _keep(channel_id, run, found, is_done=False, began_at=began_at)
    _keep(channel_id, run, found, is_done=True, began_at=began_at)


def lines(channel_id: int) -> Iterator[CheckResult]:
    """Every line of the test. One that breaks off ends with a line that says so."""
    connection = Connection.objects.select_related("channel").filter(channel=channel_id, is_active=True).first()
    if connection is None:
        yield CheckResult("Connection", False, "This channel has no connection. Connect it again.")
        return
    try:
        yield from adapter_for(connection).check()
    except (AdapterError, LookupError) as error:
        yield CheckResult("Connection", False, str(error))
    except Exception as error:
        logger.exception("Checking the connection of channel %s", channel_id)
        yield CheckResult("Check", False, f"The check broke off ({type(error).__name__}). See the worker's log.")


def _keep(channel_id: int, run: str, found: list[CheckResult], *, is_done: bool, began_at: float) -> None:
    kept = {"lines": [asdict(line) for line in found], "is_done": is_done, "began_at": began_at}
    cache.set(_key(channel_id, run), kept, KEPT_SECONDS)


def _key(channel_id: int, run: str) -> str:
    return f"check:{channel_id}:{run[:40]}"
