"""The settings in a real browser against the real product: connect, write, replay; no barrier on any page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.desk import GRACE, Desk, barriers

pytestmark = pytest.mark.xdist_group("stack")


def opened(desk: Desk, path: str, **options: Any) -> Page:
    return desk.page(path, agent=GRACE, waits_for="main", **options)


def refused_mail(desk: Desk) -> str:
    """A mail whose sender forgot the content type: kept in quarantine. Its page."""
    channel = desk.demo["channels"]["email"]
    mark = uuid4().hex
    headers = {"Content-Type": "text/plain", "Authorization": f"Bearer {channel['inbound_secret']}"}
    content = f"From: jo.{mark}@example.net\nSubject: {mark}\n\n<script>document.title='owned'</script>\n"
    httpx.post(f"{desk.base_url}/webhooks/{channel['id']}/", content=content, headers=headers).raise_for_status()
    return mark


def test_a_texting_channel_is_set_up_step_by_step(desk: Desk) -> None:
    page = opened(desk, "/inbox/all/")
    page.wait_for_selector("inbox-app")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Connect a channel").click()
    page.get_by_role("link", name="SMS (Twilio)").click()
    name, number = f"Texts {uuid4().hex[:6]}", f"+1500555{uuid4().int % 10_000:04}"
    account = {"sid": "AC" + uuid4().hex, "token": "nobody-knows-1a2b"}
    double = desk.demo["doubles"]["twilio"]
    httpx.post(f"{double}/accounts", json=account).raise_for_status()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Enter the number customers reach.")).to_be_visible()
    page.get_by_label("Phone number").fill(number)
    page.get_by_label("Account SID").fill(f" {account['sid']} ")
    page.get_by_label("Auth token", exact=True).fill(account["token"])
    page.get_by_text("Seldom needed").click()
    page.locator("#id_connection_base_url").fill(double)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", name="What to copy")).to_be_visible()
    door = page.locator(".copy-value").first.inner_text()
    assert door.startswith(f"{desk.base_url}/webhooks/")
    page.get_by_role("button", name="Copy Incoming messages").first.click()
    expect(page.locator("#said")).not_to_be_empty()
    page.get_by_role("link", name="Go on").click()
    expect(page.locator(".check-lines li").first).to_contain_text("Twilio accepts the account", timeout=30_000)
    page.get_by_role("link", name="Go on").press("Enter")
    expect(page.get_by_role("link", name="Skip the test")).to_be_visible()
    message = {"account_sid": account["sid"], "from": "+15005550077", "to": number, "body": "Is this on?"}
    httpx.post(f"{double}/simulate/inbound", json={**message, "url": door}).raise_for_status()
    expect(page.get_by_role("heading", name="It has arrived")).to_be_visible(timeout=20_000)
    expect(page.locator(".waiting-text")).to_have_text("Is this on?")
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="What was verified")).to_be_visible()
    expect(page.get_by_text("+15005550077")).to_be_visible()
    page.get_by_role("link", name="To the channel").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_text("Stored, ends in 1a2b")).to_be_visible()


def test_an_article_is_written_with_its_preview_and_found_by_a_question(desk: Desk) -> None:
    page = opened(desk, "/settings/knowledge/new/")
    word = f"zweeb{uuid4().hex[:6]}"
    page.get_by_label("Title").fill(f"How long does a {word} last?")
    page.get_by_label("Text").fill(f"## Lifetime\n\nA {word} lasts **seven years** if kept dry.")
    expect(page.locator("#preview strong")).to_have_text("seven years")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_label("Status").select_option("published")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Found by searches")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Knowledge").first.click()
    page.get_by_label("A customer's question").fill(f"How long does a {word} last?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer")).to_contain_text("seven years", timeout=30_000)
    expect(page.locator(".citations")).to_contain_text(word)


def test_a_quarantined_request_is_read_and_replayed(desk: Desk) -> None:
    mark = refused_mail(desk)
    page = opened(desk, "/settings/ledger/?state=quarantined")
    newest = page.locator(".exchange").first
    expect(newest).to_contain_text("Content-Type", timeout=10_000)
    newest.get_by_role("link").click()
    expect(page.locator(".raw-body")).to_contain_text(mark)
    page.get_by_role("button", name="Read it now").click()
    expect(page.locator("#reading")).to_contain_text("message/rfc822", timeout=20_000)
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("on its way through again")).to_be_visible()
    expect(page.locator("#standing-title")).to_contain_text("Quarantined", timeout=20_000)
    assert "owned" not in page.title()


def test_the_pages_work_without_javascript(desk: Desk) -> None:
    page = opened(desk, "/settings/knowledge/", java_script_enabled=False)
    page.get_by_label("A customer's question").fill("How many days do I have to send something back?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer .answer-text")).to_be_visible(timeout=30_000)
    page.goto(f"{desk.base_url}/settings/channels/{desk.demo['channels']['email']['id']}/")
    page.get_by_role("button", name="Check now").click()
    expect(page.locator(".check-lines li").first).to_contain_text("SMTP server", timeout=60_000)


def first_article(page: Page) -> None:
    page.locator(".article-row a").first.click()
    page.wait_for_selector(".editor")


def ask(page: Page) -> None:
    page.get_by_label("A customer's question").fill("How many days do I have to send something back?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".answer-text").wait_for(timeout=30_000)
    page.locator("#answer summary").click()


def first_request(page: Page) -> None:
    page.locator(".exchange a").first.click()
    page.get_by_role("button", name="Read it now").click()
    page.locator("#reading [role=status]").wait_for(timeout=20_000)
    page.locator("summary").first.click()


def wrong_form(page: Page) -> None:
    page.get_by_text("Seldom needed").click()
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("alert").first.wait_for()


def check(page: Page) -> None:
    page.get_by_role("button", name="Check now").click()
    page.locator(".check-lines").wait_for(timeout=60_000)


def connect(page: Page) -> None:
    page.get_by_label("Name").fill("Texts")
    page.get_by_label("Phone number").fill(f"+1500556{uuid4().int % 10_000:04}")
    page.get_by_label("Account SID").fill("AC" + "3" * 32)
    page.get_by_label("Auth token", exact=True).fill("nobody-knows-1a2b")
    page.get_by_role("button", name="Connect").click()
    page.wait_for_selector(".steps")


def go_to(page: Page, step: str) -> None:
    page.goto(page.url.replace("/copy/", f"/{step}/"))


def wait_for_a_test(page: Page) -> None:
    connect(page)
    go_to(page, "test")
    page.wait_for_selector(".waiting")


def route(page: Page) -> None:
    connect(page)
    go_to(page, "routing")


def finish(page: Page) -> None:
    route(page)
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="What was verified").wait_for()


def stay(page: Page) -> None:
    """The page as it opens."""


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "channels": ("/settings/channels/", stay),
    "choose": ("/settings/channels/new/", stay),
    "new": ("/settings/channels/new/twilio_sms/", stay),
    "wrong": ("/settings/channels/new/twilio_sms/", wrong_form),
    "channel": ("/settings/channels/{email}/", check),
    "sent": ("/settings/channels/{email}/sent/", stay),
    "set up": ("/settings/channels/new/twilio_sms/", connect),
    "wait": ("/settings/channels/new/twilio_sms/", wait_for_a_test),
    "route": ("/settings/channels/new/twilio_sms/", route),
    "done": ("/settings/channels/new/twilio_sms/", finish),
    "edit": ("/settings/channels/{email}/edit/", stay),
    "edit chat": ("/settings/channels/{chat}/edit/", stay),
    "knowledge": ("/settings/knowledge/", ask),
    "editor": ("/settings/knowledge/", first_article),
    "scheduled": ("/settings/scheduled/", stay),
    "own": ("/accounts/own/", stay),
    "ledger": ("/settings/ledger/?state=quarantined", stay),
    "request": ("/settings/ledger/", first_request),
}


# Contrast depends on the theme alone, the layout on the width alone.
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_every_page_is_free_of_barriers(desk: Desk, theme: str, width: int) -> None:
    refused_mail(desk)
    numbers = {kind: channel["id"] for kind, channel in desk.demo["channels"].items()}
    found: dict[str, list[str]] = {}
    for name, (path, reach) in PAGES.items():
        page = opened(desk, path.format(**numbers), color_scheme=theme, bypass_csp=True, width=width)
        reach(page)
        page.wait_for_timeout(250)
        if wrong := barriers(page):
            found[name] = wrong
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name] = [*found.get(name, []), "scrolls sideways"]
        page.context.close()
    assert found == {}


@pytest.mark.parametrize("path", ["/settings/channels/", "/settings/ledger/", "/settings/knowledge/"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(desk: Desk, path: str) -> None:
    page = opened(desk, path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_nothing_broke_and_no_policy_was_violated(desk: Desk) -> None:
    assert desk.complaints == []
