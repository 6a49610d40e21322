"""Templates in the API: finding the one that a caller means."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from conversations.models import Channel, Conversation, MessageTemplate


def chosen(
    conversation: Conversation, wish: dict[str, Any] | None, channel: Channel | None
) -> tuple[MessageTemplate | None, dict[str, str]]:
    """The template a caller means, among those of the conversation's desk, with its values.

    One named in words is looked for on the channel given, or on the one that the customer used last.
    """
    if not wish:
        return None, {}
    here = MessageTemplate.objects.select_related("channel").filter(channel__desk=conversation.desk_id)
    values = dict(wish.get("variables", {}))
    if wish.get("id"):
        found = here.filter(pk=wish["id"]).first()
        if found is None:
            raise ValidationError({"template": {"id": ["There is no such template here."]}})
        return found, values
    return _named(conversation, wish, channel), values


def _named(conversation: Conversation, wish: dict[str, Any], channel: Channel | None) -> MessageTemplate:
    here = MessageTemplate.objects.listed().select_related("channel")
    named = here.filter(channel__desk=conversation.desk_id, name=wish["name"])
    if wish.get("language"):
        named = named.filter(language=wish["language"])
    used = conversation.messages.said().filter(channel__in=named.values("channel")).order_by("-pk").first()
    if channel is not None or used is not None:
        named = named.filter(channel=channel or (used.channel_id if used else None))
    rows = list(named.order_by("pk")[:2])
    if not rows:
        raise ValidationError({"template": {"name": ["There is no such template here."]}})
    if len(rows) > 1:
        raise ValidationError({"template": {"name": ["Several are called so: give channel, language or id."]}})
    return rows[0]
