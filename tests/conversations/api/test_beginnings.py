"""An agent writes to somebody first."""

from __future__ import annotations

from functools import partial

import pytest

from conversations.actions import claiming, starting
from conversations.models import Channel, Conversation, Delivery, Message
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from tests import build, races
from tests.conversations.api.calling import Api
from tests.transactional import commits

NEW = "+447700900123"
pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Channel:
    return build.channel("email")


def test_a_mail_to_somebody_new_leaves_with_the_agents_subject(api: Api, ada: User, mail: Channel) -> None:
    wish = {"channel": mail.pk, "to": "Kim <kim@new.example>", "name": "Kim", "subject": "Your voucher"}
    answer = api.post("conversations/", wish)
    assert answer.status_code == 400, "a header is no address"

    made = api.post("conversations/", {**wish, "to": "Kim@New.example"}).json()

    assert made["customer"]["name"] == "Kim"
    assert (made["assignee"]["id"], made["subject"], made["message_count"]) == (ada.pk, "Your voucher", 0)
    identity = Identity.objects.get(pk=made["identity"])
    assert (identity.address, identity.get_assurance_display()) == ("kim@new.example", "vouched")

    reply = {"text": "Here it is.", "channel": mail.pk, "identity": made["identity"], "client_id": "c1"}
    sent = api.post(f"conversations/{made['id']}/messages/", reply)
    assert sent.status_code == 201, sent.content
    assert Message.objects.get().subject == "Your voucher"
    assert Delivery.objects.get().identity == identity

    answered = build.mail(mail, "Thank you!!", sender="kim@new.example", subject="Re: Your voucher").message
    assert answered.conversation_id == made["id"], "the answer comes home"


def test_a_known_address_keeps_its_customer(api: Api, sms: Channel, conversation: Conversation) -> None:
    made = api.post("conversations/", {"channel": sms.pk, "to": "+1 (500) 555-0006"}).json()
    assert made["customer"]["id"] == conversation.customer_id
    assert made["id"] != conversation.pk
    assert Customer.objects.count() == 1


def test_a_claim_by_somebody_else_is_nobodys_address(api: Api, sms: Channel) -> None:
    chat = build.channel("chat")
    visitor = build.chat(chat).message.identity
    assert visitor is not None
    Identity.objects.create(customer=visitor.customer, kind="phone", address=NEW, assurance=10)
    made = api.post("conversations/", {"channel": sms.pk, "to": NEW}).json()
    assert made["customer"]["id"] != visitor.customer_id
    looked = api.get(f"conversations/outlook/?channel={sms.pk}&to=%2B447700900123").json()
    assert looked["customer"]["id"] == made["customer"]["id"]


def test_the_same_beginning_twice_is_one_conversation(api: Api, sms: Channel) -> None:
    wish = {"channel": sms.pk, "to": NEW, "client_id": "mine"}
    first, second = api.post("conversations/", wish).json(), api.post("conversations/", wish).json()
    assert first == second
    assert Conversation.objects.count() == 1


def test_the_outlook_tells_what_is_open_and_doubts_a_number(api: Api, sms: Channel, conversation: Conversation) -> None:
    known = api.get(f"conversations/outlook/?channel={sms.pk}&to=%2B15005550006").json()
    assert known["open"] == [{"id": conversation.pk, "number": conversation.number, "subject": ""}]
    assert known["is_open"] and known["customer"]["id"] == conversation.customer_id

    strange = api.get(f"conversations/outlook/?channel={sms.pk}&to=%2B442079460000").json()
    assert strange["customer"] is None and strange["warning"] == "This looks like a number that takes no texts."
    unlisted = api.get(f"conversations/outlook/?channel={sms.pk}&to=%2B15551234567").json()
    assert "No plan of numbers" in unlisted["warning"]
    assert api.post("conversations/", {"channel": sms.pk, "to": "+442079460000"}).status_code == 201, "only a doubt"


def test_who_wrote_stop_is_not_written_to(api: Api, sms: Channel, conversation: Conversation) -> None:
    build.sms(sms, "STOP", opt_out="stop")
    looked = api.get(f"conversations/outlook/?channel={sms.pk}&to=%2B15005550006").json()
    assert not looked["is_open"] and "STOP" in looked["why"]
    made = api.post("conversations/", {"channel": sms.pk, "to": "+15005550006"}).json()
    refused = api.post(f"conversations/{made['id']}/messages/", {"text": "Hi", "channel": sms.pk, "client_id": "c"})
    assert refused.status_code == 400 and "STOP" in str(refused.json())


def test_whatsapp_begins_with_a_template(api: Api) -> None:
    whatsapp = build.channel("whatsapp")
    looked = api.get(f"conversations/outlook/?channel={whatsapp.pk}&to=%2B447700900123").json()
    assert not looked["is_open"] and looked["takes_template"]
    made = api.post("conversations/", {"channel": whatsapp.pk, "to": NEW}).json()
    path = f"conversations/{made['id']}/messages/"
    way = {"channel": whatsapp.pk, "identity": made["identity"]}
    assert api.post(path, {**way, "text": "Hi", "client_id": "c1"}).status_code == 400
    template = build.template(whatsapp)
    sent = api.post(path, {**way, "template": {"id": template.pk}, "client_id": "c2"})
    assert sent.status_code == 201, sent.content


@pytest.mark.parametrize("kind", ["chat", "phone"])
def test_nobody_is_written_to_first_where_nobody_is(api: Api, kind: str) -> None:
    channel = build.channel(kind)
    assert api.post("conversations/", {"channel": channel.pk, "to": NEW}).status_code == 400


def test_a_channel_behind_a_wall_is_no_channel(api: Api) -> None:
    walled = build.channel("sms", at=build.desk("HR", is_restricted=True))
    for answer in (
        api.post("conversations/", {"channel": walled.pk, "to": NEW}),
        api.get(f"conversations/outlook/?channel={walled.pk}&to=%2B447700900123"),
    ):
        assert answer.status_code == 400 and "no such channel" in str(answer.json())
    assert not Conversation.objects.exists()


def test_an_empty_conversation_sends_nothing_and_answers_nothing(api: Api, sms: Channel) -> None:
    made = api.post("conversations/", {"channel": sms.pk, "to": NEW}).json()
    assert not Message.objects.exists() and not Delivery.objects.exists()
    thread = api.get(f"conversations/{made['id']}/messages/").json()
    assert thread["results"] == []
    assert claiming.due() == []


@commits
def test_two_agents_who_begin_with_one_address_make_one_customer() -> None:
    sms = build.channel("sms")
    people = [build.user("Ada"), build.user("Lin")]
    beginning = starting.Beginning(sms, "phone", NEW)
    made = races.at_once([partial(starting.start, beginning, by=person) for person in people])
    assert len({conversation.customer_id for conversation, _ in made}) == 1
    assert Customer.objects.count() == 1
