"""``/api/v1/channels/`` and ``/api/v1/deliveries/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from conversations.api import rows, schemas
from conversations.api.base import Rows
from conversations.models import Channel, Conversation, Delivery, DeliveryState


class ChannelViewSet(Rows):
    """Channels of the desks the caller works at."""

    serializer_class = schemas.NewMessage

    def get_queryset(self) -> QuerySet[Channel]:
        """Visible ones."""
        return Channel.objects.visible_to(self.person)

    def row(self, found: Channel) -> dict[str, Any]:
        """See rows."""
        return rows.channel(found)


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
