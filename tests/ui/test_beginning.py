"""An agent writes to somebody first, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.ui.desk import Desk, barriers

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture(autouse=True)
def at_once(desk: Desk) -> Iterator[None]:
    """Nothing waits to be taken back: it would still be leaving while the next test looks."""
    desk.undo_seconds(0)
    yield
    desk.undo_seconds(None)


def test_a_first_mail_is_written_by_keyboard_alone(desk: Desk) -> None:
    mark = uuid4().hex[:8]
    address, subject = f"kim.{mark}@new.example", f"Your voucher {mark}"
    page = desk.page("/inbox/mine/", bypass_csp=True)
    page.locator("conversation-list [role=option]").first.wait_for()
    page.keyboard.press("Shift+N")
    dialog = page.get_by_role("dialog", name="New conversation")
    expect(dialog).to_be_visible()
    page.keyboard.type(address)
    expect(dialog).to_contain_text("Nobody has this address yet.")
    assert barriers(page) == []
    page.keyboard.press("Tab")
    page.keyboard.type("Kim Wood")
    page.keyboard.press("Tab")
    page.keyboard.type(subject)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    expect(page.locator("reply-composer textarea")).to_be_focused()
    page.keyboard.type("Here is your voucher.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message").first).to_contain_text("Here is your voucher.")

    page.keyboard.press("Escape")
    page.keyboard.press("Shift+N")
    page.keyboard.type(address)
    expect(dialog).to_contain_text("Kim Wood")
    expect(dialog).to_contain_text("Open already")
    dialog.get_by_role("button", name="Go there instead").click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()


def test_a_doubtful_number_is_only_doubted(desk: Desk) -> None:
    page = desk.page("/inbox/mine/")
    page.get_by_role("button", name="New conversation").click()
    dialog = page.get_by_role("dialog", name="New conversation")
    dialog.get_by_text("Texts", exact=True).click()
    dialog.get_by_role("textbox", name="To").or_(dialog.get_by_role("combobox", name="To")).fill("+1 555 123 4567")
    expect(dialog).to_contain_text("No plan of numbers lists this one.")
    expect(dialog.get_by_role("button", name="Start writing")).to_be_enabled()
