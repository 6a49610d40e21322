"""A share of the cases through the real doors: stored, processed, and every one of them found again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from bench.fuzz import damaged_mail, damaged_webhook


@dataclass(frozen=True, slots=True)
class Stored:
    """What the ledger counts after ``sent`` requests."""

    sent: int
    counts: dict[str, int]
    reasons: Counter[str]
    problems: list[str]

    @property
    def sentence(self) -> str:
        """In a few lines."""
        states = ", ".join(f"{number:,} {name}" for name, number in self.counts.items() if name != "received")
        common = "; ".join(f"{number}x {reason[:70]}" for reason, number in self.reasons.most_common(5))
        received = f"{self.sent:,} sent = {self.counts['received']:,} received"
        return f"Through ledger and database: {received} = {states}.\n  {common}"


def run(seed: int, count: int) -> Stored:
    """Send ``count`` cases to channels of their own in the database of this run, and process them all."""
    from random import Random

    from channels_ingest import ledger, processing
    from channels_ingest.models import Connection, InboundEvent
    from tests import build
    from tests.channels_ingest.email.mails import request

    channels = _channels()
    before = ledger.counts()["received"]
    problems: list[str] = []
    for number in range(count):
        random = Random(f"{seed}:ledger:{number}")  # noqa: S311 - repeatable, not secret
        if number % 10 < 7:
            _, raw = damaged_mail.make(random)
            name, made = "mail", request(raw[:2_000_000], authorization=f"Bearer {build.MAIL_SECRET}")
        else:
            source, _, made = damaged_webhook.make(random)
            name = source.name
        accepted = ledger.accept(channels[name], made)
        for _ in range(3):  # a status waits for its message a few times
            InboundEvent.objects.filter(pk=accepted.event.pk, state="received").update(not_before=made.received_at)
            processing.process(accepted.event.pk)
    while waiting := InboundEvent.objects.filter(state="received"):
        waiting.update(not_before=replace(made).received_at)
        for event_id in list(waiting.values_list("pk", flat=True)):
            processing.process(event_id)
    counts = ledger.counts()
    if counts["received"] - before != count:
        problems.append(f"{count} were sent, and {counts['received'] - before} are in the ledger.")
    if counts["received"] != sum(number for name, number in counts.items() if name != "received"):
        problems.append("The states do not add up.")
    for event in InboundEvent.objects.filter(state="dead"):
        problems.append(f"Given up: {event.error[:300]}")
    if InboundEvent.objects.filter(state__in=["quarantined", "ignored"], reason="").exists():
        problems.append("Some are quarantined or ignored without a reason.")
    quarantined = InboundEvent.objects.filter(state="quarantined").values_list("reason", flat=True)
    assert Connection.objects.exists()
    return Stored(count, counts, Counter(quarantined), problems)


def _channels() -> dict[str, object]:
    """One channel for each source, with the credentials that its requests are signed with."""
    from channels_ingest.models import Connection
    from tests import build
    from tests.channels_ingest.email.esp import requests as esp
    from tests.channels_ingest.twilio import requests as twilio
    from tests.channels_ingest.whatsapp import requests as whatsapp

    by_twilio = {"account_sid": twilio.ACCOUNT, "auth_token": twilio.TOKEN}
    found: dict[str, object] = {"mail": build.channel("email", address="support@acme.example")}
    for name, kind in (("twilio sms", "sms"), ("twilio whatsapp", "whatsapp"), ("twilio voice", "phone")):
        found[name] = build.channel(kind, address=twilio.OUR_NUMBER)
        Connection.objects.filter(channel=found[name]).update(credentials=by_twilio)
    found["whatsapp cloud"] = build.channel("whatsapp", provider="whatsapp_cloud", address="+15105550101")
    meta = {"app_secret": whatsapp.APP_SECRET, "verify_token": "v", "access_token": "t"}
    settings = {"phone_number_id": whatsapp.NUMBER_ID}
    Connection.objects.filter(channel=found["whatsapp cloud"]).update(credentials=meta, settings=settings)
    for service in ("postmark", "mailgun", "sparkpost"):
        found[service] = esp.channel(service, address=f"{service}@shop.example")
    return found
