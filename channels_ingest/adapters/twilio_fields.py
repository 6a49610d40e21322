"""Twilio's webhook fields, read into our words. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from urllib.parse import parse_qs

from channels_ingest.adapters.incoming import DeliveryUpdate, InboundAttachment, RawRequest
from channels_ingest.adapters.twilio_errors import explain
from channels_ingest.adapters.twilio_signature import decode, request_pairs
from conversations.not_work import consent_word

Fields = Mapping[str, str]

# The name under which our own key travels in the status callback's URL, and so under the signature.
DELIVERY_PARAMETER = "delivery"
MAX_MEDIA_COUNT = 10
MAX_FACT_COUNT = 100
MAX_FACT_LENGTH = 2_000

INBOUND_STATUSES = frozenset({"received", "receiving"})
DELIVERY_STATES = {
    "accepted": "sending",
    "scheduled": "sending",
    "queued": "sending",
    "sending": "sending",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "cancelled",
}
_READ_ELSEWHERE = frozenset(
    {"MessageSid", "SmsSid", "SmsMessageSid", "AccountSid", "ApiVersion", "SmsStatus"}
    | {"From", "To", "Body", "NumMedia", "OptOutType"}
)


def read_fields(request: RawRequest) -> dict[str, str]:
    """The fields as text, without NUL (PostgreSQL can't hold it). Of a repeated name the first value counts."""
    fields: dict[str, str] = {}
    for name, value in request_pairs(request):
        fields.setdefault(_text(name, request), _text(value, request))
    return fields


def accounts_named(request: RawRequest) -> set[str]:
    """Every AccountSid the request names, repeats included."""
    return {_text(value, request) for name, value in request_pairs(request) if name == b"AccountSid"}


def status_of(fields: Fields) -> str:
    """The delivery status that the request reports, or an empty string where it brings a message."""
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").strip().lower()
    if "MessageStatus" in fields and not (status in INBOUND_STATUSES and "Body" in fields):
        return status
    return "" if status in INBOUND_STATUSES else status


def delivery_update(fields: Fields, request: RawRequest, *, recipient: str) -> DeliveryUpdate:
    """What a status callback says. Raises KeyError for a status we don't know."""
    state = DELIVERY_STATES[status_of(fields)]
    code = fields.get("ErrorCode", "").strip()[:20]
    if code == "0":
        code = ""
    return DeliveryUpdate(
        provider_message_id=fields["MessageSid"],
        state=state,
        error_code=code,
        error_text=explain(code, fields.get("ErrorMessage", "")).text if code else "",
        recipient=recipient,
        idempotency_key=parse_qs(request.query).get(DELIVERY_PARAMETER, [""])[0][:200],
        is_opt_out=explain(code).is_opt_out,
        wants_template=explain(code).wants_template,
        address_health=explain(code).address_health if state == "failed" else "",
    )


def attachments_of(fields: Fields) -> tuple[InboundAttachment, ...]:
    """The files, each with the URL to fetch it from. Twilio tells no names."""
    found = []
    for number in range(MAX_MEDIA_COUNT):
        url = fields.get(f"MediaUrl{number}", "").strip()
        if not url:
            break
        content_type = fields.get(f"MediaContentType{number}", "").split(";")[0].strip().lower()[:100]
        extension = mimetypes.guess_extension(content_type) or ""
        found.append(InboundAttachment(name=f"file-{number + 1}{extension}", content_type=content_type, url=url))
    return tuple(found)


def opt_out_of(fields: Fields) -> str:
    """ "stop", "start", "help", "yes" or nothing: Twilio's own word (Advanced Opt-Out) before the text's."""
    told, said = fields.get("OptOutType", "").strip().lower(), consent_word(fields.get("Body", ""))
    if told in {"stop", "start", "help"}:
        # A service may take YES for START; whether it means that depends on a STOP before it.
        return "yes" if told == "start" and said == "yes" else told
    return said


def is_answered_by_twilio(fields: Fields) -> bool:
    """Whether Twilio itself has sent its text for the keyword (Advanced Opt-Out)."""
    return bool(fields.get("OptOutType", "").strip())


def facts_of(fields: Fields) -> dict[str, str]:
    """Everything that is read nowhere else, under Twilio's own names: places, services, fields of tomorrow."""
    rest = (
        (name, value)
        for name, value in fields.items()
        if name not in _READ_ELSEWHERE and not name.startswith(("MediaUrl", "MediaContentType"))
    )
    return {name[:100]: value[:MAX_FACT_LENGTH] for (name, value), _ in zip(rest, range(MAX_FACT_COUNT), strict=False)}


def _text(value: bytes, request: RawRequest) -> str:
    return decode(value, request).replace("\0", "")
