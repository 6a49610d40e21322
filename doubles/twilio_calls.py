"""Calls in the Twilio double: a caller who follows TwiML, by a script or by hand.

``POST /simulate/call {account_sid, from, to, url, status_url?, says: [...]}`` plays a whole call and answers when it
is over. Each thing in ``says`` answers one question: a string is spoken, ``null`` is silence, ``{"digits": "1"}`` a
key, ``{"speech": "…", "confidence": 0.4}`` what was hardly heard, ``{"message": "…", "seconds": 9}`` is left after a
tone, ``{"hang_up": true}`` ends it. When there is nothing more to say, the caller hangs up.

By hand: ``POST /simulate/call/start`` (the same without ``says``), ``POST /simulate/call/say {sid, …}``,
``POST /simulate/call/hangup {sid}``, ``GET /simulate/call/<sid>``.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import httpx

from doubles.http import Request, Response
from doubles.twilio_store import TwilioStore, new_sid
from doubles.twilio_webhooks import WebhookCaller

MAX_CALL_COUNT = 500
MAX_DOCUMENTS = 100
# How long a caller who is played by hand may think before her silence counts.
PATIENCE_SECONDS = 120.0
VOICE_ERROR = "An application error has occurred. Goodbye."
RECORDED_DELAY_SECONDS = 0.2


class HungUp(Exception):
    """The call is over."""


@dataclass(slots=True)
class StoredCall:
    """One call: who calls, where it stands, and what was heard and said."""

    account_sid: str
    caller: str
    to: str
    url: str
    status_url: str = ""
    says: list[Any] | None = None
    silence_seconds: float = PATIENCE_SECONDS
    sid: str = field(default_factory=lambda: new_sid("CA"))
    status: str = "ringing"
    # "listening", "recording", or nothing while something is said or fetched.
    waits_for: str = ""
    lines: list[dict[str, object]] = field(default_factory=list)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: int | None = None
    document_count: int = 0
    hands: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def note(self, who: str, text: str, **more: object) -> None:
        """Remember what was heard ("phone") or done ("caller")."""
        self.lines.append({"who": who, "text": text, "at": datetime.now(UTC).isoformat(), **more})

    def shown(self) -> dict[str, object]:
        """As ``GET`` shows it."""
        return {
            "sid": self.sid,
            "from": self.caller,
            "to": self.to,
            "status": self.status,
            "waits_for": self.waits_for,
            "seconds": self.seconds,
            "lines": self.lines,
            "heard": [line["text"] for line in self.lines if line["who"] == "phone"],
        }


class TwilioCalls:
    """The calls of one double."""

    def __init__(self, store: TwilioStore, accounts: dict[str, str]) -> None:
        self.base_url = ""
        self.caller: WebhookCaller | None = None
        self.calls: OrderedDict[str, StoredCall] = OrderedDict()
        self._store = store
        self._accounts = accounts
        self._reports: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """Cut and forget every call."""
        for call in self.calls.values():
            if call.task:
                call.task.cancel()
        for task in list(self._reports):
            task.cancel()
        self.calls.clear()

    def log(self) -> list[dict[str, object]]:
        """What ``GET /log`` shows of calls."""
        return [call.shown() for call in self.calls.values()]

    async def answer(self, request: Request) -> Response:
        """A request under ``/simulate/call``."""
        what = request.path.removeprefix("/simulate/call").strip("/")
        if request.method == "GET":
            call = self.calls.get(what)
            return Response.of(call.shown()) if call else Response.of({"detail": "no such call"}, 404)
        wanted = request.json()
        if what in {"", "start"}:
            return await self._begin(wanted, is_by_hand=what == "start")
        call = self.calls.get(str(wanted.get("sid")))
        if call is None or what not in {"say", "hangup"}:
            return Response.of({"detail": "no such call"}, 404)
        if call.status == "completed":
            return Response.of({"detail": "the call is over", **call.shown()}, 409)
        if what == "hangup":
            call.hands.put_nowait({"hang_up": True})
        else:
            call.hands.put_nowait({key: value for key, value in wanted.items() if key != "sid"})
        return await self._soon(call)

    async def _begin(self, wanted: dict[str, Any], *, is_by_hand: bool) -> Response:
        account_sid = str(wanted["account_sid"])
        if not self._accounts.get(account_sid) or self.caller is None:
            return Response.of({"detail": "this account's auth token is not known"}, 400)
        url = str(wanted["url"])
        call = StoredCall(
            account_sid,
            caller=str(wanted["from"]),
            to=str(wanted["to"]),
            url=url,
            status_url=str(wanted.get("status_url") or f"{url}status/"),
            says=None if is_by_hand else list(wanted.get("says", [])),
            silence_seconds=float(wanted.get("silence_seconds", PATIENCE_SECONDS)),
        )
        if "call_sid" in wanted:
            call.sid = str(wanted["call_sid"])
        self.calls[call.sid] = call
        while len(self.calls) > MAX_CALL_COUNT:
            self.calls.popitem(last=False)
        call.task = asyncio.get_running_loop().create_task(self._play(call))
        if is_by_hand:
            return await self._soon(call)
        await asyncio.wait([call.task])
        return Response.of(call.shown())

    async def _soon(self, call: StoredCall) -> Response:
        """What the call has come to, once it waits for the caller again or is over; at most 20 seconds."""
        call.changed.clear()
        try:
            async with asyncio.timeout(20):
                await call.changed.wait()
        except TimeoutError:
            pass
        return Response.of(call.shown())

    # --- The call itself

    async def _play(self, call: StoredCall) -> None:
        try:
            url, more = call.url, {"CallStatus": "ringing"}
            while True:
                document = await self._fetch(call, url, more)
                call.status = "in-progress"
                url, more = await self._follow(call, document, url)
        except HungUp:
            pass
        except (httpx.HTTPError, httpx.InvalidURL, ElementTree.ParseError) as error:
            call.note("phone", VOICE_ERROR, error=type(error).__name__)
        finally:
            call.status, call.waits_for = "completed", ""
            call.seconds = math.ceil((datetime.now(UTC) - call.started_at).total_seconds())
            await self._post(call, call.status_url, {"CallStatus": "completed", "CallDuration": str(call.seconds)})
            call.changed.set()

    async def _fetch(self, call: StoredCall, url: str, more: dict[str, str]) -> ElementTree.Element:
        call.document_count += 1
        if call.document_count > MAX_DOCUMENTS:
            call.note("phone", VOICE_ERROR, error="too many documents")
            raise HungUp
        answer = await self._post(call, url, {"CallStatus": "in-progress", **more})
        if answer is None or not answer.is_success:
            call.note("phone", VOICE_ERROR, error=answer.status_code if answer else "no answer")
            raise HungUp
        document = ElementTree.fromstring(answer.text)  # noqa: S314 - from the product under test
        if document.tag != "Response":
            raise ElementTree.ParseError("no Response")
        return document

    async def _follow(self, call: StoredCall, document: ElementTree.Element, url: str) -> tuple[str, dict[str, str]]:
        """Do what a document says; where to go next. One that ends without going anywhere hangs up."""
        for verb in document:
            match verb.tag:
                case "Say":
                    call.note("phone", verb.text or "")
                case "Redirect":
                    return urljoin(url, (verb.text or "").strip()), {}
                case "Hangup" | "Reject":
                    raise HungUp
                case "Gather":
                    told = await self._gather(call, verb)
                    if told:
                        return urljoin(url, verb.get("action", "")), told
                case "Record":
                    told = await self._record(call, verb, url)
                    if told:
                        return urljoin(url, verb.get("action", "")), told
                case "Pause" | "Play":
                    continue
                case _:
                    call.note("phone", VOICE_ERROR, error=f"unknown verb {verb.tag}")
                    raise HungUp
        raise HungUp

    async def _gather(self, call: StoredCall, verb: ElementTree.Element) -> dict[str, str]:
        """What the caller answers; nothing where she keeps silent."""
        for line in verb.iter("Say"):
            call.note("phone", line.text or "")
        inputs = verb.get("input", "dtmf").split()
        said = await self._caller_says(call, "listening")
        digits = str(said.get("digits", ""))
        if digits and "dtmf" in inputs:
            call.note("caller", digits, is_key=True)
            return {"Digits": digits[: int(verb.get("numDigits", "99"))]}
        words = str(said.get("speech", "") or said.get("message", ""))
        if words and "speech" in inputs:
            call.note("caller", words)
            return {"SpeechResult": words, "Confidence": str(said.get("confidence", 0.93))}
        return {}

    async def _record(self, call: StoredCall, verb: ElementTree.Element, url: str) -> dict[str, str]:
        """A message after the tone. An empty one goes on to the next verb, as Twilio does."""
        if verb.get("playBeep", "true") == "true":
            call.note("phone", "(tone)")
        is_hung_up = False
        try:
            said = await self._caller_says(call, "recording")
        except HungUp:
            said, is_hung_up = {}, True
        words = str(said.get("message", "") or said.get("speech", ""))
        if not words:
            if is_hung_up:
                raise HungUp
            return {}
        seconds = int(said.get("seconds") or max(1, len(words) // 14))
        call.note("caller", words, is_message=True)
        sid = new_sid("RE")
        self._store.recordings[sid] = silent_mp3(seconds)
        path = f"/2010-04-01/Accounts/{call.account_sid}/Recordings/{sid}"
        told = {
            "RecordingUrl": self.base_url + path,
            "RecordingSid": sid,
            "RecordingDuration": str(seconds),
        }
        report = verb.get("recordingStatusCallback", "")
        if report:
            task = asyncio.get_running_loop().create_task(self._report(call, urljoin(url, report), told))
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)
        return {**told, "Digits": "#"}

    async def _report(self, call: StoredCall, url: str, told: dict[str, str]) -> None:
        """Twilio tells of a recording apart, a moment later and without the caller's number."""
        await asyncio.sleep(RECORDED_DELAY_SECONDS)
        fields = {"AccountSid": call.account_sid, "CallSid": call.sid, **told}
        more = {"RecordingStatus": "completed", "RecordingChannels": "1", "RecordingSource": "RecordVerb"}
        await self._send(call, url, {**fields, **more})

    async def _caller_says(self, call: StoredCall, waits_for: str) -> dict[str, Any]:
        """The caller's next doing. Raises HungUp."""
        if call.says is not None:
            if not call.says:
                raise HungUp
            said = call.says.pop(0)
        else:
            call.waits_for = waits_for
            call.changed.set()
            try:
                async with asyncio.timeout(call.silence_seconds):
                    said = await call.hands.get()
            except TimeoutError:
                said = None
            call.waits_for = ""
        if isinstance(said, str):
            said = {"speech": said}
        said = said or {}
        if said.get("hang_up"):
            call.note("caller", "(hangs up)")
            raise HungUp
        return dict(said)

    async def _post(self, call: StoredCall, url: str, more: dict[str, str]) -> httpx.Response | None:
        fields = {
            "CallSid": call.sid,
            "AccountSid": call.account_sid,
            "From": call.caller,
            "To": call.to,
            "Caller": call.caller,
            "Called": call.to,
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            **more,
        }
        return await self._send(call, url, fields)

    async def _send(self, call: StoredCall, url: str, fields: dict[str, str]) -> httpx.Response | None:
        assert self.caller is not None
        outcome: int | str
        answer = None
        try:
            answer = await self.caller.call(url, call.account_sid, fields)
            outcome = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = type(error).__name__
        status = fields.get("RecordingStatus") or fields.get("CallStatus", "")
        self._store.callbacks.append({"sid": call.sid, "status": status, "url": url, "answer": outcome})
        return answer


def silent_mp3(seconds: int) -> bytes:
    """A playable recording of silence: MPEG 1 layer III, 32 kbit/s mono at 44.1 kHz."""
    frame = bytes.fromhex("fffb10c4") + bytes(100)
    return frame * math.ceil(max(seconds, 1) * 44_100 / 1_152)
