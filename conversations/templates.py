"""Templates from the provider's list to the words a customer reads. Pure.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates has the limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conversations.models import MessageTemplate

MAX_HEADER_CHARACTERS = 60
MAX_BODY_CHARACTERS = 1024
MAX_TARGET_CHARACTERS = 2000
PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]{1,100})\s*\}\}")
# WhatsApp refuses such values (132012).
_BAD_VALUE = re.compile(r"[\n\r\t]| {5,}")


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """One thing to fill in. ``part`` is "header", "body" or "button" (then ``index`` says which)."""

    key: str
    part: str
    # As the provider calls it.
    name: str
    index: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """``kind``: "quick_reply", "url", "phone", "copy_code" or "other"; ``target`` is where it leads."""

    kind: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """A template as a provider lists it, in our words. See models.MessageTemplate for the fields."""

    provider_id: str
    name: str
    language: str
    category: str
    state: str
    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    variables: tuple[TemplateVariable, ...] = ()
    reason: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its values: ``text`` is all the customer reads, ``body`` its middle part alone."""

    text: str
    body: str
    values: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):
    """The template can't be sent so. ``errors`` holds a sentence by variable, or by "template" for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def variables_of(template: MessageTemplate) -> list[TemplateVariable]:
    """In the order in which a reader meets them."""
    return [TemplateVariable(**one) for one in template.variables]


def why_not(template: MessageTemplate) -> str:
    """The sentence that says why a template can't be sent now; empty where it can."""
    because = f" ({template.reason})" if template.reason else ""
    name = f"The template “{template.name}”"
    return {
        "approved": template.obstacle,
        "pending": f"{name} is not approved yet{because}",
        "rejected": f"{name} was rejected{because}",
        "paused": f"{name} is paused for its poor quality{because}",
        "disabled": f"{name} was disabled{because}",
        "unsubmitted": f"{name} was never submitted for approval",
        "gone": f"{name} is no longer with the provider",
    }[template.state]


def fill(template: MessageTemplate, values: Mapping[str, str]) -> Filled:
    """What the customer will read. Raises Unfit with all that is wrong."""
    obstacle = why_not(template)
    if obstacle:
        raise Unfit({"template": f"{obstacle}."})
    given = {key: value.strip() for key, value in values.items()}
    wanted = [variable.key for variable in variables_of(template)]
    errors = {key: "The template has no such variable." for key in given if key not in wanted}
    errors |= {key: "Fill this in." for key in wanted if not given.get(key)}
    errors |= {
        key: "Neither line breaks nor long gaps can stand here."
        for key, value in given.items()
        if _BAD_VALUE.search(value)
    }
    if errors:
        raise Unfit(errors)
    return _within_limits(template, given)


def _within_limits(template: MessageTemplate, given: Mapping[str, str]) -> Filled:
    header, body = put(template.header, given), put(template.body, given)
    targets = [put(button["target"], given) for button in template.buttons]
    if len(header) > MAX_HEADER_CHARACTERS and template.header != header:
        raise Unfit({"template": f"The heading takes at most {MAX_HEADER_CHARACTERS} characters."})
    if len(body) > MAX_BODY_CHARACTERS:
        raise Unfit({"template": f"With these values the text is longer than {MAX_BODY_CHARACTERS} characters."})
    if any(len(target) > MAX_TARGET_CHARACTERS for target in targets):
        raise Unfit({"template": "With these values a button's address is too long."})
    buttons = [button_line(button["text"], target) for button, target in zip(template.buttons, targets, strict=True)]
    parts = [header, body, template.footer, "\n".join(buttons)]
    return Filled("\n\n".join(part for part in parts if part), body, dict(given))


def put(text: str, values: Mapping[str, str]) -> str:
    """The text with each variable replaced, all at once: a value that looks like a variable stays what it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def button_line(text: str, target: str) -> str:
    """A button in plain text; static/js/inbox/template-text.js writes the same."""
    return f"[{text}: {target}]" if target else f"[{text}]"


def row_fields(listed: ListedTemplate) -> dict[str, Any]:
    """A listed template as the row's columns, cut to what they hold."""
    return {
        "name": listed.name[:512],
        "language": listed.language[:20],
        "category": listed.category,
        "state": listed.state,
        "header": listed.header,
        "body": listed.body,
        "footer": listed.footer,
        "buttons": [{"kind": one.kind, "text": one.text, "target": one.target} for one in listed.buttons],
        "variables": [
            {"key": one.key, "part": one.part, "name": one.name, "index": one.index, "example": one.example}
            for one in listed.variables
        ],
        "reason": listed.reason[:300],
        "obstacle": listed.obstacle[:300],
    }
