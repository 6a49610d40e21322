"""The Twilio double's Content API: templates with their WhatsApp approval, listed in pages and sent by their SID."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

PATH = "/v1/ContentAndApprovals"
DEFAULT_PAGE_SIZE = 50
PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
# https://www.twilio.com/docs/api/errors
NO_SUCH_CONTENT, BAD_VARIABLES, WINDOW_CLOSED, NO_SUCH_TEMPLATE = 21655, 21656, 63016, 63027
REFUSED_STATES = {"rejected": 63040, "paused": 63041, "disabled": 63042}
Json = dict[str, Any]


class BadContent(Exception):
    """Why Twilio does not take a message with this content."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class Content:
    """One template."""

    friendly_name: str
    types: Json
    language: str = "en"
    variables: Json = field(default_factory=dict)
    category: str = "UTILITY"
    status: str = "approved"
    rejection_reason: str = ""
    sid: str = field(default_factory=lambda: "HX" + secrets.token_hex(16))

    def resource(self) -> Json:
        """As the list shows it."""
        approval: Json = {
            "name": self.friendly_name,
            "category": self.category,
            "content_type": next(iter(self.types)),
            "status": self.status,
            "rejection_reason": self.rejection_reason,
            "allow_category_change": True,
        }
        return {
            "sid": self.sid,
            "friendly_name": self.friendly_name,
            "language": self.language,
            "variables": self.variables,
            "types": self.types,
            "approval_requests": approval if self.status != "unsubmitted" else {},
        }

    @property
    def body(self) -> str:
        """The words in its middle, with their holes."""
        return str(next(iter(self.types.values())).get("body", ""))


def samples() -> list[Content]:
    """What a fresh account has: a few of a shop's, in several states."""
    return [
        Content(
            "order_update",
            {"twilio/text": {"body": "Hello {{1}}, there is news on your order {{2}}. May we write to you here?"}},
            variables={"1": "Jo", "2": "FH-20418"},
        ),
        Content(
            "delivery_day",
            {
                "twilio/call-to-action": {
                    "body": "Your order {{1}} comes on {{2}}.",
                    "actions": [
                        {"type": "URL", "title": "Choose another day", "url": "https://fernhill.example/d/{{1}}"}
                    ],
                }
            },
            variables={"1": "FH-20418", "2": "Tuesday"},
        ),
        Content(
            "spring_offer",
            {
                "twilio/quick-reply": {
                    "body": "Spring is here: {{1}} off all seeds.",
                    "actions": [{"title": "Show me", "id": "y"}],
                }
            },
            variables={"1": "20 %"},
            category="MARKETING",
        ),
        Content("refund_done", {"twilio/text": {"body": "Your refund is on its way."}}, status="pending"),
    ]


def page(contents: list[Content], base_url: str, params: dict[str, list[str]]) -> Json:
    """One page of the list."""
    size, number = int(params.get("PageSize", [str(DEFAULT_PAGE_SIZE)])[0]), int(params.get("Page", ["0"])[0])
    shown = contents[number * size : (number + 1) * size]
    more = len(contents) > (number + 1) * size
    return {
        "contents": [one.resource() for one in shown],
        "meta": {
            "page": number,
            "page_size": size,
            "next_page_url": f"{base_url}{PATH}?PageSize={size}&Page={number + 1}" if more else None,
            "key": "contents",
        },
    }


def check(contents: list[Content], sid: str, variables: str) -> tuple[Content, str]:
    """The content that a message names, and its body with the values put in. Raises BadContent, as the API does.

    Whether WhatsApp takes it shows only later: see ``late_refusal``.
    """
    found = next((one for one in contents if one.sid == sid), None)
    if found is None:
        raise BadContent(NO_SUCH_CONTENT, f"The ContentSid {sid[:40]} is invalid")
    try:
        values = json.loads(variables or "{}")
    except ValueError as error:
        raise BadContent(BAD_VARIABLES, "The ContentVariables Parameter is invalid") from error
    names = set(PLACEHOLDER.findall(json.dumps(found.types)))
    if not isinstance(values, dict) or names - values.keys() or not all(values.values()):
        raise BadContent(BAD_VARIABLES, "The ContentVariables Parameter is invalid")
    return found, PLACEHOLDER.sub(lambda hole: str(values.get(hole[1], "")), found.body)


def late_refusal(content: Content) -> int | None:
    """The error with which WhatsApp gives back a message of a template that it does not take."""
    if content.status in REFUSED_STATES:
        return REFUSED_STATES[content.status]
    return None if content.status == "approved" else NO_SUCH_TEMPLATE
