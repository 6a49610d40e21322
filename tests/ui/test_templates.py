"""A closed window in a real browser: templates take the place of one's own words, at the very moment."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.desk import Desk, Texter, eventually

pytestmark = pytest.mark.xdist_group("stack")
DAY = 24 * 3600


def opened(desk: Desk, texter: Texter, **options: Any) -> Page:
    page = desk.page(f"/inbox/all/{desk.conversation_of(texter)}/", **options)
    page.locator(".message").first.wait_for()
    return page


def search(page: Page) -> Any:
    return page.get_by_role("combobox", name="Find a template")


def sent(desk: Desk, texter: Texter, text: str) -> list[Any]:
    messages = desk.api(f"conversations/{desk.conversation_of(texter)}/messages/?page_size=100")["results"]
    return [message for message in messages if text in message["text"] and message["direction"] == "outbound"]


def test_a_template_is_chosen_filled_and_sent_by_keyboard(desk: Desk) -> None:
    texter = desk.whatsapp(ago=27 * 3600)
    page = opened(desk, texter)
    expect(page.get_by_text("The WhatsApp window closed 3 h ago: a template can be sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.keyboard.press("r")
    expect(search(page)).to_be_focused()
    page.keyboard.type("parcel")
    page.keyboard.press("Enter")
    # The name is the customer's own, and the template says it wants one.
    expect(page.get_by_role("textbox", name="first name")).to_have_value("Jo")
    order = page.get_by_role("textbox", name="order")
    expect(order).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(order).to_have_attribute("aria-invalid", "true")
    assert sent(desk, texter, "warehouse") == []
    page.keyboard.type("FH-77")
    expect(page.get_by_role("group", name="What")).to_contain_text("your order FH-77 leaves our warehouse on {{day}}")
    page.keyboard.press("Tab")
    page.keyboard.type("Friday")
    page.keyboard.press("Tab")
    page.keyboard.type("FH-77")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("Hello Jo, your order FH-77 leaves our warehouse on Friday.")
    (message,) = eventually(lambda: sent(desk, texter, "FH-77 leaves") or None)
    assert message["template"]["name"] == "parcel_update"

    def arrived() -> list[Any] | None:
        log = httpx.get(f"{desk.demo['doubles']['graph']}/log").json()["messages"]
        return [one for one in log if one["to"] == texter.address.removeprefix("+")] or None

    (taken,) = eventually(arrived)  # it waits its undo seconds first
    assert (taken["type"], taken["body"] in message["text"]) == ("template", True)
    expect(page.get_by_role("article", name="You by WhatsApp")).to_contain_text("Template parcel_update")


def test_what_can_not_be_sent_is_shown_with_its_reason_and_can_not_be_chosen(desk: Desk) -> None:
    page = opened(desk, desk.whatsapp(ago=27 * 3600))
    search(page).fill("refund")
    option = page.get_by_role("option", name="refund_done")
    expect(option).to_contain_text("is not approved yet")
    page.keyboard.press("Enter")
    option.click(force=True)
    expect(search(page)).to_be_visible()


def test_the_composer_swaps_at_the_moment_the_window_closes(desk: Desk) -> None:
    closes = time.time() + 20
    texter = desk.whatsapp(ago=DAY - 20)
    page = opened(desk, texter)
    field = page.get_by_role("textbox", name=f"Reply to {texter.name}")
    field.fill("Half a sentence")
    page.get_by_text("Window open for").wait_for()
    expect(page.get_by_text("What you wrote is kept.")).to_be_visible(timeout=30_000)
    assert abs(time.time() - closes) < 3
    expect(search(page)).to_be_focused()
    expect(field).to_have_count(0)
    # The customer writes again: so can we, and nothing is lost.
    desk.whatsapp("Still there?", number=texter.address)
    expect(field).to_have_value("Half a sentence", timeout=20_000)


def test_a_template_can_be_chosen_while_the_window_is_open_too(desk: Desk) -> None:
    texter = desk.whatsapp()
    page = opened(desk, texter)
    page.get_by_role("button", name="Template", exact=True).click()
    expect(search(page)).to_be_focused()
    page.keyboard.type("hello world")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    eventually(lambda: sent(desk, texter, "Welcome and congratulations") or None)
    page.get_by_role("button", name="Write yourself").click()
    expect(page.get_by_role("textbox", name=f"Reply to {texter.name}")).to_be_focused()


def test_what_was_filled_in_outlives_the_window(desk: Desk) -> None:
    page = opened(desk, desk.whatsapp(ago=27 * 3600))
    search(page).fill("follow")
    page.keyboard.press("Enter")
    page.keyboard.type("4711")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.get_by_role("textbox", name="{{1}}")).to_have_value("4711")


def test_a_message_the_window_closed_on_offers_a_template(desk: Desk) -> None:
    """Meta says so late: the agent is asked, and nothing is sent by itself."""
    texter = desk.whatsapp()
    page = opened(desk, texter)
    told = {"final": [{"status": "failed", "error_code": 131047}]}
    httpx.post(f"{desk.demo['doubles']['graph']}/behaviour", json=told).raise_for_status()
    page.keyboard.press("r")
    page.keyboard.type("Too late")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Send a template…").click()
    expect(search(page)).to_be_focused()
    assert len(sent(desk, texter, "Too late")) == 1


def test_a_stop_closes_the_composer_and_stands_in_the_ledger_until_an_agent_notes_otherwise(desk: Desk) -> None:
    texter = desk.whatsapp()
    page = opened(desk, texter)
    desk.whatsapp("STOP", number=texter.address)
    sidebar = page.get_by_role("complementary", name="Customer")
    expect(sidebar).to_contain_text("WhatsApp: No messages", timeout=20_000)
    expect(sidebar).to_contain_text("wrote STOP")
    expect(page.locator(".composer")).to_contain_text("wrote STOP on")
    sidebar.get_by_text("Consent", exact=True).click()
    sidebar.get_by_label("By", exact=True).select_option("whatsapp")
    sidebar.get_by_label("Wish").select_option("started all")
    sidebar.get_by_label("How you know").fill("Called us: it was a mistake")
    sidebar.get_by_role("button", name="Note it").click()
    expect(sidebar).to_contain_text("WhatsApp: May be written to")
    expect(sidebar).to_contain_text("noted: Called us: it was a mistake")
    expect(page.get_by_role("textbox", name=f"Reply to {texter.name}")).to_be_enabled()


def test_nothing_broke_and_no_policy_was_violated(desk: Desk) -> None:
    assert desk.complaints == []
