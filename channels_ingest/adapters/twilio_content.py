"""Twilio's Content API: templates with their WhatsApp approval, in our words.

https://www.twilio.com/docs/content/content-api-resources#fetch-content-and-approval-status
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from channels_ingest.adapters.failures import Transient
from channels_ingest.adapters.outgoing import OutboundTemplate
from channels_ingest.adapters.twilio_api import Json, TwilioApi
from conversations.templates import PLACEHOLDER, ListedTemplate, TemplateButton, TemplateVariable

DEFAULT_CONTENT_URL = "https://content.twilio.com"
PATH = "/v1/ContentAndApprovals"
PAGE_SIZE = 100
MAX_PAGE_COUNT = 80
STATES = {
    "approved": "approved",
    "received": "pending",
    "pending": "pending",
    "rejected": "rejected",
    "paused": "paused",
    "disabled": "disabled",
    "unsubmitted": "unsubmitted",
}
CATEGORIES = {"MARKETING": "marketing", "UTILITY": "utility", "AUTHENTICATION": "authentication"}
_BUTTONS = {"QUICK_REPLY": "quick_reply", "URL": "url", "PHONE_NUMBER": "phone", "COPY_CODE": "copy_code"}
# Of several types in one content the first of these is what WhatsApp shows.
_TYPES = (
    *("whatsapp/card", "twilio/card", "twilio/call-to-action", "twilio/quick-reply"),
    *("twilio/media", "twilio/text"),
)


def list_all(api: TwilioApi) -> list[ListedTemplate]:
    """Every content of the account, page by page."""
    page = api.get_path(PATH, {"PageSize": str(PAGE_SIZE)})
    found: list[ListedTemplate] = []
    for _ in range(MAX_PAGE_COUNT):
        contents = page.get("contents")
        rows = contents if isinstance(contents, list) else []
        found += [read(raw) for raw in rows if isinstance(raw, dict) and raw.get("sid")]
        following = _object(page.get("meta")).get("next_page_url")
        if not isinstance(following, str) or not following:
            return found
        # Only path and query count: the host stays the one we were told.
        parts = urlsplit(following)
        page = api.get_path(f"{parts.path}?{parts.query}")
    raise Transient("Twilio's list of templates has no end.", code="too_many_templates")


def read(raw: Json) -> ListedTemplate:
    """One content as Twilio lists it."""
    approval = _object(raw.get("approval_requests"))
    approval = _object(approval.get("whatsapp")) or approval
    kind, part = _chosen(_object(raw.get("types")), _text(approval.get("content_type")))
    buttons = (*_files(part), *_buttons(part))
    header = _text(part.get("header_text"))
    body = _text(part.get("body")) or _text(part.get("title"))
    footer = _text(part.get("footer")) or _text(part.get("subtitle"))
    return ListedTemplate(
        provider_id=_text(raw.get("sid"))[:100],
        name=_text(approval.get("name")) or _text(raw.get("friendly_name")),
        language=_text(raw.get("language")),
        category=CATEGORIES.get(_text(approval.get("category")).upper(), "utility"),
        state=STATES.get(_text(approval.get("status")).lower(), "unsubmitted"),
        header=header,
        body=body,
        footer=footer,
        buttons=buttons,
        variables=_variables([header, body, footer, *(one.target for one in buttons)], _object(raw.get("variables"))),
        reason=_text(approval.get("rejection_reason")),
        obstacle=_obstacle(kind),
    )


def form_fields(template: OutboundTemplate) -> dict[str, str | list[str]]:
    """The fields of a message that sends a template. Beside them neither Body nor MediaUrl may stand."""
    fields: dict[str, str | list[str]] = {"ContentSid": template.provider_id}
    if template.values:
        fields["ContentVariables"] = json.dumps({one.name: one.value for one in template.values}, ensure_ascii=False)
    return fields


def _chosen(types: Json, approved: str) -> tuple[str, Json]:
    known = [name for name in (approved, *_TYPES) if name in types]
    kind = known[0] if known else next(iter(types), "")
    return kind, _object(types.get(kind))


def _files(part: Json) -> Iterator[TemplateButton]:
    media = part.get("media")
    for url in media if isinstance(media, list) else [media]:
        if url:
            yield TemplateButton("file", "File", _text(url))


def _buttons(part: Json) -> Iterator[TemplateButton]:
    actions = part.get("actions")
    for raw in actions if isinstance(actions, list) else []:
        action = _object(raw)
        kind = _BUTTONS.get(_text(action.get("type")).upper(), "quick_reply")
        target = _text(action.get("url")) or _text(action.get("phone")) or _text(action.get("code"))
        yield TemplateButton(kind, _text(action.get("title")), target)


def _variables(texts: list[str], examples: Json) -> tuple[TemplateVariable, ...]:
    """One set for all parts: the same number is the same value everywhere."""
    names = dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text))
    return tuple(TemplateVariable(name, "body", name, example=_text(examples.get(name))[:200]) for name in names)


def _obstacle(kind: str) -> str:
    if kind in _TYPES:
        return ""
    if kind in {"twilio/list-picker", "twilio/location"}:
        return "Lists and places can only answer, they can't open a conversation"
    if kind == "whatsapp/authentication":
        return "Templates for codes are not sent by hand"
    return "A template of this kind can't be filled in here"


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:4000].replace("\0", "").encode("utf-8", "replace").decode()
