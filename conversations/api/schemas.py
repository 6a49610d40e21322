"""What the API takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from conversations import channel_kinds
from conversations.recipients import MAX_RECIPIENTS
from customers.models import Consent

MAX_CHARACTERS = 200_000
MAX_FILES = 30


class _Address(serializers.CharField):
    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=400, **more)


class TemplateChoice(serializers.Serializer[Any]):
    """A template by its ``id``, or by ``name`` (and ``language`` where it has several), and what to fill in."""

    id = serializers.IntegerField(required=False, allow_null=True)
    name = serializers.CharField(max_length=512, required=False, allow_blank=True)
    language = serializers.CharField(max_length=20, required=False, allow_blank=True)
    variables = serializers.DictField(
        child=serializers.CharField(max_length=1024, allow_blank=True, trim_whitespace=True), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to name it is needed."""
        if not attrs.get("id") and not attrs.get("name"):
            raise serializers.ValidationError({"id": ["Name the template by its id or its name."]})
        given = attrs.get("variables", {}).items()
        attrs["variables"] = {key: value.replace("\x00", "") for key, value in given}
        return attrs


class NewConversation(serializers.Serializer[Any]):
    """Somebody to write to first, and by which channel. The message itself is written into the conversation."""

    channel = serializers.IntegerField()
    to = _Address()
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    subject = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    client_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class NewMessage(serializers.Serializer[Any]):
    """A reply to the customer (in one's own words, or by a template) or a private note."""

    text = serializers.CharField(max_length=MAX_CHARACTERS, trim_whitespace=True, required=False, allow_blank=True)
    template = TemplateChoice(required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=["reply", "note"], default="reply")
    channel = serializers.IntegerField(required=False, allow_null=True)
    identity = serializers.IntegerField(required=False, allow_null=True)
    # Addresses of a mail, "kim@example.com" or "Kim <kim@example.com>". None of them given: everybody who takes part
    # and was on the mail that is answered. Without ``to`` it goes to whom it answers.
    to = serializers.ListField(child=_Address(), required=False, max_length=MAX_RECIPIENTS)
    cc = serializers.ListField(child=_Address(), required=False, max_length=MAX_RECIPIENTS)
    bcc = serializers.ListField(child=_Address(), required=False, max_length=MAX_RECIPIENTS)
    # Files that the caller has uploaded to this conversation (``attachments/``) and not sent yet.
    attachments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MAX_FILES
    )
    client_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    expected_event = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    # The message of this conversation that was not delivered and that this one is sent instead of: once.
    replaces = serializers.IntegerField(required=False, allow_null=True)
    # Resolve the conversation with it; taking the reply back opens it again.
    resolves = serializers.BooleanField(required=False, default=False)
    # How long it waits to be taken back; left out it leaves at once, since only who can see it wait can take it back.
    undo_seconds = serializers.IntegerField(required=False, default=0, min_value=0, max_value=30)
    # When it leaves; then even if the customer writes before? Left out: as the desk has it.
    send_at = serializers.DateTimeField(required=False, allow_null=True)
    sends_anyway = serializers.BooleanField(required=False, allow_null=True, default=None)

    def validate_text(self, text: str) -> str:
        """PostgreSQL can't store NUL."""
        return text.replace("\x00", "")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Words, files or both; or a template, whose words are its own."""
        if attrs.get("template"):
            if attrs.get("text"):
                raise serializers.ValidationError({"text": ["A template brings its own words: leave this out."]})
            if attrs.get("attachments"):
                raise serializers.ValidationError({"attachments": ["A template takes no files along."]})
            if attrs["kind"] == "note":
                raise serializers.ValidationError({"template": ["A note is not sent: it takes no template."]})
        elif not attrs.get("text") and not attrs.get("attachments"):
            raise serializers.ValidationError({"text": ["This field is required."]})
        return attrs


class NewAttachment(serializers.Serializer[Any]):
    """A file for a message to come: an upload (multipart), or ``copy_of`` a file that the caller may open."""

    conversation = serializers.IntegerField()
    file = serializers.FileField(required=False, max_length=1000, allow_empty_file=True)
    copy_of = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both."""
        if ("file" in attrs) == ("copy_of" in attrs):
            raise serializers.ValidationError({"file": ["Send one file, or say which one to copy."]})
        return attrs


class NewTime(serializers.Serializer[Any]):
    """When a message that waits shall leave, and whether even if the customer writes before (left out: as it is)."""

    send_at = serializers.DateTimeField()
    sends_anyway = serializers.BooleanField(required=False, allow_null=True, default=None)


class LettingIn(serializers.Serializer[Any]):
    """Who stands beside and shall take part."""

    participant = serializers.IntegerField()


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


class NewConsent(serializers.Serializer[Any]):
    """What a customer told an agent: no more messages (or advertisements) to an address, or messages again."""

    identity = serializers.IntegerField()
    channel_kind = serializers.ChoiceField(choices=channel_kinds.choices())
    state = serializers.ChoiceField(choices=Consent.State.values)
    scope = serializers.ChoiceField(choices=Consent.Scope.values, default=Consent.Scope.ALL)
    reason = serializers.CharField(max_length=300, trim_whitespace=True)

    def validate_reason(self, reason: str) -> str:
        """PostgreSQL can't store NUL."""
        return reason.replace("\x00", "")
