"""Templates in the API: finding the one that is meant, and listing what a channel has."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from rest_framework.exceptions import ValidationError

from conversations.models import Conversation, MessageTemplate


def chosen(conversation: Conversation, wish: dict[str, Any] | None) -> tuple[MessageTemplate | None, dict[str, str]]:
    """The template a caller means, among those of the conversation's desk, with its values."""
    if not wish:
        return None, {}
    here = MessageTemplate.objects.select_related("channel").filter(channel__desk=conversation.desk_id)
    values = dict(wish.get("variables", {}))
    if wish.get("id"):
        found = here.filter(pk=wish["id"]).first()
        if found is None:
            raise ValidationError({"template": {"id": ["There is no such template here."]}})
        return found, values
    named = here.listed().filter(name=wish["name"])
    if wish.get("language"):
        named = named.filter(language=wish["language"])
    rows = list(named.order_by("pk")[:2])
    if not rows:
        raise ValidationError({"template": {"name": ["There is no such template here."]}})
    if len(rows) > 1:
        raise ValidationError({"template": {"name": ["Several templates are called so: give a language or the id."]}})
    return rows[0], values


def usable_first(rows: QuerySet[MessageTemplate]) -> QuerySet[MessageTemplate]:
    """Approved ones first, then by name."""
    is_late = Case(When(state="approved", obstacle="", then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(is_late=is_late)
