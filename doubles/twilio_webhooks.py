"""The calls the Twilio double makes: signed webhooks for messages and their status."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

import httpx
from twilio.request_validator import RequestValidator

from doubles import twilio_content, twilio_files, twilio_whatsapp
from doubles.twilio_store import Ending, StoredMessage, TwilioStore

CONCURRENT_CALLS = 20
RETRY_SECONDS = 0.2


class WebhookCaller:
    """Signs with the account's token, by Twilio's own library."""

    def __init__(self, store: TwilioStore, accounts: Mapping[str, str]) -> None:
        self._store = store
        self._accounts = accounts
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(15.0, connect=5.0), trust_env=False)
        self._room = asyncio.Semaphore(CONCURRENT_CALLS)
        self._order = random.Random(7)  # noqa: S311

    async def call(self, url: str, account_sid: str, fields: dict[str, str]) -> httpx.Response:
        """One signed POST. The fragment is Twilio's own and stays here. One retry where no connection came about."""
        url = url.partition("#")[0]
        signature = RequestValidator(self._accounts.get(account_sid, "")).compute_signature(url, fields)
        headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
        async with self._room:
            try:
                return await self._client.post(url, data=fields, headers=headers)
            except httpx.ConnectError:
                await asyncio.sleep(RETRY_SECONDS)
                return await self._client.post(url, data=fields, headers=headers)

    async def play(self, message: StoredMessage) -> None:
        """Take a message through its states, and report each to its callback URL."""
        behaviour = self._store.behaviour
        refused = self._refused(message) or await self._refused_files(message)
        ending = behaviour.final.popleft() if behaviour.final else refused
        states = twilio_whatsapp.states(message.sender, ending.status if ending else "delivered")
        final, callbacks = states[-1], behaviour.callbacks
        steps = [step for step in states for _ in range(1 + callbacks.duplicate_count)]
        if callbacks.is_shuffled:
            self._order.shuffle(steps)
        message.sent_at = message.created_at
        for step in steps:
            await asyncio.sleep(callbacks.delay_seconds)
            code = ending.error_code if ending and step == final else None
            message.status = step
            if message.callback_url and not callbacks.is_off:
                await self._report(message, step, code)
        message.status, message.error_code = final, ending.error_code if ending else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _refused(self, message: StoredMessage) -> Ending | None:
        """Twilio takes what WhatsApp then refuses, and says so with the status."""
        is_whatsapp = message.to.startswith(twilio_whatsapp.PREFIX)
        content = next((one for one in self._store.contents if one.sid == message.content_sid), None)
        if content is not None:
            code = twilio_content.late_refusal(content)
            return Ending("failed", code) if code else None
        if is_whatsapp and self._store.windows.is_closed(message.sender, message.to):
            return Ending("failed", twilio_whatsapp.WINDOW_CLOSED)
        return None

    async def _refused_files(self, message: StoredMessage) -> Ending | None:
        """Files are fetched after the message was taken; what is wrong with them is said with the status."""
        if not message.media:
            return None
        is_whatsapp = message.to.startswith(twilio_whatsapp.PREFIX)
        code, found = await twilio_files.refusal(self._client, message.media, is_whatsapp=is_whatsapp)
        message.fetched.extend(found)
        return Ending("failed", code) if code else None

    async def _report(self, message: StoredMessage, status: str, code: int | None) -> None:
        fields = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "MessageSid": message.sid,
            "AccountSid": message.account_sid,
            "To": message.to,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
            **twilio_whatsapp.callback_fields(message.sender, status),
        }
        if message.messaging_service_sid:
            fields["MessagingServiceSid"] = message.messaging_service_sid
        if code:
            fields["ErrorCode"] = str(code)
        outcome: int | str
        try:
            outcome = (await self.call(message.callback_url, message.account_sid, fields)).status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = type(error).__name__
        self._store.callbacks.append(
            {"sid": message.sid, "status": status, "url": message.callback_url, "answer": outcome}
        )
