"""Undo send and send later in a real browser: seen, taken back by key, never over what is being written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.desk import Desk, Mail, barriers, eventually

pytestmark = pytest.mark.xdist_group("stack")
TEXT = "It left on Monday."


@pytest.fixture(autouse=True)
def time_to_look(desk: Desk) -> Iterator[None]:
    """Half a minute to take back, so that a busy machine is no reason to fail; afterwards as it was."""
    desk.undo_seconds(30)
    yield
    desk.undo_seconds(None)


def begun(desk: Desk, **options: Any) -> tuple[Page, int, Mail]:
    """A customer's mail, open at Ada's."""
    mail = desk.write()
    conversation = desk.conversation_of(mail)
    page = desk.page(f"/inbox/all/{conversation}/", **options)
    page.get_by_text(mail.text).last.wait_for()
    return page, conversation, mail


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Reply to"))


def send(page: Page, text: str = TEXT) -> None:
    field(page).fill(text)
    field(page).press("Control+Enter")


def states(desk: Desk, conversation: int) -> list[str]:
    """Of what we wrote, oldest first."""
    rows = desk.api(f"conversations/{conversation}/messages/?page_size=100")["results"]
    return [row["unsaid"] or row["delivery_state"] for row in rows if row["author"]["kind"] == "agent"]


def again(desk: Desk, mail: Mail, text: str) -> None:
    """The same customer writes once more."""
    channel = desk.demo["channels"]["email"]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.address, channel["address"], f"Re: {mail.subject}"
    message.set_content(text)
    headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {channel['inbound_secret']}"}
    httpx.post(f"{desk.base_url}/webhooks/{channel['id']}/", content=message.as_bytes(), headers=headers)


def test_a_reply_counts_down_and_comes_back_by_key(desk: Desk) -> None:
    page, conversation, _ = begun(desk)
    send(page)
    expect(page.locator("undo-countdown")).to_contain_text(re.compile(r"Leaves in \d+ s"))
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value(TEXT)
    expect(page.get_by_text("You took back a reply")).to_be_visible()
    expect(page.locator("undo-countdown")).to_have_count(0)
    assert states(desk, conversation) == ["taken_back"]
    field(page).press("Control+Enter")
    expect(page.locator("undo-countdown")).to_be_visible()
    assert barriers(page) == []


def test_left_alone_it_leaves(desk: Desk) -> None:
    desk.undo_seconds(3)
    page, conversation, _ = begun(desk)
    send(page)
    expect(page.locator("undo-countdown")).to_be_visible()
    page.context.close()  # the browser is not needed for it
    eventually(lambda: states(desk, conversation)[0] in ("sent", "delivered") or None, 20)


def test_what_comes_back_never_replaces_what_is_being_written(desk: Desk) -> None:
    page, conversation, _ = begun(desk)
    send(page)
    expect(page.locator("undo-countdown")).to_be_visible()
    field(page).fill("Also, the invoice")
    page.keyboard.press("Control+z")  # the field's own
    assert states(desk, conversation) == ["undo"]
    field(page).fill("Also, the invoice")
    page.locator("undo-countdown").get_by_role("button", name="Undo").click()
    offer = page.get_by_role("group", name="The reply that was taken back")
    expect(offer).to_contain_text(TEXT)
    expect(field(page)).to_have_value("Also, the invoice")
    assert barriers(page) == []
    offer.get_by_role("button", name="Add it below").click()
    expect(field(page)).to_have_value(f"Also, the invoice\n\n{TEXT}")


def test_sent_and_resolved_is_undone_as_one(desk: Desk) -> None:
    page, conversation, _ = begun(desk)
    field(page).fill(TEXT)
    field(page).press("Control+Shift+Enter")
    page.get_by_role("button", name=re.compile("^Undo")).last.click()
    expect(field(page)).to_have_value(TEXT)
    eventually(lambda: desk.api(f"conversations/{conversation}/")["state"] == "open" or None)
    assert states(desk, conversation) == ["taken_back"]


def test_scheduled_by_keyboard_and_stopped_by_the_customers_word(desk: Desk) -> None:
    page, conversation, mail = begun(desk)
    field(page).fill(TEXT)
    later = page.get_by_role("button", name="Send later")
    later.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("dialog", name="Send later")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(later).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Tomorrow")).click()
    expect(page.get_by_text(re.compile("Scheduled for tomorrow"))).to_be_visible()
    assert states(desk, conversation) == ["later"]
    assert barriers(page) == []
    again(desk, mail, "It is here, all is well with it!")
    expect(page.get_by_text(re.compile("Not sent: .* wrote first at"))).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Back to the composer").click()
    expect(field(page)).to_have_value(TEXT)
    assert states(desk, conversation) == ["wrote_first"]
