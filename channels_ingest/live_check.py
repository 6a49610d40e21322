"""The live test of a connection. Runs in the worker, where providers may be called."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.failures import AdapterError
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection

logger = logging.getLogger(__name__)


def lines(channel_id: int) -> list[CheckResult]:
    """Every line of the test. One that breaks off ends with a line that says so."""
    connection = Connection.objects.select_related("channel").filter(channel=channel_id, is_active=True).first()
    if connection is None:
        return [CheckResult("Connection", False, "This channel has no connection. Connect it again.")]
    found: list[CheckResult] = []
    try:
        found.extend(_each(connection))
    except (AdapterError, LookupError) as error:
        found.append(CheckResult("Connection", False, str(error)))
    except Exception as error:
        logger.exception("Checking the connection of channel %s", channel_id)
        found.append(
            CheckResult("Check", False, f"The check broke off ({type(error).__name__}). See the worker's log.")
        )
    return found


def _each(connection: Connection) -> Iterator[CheckResult]:
    yield from adapter_for(connection).check()
