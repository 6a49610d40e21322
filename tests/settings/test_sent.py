"""The channel's page tells what came, what left, what waits and what failed; strangers' text stays text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_ingest.models import InboundEvent
from conversations.actions import actors, replying
from conversations.models import Channel, Conversation, Delivery
from helpdesk.accounts.models import User
from tests import build
from tests.channels_ingest.signing import twilio_fields, twilio_post

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def grace() -> User:
    return build.user("Grace", User.Role.ADMIN)


@pytest.fixture
def page(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


@pytest.fixture
def sms() -> Channel:
    return build.channel("sms")


def answered(to: Channel, by: User, text: str = "It is on its way.", sender: str = build.JO_PHONE) -> Delivery:
    """Jo wrote, and Grace answered."""
    conversation = build.sms(to, sender=sender).message.conversation
    message = replying.reply(
        Conversation.objects.get(pk=conversation.pk), replying.Outgoing(text), by=actors.agent(by), user=by
    )
    return message.delivery


def test_what_left_stands_on_the_page_with_its_providers_id(page: Client, sms: Channel, grace: User) -> None:
    delivery = answered(sms, grace)
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_message_id="SMabc", attempt_count=3)
    shown = page.get(f"/settings/channels/{sms.pk}/").content.decode()
    assert "SMabc" in shown and build.JO_PHONE in shown and "3 attempts" in shown
    assert f"/inbox/all/{delivery.message.conversation_id}/" in shown


def test_failures_are_counted_by_reason_and_lead_to_their_conversations(
    page: Client, sms: Channel, grace: User
) -> None:
    rows = [answered(sms, grace, sender=f"+1500555{number:04}") for number in range(100, 104)]
    ids = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=ids[:2]).update(state="failed", error_code="30003", error="The phone is off.")
    Delivery.objects.filter(pk=ids[2]).update(state="failed", error_code="30006", error=f"A landline {EVIL}")
    long_ago = timezone.now() - timedelta(days=8)
    Delivery.objects.filter(pk=ids[3]).update(
        state="failed", error_code="30003", error="The phone is off.", updated_at=long_ago
    )
    answer = page.get(f"/settings/channels/{sms.pk}/")
    found = [(one.why, one.count) for one in answer.context["failures"]]
    assert found == [("The phone is off.", 2), (f"A landline {EVIL}", 1)]
    assert EVIL not in answer.content.decode()
    listed = page.get(f"/settings/channels/{sms.pk}/sent/?{answer.context['failures'][1].query}")
    assert [one.delivery.pk for one in listed.context["listing"].rows] == [ids[2]]
    assert f"/inbox/all/{rows[2].message.conversation_id}/" in listed.content.decode()
    assert EVIL not in listed.content.decode()


def test_requests_that_were_refused_are_counted_by_reason(page: Client, sms: Channel) -> None:
    twilio_post(sms, twilio_fields(sms, "Forged", "SM1"), signed="bm8=")
    twilio_post(sms, twilio_fields(sms, "Forged too", "SM2"), signed="bm8=")
    [reason] = page.get(f"/settings/channels/{sms.pk}/").context["refusals"]
    assert reason.count == 2
    listed = page.get(f"/settings/ledger/?{reason.query}")
    assert len(listed.context["listing"].rows) == 2


def test_the_oldest_waiting_request_and_message_are_told(page: Client, sms: Channel, grace: User) -> None:
    answer = page.get(f"/settings/channels/{sms.pk}/")
    assert (answer.context["oldest_waiting"], answer.context["oldest_unsent"]) == (None, None)
    delivery = answered(sms, grace)
    twilio_post(sms, twilio_fields(sms, "First", "SM1"))
    first = InboundEvent.objects.get()
    twilio_post(sms, twilio_fields(sms, "Second", "SM2"))
    answer = page.get(f"/settings/channels/{sms.pk}/")
    assert answer.context["oldest_waiting"] == first.received_at
    assert answer.context["oldest_unsent"] == delivery.created_at


def test_a_long_list_is_paged(page: Client, sms: Channel, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from channels_ingest.setup import sent_pages

    for number in range(3):
        answered(sms, grace, f"No. {number}")
    first = sent_pages.page_of(sms, grace, sent_pages.SentFilter(), size=2)
    second = sent_pages.page_of(sms, grace, sent_pages.SentFilter(), str(first.older), size=2)
    seen = [row.delivery.pk for row in (*first.rows, *second.rows)]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 3
    assert second.older is None


@pytest.mark.parametrize("query", ["state=nonsense", "code=%00", "before=-1", "before=99999999999999999999"])
def test_a_strange_query_narrows_nothing(page: Client, sms: Channel, grace: User, query: str) -> None:
    answered(sms, grace)
    assert len(page.get(f"/settings/channels/{sms.pk}/sent/?{query}").context["listing"].rows) == 1


def test_only_admins_see_what_left(sms: Channel) -> None:
    client = Client()
    client.force_login(build.user("Ada"))
    assert client.get(f"/settings/channels/{sms.pk}/sent/").status_code in (302, 403, 404)
    assert Client().get(f"/settings/channels/{sms.pk}/sent/").status_code == 302
