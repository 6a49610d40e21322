"""Writing to somebody first: ``POST /api/v1/conversations/`` and ``.../outlook/``."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import beginnings, frames, public
from conversations.actions import starting
from conversations.api import rows, schemas
from conversations.api.base import Rows, whole_number, words
from conversations.models import Channel, Conversation


class Beginnings(Rows):
    """The part of the conversations' API that begins one."""

    @extend_schema(request=schemas.NewConversation)
    def create(self, request: Request, **_: Any) -> Response:
        """An empty conversation with an address, given to the caller; ``identity`` is whom to write to in it."""
        serializer = schemas.NewConversation(data=request.data)
        serializer.is_valid(raise_exception=True)
        wish = serializer.validated_data
        channel = self._channel(wish["channel"])
        kind, address = _read(channel, wish["to"])
        beginning = starting.Beginning(
            channel, kind, address, wish["to"], wish["name"], wish["subject"], wish["client_id"]
        )
        made, identity = starting.start(beginning, by=self.person)
        row = frames.conversations(Conversation.objects.filter(pk=made.pk)).get()
        return Response({**rows.conversation(row), "identity": identity}, status=201)

    @extend_schema(request=None)
    @action(detail=False, methods=["get"])
    def outlook(self, request: Request, **_: Any) -> Response:
        """What to know before writing to ``?to=`` by ``?channel=``: whose it is, what is open, what to doubt."""
        channel = self._channel(whole_number(request.query_params, "channel"))
        kind, address = _read(channel, words(request.query_params, "to", 400))
        found = beginnings.look(channel, kind, address, self.person)
        customer, way = found.customer, found.way
        return Response(
            {
                "kind": found.kind,
                "address": found.address,
                "customer": {"id": customer.pk, "name": public.customer_name(customer)} if customer else None,
                "open": [{"id": one.pk, "number": one.number, "subject": one.subject} for one in found.open_ones],
                "is_open": way.is_open if way else not channel.abilities.reply_window,
                "takes_template": way.takes_template if way else channel.abilities.has_templates,
                "why": way.why if way else "",
                "warning": found.warning,
            }
        )

    def _channel(self, wanted: int | None) -> Channel:
        found = Channel.objects.visible_to(self.person).select_related("desk", "team").filter(pk=wanted or 0).first()
        if found is None:
            raise ValidationError({"channel": ["There is no such channel here."]})
        if not beginnings.can_begin(found):
            raise ValidationError({"channel": [f"Nobody can be written to first by {found.name}."]})
        return found


def _read(channel: Channel, written: str) -> tuple[str, str]:
    found = beginnings.read(channel, written)
    if found is None:
        raise ValidationError({"to": [f"{channel.name} reaches no such address."]})
    return found
