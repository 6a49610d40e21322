"""The documented events and frames are those that exist."""

from __future__ import annotations

import re

from channels_ingest.widget.consumer import TEXTS
from conversations.models import DeliveryState
from tests.stack import ROOT

APPS = ("customers", "conversations", "channels_ingest", "ai_tier1")
SUBJECTS = "call|conversation|message|note|attachment|delivery|tier1|question|fact|customer|identity|challenge|consent"
SUBJECTS += "|template|visitor"
TYPE = re.compile(rf'"((?:{SUBJECTS})\.[a-z_]+)"')
FRAME = re.compile(r'"type": "([a-z]+)"')
DOCUMENT = (ROOT / "docs" / "events.md").read_text()


def sources() -> list[str]:
    """The text of every module of the apps."""
    return [path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def test_every_event_type_is_documented() -> None:
    found = {name for text in sources() for name in TYPE.findall(text)}
    assert {name for name in found if f"`{name}`" not in DOCUMENT} == set()


def test_no_event_type_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(rf"`((?:{SUBJECTS})\.[a-z_]+)`", DOCUMENT))
    found = {name for text in sources() for name in TYPE.findall(text)}
    found |= {f"delivery.{state}" for state in DeliveryState.values}
    assert documented - found == set()


def test_every_frame_that_a_socket_sends_is_documented() -> None:
    consumers = [ROOT / "conversations" / "consumers.py", ROOT / "channels_ingest" / "widget" / "consumer.py"]
    sent = {name for path in consumers for name in FRAME.findall(path.read_text())}
    assert {name for name in sent if f"| `{name}` |" not in DOCUMENT} == set()


def test_every_error_of_the_widget_is_documented() -> None:
    assert {code for code in TEXTS if f"`{code}`" not in DOCUMENT} == set()
