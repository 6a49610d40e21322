"""E-mail through a mail service (ESP): what all of them have in common.

A service is one subclass: its name, its Anymail views and backend, its fields, and how a mail stands in its
webhook where Anymail does not already say it well.
"""

from __future__ import annotations

from abc import abstractmethod
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin

from channels_ingest.adapters.connection_fields import CheckResult, Door
from channels_ingest.adapters.email import dns_texts, esp_anymail, esp_fields
from channels_ingest.adapters.email.adapter import EmailAdapter
from channels_ingest.adapters.email.compose import compose
from channels_ingest.adapters.email.dkim_check import has_signature
from channels_ingest.adapters.email.esp_mail import ServiceMail, is_rebuilt
from channels_ingest.adapters.email.esp_requests import django_request, service_named
from channels_ingest.adapters.email.esp_sending import as_anymail, failure, hand_over, refused_by
from channels_ingest.adapters.email.esp_tracking import as_item
from channels_ingest.adapters.email.mime import ParsedMail, parse_mail
from channels_ingest.adapters.failures import (
    AdapterError,
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Unreadable,
)
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest, Unclear
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult
from customers.assurance import Assurance

# Services list what they took a little later: before that, "not found" proves nothing.
LISTED_AFTER = timedelta(seconds=60)


class EspAdapter(EmailAdapter):
    """One mail service. Everything about mails themselves is as in ``EmailAdapter``."""

    sends_copies = False
    service: ClassVar[str]  # "postmark", as in Anymail's module names and in our addresses
    inbound_view: ClassVar[type[AnymailBaseWebhookView]]
    tracking_view: ClassVar[type[AnymailBaseWebhookView]]
    # Headers that ask the service to leave our Message-ID as it is.
    keep_id_headers: ClassVar[dict[str, str]] = {}
    # What an address for mails ends in, where that makes them come whole.
    inbound_ending: ClassVar[str] = ""

    # What a service has to say

    @abstractmethod
    def backend_options(self) -> dict[str, Any]:
        """What Anymail's backend of this service is made with. Raises Misconfigured where something is missing."""

    @abstractmethod
    def is_inbound(self, request: RawRequest) -> bool:
        """Whether the webhook brings a mail, and not reports of mails that we sent. Raises Unreadable."""

    def view_options(self) -> dict[str, Any]:
        """What Anymail's views of this service are made with, beside the secret."""
        return {}

    def parts(self, request: RawRequest) -> list[RawRequest]:
        """A webhook that carries several events, as one request for each."""
        return [request]

    def mail_in(self, request: RawRequest) -> ServiceMail:
        """The mail that a webhook brings; as Anymail understands it, unless a service knows better."""
        (event,) = self._view(self.inbound_view).parse_events(django_request(request))
        return esp_anymail.mail_of(event)

    def item_for(self, event: Any) -> InboundItem:
        """What one of Anymail's tracking events means."""
        return as_item(event)

    def explain(self, error: AnymailError) -> AdapterError:
        """What a refused send means; a service's own codes come before the HTTP status."""
        return failure(error)

    def look_up(self, message: OutboundMessage) -> str:
        """The service's id of an earlier attempt, or an empty string. Raises an AdapterError where it can't say."""
        raise OutcomeUnknown("This service can't be asked what became of a mail.")

    def check_account(self) -> Iterator[CheckResult]:
        """Lines about the account, by its API."""
        return iter(())

    # What follows from it

    def verify(self, request: RawRequest) -> None:
        """Anymail's own checks: the secret in the address, always, and the service's signature where it has one."""
        if service_named(request.path) != self.service:
            raise InvalidSignature(f"This address is not that of {self.label}.")
        if not self._secrets():
            raise InvalidSignature("This connection has no webhook secret; without one nothing is taken.")
        try:
            made = django_request(request)
            # Nothing of the body is read for a stranger.
            AnymailBasicAuthMixin.validate_request(self._view(self.inbound_view), made)
            self._view(self.inbound_view if self.is_inbound(request) else self.tracking_view).run_validators(made)
        except AnymailWebhookValidationFailure as error:
            raise InvalidSignature(esp_anymail.refusal(error)) from error
        except AdapterError as error:
            raise InvalidSignature(error.text) from error
        except Exception as error:
            raise InvalidSignature(f"The request can't be checked: {type(error).__name__}.") from error

    def accepted_authorizations(self) -> Iterator[str]:
        """The webhook secrets as basic authentication: the one in use, and the one before it."""
        for secret in self._secrets():
            yield "Basic " + b64encode(secret.encode()).decode("ascii")

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """Mails, or what became of mails that we sent. One event that can't be read keeps back no other."""
        parts = self.parts(request)
        items: list[InboundItem] = []
        for number, part in enumerate(parts, 1):
            try:
                items += self._read_part(part)
            except Unreadable as error:
                if len(parts) == 1:
                    raise
                items.append(Unclear(f"Event {number} of {len(parts)}: {error.text}"))
        return items

    def inquire(self, request: RawRequest) -> dict[str, str]:
        """Who signed each mail that the service handed over as it came."""
        found: dict[str, str] = {}
        texts = dns_texts.texts()
        try:
            for part in self.parts(request) if texts else ():
                mail = self.mail_in(part) if self.is_inbound(part) else None
                if texts and mail and has_signature(mail.raw) and not is_rebuilt(mail.raw):
                    found |= self._inquired(mail.raw, texts, request.received_at)
        except Exception:  # noqa: BLE001 - whatever can't be read is told by parse, which comes next
            return found
        return found

    def send(self, message: OutboundMessage) -> SendResult:
        """Hand the mail to the service; its own id of the mail is what reports will name."""
        options = self.backend_options()
        try:
            mail = compose(message, has_reply_marker=bool(self.connection.settings.get("has_reply_marker")))
        except ValueError as error:
            raise Permanent(f"This mail can't be written: {error}") from error
        wrapped = as_anymail(
            mail, bcc=message.bcc, idempotency_key=message.idempotency_key, extra_headers=self.keep_id_headers
        )
        try:
            backend = f"anymail.backends.{self.service}.EmailBackend"
            found = hand_over(backend, wrapped, options)
        except AnymailError as error:
            raise self.explain(error) from error
        return SendResult(found or str(mail["Message-ID"]), refused=refused_by(wrapped))

    def find_sent(self, message: OutboundMessage) -> SendResult | None:
        """Ask the service for the mail with our key. None only where it surely has none."""
        try:
            found = self.look_up(message)
        except OutcomeUnknown:
            raise
        except AdapterError as error:
            # Any other error would read as "nothing was sent".
            raise OutcomeUnknown(f"What became of the mail can't be found out now. {error.text}") from error
        if found:
            return SendResult(found)
        began = message.attempted_at
        if began is None or datetime.now(UTC) - began < LISTED_AFTER:
            raise OutcomeUnknown("The mail service does not list the mail yet.", code="not_listed")
        return None

    def check(self) -> Iterator[CheckResult]:
        """The account, the secret, and whether senders can be told apart."""
        try:
            yield from self.check_account()
        except AdapterError as error:
            yield CheckResult("The service accepts us", is_ok=False, what_to_do=error.text)
        has_secret = bool(self._secrets())
        yield CheckResult("Webhook secret", has_secret, "" if has_secret else "Make one; without it nothing is taken.")

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """The addresses to enter at the service, with a place for the secret; one takes mails and reports."""
        for url in public_urls:
            address = urlsplit(url)._replace(netloc=f"{esp_fields.USER}:SECRET@{urlsplit(url).netloc}").geturl()
            base = f"{address}/webhooks/{self.connection.channel_id}/{self.service}/"
            help_text = "Put the webhook secret in the place of SECRET."
            yield Door("Incoming mail", base + self.inbound_ending, help_text)
            yield Door("Delivery reports", base, help_text)

    def is_ours(self, url: object) -> bool:
        """Whether an address set at the service leads to this channel's door."""
        path = urlsplit(str(url or "")).path
        own = f"/webhooks/{self.connection.channel_id}/{self.service}/"
        return path.startswith(own) or path.startswith(f"/anymail/{self.service}/")

    def credential(self, name: str, label: str) -> str:
        """A secret that sending can't do without. Raises Misconfigured where it is missing."""
        value = str(self.connection.credentials.get(name) or "").strip()
        if not value:
            raise Misconfigured(f"Enter this connection's {label}.")
        return value

    def api_url(self, default: str) -> str:
        """Where the service's API answers. Raises Misconfigured where that is no address."""
        url = str(self.connection.settings.get("api_url") or default).strip()
        try:
            is_usable = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
        except ValueError:
            is_usable = False
        if not is_usable:
            raise Misconfigured("The address of the mail service's API is not a valid URL.", code="api_url")
        return url

    def _secrets(self) -> list[str]:
        names = ("webhook_secret", "previous_webhook_secret")
        found = (str(self.connection.credentials.get(name) or "").strip() for name in names)
        return [esp_fields.as_login(secret) for secret in found if secret]

    def _view(self, view: type[AnymailBaseWebhookView]) -> Any:
        return view(webhook_secret=self._secrets(), **self.view_options())

    def _read_part(self, part: RawRequest) -> list[InboundItem]:
        try:
            if self.is_inbound(part):
                return self._read_mail(self.mail_in(part), part)
            events = self._view(self.tracking_view).parse_events(django_request(part))
            return [self.item_for(event) for event in events]
        except AdapterError:
            raise
        except Exception as error:
            raise Unreadable(f"The webhook is not as {self.label} sends it: {esp_anymail.words(error)}") from error

    def _read_mail(self, found: ServiceMail, part: RawRequest) -> list[InboundItem]:
        mail = parse_mail(found.traced)
        if all(name == "delivered-to" for name, _ in mail.headers.fields):
            raise Unreadable("The webhook brings no mail.")
        items = self.read(mail, replace(part, body=found.raw), envelope_sender=found.envelope_sender)
        return [_with_findings(item, mail, found) if isinstance(item, InboundMessage) else item for item in items]


def _with_findings(item: InboundMessage, mail: ParsedMail, found: ServiceMail) -> InboundMessage:
    """The message with what the service found out about it."""
    facts = dict(item.facts)
    if found.spam_score is not None:
        facts["spam_score"] = f"{found.spam_score:g}"
    if found.is_spam:
        facts["spam"] = "yes"
    is_one_author = len(mail.senders) == 1 and "several_from_headers" not in mail.defects
    sender = item.sender
    # What is only claimed stays so: a failed check or a form's word outweighs the service's.
    if found.is_author_proved and is_one_author and sender and sender.assurance == Assurance.PRESENTED:
        sender = replace(sender, assurance=Assurance.CHANNEL)
    return replace(item, sender=sender, facts=facts)
