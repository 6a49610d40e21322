"""Files of agents in a real browser: pasted, dropped, refused in place, kept over a reload, sent by mail."""

from __future__ import annotations

import base64
import email
import re
from email import policy
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.ui.desk import Desk, barriers, eventually

pytestmark = pytest.mark.xdist_group("stack")

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n%%EOF\n"
FIELD = "reply-composer textarea"
PASTE = """([selector, content, name, type]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), one => one.charCodeAt(0))], name, {type}));
  const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector(selector).dispatchEvent(paste);
}"""
DRAG = """([steps, files]) => {
  const data = new DataTransfer();
  for (const [content, name, type, more] of files) {
    const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
    data.items.add(new File([bytes, new Uint8Array(more)], name, {type}));
  }
  for (const step of steps)
    document.querySelector('conversation-thread .log').dispatchEvent(
      new DragEvent(step, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def paste(page: Page, content: bytes = PNG, name: str = "image.png", kind: str = "image/png") -> None:
    page.evaluate(PASTE, [FIELD, text_of(content), name, kind])


def drag(page: Page, *steps: str, content: bytes = PDF, name: str = "bill.pdf", kind: str = "", more: int = 0) -> None:
    page.evaluate(DRAG, [list(steps), [[text_of(content), name, kind or "application/pdf", more]]])


def opened(desk: Desk, conversation: int, **options: Any) -> Page:
    page = desk.page(f"/inbox/all/{conversation}/", **options)
    page.locator(".message").first.wait_for()
    return page


def test_pasted_and_dropped_files_leave_by_mail_with_the_picture_in_its_place(desk: Desk) -> None:
    mail = desk.write()
    page = opened(desk, desk.conversation_of(mail))
    page.locator(FIELD).fill("Look at this:")
    paste(page)
    expect(page.locator(FIELD)).to_have_value("Look at this:\n[image: image.png]\n")
    page.keyboard.type("That is all.")
    drag(page, "dragenter", "dragover")
    expect(page.locator("conversation-thread")).to_have_attribute("data-drop", re.compile("Drop files"))
    drag(page, "drop")
    expect(page.locator("conversation-thread")).not_to_have_attribute("data-drop", re.compile("."))
    tray = page.get_by_role("list", name="Files to send")
    expect(tray.get_by_role("listitem")).to_have_count(2)
    expect(tray.locator("img")).to_have_attribute("src", re.compile(r"^/inbox/attachments/\d+/$"))
    expect(page.locator("attachment-tray [role=status]")).to_have_text("2 files are ready to send")

    page.reload()
    tray.get_by_role("listitem").nth(1).wait_for()
    expect(page.locator(FIELD)).to_have_value("Look at this:\n[image: image.png]\nThat is all.")
    page.locator(FIELD).press("Control+Enter")
    expect(tray).to_have_count(0)
    message = page.locator('.message[data-direction="outbound"]', has_text="That is all.")
    expect(message.get_by_role("list", name="Attachments").get_by_role("link")).to_have_count(2)

    def arrived() -> Any:
        url = desk.demo["doubles"]["smtp"].replace("smtp:", "http:")
        sent = httpx.get(f"{url}/log", params={"to": mail.address}).json()["messages"]
        return next((one for one in sent if "That is all." in one["text"]), None)

    raw = eventually(arrived)["raw"]
    parts = list(email.message_from_string(raw, policy=policy.default).walk())
    (picture,) = [one for one in parts if one.get_content_disposition() == "inline"]
    (page_part,) = [one for one in parts if one.get_content_type() == "text/html"]
    html = page_part.get_content()
    place = html.index(f'src="cid:{picture["Content-ID"].strip("<>")}"')
    assert html.index("Look at this:") < place < html.index("That is all.")
    assert picture.get_content() == PNG
    assert [one.get_filename() for one in parts if one.get_content_disposition() == "attachment"] == ["bill.pdf"]
    # The agent sees it as the customer does.
    message.get_by_text("Show formatted mail").click()
    shown = page.frame_locator('iframe[title="Formatted mail"]').locator("img")
    expect(shown).to_have_js_property("naturalWidth", 1)
    assert desk.complaints == []


def test_what_a_channel_does_not_take_is_said_before_sending_and_lost_by_nobody(desk: Desk) -> None:
    page = opened(desk, desk.conversation_of(desk.whatsapp()))
    page.locator(FIELD).fill("Two kilos of beans")
    drag(page, "drop", content=PNG, name="big.png", kind="image/png", more=8 * 1024 * 1024)
    row = page.get_by_role("listitem").filter(has_text="big.png")
    expect(row).to_contain_text("WhatsApp takes pictures up to 5 MB; this one has 8.1 MB.")
    send = page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_disabled()
    page.get_by_role("button", name="Remove big.png").click()
    expect(send).to_be_enabled()
    drag(page, "drop", content=b"<svg></svg>", name="logo.svg", kind="image/svg+xml")
    expect(page.get_by_role("listitem").filter(has_text="logo.svg")).to_contain_text("does not take this type of file")
    page.get_by_role("button", name="Note").click()
    expect(page.get_by_role("list", name="Files to send")).to_have_count(0)
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("button", name="Remove logo.svg")).to_be_visible()
    page.get_by_role("button", name="Remove logo.svg").press("Enter")
    page.locator(".file-input").set_input_files({"name": "bill.pdf", "mimeType": "application/pdf", "buffer": PDF})
    send.click()
    message = page.locator('.message[data-direction="outbound"]', has_text="Two kilos of beans")
    expect(message.get_by_role("link", name="bill.pdf")).to_be_visible()
    expect(message).to_contain_text(re.compile("Sent|Delivered|Read"), timeout=20_000)


def test_send_waits_for_what_is_on_its_way_and_a_lost_upload_goes_on_by_itself(desk: Desk) -> None:
    page = opened(desk, desk.conversation_of(desk.write()))
    page.route("**/api/v1/attachments/", lambda route: route.abort())
    page.locator(FIELD).fill("With the bill")
    drag(page, "drop")
    row = page.get_by_role("listitem").filter(has_text="bill.pdf")
    expect(row).to_contain_text("No connection. It goes on by itself.")
    page.locator(FIELD).press("Control+Enter")
    expect(page.get_by_role("button", name="Sends once the files are there")).to_be_visible()
    page.unroute("**/api/v1/attachments/")
    row.get_by_role("button", name="Retry").click()
    message = page.locator('.message[data-direction="outbound"]', has_text="With the bill")
    expect(message.get_by_role("link", name="bill.pdf")).to_be_visible()
    expect(page.locator(FIELD)).to_have_value("")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everybody_can_use_it(desk: Desk, look: str, width: int) -> None:
    conversation = desk.conversation_of(desk.write())
    page = opened(desk, conversation, width=width, color_scheme=look, bypass_csp=True)
    paste(page)
    drag(page, "drop", name="A long name that nobody reads to its very end, final version (2).pdf")
    drag(page, "drop", name="big.zip", kind="application/zip", more=21 * 1024 * 1024)
    page.get_by_role("listitem").filter(has_text="big.zip").wait_for()
    expect(page.get_by_role("list", name="Files to send").get_by_role("listitem")).to_have_count(3)
    assert barriers(page) == []
    drag(page, "dragenter")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
