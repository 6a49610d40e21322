"""What the API takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

MAX_CHARACTERS = 200_000


class NewMessage(serializers.Serializer[Any]):
    """A reply to the customer or a private note."""

    text = serializers.CharField(max_length=MAX_CHARACTERS, trim_whitespace=True)
    kind = serializers.ChoiceField(choices=["reply", "note"], default="reply")
    channel = serializers.IntegerField(required=False, allow_null=True)
    identity = serializers.IntegerField(required=False, allow_null=True)
    client_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    expected_event = serializers.IntegerField(required=False, allow_null=True, min_value=0)

    def validate_text(self, text: str) -> str:
        """PostgreSQL can't store NUL."""
        return text.replace("\x00", "")


class Assignment(serializers.Serializer[Any]):
    """A person, a team; null takes it away, a missing name leaves it."""

    agent = serializers.IntegerField(required=False, allow_null=True)
    team = serializers.IntegerField(required=False, allow_null=True)


class StateChange(serializers.Serializer[Any]):
    """``until`` goes with "snoozed"."""

    state = serializers.ChoiceField(choices=["open", "snoozed", "resolved", "spam"])
    until = serializers.DateTimeField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Snoozing needs an end."""
        if attrs["state"] == "snoozed" and not attrs.get("until"):
            raise serializers.ValidationError({"until": ["Say until when."]})
        return attrs


class NewIdentity(serializers.Serializer[Any]):
    """An address that an agent adds to a customer."""

    kind = serializers.ChoiceField(choices=["phone", "email"])
    address = serializers.CharField(max_length=320)
