"""The inbox in a real browser against the real product: what comes in, what goes out, what must not get lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.desk import BEN, Desk, Mail, eventually

pytestmark = pytest.mark.xdist_group("stack")


def row(page: Page, mail: Mail) -> Any:
    return page.get_by_role("option").filter(has_text=mail.subject)


def opened(desk: Desk, mail: Mail, **options: Any) -> Page:
    return desk.page(f"/inbox/all/{desk.conversation_of(mail)}/", **options)


def replies(desk: Desk, mail: Mail, text: str) -> list[Any]:
    messages = desk.api(f"conversations/{desk.conversation_of(mail)}/messages/?page_size=100")["results"]
    return [message for message in messages if message["text"].strip() == text]


def test_a_new_mail_shows_in_an_open_list_without_a_reload(desk: Desk) -> None:
    page = desk.page("/inbox/all/")
    mail = desk.write()
    expect(row(page, mail)).to_be_visible(timeout=20_000)


def test_the_brief_stands_above_what_was_handed_over(desk: Desk) -> None:
    mail = desk.write("My order FH-20999 is late. I want to talk to a person.")
    page = opened(desk, mail)
    brief = page.get_by_role("region", name="Handed over by the assistant")
    expect(brief).to_contain_text("FH-20999")
    expect(page.get_by_role("log")).to_contain_text("Sender not verified")


def test_pictures_from_elsewhere_load_only_when_asked_for_and_through_us(desk: Desk) -> None:
    mail = desk.write(html='<p>I want to talk to a person.</p><img src="https://pixel.invalid/p.gif" alt="pixel">')
    page = opened(desk, mail)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("Show formatted mail").click()
    picture = page.frame_locator("iframe[title='Formatted mail']").locator("img")
    expect(picture).to_have_attribute("data-src", "https://pixel.invalid/p.gif")
    assert not any("remote" in url or "pixel" in url for url in asked)

    page.get_by_role("button", name="Show images").click()
    expect(picture).to_have_attribute("src", re.compile("/files/remote/"))
    eventually(lambda: [url for url in asked if "/files/remote/" in url])
    expect(page.get_by_role("button", name="Show images")).to_be_hidden()
    assert not any("pixel" in url for url in asked)


def test_the_whole_loop_by_keyboard(desk: Desk) -> None:
    mail = desk.write()
    page = opened(desk, mail)
    text = f"We are on it, {mail.name}."
    page.keyboard.press("i")
    expect(page.get_by_role("button", name="Assigned to Ada")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text(text)
    eventually(lambda: replies(desk, mail, text) or None)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("Called the depot.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Private note by Ada")).to_contain_text("Called the depot.")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+E")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()


def test_a_reply_written_without_a_network_is_sent_once(desk: Desk) -> None:
    mail = desk.write()
    page = opened(desk, mail)
    expect(page.get_by_role("log")).to_contain_text(mail.text)
    page.context.set_offline(True)
    page.keyboard.press("r")
    page.keyboard.type("Written on the train.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("Waiting for the connection")
    page.context.set_offline(False)
    expect(page.get_by_role("log")).not_to_contain_text("Waiting for the connection", timeout=20_000)
    assert len(eventually(lambda: replies(desk, mail, "Written on the train.") or None)) == 1


def test_a_draft_outlives_the_window(desk: Desk) -> None:
    mail = desk.write()
    page = opened(desk, mail)
    page.keyboard.press("r")
    page.keyboard.type("Half a sent")
    expect(row(page, mail)).to_contain_text("Draft")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.get_by_role("textbox", name=f"Reply to {mail.name}")).to_have_value("Half a sent")


def test_two_agents_see_each_other_and_the_second_reviews_before_sending(desk: Desk) -> None:
    mail = desk.write()
    ada, ben = opened(desk, mail), opened(desk, mail, agent=BEN)
    expect(ada.locator(".thread-facts")).to_contain_text("is looking at this")
    ben.keyboard.press("r")
    ben.keyboard.type("Ben's version.")
    expect(ada.locator(".thread-facts")).to_contain_text("is writing")
    ada.keyboard.press("r")
    ada.keyboard.type("Ada's version.")
    ada.keyboard.press("Control+Enter")
    review = ben.get_by_role("button", name="Review 1 new message, then send")
    expect(review).to_be_visible()
    review.click()
    assert replies(desk, mail, "Ben's version.") == []
    ben.get_by_role("button", name="Send", exact=True).click()
    eventually(lambda: replies(desk, mail, "Ben's version.") or None)


def test_single_keys_can_be_turned_off_and_stay_off(desk: Desk) -> None:
    page = desk.page("/inbox/all/", agent=BEN)
    page.keyboard.press("?")
    switch = page.get_by_role("switch", name="Single-key shortcuts")
    with page.expect_response(lambda answer: "preferences" in answer.url):
        switch.uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("inbox-app")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("single-key")
    with page.expect_response(lambda answer: "preferences" in answer.url):
        page.keyboard.press("Enter")


def test_the_chosen_theme_comes_with_the_page(desk: Desk) -> None:
    page = desk.page("/inbox/all/", agent=BEN)
    for choice, theme in (("Dark", "dark"), ("Like this device", None)):
        page.get_by_role("button", name="Light or dark").click()
        with page.expect_response(lambda answer: "preferences" in answer.url):
            page.get_by_role("option", name=choice).click()
        page.reload()
        page.wait_for_selector("inbox-app")
        assert page.evaluate("document.documentElement.dataset.theme ?? null") == theme


def test_the_address_is_the_state(desk: Desk) -> None:
    mail = desk.write()
    number = desk.conversation_of(mail)
    page = desk.page("/inbox/all/")
    row(page, mail).click()
    expect(page).to_have_url(re.compile(rf"/inbox/all/{number}/$"))
    expect(page.get_by_role("heading", name=mail.subject)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/inbox/all/$"))
    expect(page.get_by_role("heading", name="Pick up the thread")).to_have_count(0)
    expect(page.get_by_text("Pick up the thread")).to_be_visible()


def test_a_strangers_markup_stays_text(desk: Desk) -> None:
    mail = desk.write("Hello <img src=x onerror=document.title='owned'> I want a person https://example.net/a?b=1.")
    page = opened(desk, mail)
    expect(page.get_by_role("log")).to_contain_text("<img src=x")
    link = page.get_by_role("link", name="https://example.net/a?b=1", exact=True)
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert "owned" not in page.title()


def test_nothing_broke_and_no_policy_was_violated(desk: Desk) -> None:
    assert desk.complaints == []
