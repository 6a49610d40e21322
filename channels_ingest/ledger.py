"""The ledger: every request is stored before it is acknowledged, and none is ever dropped."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db import connection as database
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from psycopg.types.json import Jsonb

from channels_ingest import proofs
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import AdapterError, InvalidSignature
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.registry import adapter_for
from channels_ingest.models import Connection, InboundEvent
from conversations.models import Channel

logger = logging.getLogger(__name__)

State = InboundEvent.State
# What a stranger sends without a valid signature is kept, but not at any length.
MAX_UNVERIFIED_BYTES = 64 * 1024
# Never written down: they would let a reader of the ledger act in a provider's name.
SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
GIVE_UP_AFTER = 10
TOO_LARGE = "Larger than 26 MB; the beginning is kept."


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ledger's row, and whether the request was genuine and new."""

    event: InboundEvent
    adapter: ChannelAdapter | None
    is_verified: bool
    is_new: bool


def accept_at(channel_id: int, request: RawRequest, *, is_cut: bool = False) -> Accepted | None:
    """The same for a channel known by its number; None where there is none."""
    connections = list(_connections().filter(channel=channel_id))
    channel = connections[0].channel if connections else Channel.objects.filter(pk=channel_id).first()
    return accept(channel, request, is_cut=is_cut, connections=connections) if channel else None


def accept(
    channel: Channel,
    request: RawRequest,
    *,
    is_cut: bool = False,
    why: str = "",
    connections: Sequence[Connection] | None = None,
) -> Accepted:
    """Store a request. Committed when this returns; the caller answers the provider only then.

    One that ``is_cut``, or that its bringer has to keep apart and says ``why``, is quarantined in the same breath:
    a sweeper must never find half a message waiting. ``connections`` are the channel's, where the caller has them.
    """
    request = proofs.without_ours(request)
    adapter, refusal = _verified_by(channel, request, connections)
    event, is_new = _store(channel, adapter, request, refusal, refusal or why or (TOO_LARGE if is_cut else ""))
    return Accepted(event, adapter, is_verified=not refusal, is_new=is_new)


def raw(event: InboundEvent) -> RawRequest:
    """The request as it came, rebuilt from the ledger."""
    return RawRequest(event.method, event.path, event.query, event.headers, bytes(event.body), event.received_at)


def keep_findings(event: InboundEvent, findings: Mapping[str, str]) -> None:
    """Note what was asked elsewhere about a request, so that it reads the same ever after. The first word counts."""
    if new := {name: _plain(value) for name, value in findings.items() if name not in event.headers}:
        event.headers = {**event.headers, **new}
        event.save(update_fields=["headers"])


def finish(event: InboundEvent, state: str, *, reason: str = "", outcome: Mapping[str, object] | None = None) -> None:
    """Close a row."""
    event.state, event.reason, event.processed_at = state, reason[:400], timezone.now()
    event.outcome, event.error = dict(outcome or {}), ""
    event.save(update_fields=["state", "reason", "processed_at", "outcome", "error"])


def postpone(
    event: InboundEvent,
    why: str,
    *,
    after: timedelta | None = None,
    outcome: Mapping[str, object] | None = None,
) -> None:
    """Try again later; give up on a row that keeps failing, where an admin sees it and can replay it.

    ``outcome`` is what this attempt has made already.
    """
    event.error, event.outcome = why[:4000], dict(outcome or event.outcome)
    if event.attempt_count >= GIVE_UP_AFTER:
        event.state, event.reason, event.processed_at = State.DEAD, why[:400], timezone.now()
    event.not_before = timezone.now() + (after or timedelta(seconds=min(2**event.attempt_count, 300)))
    event.save(update_fields=["error", "outcome", "state", "reason", "not_before", "processed_at"])


def reopen(event: InboundEvent) -> bool:
    """Put a row back to be processed again. False for one that was forged: it stays where it is.

    What was refused because our own settings were wrong counts once they are right.
    """
    if not event.is_verified and not _proves_itself_now(event):
        return False
    event.state, event.attempt_count, event.reason, event.error = State.RECEIVED, 0, "", ""
    event.not_before = timezone.now()
    changed = ["state", "attempt_count", "reason", "error", "not_before", "is_verified", "connection"]
    try:
        with transaction.atomic():
            event.save(update_fields=changed)
    except IntegrityError:  # the genuine request came in meanwhile
        return False
    return True


def obstacle(event: InboundEvent) -> str:
    """Why a row can't be replayed, in a sentence; empty where it can."""
    if event.is_verified:
        return ""
    if len(event.body) < event.size:
        return "It did not prove where it came from, so only its beginning was kept."
    twins = InboundEvent.objects.filter(channel=event.channel_id, digest=event.digest, is_verified=True)
    if twins.exists():
        return "The genuine request came in too, and was processed; this is a copy of it."
    _, refusal = _verified_by(event.channel, raw(event))
    return refusal and f"It does not prove where it came from: {refusal}"


def _proves_itself_now(event: InboundEvent) -> bool:
    if len(event.body) < event.size:
        return False  # only its beginning was kept
    adapter, refusal = _verified_by(event.channel, raw(event))
    if refusal or adapter is None:
        return False
    event.is_verified, event.connection = True, adapter.connection
    return True


def counts(channel: Channel | None = None) -> dict[str, int]:
    """How many requests stand where. ``received`` is their number and always the sum of the others.

    A repeat of a stored request counts as one duplicate.
    """
    rows = InboundEvent.objects.filter(channel=channel) if channel else InboundEvent.objects.all()
    found = {row["state"]: row for row in rows.values("state").annotate(n=Count("id"), again=Sum("repeat_count"))}
    states = {
        "waiting": State.RECEIVED,
        "processed": State.PROCESSED,
        "ignored": State.IGNORED,
        "duplicate": State.DUPLICATE,
        "quarantined": State.QUARANTINED,
        "dead": State.DEAD,
    }
    result = {name: found.get(state, {}).get("n", 0) for name, state in states.items()}
    result["duplicate"] += sum(row["again"] or 0 for row in found.values())
    return {"received": sum(result.values()), **result}


def _connections() -> QuerySet[Connection]:
    return Connection.objects.select_related("channel").order_by("-is_active", "-pk")


def _verified_by(
    channel: Channel, request: RawRequest, connections: Sequence[Connection] | None = None
) -> tuple[ChannelAdapter | None, str]:
    """The adapter whose secret fits, the active connection's first; else why that one refuses."""
    refusal = ""
    first: ChannelAdapter | None = None
    for connection in _connections().filter(channel=channel) if connections is None else connections:
        try:
            adapter = adapter_for(connection)
        except LookupError as error:
            refusal = refusal or str(error)
            continue
        first = first or adapter
        try:
            adapter.verify(proofs.restored(request, adapter))
        except InvalidSignature as error:
            refusal = refusal or error.text
        except AdapterError as error:
            refusal = refusal or error.text
        except Exception as error:
            logger.exception("Verifying a request to channel %s", channel.pk)
            refusal = refusal or f"The request could not be checked: {type(error).__name__}"
        else:
            return adapter, ""
    return first, refusal or "This channel has no connection."


def _store(
    channel: Channel, adapter: ChannelAdapter | None, request: RawRequest, refusal: str, reason: str
) -> tuple[InboundEvent, bool]:
    """Insert, or count a repeat: one statement, so that two at once can't both be first."""
    headers = {name: _plain(value) for name, value in request.headers.items() if name not in SECRET_HEADERS}
    if refusal and (shown := request.header("authorization")):
        headers[proofs.FINGERPRINT] = proofs.fingerprint(shown)
    values: dict[str, Any] = {
        "channel_id": channel.pk,
        "connection_id": adapter.connection.pk if adapter else None,
        "digest": _digest(request),
        "is_verified": not refusal,
        "method": request.method[:8],
        "path": _plain(request.path)[:400],
        "query": _plain(request.query),
        "headers": Jsonb(headers),
        "body": request.body[:MAX_UNVERIFIED_BYTES] if refusal else request.body,
        "size": len(request.body),
        "state": State.QUARANTINED.value if reason else State.RECEIVED.value,
        "reason": _plain(reason)[:400],
        "attempt_count": 0,
        "not_before": request.received_at,
        "repeat_count": 0,
        "error": "",
        "outcome": Jsonb({}),
        "received_at": request.received_at,
    }
    statement = (
        f"INSERT INTO channels_ingest_inboundevent ({', '.join(values)}) "  # noqa: S608 - names from above, no input
        f"VALUES ({', '.join(['%s'] * len(values))}) "
        "ON CONFLICT (channel_id, digest, is_verified) "
        "DO UPDATE SET repeat_count = channels_ingest_inboundevent.repeat_count + 1 RETURNING id, repeat_count"
    )
    # A single statement is a transaction of its own.
    with database.cursor() as cursor:
        cursor.execute(statement, list(values.values()))
        event_id, repeat_count = cursor.fetchone()
    if repeat_count:
        return InboundEvent.objects.select_related("channel", "connection").get(pk=event_id), False
    # What was just written need not be read back: the provider is waiting.
    event = InboundEvent(pk=event_id, **{**values, "headers": headers, "outcome": {}})
    event._state.adding = False
    event.channel, event.connection = channel, adapter.connection if adapter else None
    return event, True


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _digest(request: RawRequest) -> str:
    parts = (request.method.encode(), request.path.encode(), request.query.encode(), request.body)
    return hashlib.sha256(b"\x00".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
