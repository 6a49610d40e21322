"""One person and one agent on the stage of a running demo, and what the API says of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from helpdesk.simulation.api import Api, Row
from helpdesk.simulation.chatting import ChatWindow
from helpdesk.simulation.mailing import Mailbox
from helpdesk.simulation.place import Place
from helpdesk.simulation.telling import Teller
from helpdesk.simulation.texting import Phone
from helpdesk.simulation.waiting import until

TIER1_IS_DONE = frozenset({"tier1.answered", "tier1.stayed_silent", "tier1.handed_off"})
TIER1_SECONDS = 60.0


@dataclass(slots=True)
class Scene:
    """The person is new each time, so that the story can be played again on the same stack."""

    place: Place
    teller: Teller
    admin: Api
    agent: Api
    name: str
    order: str
    window: ChatWindow
    phone: Phone
    mailbox: Mailbox
    conversation: int = 0
    customer: int = 0
    answer: Row | None = None
    handoff: Row | None = None
    delivered: Row | None = None

    def look(self) -> Row:
        """Her conversation as the API shows it now."""
        return self.agent.get(f"conversations/{self.conversation}/")

    def messages(self) -> list[Row]:
        """Everything said in it."""
        return self.agent.messages(self.conversation)

    def message(self, **wanted: Any) -> Row:
        """The newest message with these values; waits for it."""

        def look() -> Row | None:
            found = [row for row in self.messages() if all(row[name] == value for name, value in wanted.items())]
            return found[-1] if found else None

        return until(look, f"A message with {wanted}")

    def wherever(self, words: str) -> Row:
        """An inbound message with these words, in whatever conversation it went; waits for it."""

        def look() -> Row | None:
            for conversation in self.admin.rows("conversations/", q=words):
                found = [row for row in self.admin.messages(conversation["id"]) if words in row["text"]]
                if found:
                    return found[0]
            return None

        return until(look, f"A message with {words!r}")

    def tier1_done(self, message: int) -> Row:
        """The event that tells what the assistant made of a message; waits for it."""

        def look() -> Row | None:
            events = self.agent.rows(f"conversations/{self.conversation}/events/")
            made = [row["seq"] for row in events if _is_creation(row, message)]
            done = [row for row in events if row["type"] in TIER1_IS_DONE and made and row["seq"] > made[0]]
            return done[0] if done else None

        return until(look, "The assistant makes up its mind", seconds=TIER1_SECONDS)


@contextmanager
def set_up(place: Place, teller: Teller) -> Iterator[Scene]:
    """A fresh person with a phone, a mailbox and an open chat window."""
    mark = secrets.token_hex(3)
    name = f"Nora {mark.capitalize()}"
    with ExitStack() as stack:
        phone, mailbox = Phone(place, fresh_number()), Mailbox(place, name, f"nora.{mark}@example.com")
        window, admin = ChatWindow(place.chat_socket), Api(place.base_url, place.admin_token)
        agent = Api(place.base_url, place.agent_token)
        for part in (phone, mailbox, window, admin, agent):
            stack.callback(part.close)
        order = f"FH-{secrets.randbelow(90_000) + 10_000}"
        yield Scene(place, teller, admin, agent, name, order, window, phone, mailbox)


def fresh_number() -> str:
    """A number that no person has: 555-01xx is kept for stories in every area."""
    return f"+1{secrets.randbelow(780) + 210}55501{secrets.randbelow(100):02}"


def _is_creation(event: Row, message: int) -> bool:
    return bool(event["type"] == "message.created" and event["facts"].get("message") == message)
