"""``/api/v1/inbound-events/``: the ledger, for admins."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from channels_ingest import ledger, tasks
from channels_ingest.models import InboundEvent
from conversations.api.base import Rows, whole_number
from conversations.models import Channel
from conversations.public import at
from helpdesk.accounts.permissions import IsAdmin

SHOWN_BODY_BYTES = 20_000


class Nothing(serializers.Serializer[Any]):
    """These calls take no body."""


class InboundEventViewSet(Rows):
    """Every request that ever came in, where it stands and why; any can be replayed."""

    serializer_class = Nothing
    permission_classes = (IsAdmin,)

    def get_queryset(self) -> QuerySet[InboundEvent]:
        """``?state=`` and ``?channel=`` narrow."""
        found = InboundEvent.objects.filter(channel__in=self._channels()).select_related("channel")
        state, channel = self.request.query_params.get("state", ""), whole_number(self.request.query_params, "channel")
        if state and state not in InboundEvent.State.values:
            raise ValidationError({"state": [f"One of {', '.join(InboundEvent.State.values)}."]})
        found = found.filter(state=state) if state else found
        return found.filter(channel_id=channel) if channel else found

    def row(self, found: InboundEvent) -> dict[str, Any]:
        """The list leaves the body out."""
        shown = {
            "id": found.pk,
            "channel": found.channel_id,
            "channel_kind": found.channel.kind,
            "connection": found.connection_id,
            "state": found.state,
            "reason": found.reason,
            "error": found.error,
            "is_verified": found.is_verified,
            "attempt_count": found.attempt_count,
            "repeat_count": found.repeat_count,
            "outcome": found.outcome,
            "method": found.method,
            "path": found.path,
            "size": found.size,
            "received_at": at(found.received_at),
            "processed_at": at(found.processed_at),
        }
        if self.action == "retrieve":
            body = bytes(found.body)[:SHOWN_BODY_BYTES].decode("utf-8", "replace")
            shown |= {"query": found.query, "headers": found.headers, "body": body}
        return shown

    @action(detail=False, methods=["get"])
    def counts(self, request: Request) -> Response:
        """``received`` is always the sum of the others."""
        number = whole_number(request.query_params, "channel")
        channel = self._channels().filter(pk=number).first() if number else None
        return Response(ledger.counts(channel))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, **_: Any) -> Response:
        """Process a stored request again; what it already made is found, not doubled."""
        event = self.get_object()
        if not ledger.reopen(event):
            raise ValidationError({"id": ["This request does not prove where it comes from; it can't be replayed."]})
        tasks.process_soon(event)
        return Response(self.row(event), status=202)

    def _channels(self) -> QuerySet[Channel]:
        return Channel.objects.visible_to(self.person)
