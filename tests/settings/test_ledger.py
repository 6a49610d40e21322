"""Looking through the ledger, and sending a request through again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from channels_ingest import ledger, processing, rereading
from channels_ingest.models import Connection, InboundEvent
from channels_ingest.setup import raw_shown
from channels_ingest.setup.worker import NoAnswer
from conversations.models import Channel, Message
from helpdesk.accounts.models import AuditEntry, User
from tests import build
from tests.channels_ingest.signing import mail_post, twilio_fields, twilio_post

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>"
MAIL = b"From: Jo <jo@customer.example>\nSubject: Parcel\nMessage-ID: <1@customer.example>\n\nHello\n"


@pytest.fixture
def page() -> Client:
    client = Client()
    client.force_login(build.user("Grace", User.Role.ADMIN))
    return client


@pytest.fixture
def mail() -> Channel:
    return build.channel("email")


def stored(channel: Channel, **fields: Any) -> InboundEvent:
    number = InboundEvent.objects.count()
    defaults = {"digest": f"{number:064}", "is_verified": True, "method": "POST", "path": "/webhooks/1/", "body": b""}
    return InboundEvent.objects.create(
        channel=channel, connection=Connection.objects.get(channel=channel), **defaults | fields
    )


def html(page: Client, path: str) -> str:
    answer = page.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_received_is_the_sum_of_the_others(page: Client, mail: Channel) -> None:
    for state in InboundEvent.State.values:
        stored(mail, state=state, repeat_count=2)
    context = page.get("/settings/ledger/").context
    counts = [one["count"] for one in context["strip"]]
    assert context["received_count"] == sum(counts) == 18
    assert counts == [1, 1, 1, 13, 1, 1]


def test_the_list_is_narrowed_by_state_channel_and_words(page: Client, mail: Channel) -> None:
    other = build.channel("sms")
    stored(mail, state="quarantined", reason="This is no mail")
    stored(mail, state="processed")
    stored(other, state="quarantined", reason="100% wrong")

    def shown(query: str) -> int:
        return len(page.get(f"/settings/ledger/?{query}").context["listing"].rows)

    assert shown("") == 3
    assert shown("state=quarantined") == 2
    assert shown(f"state=quarantined&channel={other.pk}") == 1
    assert shown("q=NO+MAIL") == 1
    assert shown("q=100%25") == 1
    assert shown("q=nothing+like+it") == 0


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "channel=x",
        "channel=99999999999999999999",
        "before=x",
        "before=-1",
        "q=%00",
        "state=%00",
        "channel=²",
    ],
)
def test_a_query_that_makes_no_sense_narrows_nothing(page: Client, mail: Channel, query: str) -> None:
    stored(mail)
    assert len(page.get(f"/settings/ledger/?{query}").context["listing"].rows) == 1


def test_older_pages_go_on_where_the_newer_ended(
    page: Client, mail: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(120):
        stored(mail)
    seen: list[int] = []
    before: int | None = None
    while True:
        with django_assert_max_num_queries(12):
            found = page.get(f"/settings/ledger/?state=received{f'&before={before}' if before else ''}").context[
                "listing"
            ]
        seen += [row.event.pk for row in found.rows]
        before = found.older
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_processed_request_leads_to_its_conversation(
    page: Client, mail: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    mail_post(mail, MAIL)
    event = InboundEvent.objects.get()
    processing.process(event.pk)
    with django_assert_max_num_queries(12):
        text = html(page, f"/settings/ledger/{event.pk}/")
    assert f"/inbox/all/{Message.objects.get().conversation_id}/" in text
    assert "1 new message" in text


def test_what_strangers_sent_stays_text(page: Client, mail: Channel) -> None:
    event = stored(
        mail,
        path=f"/webhooks/{EVIL}",
        query=f"a={EVIL}",
        headers={"x-evil": EVIL, EVIL: "x", "content-type": "text/html"},
        body=f"\u202e{EVIL}\x07".encode(),
        reason=EVIL,
        error=f"{EVIL}!",
    )
    for path in ("/settings/ledger/", f"/settings/ledger/{event.pk}/"):
        text = html(page, path)
        assert EVIL not in text
        assert "&lt;script&gt;" in text
    assert "⟨202E⟩" in text and "⟨0007⟩" in text and "\u202e" not in text


def test_secrets_in_headers_query_and_form_are_blanked(page: Client, mail: Channel) -> None:
    event = stored(
        mail,
        query="token=hush-1&page=2",
        headers={"x-api-key": "hush-2", "content-type": "application/x-www-form-urlencoded", "x-plain": "seen"},
        body=b"secret=hush-3&Body=hello",
    )
    text = html(page, f"/settings/ledger/{event.pk}/")
    assert "hush" not in text
    assert "seen" in text and "hello" in text


def test_the_body_is_shown_as_what_it_is() -> None:
    form = raw_shown.body(b"Body=a+b&From=%2B44", "application/x-www-form-urlencoded; charset=utf-8")
    assert form.pairs == [("Body", "a b"), ("From", "+44")]
    assert raw_shown.body(b'{"a":{"b":1}}', "application/json").text == '{\n  "a": {\n    "b": 1\n  }\n}'
    assert raw_shown.body(b"{not json", "application/json").text == "{not json"
    binary = raw_shown.body(b"\x00\xffhello", "text/plain")
    assert binary.is_hex and binary.text == "000000  00 ff 68 65 6c 6c 6f" + " " * 29 + "··hello"
    long = raw_shown.body("ä".encode() * 20_000, "text/plain")
    assert long.is_cut and long.text == "ä" * 10_240
    odd = raw_shown.body(b"x" + "ä".encode() * 20_000, "text/plain")
    assert odd.text == "x" + "ä" * 10_239
    assert raw_shown.body(b"&".join(b"a=1" for _ in range(5_000)), "application/x-www-form-urlencoded").pairs == []
    assert raw_shown.body(b"[" * 20_000, "application/json").text.startswith("[[[")


def test_the_original_is_saved_never_shown(page: Client, mail: Channel) -> None:
    event = stored(mail, body=b"<html>\x00\xff", headers={"content-type": "text/html"})
    answer = page.get(f"/settings/ledger/{event.pk}/original/")
    assert answer.content == b"<html>\x00\xff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="request-{event.pk}.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_quarantined_request_goes_through_again(page: Client, mail: Channel) -> None:
    event = stored(mail, state="quarantined", reason="our fault", body=MAIL, headers={"content-type": "message/rfc822"})
    answer = page.post(f"/settings/ledger/{event.pk}/replay/", follow=True)
    assert "on its way through again" in answer.content.decode()
    assert 'hx-trigger="load' in answer.content.decode()
    processing.process(event.pk)
    part = page.get(f"/settings/ledger/{event.pk}/", headers={"hx-request": "true"}).content.decode()
    assert "Processed" in part and "1 new message" in part
    assert "hx-trigger" not in part and "<html" not in part
    entry = AuditEntry.objects.get(action="inbound_event.replayed")
    assert (entry.subject, entry.facts) == (f"inbound_event:{event.pk}", {"from": "quarantined"})


def test_a_replay_doubles_nothing(page: Client, mail: Channel) -> None:
    mail_post(mail, MAIL)
    event = InboundEvent.objects.get()
    processing.process(event.pk)
    page.post(f"/settings/ledger/{event.pk}/replay/")
    processing.process(event.pk)
    assert Message.objects.count() == 1


def test_a_forged_request_says_why_it_can_not_be_replayed(page: Client) -> None:
    sms = build.channel("sms")
    assert twilio_post(sms, twilio_fields(sms), signed="forged").status_code == 403
    event = InboundEvent.objects.get()
    text = html(page, f"/settings/ledger/{event.pk}/")
    assert "can&#x27;t be replayed." in text or "can't be replayed." in text
    assert "does not prove where it came from" in text
    assert f"/settings/ledger/{event.pk}/replay/" not in text
    page.post(f"/settings/ledger/{event.pk}/replay/")
    event.refresh_from_db()
    assert event.state == "quarantined"
    assert not AuditEntry.objects.filter(action="inbound_event.replayed").exists()


def test_why_a_request_is_stuck_is_told_apart() -> None:
    sms = build.channel("sms")
    twilio_post(sms, twilio_fields(sms, "x" * 300_000), signed="no")
    assert "only its beginning was kept" in ledger.obstacle(InboundEvent.objects.get())
    InboundEvent.objects.all().delete()
    fields = twilio_fields(sms)
    twilio_post(sms, fields, signed="forged")
    forged = InboundEvent.objects.get()
    twilio_post(sms, fields)
    assert "genuine request came in too" in ledger.obstacle(forged)


def test_what_was_refused_by_our_own_mistake_can_be_replayed_once_it_is_mended(page: Client) -> None:
    sms = build.channel("sms")
    Connection.objects.update(credentials={**build.TWILIO, "auth_token": "mistyped"})
    assert twilio_post(sms, twilio_fields(sms)).status_code == 403
    event = InboundEvent.objects.get()
    Connection.objects.update(credentials=build.TWILIO)
    assert ledger.obstacle(event) == ""
    page.post(f"/settings/ledger/{event.pk}/replay/")
    event.refresh_from_db()
    assert (event.state, event.is_verified) == ("received", True)


def test_a_filter_is_replayed_as_a_whole_and_forged_ones_stay(page: Client, mail: Channel) -> None:
    for _ in range(3):
        stored(mail, state="quarantined", reason="our fault")
    stored(mail, state="quarantined", reason="something else")
    stored(mail, state="quarantined", reason="our fault too, but forged", is_verified=False)
    stored(mail, state="processed", reason="our fault")
    form = {"state": "quarantined", "q": "our fault", "channel": str(mail.pk)}
    answer = page.post("/settings/ledger/replay/", form, follow=True)
    assert "3 requests are on their way" in answer.content.decode()
    assert "1 does not prove" in answer.content.decode()
    assert InboundEvent.objects.filter(state="received").count() == 3
    assert AuditEntry.objects.filter(action="inbound_event.replayed").count() == 3


def test_nothing_is_replayed_without_a_state_that_needs_it(page: Client, mail: Channel) -> None:
    stored(mail, state="processed")
    for state in ("", "processed", "x"):
        page.post("/settings/ledger/replay/", {"state": state})
    assert InboundEvent.objects.get().state == "processed"


def test_reading_again_says_what_the_request_says_and_changes_nothing(mail: Channel) -> None:
    mail_post(mail, MAIL)
    event = InboundEvent.objects.get()
    reading = rereading.read_again(event.pk)
    assert [item.kind for item in reading.items] == ["Message"]
    facts = dict(reading.items[0].facts)
    assert (facts["text"].strip(), facts["subject"]) == ("Hello", "Parcel")
    assert "jo@customer.example" in facts["sender"]
    assert not Message.objects.exists()
    event.refresh_from_db()
    assert event.state == "received"


def test_what_can_not_be_read_is_told_and_a_fault_of_ours_too(mail: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    event = stored(mail, body=b"x", headers={"content-type": "text/plain"})
    assert "Content-Type" in rereading.read_again(event.pk).problem

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("channels_ingest.adapters.email.adapter.EmailAdapter.parse", broken)
    assert "RuntimeError" in rereading.read_again(event.pk).problem
    assert rereading.read_again(0).problem


def test_the_reading_is_shown_as_text(page: Client, mail: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    event = stored(mail)
    reading = {"items": [{"kind": "Message", "facts": [["text", f"{EVIL}\u202e"]]}], "problem": ""}
    monkeypatch.setattr("channels_ingest.setup.views.ledger.result_of", lambda *_, **__: reading)
    for headers in ({}, {"hx-request": "true"}):
        text = page.post(f"/settings/ledger/{event.pk}/read/", headers=headers).content.decode()
        assert EVIL not in text and "&lt;script&gt;" in text and "⟨202E⟩" in text

    def nobody(*_: object, **__: object) -> None:
        raise NoAnswer

    monkeypatch.setattr("channels_ingest.setup.views.ledger.result_of", nobody)
    assert "No worker answers" in page.post(f"/settings/ledger/{event.pk}/read/").content.decode()
