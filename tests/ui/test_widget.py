"""The chat as a visitor of the shop meets it, in a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.ui.desk import Desk, barriers, eventually

pytestmark = pytest.mark.xdist_group("stack")

QUESTION = "How many days do I have to send something back?"
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
HOST_POLICY = "default-src 'none'; script-src {url}; frame-src {url}; style-src 'none'"


@pytest.fixture
def shop(desk: Desk) -> Iterator[Page]:
    page = desk.stranger("/demo/shop/")
    yield page
    page.context.close()


def opened(page: Page) -> FrameLocator:
    """The conversation's frame, once its composer is there."""
    page.get_by_role("button", name=re.compile("Open chat")).click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox", name="Write a message…").wait_for()
    return frame


def say(frame: FrameLocator, text: str) -> None:
    field = frame.get_by_role("textbox", name="Write a message…")
    field.fill(text)
    field.press("Enter")


def conversation_saying(desk: Desk, text: str) -> int:
    def found() -> int | None:
        rows = desk.api("conversations/?page_size=20")["results"]
        for row in rows:
            said = desk.api(f"conversations/{row['id']}/messages/")["results"]
            if any(message["text"] == text for message in said):
                return int(row["id"])
        return None

    return eventually(found)


def test_nothing_of_the_conversation_loads_before_somebody_wants_it(desk: Desk) -> None:
    page = desk.stranger("/nowhere/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk.base_url}/demo/shop/")
    page.get_by_role("button", name=re.compile("Open chat")).wait_for()
    page.wait_for_timeout(500)
    assert len([url for url in asked if "/widget/" in url]) == 1
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name=re.compile("Open chat")).hover()
    page.locator("iframe").wait_for(state="attached")
    page.context.close()


def test_a_question_is_answered_by_a_machine_that_says_so_and_names_its_source(shop: Page) -> None:
    frame = opened(shop)
    say(frame, QUESTION)
    log = frame.get_by_role("log")
    expect(log.get_by_text("Automated answer", exact=True)).to_be_visible(timeout=30_000)
    expect(log.get_by_role("heading", name="Sources")).to_be_visible()
    expect(log.get_by_text(QUESTION)).to_have_count(1)


def test_a_person_takes_over_and_is_read_where_the_visitor_is(desk: Desk, shop: Page) -> None:
    frame = opened(shop)
    mark = "My tent pole snapped near Glen Coe, please get me a person."
    say(frame, mark)
    number = conversation_saying(desk, mark)
    page = desk.page(f"/inbox/all/{number}/")
    page.locator(".message").first.wait_for()
    page.keyboard.press("r")
    page.keyboard.insert_text("Hello, this is Ada. A new pole is on its way.")
    page.keyboard.press("Control+Enter")
    expect(frame.get_by_text("A new pole is on its way.")).to_be_visible(timeout=10_000)
    shop.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.insert_text("It comes on Friday.")
    page.keyboard.press("Control+Enter")
    expect(shop.get_by_role("button", name=re.compile("1 unread"))).to_be_visible(timeout=10_000)
    shop.get_by_role("button", name=re.compile("Open chat")).click()
    expect(frame.get_by_text("It comes on Friday.")).to_be_visible()
    expect(shop.get_by_role("button", name=re.compile("unread"))).to_have_count(0)


def test_a_number_is_proved_by_the_code_that_was_texted_to_it(desk: Desk, shop: Page) -> None:
    frame = opened(shop)
    number = f"+1758555{time.time_ns() // 1000 % 10_000:04}"
    say(frame, "Is the Skiddaw tent good for two?")
    frame.get_by_role("textbox", name="So we can reach you if you leave").fill(number)
    frame.get_by_role("button", name="Save").click()
    frame.get_by_text("We sent a code to").wait_for(timeout=20_000)

    def texted() -> str | None:
        log = httpx.get(f"{desk.demo['doubles']['twilio']}/log").json()
        codes = [re.search(r"\b\d{6}\b", one["body"]) for one in log["messages"] if one["to"] == number]
        return codes[-1][0] if codes and codes[-1] else None

    frame.get_by_role("textbox", name="Six-digit code").fill(eventually(texted))
    expect(frame.get_by_text("is confirmed")).to_be_visible(timeout=20_000)
    owner = eventually(lambda: (desk.api(f"customers/?identity=%2B{number[1:]}")["results"] or [None])[0])
    assurances = {one["kind"]: one["assurance"] for one in owner["identities"]}
    assert assurances["phone"] == "confirmed"


def test_what_is_written_without_a_network_is_sent_once(desk: Desk, shop: Page) -> None:
    frame = opened(shop)
    say(frame, "Good morning!")
    expect(frame.get_by_role("log").get_by_text("Good morning!")).to_be_visible()
    shop.wait_for_timeout(1_000)
    shop.context.set_offline(True)
    mark = f"Is the ridge pole in stock? {time.time_ns()}"
    say(frame, mark)
    shop.wait_for_timeout(2_000)
    shop.context.set_offline(False)
    number = conversation_saying(desk, mark)
    shop.wait_for_timeout(1_500)
    said = [one["text"] for one in desk.api(f"conversations/{number}/messages/")["results"]]
    assert said.count(mark) == 1
    expect(frame.get_by_role("log").get_by_text(mark)).to_have_count(1)


def test_the_conversation_is_there_on_the_next_page(shop: Page) -> None:
    frame = opened(shop)
    say(frame, "Do you mend zips?")
    expect(frame.get_by_role("log").get_by_text("Do you mend zips?")).to_be_visible()
    shop.wait_for_timeout(1_000)
    shop.reload()
    expect(shop.frame_locator("iframe").get_by_text("Do you mend zips?")).to_be_visible(timeout=15_000)


def test_a_site_with_a_strict_policy_needs_only_our_origin(desk: Desk) -> None:
    page = desk.stranger("/nowhere/")
    broken: list[str] = []
    page.on("console", lambda line: broken.append(line.text) if "Policy" in line.text else None)
    key = desk.demo["channels"]["chat"]["key"]
    body = f'<!doctype html><html lang="en"><title>Shop</title><script async src="/widget/{key}.js"></script>'

    def serve(route: Route) -> None:
        headers = {"Content-Security-Policy": HOST_POLICY.format(url=desk.base_url)}
        route.fulfill(body=body, content_type="text/html", headers=headers)

    page.route("**/shop.html", serve)
    page.goto(f"{desk.base_url}/shop.html")
    opened(page)
    assert broken == []
    page.context.close()


@THEMES
@pytest.mark.parametrize("width", [1280, 320])
def test_shop_and_chat_are_free_of_barriers(desk: Desk, theme: str, width: int) -> None:
    page = desk.stranger("/demo/shop/", color_scheme=theme, bypass_csp=True)
    page.set_viewport_size({"width": width, "height": 720})
    frame = opened(page)
    inside = next(one for one in page.frames if "/widget/" in one.url)
    assert [barriers(page), barriers(inside)] == [[], []]
    say(frame, QUESTION)
    frame.get_by_role("heading", name="Sources").wait_for(timeout=30_000)
    frame.get_by_role("button", name="Save").wait_for()
    assert [barriers(page), barriers(inside)] == [[], []]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()
