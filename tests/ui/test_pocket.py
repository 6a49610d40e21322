"""A newcomer plays a customer by hand at ``/demo/``, and the team beside her."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.ui.desk import Desk, barriers

# A whole story waits for the tier-1 several times.
pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

# The tier-1 and a busy machine.
PATIENCE = 60_000


def opened(desk: Desk, *, width: int = 1440, **options: Any) -> Page:
    """The page, once its chat stands open and the inbox is in."""
    page = desk.stranger("/demo/", **options)
    page.set_viewport_size({"width": width, "height": 900})
    page.set_default_timeout(PATIENCE)
    chat(page).get_by_role("textbox", name="Write a message…").wait_for(state="attached")
    inbox(page).locator("inbox-app").wait_for(state="attached")
    return page


def chat(page: Page) -> FrameLocator:
    return page.frame_locator(".browser-page").frame_locator("iframe")


def inbox(page: Page) -> FrameLocator:
    return page.frame_locator('[name="team-inbox"]')


def phone(page: Page) -> Locator:
    return page.get_by_role("group", name="Her phone")


def laptop(page: Page) -> Locator:
    return page.get_by_role("group", name="Her laptop")


def type_in(page: Page, code: str) -> None:
    # The sixth figure sends it: the card may be gone at once.
    chat(page).locator("[autocomplete=one-time-code]").fill(code)


def step(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"\d\. {name}"))


def test_chat_code_text_and_an_answer_from_the_framed_inbox(desk: Desk) -> None:
    page = opened(desk)
    expect(inbox(page).get_by_role("option").first).to_be_visible()

    page.get_by_role("button", name="How many days do I have").click()
    chat(page).get_by_role("button", name="Send", exact=True).click()
    expect(chat(page).get_by_role("log")).to_contain_text("60 days", timeout=PATIENCE)
    expect(step(page, "Ask in the chat")).to_have_accessible_name(re.compile("done"), timeout=PATIENCE)
    expect(inbox(page).get_by_role("log")).to_contain_text("60 days", timeout=PATIENCE)

    page.get_by_role("button", name=re.compile(r"^My number is")).click()
    chat(page).get_by_role("button", name="Send", exact=True).click()
    phone(page).get_by_role("button", name=re.compile("Fernhill Supply.*code")).click()
    thread = phone(page).get_by_role("log", name="Text messages")
    found = re.search(r"\b\d{6}\b", thread.inner_text())
    assert found
    type_in(page, found[0])
    expect(step(page, "Leave your number")).to_have_accessible_name(re.compile("done"), timeout=PATIENCE)

    phone(page).get_by_role("button", name=re.compile("My order FH-27514")).click()
    page.keyboard.press("Enter")
    expect(thread).to_contain_text("£18", timeout=PATIENCE)
    expect(inbox(page).get_by_role("log")).to_contain_text("My order FH-27514", timeout=PATIENCE)

    reply = inbox(page).get_by_role("textbox", name=re.compile("^Reply to"))
    reply.fill("Hello, Ada here. Your zip is on my bench.")
    reply.press("Control+Enter")
    expect(thread).to_contain_text("Your zip is on my bench.", timeout=PATIENCE)
    expect(step(page, "Now be Ada")).to_have_accessible_name(re.compile("done"), timeout=PATIENCE)


def test_a_mail_is_answered_in_her_mailbox_and_her_reply_threads_back(desk: Desk) -> None:
    page = opened(desk)
    laptop(page).get_by_role("button", name="Mail", exact=True).click()
    laptop(page).get_by_role("button", name="New mail").click()
    laptop(page).get_by_label("Subject").fill("Refund")
    laptop(page).get_by_role("textbox", name="Your mail").fill("I paid by card. How long does a refund take?")
    laptop(page).get_by_role("button", name="Send mail").click()
    answer = laptop(page).get_by_role("button", name=re.compile("New, from Fernhill Supply"))
    answer.click(timeout=PATIENCE)
    expect(laptop(page).get_by_role("article")).to_contain_text("3 to 5 working days")
    laptop(page).get_by_role("button", name="Reply").click()
    expect(laptop(page).get_by_label("Subject")).to_have_value("Re: Refund")
    laptop(page).get_by_role("textbox", name="Your mail").fill("Thank you. And where is my parcel?")
    laptop(page).get_by_role("button", name="Send mail").click()
    expect(inbox(page).get_by_role("log")).to_contain_text("And where is my parcel?", timeout=PATIENCE)
    expect(inbox(page).get_by_role("log")).to_contain_text("How long does a refund take?")


def test_a_whatsapp_is_answered_on_her_phone(desk: Desk) -> None:
    if "whatsapp" not in desk.demo["channels"]:
        pytest.skip("this demo has no WhatsApp")
    page = opened(desk)
    phone(page).get_by_role("button", name="WhatsApp").click()
    phone(page).get_by_role("textbox").fill("How many days do I have to send something back?")
    phone(page).get_by_role("button", name="Send").click()
    expect(phone(page).get_by_role("log")).to_contain_text("60 days", timeout=PATIENCE)


def test_the_shop_is_called_and_speaks(desk: Desk) -> None:
    if "phone" not in desk.demo["channels"]:
        pytest.skip("this demo has no telephone line")
    page = opened(desk)
    phone(page).get_by_role("button", name="Phone", exact=True).click()
    phone(page).get_by_role("button", name="Call", exact=True).click()
    captions = phone(page).get_by_role("log", name="What is said")
    expect(captions).to_contain_text("Fernhill", timeout=PATIENCE)
    phone(page).get_by_role("textbox", name="Say something").fill("How many days do I have to send something back?")
    phone(page).get_by_role("button", name="Say it").click()
    expect(captions).to_contain_text("60 days", timeout=PATIENCE)
    phone(page).get_by_role("button", name="Hang up").click()
    expect(captions).to_contain_text("The call has ended.", timeout=PATIENCE)


def test_somebody_else_has_empty_devices_and_a_chat_of_her_own(desk: Desk) -> None:
    page = opened(desk)
    first = page.locator(".person-name").inner_text()
    number = page.locator(".address").first.inner_text()
    phone(page).get_by_role("button", name="Messages").click()
    phone(page).get_by_role("textbox").fill("Hello there")
    phone(page).get_by_role("button", name="Send").click()
    expect(phone(page).get_by_role("log")).to_contain_text("Hello there")
    page.reload()
    assert page.locator(".person-name").inner_text() == first
    phone(page).get_by_role("button", name="Messages").click()
    expect(phone(page).get_by_role("log")).to_contain_text("Hello there")
    page.get_by_role("button", name="Be somebody else").click()
    page.get_by_role("button", name="Somebody new").click()
    expect(page.locator(".address").first).not_to_have_text(number)
    phone(page).get_by_role("button", name="Messages").click()
    expect(phone(page).get_by_role("log")).not_to_contain_text("Hello there")


def _home(page: Page) -> None:
    pass


def _messages(page: Page) -> None:
    _tab(page, "Her phone")
    phone(page).get_by_role("button", name="Messages").click()


def _mail(page: Page) -> None:
    _tab(page, "Her laptop")
    laptop(page).get_by_role("button", name="Mail", exact=True).click()
    laptop(page).get_by_role("button", name="New mail").click()


def _others(page: Page) -> None:
    page.get_by_role("button", name="Be somebody else").click()


def _tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name)
    if tab.is_visible():
        tab.click()


# Contrast depends on the theme alone, the layout on the width alone.
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_the_tour_is_free_of_barriers(desk: Desk, theme: str, width: int) -> None:
    page = opened(desk, width=width, color_scheme=theme, bypass_csp=True)
    states: list[Callable[[Page], None]] = [_home, _messages, _mail, _others]
    for reach in states:
        reach(page)
        page.wait_for_timeout(300)
        assert barriers(page) == [], reach.__name__
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nothing_scrolls_sideways_on_the_smallest_phone_and_tabs_turn_by_keys(desk: Desk) -> None:
    page = opened(desk, width=320)
    page.get_by_role("tab", name="Her laptop").focus()
    for name in ("Inbox", "Her phone", "Her laptop"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name=name)).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect(laptop(page)).to_be_visible()
    expect(phone(page)).to_be_hidden()


def test_the_tour_broke_nothing_and_no_policy(desk: Desk) -> None:
    assert desk.complaints == []
