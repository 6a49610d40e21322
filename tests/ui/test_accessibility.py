"""axe finds nothing on any page and state, light and dark, wide and 320 px; nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.ui.desk import Desk, barriers

pytestmark = pytest.mark.xdist_group("stack")

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def press(key: str) -> Callable[[Page], None]:
    return lambda page: page.keyboard.press(key)


STATES: dict[str, Callable[[Page], None]] = {
    "thread": lambda page: None,
    "reply": press("r"),
    "targets": lambda page: page.locator(".target").click(),
    "note": press("c"),
    "palette": press("Control+k"),
    "assign": press("a"),
    "help": press("?"),
    "undo": press("i"),
}


@THEMES
@pytest.mark.parametrize("view", ["mine", "unassigned", "all", "ai", "resolved"])
def test_every_view_is_free_of_barriers(desk: Desk, view: str, theme: str) -> None:
    page = desk.page(f"/inbox/{view}/", color_scheme=theme, bypass_csp=True)
    assert barriers(page) == []


@THEMES
def test_every_state_of_a_conversation_is_free_of_barriers(desk: Desk, theme: str) -> None:
    number = desk.conversation_of(desk.write("Order FH-20998 is broken, I want to talk to a person."))
    page = desk.page(f"/inbox/all/{number}/", color_scheme=theme, bypass_csp=True)
    page.locator(".message").first.wait_for()
    for state, reach in STATES.items():
        reach(page)
        page.wait_for_timeout(300)
        assert barriers(page) == [], state
        # One level up: out of the field, the menu, the dialog.
        if state not in ("thread", "undo"):
            page.keyboard.press("Escape")


def fill_in(page: Page) -> None:
    page.get_by_role("combobox", name="Find a template").fill("parcel update")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")  # not yet: what is missing is marked


TEMPLATE_STATES: dict[str, Callable[[Page], None]] = {
    "list": lambda page: page.get_by_role("combobox", name="Find a template").wait_for(),
    "nothing found": lambda page: page.get_by_role("combobox", name="Find a template").fill("zebra"),
    "targets": lambda page: page.locator(".target").click(),
    "missing": fill_in,
    "consent": lambda page: page.locator(".consent-more summary").first.click(),
}


@THEMES
@pytest.mark.parametrize("width", [1440, 390])
def test_every_state_of_a_closed_window_is_free_of_barriers(desk: Desk, theme: str, width: int) -> None:
    number = desk.conversation_of(desk.whatsapp(ago=27 * 3600))
    page = desk.page(f"/inbox/all/{number}/", color_scheme=theme, bypass_csp=True, width=width)
    page.locator(".message").first.wait_for()
    for state, reach in TEMPLATE_STATES.items():
        if state == "consent" and width < 900:
            page.get_by_role("button", name="Customer", exact=True).click()
        reach(page)
        page.wait_for_timeout(300)
        assert barriers(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        if state == "targets":
            page.keyboard.press("Escape")


@THEMES
def test_a_phone_shows_list_thread_and_customer_as_pages(desk: Desk, theme: str) -> None:
    number = desk.conversation_of(desk.write())
    page = desk.page("/inbox/all/", color_scheme=theme, bypass_csp=True, width=320)
    assert barriers(page) == []
    page.locator(f'[data-id="{number}"]').click()
    page.locator(".message").first.wait_for()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Customer", exact=True).click()
    page.get_by_role("complementary", name="Customer").wait_for()
    assert barriers(page) == []
    page.get_by_role("button", name="Back to the thread").click()
    page.get_by_role("button", name="Back to All open").click()
    assert page.locator(f'[data-id="{number}"]').is_visible()


@THEMES
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"])
def test_the_pages_at_the_door_are_free_of_barriers(desk: Desk, path: str, theme: str) -> None:
    page = desk.stranger(path, color_scheme=theme, bypass_csp=True)
    assert barriers(page) == []
