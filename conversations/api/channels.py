"""``/api/v1/channels/`` and ``/api/v1/deliveries/``."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import public
from conversations.api import rows, schemas
from conversations.api.base import Rows, words
from conversations.models import Channel, Conversation, Delivery, DeliveryState, MessageTemplate


class ChannelViewSet(Rows):
    """Channels of the desks the caller works at."""

    serializer_class = schemas.NewMessage

    def get_queryset(self) -> QuerySet[Channel]:
        """Visible ones."""
        return Channel.objects.visible_to(self.person).select_related("desk")

    def row(self, found: Channel) -> dict[str, Any]:
        """See rows."""
        return rows.channel(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["get"])
    def templates(self, request: Request, **_: Any) -> Response:
        """What may be sent where one can't write freely, approved ones first; ``?q=`` and ``?state=`` narrow."""
        found = MessageTemplate.objects.filter(channel=self.get_object()).listed()
        state, said = request.query_params.get("state", ""), words(request.query_params, "q")
        if state and state not in MessageTemplate.State.values:
            raise ValidationError({"state": [f"One of {', '.join(MessageTemplate.State.values)}."]})
        found = found.filter(state=state) if state else found
        if said:
            found = found.filter(Q(name__icontains=said) | Q(body__icontains=said) | Q(header__icontains=said))
        self.paginator.ordering = ("is_late", "name", "language", "id")  # type: ignore[union-attr]
        return self.page(found.usable_first(), public.template)


class DeliveryViewSet(Rows):
    """The outbox; ``?state=`` narrows."""

    serializer_class = schemas.NewMessage

    def get_queryset(self) -> QuerySet[Delivery]:
        """Deliveries of visible conversations."""
        visible = Conversation.objects.visible_to(self.person)
        found = Delivery.objects.filter(message__conversation__in=visible).select_related("message", "channel")
        state = self.request.query_params.get("state", "")
        if state and state not in DeliveryState.values:
            raise ValidationError({"state": [f"One of {', '.join(DeliveryState.values)}."]})
        return found.filter(state=state) if state else found

    def row(self, found: Delivery) -> dict[str, Any]:
        """See rows."""
        return rows.delivery(found)
