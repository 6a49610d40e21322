"""What became of a message whose answer was lost: looked for among those Twilio has.

Twilio knows no idempotency key, so a match is by recipient, sender, text and time. In doubt the
outcome stays unknown: a person may look into Twilio's log, a second copy can't be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from channels_ingest.adapters.failures import AdapterError, OutcomeUnknown
from channels_ingest.adapters.twilio_api import (
    CONNECT_SECONDS,
    READ_SECONDS,
    Json,
    TwilioApi,
)

PAGE_SIZE = 500
MAX_PAGE_COUNT = 4
# Twilio counts whole seconds, and its clock isn't ours.
CLOCK_SKEW = timedelta(seconds=5)
# An attempt may still be on its way as long as its timeouts run, and lists lag a little behind.
SETTLED_AFTER = timedelta(seconds=CONNECT_SECONDS + READ_SECONDS + 10)
# Where nobody noted when the attempt began.
DEFAULT_WINDOW = timedelta(minutes=15)
TRIAL_PREFIX = "Sent from your Twilio trial account - "


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the attempt tried to send. ``sender`` is empty where a Messaging Service chose it."""

    to: str
    sender: str
    # None where any text may be the one.
    body: str | None
    media_count: int
    attempted_at: datetime | None


def find(api: TwilioApi, wanted: Wanted) -> Json | None:
    """The one message that matches, or None where surely none arrived.

    Raises OutcomeUnknown where several match, where not everything could be searched, or where the
    attempt is too recent for its absence to prove anything.
    """
    now = datetime.now(UTC)
    since = (wanted.attempted_at or now - DEFAULT_WINDOW) - CLOCK_SKEW
    try:
        matches = [message for message in _sent_to(api, wanted) if _is_match(message, wanted, since)]
    except OutcomeUnknown:
        raise
    except AdapterError as error:
        # Any other error would read as "nothing was sent".
        raise OutcomeUnknown(
            f"What became of the message can't be found out now. {error.text}", code=error.code
        ) from error
    if len(matches) > 1:
        raise OutcomeUnknown(
            "Twilio has several equal messages to this number. Look into its log before sending again.",
            code="several_matches",
        )
    if matches:
        return matches[0]
    if wanted.attempted_at and now - wanted.attempted_at < SETTLED_AFTER:
        raise OutcomeUnknown("Twilio may still be working on the message.", code="too_early")
    return None


def _sent_to(api: TwilioApi, wanted: Wanted) -> Iterator[Json]:
    # Not filtered by DateSent: a message that still waits at Twilio has none.
    params = {"To": wanted.to, "PageSize": str(PAGE_SIZE)}
    if wanted.sender:
        params["From"] = wanted.sender
    page = api.get("Messages.json", params)
    for _ in range(MAX_PAGE_COUNT):
        messages = page.get("messages")
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, dict):
                yield message
        following = page.get("next_page_uri")
        if not isinstance(following, str) or not following.startswith("/"):
            return
        page = api.get_path(following)
    raise OutcomeUnknown("Twilio has more messages to this number than can be searched.", code="too_many")


def _is_match(message: Json, wanted: Wanted, since: datetime) -> bool:
    created_at = _time(message.get("date_created"))
    return (
        message.get("to") == wanted.to
        and (not wanted.sender or message.get("from") == wanted.sender)
        and str(message.get("direction") or "").startswith("outbound")
        and created_at is not None
        and created_at >= since
        and (wanted.body is None or _plain(str(message.get("body") or "")) == _plain(wanted.body))
        and (wanted.body is None or str(message.get("num_media") or "0") == str(wanted.media_count))
    )


def _plain(text: str) -> str:
    return text.removeprefix(TRIAL_PREFIX).replace("\r\n", "\n").replace("\0", "").strip()


def _time(value: object) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(value or ""))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
