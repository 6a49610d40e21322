"""Several people on a mail in a real browser: seen, changed by keyboard, refused in place, let in."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.desk import Desk, barriers, eventually

pytestmark = pytest.mark.xdist_group("stack")


class Company:
    """Jo, Kim and Lee of one company write to the desk, each surely as themselves."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.domain = f"company-{uuid4().hex[:8]}.example"

    def address(self, name: str) -> str:
        return f"{name.lower()}@{self.domain}"

    def write(self, name: str, text: str, *, cc: str = "", answers: str = "") -> str:
        channel = self.desk.demo["channels"]["email"]
        mail = EmailMessage()
        mail["Authentication-Results"] = f"{channel['authserv_id']}; dmarc=pass header.from={self.domain}"
        mail["From"] = f"{name} <{self.address(name)}>"
        mail["To"] = channel["address"]
        if cc:
            mail["Cc"] = cc
        mail["Subject"] = "Broken kettles"
        mail["Message-ID"] = f"<{uuid4().hex}@{self.domain}>"
        if answers:
            mail["In-Reply-To"] = answers
        mail.set_content(text)
        headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {channel['inbound_secret']}"}
        url = f"{self.desk.base_url}/webhooks/{channel['id']}/"
        httpx.post(url, content=mail.as_bytes(), headers=headers).raise_for_status()
        return str(mail["Message-ID"])

    def begin(self) -> tuple[int, str]:
        """Jo's mail with Kim in Cc, handed over; its conversation and Message-ID."""
        cc = f"Kim <{self.address('Kim')}>"
        first = self.write("Jo", "I want to talk to a person, please.", cc=cc)

        def handed_over() -> int | None:
            found = self.desk.api(f"customers/?identity={quote(self.address('Jo'))}")["results"]
            rows = self.desk.api(f"conversations/?customer={found[0]['id']}")["results"] if found else []
            return next((row["id"] for row in rows if row["tier1_state"] == "handed_off"), None)

        return eventually(handed_over), first

    def messages(self, conversation: int) -> list[Any]:
        return list(self.desk.api(f"conversations/{conversation}/messages/?page_size=100")["results"])


@pytest.fixture
def company(desk: Desk) -> Company:
    return Company(desk)


def opened(desk: Desk, conversation: int, **options: Any) -> Page:
    page = desk.page(f"/inbox/all/{conversation}/", **options)
    page.locator(".message").first.wait_for()
    return page


def test_a_mail_goes_to_everybody_or_to_whom_one_says_by_keyboard_alone(desk: Desk, company: Company) -> None:
    conversation, _ = company.begin()
    page = opened(desk, conversation)
    line = page.locator(".recipients-line")
    expect(line).to_have_text("To Jo, Cc Kim")
    page.keyboard.press("r")
    page.keyboard.type("A new one is on its way.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(line).to_be_focused()
    page.keyboard.press("Enter")
    cc = page.get_by_role("textbox", name="Cc", exact=True)
    expect(cc).to_be_focused()
    page.keyboard.type("nonsense,")
    expect(page.get_by_role("alert")).to_contain_text("“nonsense” is no mail address.")
    expect(cc).to_have_attribute("aria-invalid", "true")
    cc.fill(f"Lee <{company.address('Lee')}>")
    page.keyboard.press("Enter")
    expect(line).to_have_text("To Jo, Cc Kim and Lee")
    page.keyboard.press("Tab")
    page.keyboard.type(company.address("boss"))
    page.keyboard.press("Escape")
    expect(line).to_have_text(f"To Jo, Cc Kim and Lee, Bcc {company.address('boss')}")
    page.get_by_role("textbox", name="Reply to Jo").press("Control+Enter")
    row = eventually(lambda: next((one for one in company.messages(conversation) if "on its way" in one["text"]), None))
    assert [one["address"] for one in row["cc"]] == [company.address("Kim"), company.address("Lee")]
    assert [one["address"] for one in row["bcc"]] == [company.address("boss")]
    page.get_by_text(f"To Jo, Cc Kim and Lee, Bcc {company.address('boss')}").last.click()
    sidebar = page.get_by_role("complementary", name="Customer")
    expect(sidebar).to_contain_text("Also on this conversation")
    # Who was let in by a reply takes part once it has left.
    expect(sidebar).to_contain_text("Lee", timeout=20_000)
    expect(page.locator("details.readers[open] li").first).to_contain_text("Sent", timeout=20_000)


def test_what_is_no_address_keeps_the_mail_from_leaving(desk: Desk, company: Company) -> None:
    conversation, _ = company.begin()
    page = opened(desk, conversation)
    page.locator(".recipients-line").click()
    page.get_by_role("textbox", name="Bcc", exact=True).fill("boss@")
    field = page.get_by_role("textbox", name="Reply to Jo")
    field.fill("Not yet")
    field.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("“boss@” is no mail address.")
    expect(field).to_have_value("Not yet")
    assert not [one for one in company.messages(conversation) if one["text"] == "Not yet"]
    page.get_by_role("textbox", name="Bcc", exact=True).fill("")
    page.get_by_role("button", name="Only Jo").click()
    expect(page.locator(".recipients-line")).to_have_text("To Jo")
    field.press("Control+Enter")
    row = eventually(lambda: next((one for one in company.messages(conversation) if one["text"] == "Not yet"), None))
    assert (len(row["to"]), row["cc"]) == (1, [])


def test_a_colleague_is_marked_and_let_in(desk: Desk, company: Company) -> None:
    conversation, first = company.begin()
    company.write("Lee", "I work with Jo.", answers=first)
    page = opened(desk, conversation)
    message = page.get_by_role("article", name="Lee by Email")
    expect(message).to_contain_text("Not part of this conversation")
    expect(page.locator(".recipients-line")).to_have_text("To Jo, Cc Kim")
    message.get_by_role("button", name="Let in").click()
    expect(message).not_to_contain_text("Not part of this conversation")
    expect(page.locator(".recipients-line")).to_have_text("To Lee")
    expect(page.get_by_role("log")).to_contain_text("let somebody take part")
    (lee,) = [one for one in desk.api(f"conversations/{conversation}/")["participants"] if one["name"] == "Lee"]
    assert lee["state"] == "let_in"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everybody_can_use_it(desk: Desk, company: Company, look: str, width: int) -> None:
    conversation, first = company.begin()
    company.write("Lee", "I work with Jo.", answers=first)
    page = opened(desk, conversation, width=width, color_scheme=look)
    page.locator("details.readers summary").first.click()
    page.locator(".recipients-line").click()
    page.get_by_role("textbox", name="Cc", exact=True).fill("nonsense")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_broke_and_no_policy_was_violated(desk: Desk) -> None:
    assert desk.complaints == []
