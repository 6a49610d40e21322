"""A browser at the demo's inbox, and customers who write to it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from tests.stack import RunningStack

AXE = Path(__file__).parent / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What fades in has no contrast yet.
STAND_STILL = """() => Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished))"""
ADA, BEN = 0, 1
# The admin.
GRACE = -1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mail:
    """What a customer wrote, and who she is."""

    name: str
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Texter:
    """Who wrote a text."""

    name: str
    address: str


class Desk:
    """The demo stack with a browser. Every customer is a new one, so tests don't meet each other's."""

    def __init__(self, stack: RunningStack, browser: Browser) -> None:
        self.base_url = stack.base_url
        self.demo: dict[str, Any] = json.loads((stack.data_dir / "demo.json").read_text())
        self._browser = browser
        self._sessions: dict[int, Any] = {}
        self.complaints: list[str] = []

    def page(
        self,
        path: str = "/inbox/all/",
        *,
        agent: int = ADA,
        width: int = 1440,
        waits_for: str = "inbox-app",
        **options: Any,
    ) -> Page:
        """A window of its own, logged in, at ``path``."""
        if agent not in self._sessions:
            self._sessions[agent] = self._log_in(agent)
        page = self._window(width, storage_state=self._sessions[agent], **options)
        page.goto(self.base_url + path)
        page.wait_for_selector(waits_for)
        return page

    def stranger(self, path: str, **options: Any) -> Page:
        """A window of somebody who isn't logged in."""
        page = self._window(1280, **options)
        page.goto(self.base_url + path)
        return page

    def write(self, text: str = "I want to talk to a person, please.", *, html: str = "") -> Mail:
        """A new customer writes a mail."""
        mark = uuid4().hex[:10]
        mail = Mail(f"Jo {mark}", f"jo.{mark}@example.net", f"Matter {mark}", text)
        channel = self.demo["channels"]["email"]
        message = EmailMessage()
        message["From"] = f"{mail.name} <{mail.address}>"
        message["To"] = channel["address"]
        message["Subject"] = mail.subject
        message["Message-ID"] = f"<{mark}@example.net>"
        message.set_content(mail.text)
        if html:
            message.add_alternative(html, subtype="html")
        headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {channel['inbound_secret']}"}
        answer = httpx.post(f"{self.base_url}/webhooks/{channel['id']}/", content=message.as_bytes(), headers=headers)
        answer.raise_for_status()
        return mail

    def whatsapp(
        self, text: str = "I want to talk to a person, please.", *, ago: float = 0, number: str = ""
    ) -> Texter:
        """A new customer writes by WhatsApp, ``ago`` seconds ago; with ``number`` the one of before does."""
        mark = uuid4().int % 10**7
        texter = Texter(f"Jo {uuid4().hex[:8]}", number or f"+4477{mark:08}")
        message = {
            "phone_number_id": self.demo["channels"]["whatsapp_cloud"]["phone_number_id"],
            "from": texter.address,
            "name": texter.name,
            "text": text,
            "at": int(time.time() - ago),
        }
        answer = httpx.post(f"{self.demo['doubles']['graph']}/simulate/inbound", json=message)
        assert answer.json()["status"] == 200
        return texter

    def api(self, path: str) -> Any:
        """What the API says to Ada."""
        token = self.demo["agents"][ADA]["api_token"]
        answer = httpx.get(f"{self.base_url}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        return answer.json()

    def conversation_of(self, mail: Mail | Texter) -> int:
        """The id of what a customer's mail or text opened, once the tier-1 has handed it over."""

        def handed_over() -> int | None:
            for customer in self.api(f"customers/?identity={quote(mail.address)}")["results"]:
                for row in self.api(f"conversations/?customer={customer['id']}")["results"]:
                    if row["tier1_state"] == "handed_off":
                        return int(row["id"])
            return None

        return eventually(handed_over)

    def undo_seconds(self, seconds: int | None) -> None:
        """How long what Ada sends waits to be taken back; None: as each channel has it."""
        token = self.demo["agents"][ADA]["api_token"]
        headers = {"Authorization": f"Bearer {token}"}
        httpx.patch(f"{self.base_url}/api/v1/me/", json={"undo_seconds": seconds}, headers=headers).raise_for_status()

    def close_windows(self) -> None:
        """Shut what a test has opened: an open page goes on asking, and slows whatever comes after."""
        for context in self._browser.contexts:
            context.close()

    def _window(self, width: int, **options: Any) -> Page:
        height = 900 if width > 900 else 720
        page = self._browser.new_context(viewport={"width": width, "height": height}, **options).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if "Security Policy" in line.text else None)
        return page

    def _log_in(self, agent: int) -> Any:
        page = self.stranger("/accounts/login/")
        person = self.demo["admin"] if agent == GRACE else self.demo["agents"][agent]
        page.get_by_label("Email address").fill(person["email"])
        page.get_by_label("Password").fill(person["password"])
        page.get_by_role("button", name="Log in").click()
        page.wait_for_selector("inbox-app")
        state = page.context.storage_state()
        page.context.close()
        return state


@contextmanager
def at_desk(stack: RunningStack) -> Iterator[Desk]:
    """A desk whose browser is closed again: its event loop must not outlive the tests that use it."""
    chromium = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        try:
            yield Desk(stack, browser)
        finally:
            browser.close()


def eventually(ask: Callable[[], T | None], seconds: float = 30) -> T:
    """The first answer that isn't None."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer is not None:
            return answer
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def barriers(page: Page | Frame) -> list[str]:
    """What axe finds wrong on the page (or in the frame) as it stands."""
    for frame in page.frames if isinstance(page, Page) else [page]:
        frame.evaluate(STAND_STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
