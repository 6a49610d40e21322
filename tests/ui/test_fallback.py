"""What an agent sees of a message that did not arrive, and of a visitor who is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from helpdesk.simulation.chatting import ChatWindow
from tests.stack import RunningStack
from tests.ui.desk import Desk, barriers, eventually

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture(autouse=True)
def at_once(desk: Desk) -> Iterator[None]:
    """What Ada sends leaves without waiting to be taken back."""
    desk.undo_seconds(0)
    yield
    desk.undo_seconds(None)


def smtp(desk: Desk) -> str:
    """The mail server's log and its controls."""
    return str(desk.demo["doubles"]["smtp_log"])


def database(stack: RunningStack, statement: str, *values: Any) -> None:
    """Time passes: rows are set back."""
    with psycopg.connect(stack.facts["database_url"]) as connection:
        connection.execute(statement, values)


def write(desk: Desk, path: str, body: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {desk.demo['agents'][0]['api_token']}"}
    httpx.post(f"{desk.base_url}/api/v1/{path}", headers=headers, json=body).raise_for_status()


def chatted(desk: Desk, *, proves: bool) -> tuple[int, str]:
    """Somebody asks for a person in the chat, proves a mail address or does not, and is gone."""
    address = f"jo.{uuid4().hex[:10]}@example.net"
    window = ChatWindow(desk.base_url.replace("http", "ws", 1) + f"/ws/widget/{desk.demo['channels']['chat']['key']}/")
    message = window.say("I want to talk to a person, please.")
    if proves:
        window.claim(address)
        window.challenge("pending")
        window.verify(eventually(lambda: code_to(desk, address)))
        window.challenge("proved")
    window.close()
    return int(desk.api(f"messages/{message}/")["conversation"]), address


def code_to(desk: Desk, address: str) -> str | None:
    for mail in httpx.get(f"{smtp(desk)}/log").json()["messages"]:
        if mail["envelope_to"] == [address] and (found := re.search(r"\d{6}", mail["text"])):
            return found.group()
    return None


def leave(stack: RunningStack, conversation: int) -> None:
    """The last sign of life was ten minutes ago."""
    database(
        stack,
        "UPDATE conversations_visitorpresence SET here_at = here_at - interval '10 minutes' WHERE visitor_id IN "
        "(SELECT identity_id FROM conversations_message WHERE conversation_id = %s AND direction = 'inbound')",
        conversation,
    )


def all_left(desk: Desk, conversation: int) -> bool:
    """Whether what the assistant wrote has left: the next mail is ours."""
    rows = desk.api(f"conversations/{conversation}/messages/")["results"]
    return all(row["delivery_state"] == "sent" for row in rows if row["direction"] == "outbound")


def said(desk: Desk, conversation: int) -> list[str]:
    """The texts of a thread, as the server has them."""
    return [row["text"] for row in desk.api(f"conversations/{conversation}/messages/")["results"]]


def reply(page: Page, text: str) -> None:
    page.locator(".composer textarea").fill(text)
    page.keyboard.press("Control+Enter")


def test_a_bounce_says_why_and_offers_the_next_way_with_the_words_put_in(desk: Desk) -> None:
    mail = desk.write()
    conversation = desk.conversation_of(mail)
    customer = desk.api(f"conversations/{conversation}/")["customer"]["id"]
    number = f"+4477{uuid4().int % 10**8:08}"
    write(desk, f"customers/{customer}/identities/", {"kind": "phone", "address": number})
    eventually(lambda: all_left(desk, conversation) or None)
    told = {"next": [{"at": "rcpt", "code": 550, "text": "5.1.1 User unknown"}]}
    httpx.post(f"{smtp(desk)}/behaviour", json=told).raise_for_status()
    page = desk.page(f"/inbox/all/{conversation}/", waits_for=".composer textarea")
    reply(page, "Your kettle is on its way.")
    log = page.get_by_role("log")
    expect(log.get_by_text(f"Could not be delivered to {mail.address}: the mailbox does not exist")).to_be_visible()
    outcome = page.locator(".message .outcome[data-bad]")
    expect(outcome).to_contain_text("Not delivered: The mailbox does not exist.")
    expect(outcome.get_by_role("button", name="Retry")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Customer")).to_contain_text("the mailbox does not exist")
    assert barriers(page) == []
    page.get_by_role("button", name="Send by SMS…").click()
    expect(page.locator(".composer textarea")).to_have_value("Your kettle is on its way.")
    expect(page.locator(".reply-notice")).to_contain_text("Instead of the message that was not delivered.")
    expect(page.locator(".reply-notice")).to_contain_text("The subject stays behind.")
    assert barriers(page) == []
    page.keyboard.press("Control+Enter")
    expect(log.get_by_text(re.compile("Sent by SMS instead, "))).to_be_visible()
    expect(page.get_by_role("button", name="Send by SMS…")).to_have_count(0)
    assert desk.complaints == []


def test_who_left_the_chat_is_mailed_and_the_agent_sees_so(desk: Desk, demo_stack: RunningStack) -> None:
    conversation, address = chatted(desk, proves=True)
    leave(demo_stack, conversation)
    page = desk.page(f"/inbox/all/{conversation}/", waits_for=".composer textarea")
    expect(page.locator(".composer")).to_contain_text(
        f"The visitor has left the chat: this goes by mail to {address}", timeout=20_000
    )
    assert barriers(page) == []
    reply(page, "It left today.")
    eventually(lambda: "It left today." in said(desk, conversation) or None)
    database(
        demo_stack,
        "UPDATE conversations_message SET created_at = created_at - interval '5 minutes' "
        "WHERE conversation_id = %s AND text = 'It left today.'",
        conversation,
    )
    seen = page.get_by_text(re.compile(f"Not seen in the chat; mailed to {re.escape(address)} at "))
    expect(seen.last).to_be_visible(timeout=20_000)
    expect(page.get_by_role("log")).to_contain_text(f"2 chat messages mailed to {address}")
    assert barriers(page) == []
    assert desk.complaints == []


def test_who_left_without_a_proved_address_is_said_to_be_gone(desk: Desk, demo_stack: RunningStack) -> None:
    conversation, _ = chatted(desk, proves=False)
    leave(demo_stack, conversation)
    page = desk.page(f"/inbox/all/{conversation}/", waits_for=".composer textarea")
    expect(page.locator(".composer")).to_contain_text("gave no proved address", timeout=20_000)
    assert barriers(page) == []
