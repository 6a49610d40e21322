"""The Graph double's message templates: listed in pages, checked when sent, refused as Meta refuses."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

MAX_BODY_LENGTH = 1024
DEFAULT_PAGE_SIZE = 25
PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_BAD_VALUE = re.compile(r"[\n\t]| {5,}")
_numbers = itertools.count(1)
Json = dict[str, Any]


class BadTemplate(Exception):
    """What Meta has against a template message: its error code and words."""

    def __init__(self, code: int, message: str, details: str) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details


@dataclass(slots=True)
class Template:
    """One template in one language."""

    name: str
    language: str = "en"
    category: str = "UTILITY"
    status: str = "APPROVED"
    components: list[Json] = field(default_factory=list)
    parameter_format: str = "POSITIONAL"
    rejected_reason: str = "NONE"
    id: str = field(default_factory=lambda: f"{1_689_556_900_000_000 + next(_numbers)}")

    def resource(self) -> Json:
        """As the list shows it."""
        return {
            "name": self.name,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "rejected_reason": self.rejected_reason,
            "id": self.id,
        }

    def part(self, kind: str) -> Json:
        """One of its components; empty where it has none of that kind."""
        return next((one for one in self.components if one.get("type") == kind), {})


def samples() -> list[Template]:
    """What a fresh account has: a few of a shop's, in every state."""
    return [
        Template("hello_world", "en_US", components=[_body("Welcome and congratulations! This is a test message.")]),
        Template(
            "parcel_update",
            parameter_format="NAMED",
            components=[
                {"type": "HEADER", "format": "TEXT", "text": "News on your parcel"},
                {
                    "type": "BODY",
                    "text": "Hello {{first_name}}, your order {{order}} leaves our warehouse on {{day}}.",
                    "example": {
                        "body_text_named_params": [
                            {"param_name": "first_name", "example": "Jo"},
                            {"param_name": "order", "example": "FH-20418"},
                            {"param_name": "day", "example": "Tuesday"},
                        ]
                    },
                },
                {"type": "FOOTER", "text": "Fernhill, everything for the garden"},
                {
                    "type": "BUTTONS",
                    "buttons": [
                        {
                            "type": "URL",
                            "text": "Follow it",
                            "url": "https://fernhill.example/parcels/{{1}}",
                            "example": ["https://fernhill.example/parcels/FH-20418"],
                        },
                        {"type": "QUICK_REPLY", "text": "I have a question"},
                    ],
                },
            ],
        ),
        Template(
            "follow_up", components=[_body("We have news on your request {{1}}. May we write to you here?", "4711")]
        ),
        Template(
            "spring_offer",
            category="MARKETING",
            components=[_body("Spring is here: {{1}} off all seeds until {{2}}.", "20 %", "Sunday")],
        ),
        Template("refund_done", status="PENDING", components=[_body("Your refund of {{1}} is on its way.", "£20")]),
        Template(
            "win_back",
            category="MARKETING",
            status="REJECTED",
            rejected_reason="PROMOTIONAL",
            components=[_body("We miss you!")],
        ),
    ]


def page(templates: list[Template], base: str, params: dict[str, list[str]]) -> Json:
    """One page of the list; ``after`` is where the next begins."""
    size = int(params.get("limit", [str(DEFAULT_PAGE_SIZE)])[0])
    start = int(params.get("after", ["0"])[0] or 0)
    shown = templates[start : start + size]
    cursors = {"before": str(start), "after": str(start + len(shown))}
    more = {"next": f"{base}?after={cursors['after']}&limit={size}"} if start + size < len(templates) else {}
    return {"data": [one.resource() for one in shown], "paging": {"cursors": cursors, **more}}


def check(templates: list[Template], wanted: Json) -> tuple[Template, str]:
    """The template that a message names, and its body with the values put in. Raises BadTemplate."""
    name, language = str(wanted.get("name")), str((wanted.get("language") or {}).get("code"))
    found = next((one for one in templates if (one.name, one.language) == (name, language)), None)
    if found is None or found.status in {"PENDING", "REJECTED", "IN_APPEAL"}:
        details = f"template name ({name}) does not exist in {language}"
        raise BadTemplate(132001, "Template name does not exist in the translation", details)
    if found.status == "PAUSED":
        raise BadTemplate(132015, "Template is Paused", "The template is paused due to low quality")
    if found.status == "DISABLED":
        raise BadTemplate(132016, "Template is Disabled", "The template was disabled due to low quality")
    given = {str(one.get("type")).lower(): one.get("parameters", []) for one in wanted.get("components", [])}
    _count(found.part("HEADER").get("text", ""), given.get("header", []), found, "header")
    values = _count(found.part("BODY").get("text", ""), given.get("body", []), found, "body")
    buttons = [one for one in wanted.get("components", []) if one.get("type") == "button"]
    with_values = [one for one in found.part("BUTTONS").get("buttons", []) if PLACEHOLDER.search(one.get("url", ""))]
    if len(buttons) != len(with_values):
        raise _wrong_count(len(buttons), len(with_values), "buttons")
    body = PLACEHOLDER.sub(lambda hole: values.get(hole[1], ""), found.part("BODY").get("text", ""))
    if len(body) > MAX_BODY_LENGTH:
        raise BadTemplate(132005, "Template Hydrated Text Too Long", "The translated text is too long")
    return found, body


def _count(text: str, given: list[Json], template: Template, part: str) -> dict[str, str]:
    names = list(dict.fromkeys(PLACEHOLDER.findall(text)))
    if len(given) != len(names):
        raise _wrong_count(len(given), len(names), part)
    values = {}
    for number, one in enumerate(given, 1):
        name = str(one.get("parameter_name", "")) if template.parameter_format == "NAMED" else str(number)
        value = str(one.get("text", ""))
        if name not in names or not value:
            raise BadTemplate(132012, "Parameter format does not match", f"{part}: parameter {name} is not valid")
        if _BAD_VALUE.search(value):
            raise BadTemplate(
                132012, "Parameter format does not match", "Param text cannot have new-line/tab characters"
            )
        values[name] = value
    return values


def _wrong_count(given: int, wanted: int, part: str) -> BadTemplate:
    details = f"{part}: number of localizable_params ({given}) does not match the expected number of params ({wanted})"
    return BadTemplate(132000, "Number of parameters does not match the expected number of params", details)


def _body(text: str, *examples: str) -> Json:
    return {"type": "BODY", "text": text, **({"example": {"body_text": [list(examples)]}} if examples else {})}
