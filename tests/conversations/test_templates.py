"""From a template and its values to what a customer reads, and who may be sent one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

import pytest
from django.utils import timezone

from conversations import templates
from conversations.actions import actors, replying
from conversations.actions import templates as kept
from conversations.models import Channel, Delivery, Message, MessageTemplate
from conversations.templates import ListedTemplate, TemplateButton, TemplateVariable
from customers.actions import consent
from helpdesk.accounts.models import User
from helpdesk.events.models import Event
from tests import build
from tests.stack import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def whatsapp() -> Channel:
    return build.channel("whatsapp")


@pytest.fixture
def ada() -> User:
    return build.user("Ada")


def closed(channel: Channel, **more: Any) -> Message:
    """Jo wrote two days ago."""
    return build.whatsapp(channel, occurred_at=timezone.now() - timedelta(days=2), **more).message


def send(ada: User, template: MessageTemplate, client_id: str = "", **values: str) -> Message:
    outgoing = replying.Outgoing(template=template, values=values, client_id=client_id)
    return replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada)


def test_the_preview_is_everything_the_customer_reads(whatsapp: Channel) -> None:
    template = build.template(
        whatsapp,
        header="Order {{header.1}}",
        body="Hello {{1}}, it comes on {{2}}.",
        footer="Fernhill",
        buttons=[{"kind": "url", "text": "Follow it", "target": "https://fernhill.example/{{button.0}}"}],
        variables=["header.1", "1", "2", "button.0"],
    )
    filled = templates.fill(template, {"header.1": "FH-1", "1": " Jo ", "2": "Tuesday", "button.0": "FH-1"})
    assert filled.text == (
        "Order FH-1\n\nHello Jo, it comes on Tuesday.\n\nFernhill\n\n[Follow it: https://fernhill.example/FH-1]"
    )
    assert filled.values["1"] == "Jo"


def test_a_value_that_looks_like_a_variable_stays_what_it_is(whatsapp: Channel) -> None:
    template = build.template(whatsapp, body="{{1}} and {{2}}", variables=["1", "2"])
    assert templates.fill(template, {"1": "{{2}}", "2": "salt"}).text == "{{2}} and salt"


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"1": "Jo"}, {"2": "Fill this in."}),
        ({"1": "Jo", "2": "  "}, {"2": "Fill this in."}),
        ({"1": "Jo", "2": "x", "3": "y"}, {"3": "The template has no such variable."}),
        ({"1": "Jo", "2": "a\nb"}, {"2": "Neither line breaks nor long gaps can stand here."}),
        ({"1": "Jo", "2": "a     b"}, {"2": "Neither line breaks nor long gaps can stand here."}),
        ({"1": "Jo", "2": "x" * 1100}, {"template": "With these values the text is longer than 1024 characters."}),
    ],
)
def test_what_does_not_fit_is_said_by_variable(
    whatsapp: Channel, values: dict[str, str], errors: dict[str, str]
) -> None:
    template = build.template(whatsapp, body="{{1}}, your {{2}}", variables=["1", "2"])
    with pytest.raises(templates.Unfit) as refused:
        templates.fill(template, values)
    assert refused.value.errors == errors


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "pending"}, "is not approved yet"),
        ({"state": "rejected", "reason": "promotional"}, "was rejected (promotional)"),
        ({"state": "paused"}, "is paused for its poor quality"),
        ({"state": "disabled"}, "was disabled"),
        ({"state": "gone"}, "is no longer with the provider"),
        ({"obstacle": "Its heading wants a picture, which can't be given here"}, "wants a picture"),
    ],
)
def test_only_an_approved_template_that_can_be_filled_is_sent(
    whatsapp: Channel, ada: User, fields: dict[str, str], words: str
) -> None:
    closed(whatsapp)
    with pytest.raises(replying.BadTemplate) as refused:
        send(ada, build.template(whatsapp, **cast(Any, fields)))
    assert words in refused.value.errors["template"]
    assert not Delivery.objects.exists()


def test_a_template_goes_where_words_of_ones_own_may_not(whatsapp: Channel, ada: User) -> None:
    closed(whatsapp)
    template = build.template(whatsapp, body="Hello {{1}}", variables=["1"])
    message = send(ada, template, **{"1": "Jo"})
    assert (message.text, message.template, message.template_values) == ("Hello Jo", template, {"1": "Jo"})
    assert message.delivery.state == "queued"


def test_a_template_may_go_inside_the_window_too_and_a_repeat_sends_it_once(whatsapp: Channel, ada: User) -> None:
    build.whatsapp(whatsapp)
    template = build.template(whatsapp)
    assert send(ada, template, "c1") == send(ada, template, "c1")
    assert Delivery.objects.count() == 1


def test_a_number_that_never_wrote_here_can_be_sent_one(whatsapp: Channel, ada: User) -> None:
    build.sms(build.channel("sms"))
    assert send(ada, build.template(whatsapp)).channel == whatsapp


def test_a_template_leaves_by_its_own_channel_alone(whatsapp: Channel, ada: User) -> None:
    closed(whatsapp)
    other = build.channel("whatsapp", provider="whatsapp_cloud", address="+15005550009")
    outgoing = replying.Outgoing(template=build.template(other), channel=whatsapp)
    with pytest.raises(replying.BadTemplate, match="belongs to"):
        replying.reply(build.conversation(), outgoing, by=actors.agent(ada), user=ada)


def test_after_a_stop_no_template_goes_either(whatsapp: Channel, ada: User) -> None:
    closed(whatsapp)
    build.whatsapp(whatsapp, "STOP", opt_out="stop")
    with pytest.raises(replying.CannotReach, match="wrote STOP on"):
        send(ada, build.template(whatsapp))


def test_advertisements_can_be_refused_alone(whatsapp: Channel, ada: User) -> None:
    identity = closed(whatsapp).identity
    assert identity is not None
    wish = consent.Wish("whatsapp", "stop", source="preferences", scope="marketing")
    consent.note(identity, wish, by=actors.SYSTEM)
    with pytest.raises(replying.CannotReach, match="switched off marketing"):
        send(ada, build.template(whatsapp, name="offer", category="marketing"))
    assert send(ada, build.template(whatsapp, name="update")).delivery.state == "queued"


LISTED = ListedTemplate(
    "T1",
    "parcel",
    "en",
    "utility",
    "approved",
    body="Hello {{1}}",
    buttons=(TemplateButton("quick_reply", "Thanks"),),
    variables=(TemplateVariable("1", "body", "1", example="Jo"),),
)


def test_a_list_is_taken_over_and_only_news_is_told(whatsapp: Channel) -> None:
    assert kept.sync(whatsapp, [LISTED], before=None) == 1
    assert kept.sync(whatsapp, [LISTED], before=timezone.now()) == 1
    row = MessageTemplate.objects.get()
    assert (row.name, row.body, row.variables[0]["example"], row.state) == ("parcel", "Hello {{1}}", "Jo", "approved")
    assert Event.objects.filter(type="template.changed").count() == 1


def test_what_is_missing_once_is_still_there_and_gone_the_second_time(whatsapp: Channel) -> None:
    kept.sync(whatsapp, [LISTED], before=None)
    first = timezone.now()
    kept.sync(whatsapp, [], before=MessageTemplate.objects.get().synced_at)
    assert MessageTemplate.objects.get().state == "approved"
    kept.sync(whatsapp, [], before=first)
    assert MessageTemplate.objects.get().state == "gone"
    kept.sync(whatsapp, [LISTED], before=timezone.now())
    assert MessageTemplate.objects.get().state == "approved"


def test_the_providers_word_on_one_template_counts_before_the_next_list(whatsapp: Channel) -> None:
    assert not kept.note_state(whatsapp, provider_id="T1", state="approved")
    kept.sync(whatsapp, [LISTED], before=None)
    assert kept.note_state(whatsapp, provider_id="T1", state="paused", reason="poor quality")
    assert templates.why_not(MessageTemplate.objects.get()).endswith("(poor quality)")


def test_the_browser_is_shown_what_will_be_sent(whatsapp: Channel) -> None:
    """tests/js/templates.test.js holds the browser's preview to the same cases."""
    for case in json.loads((ROOT / "tests/js/template_texts.json").read_text()):
        row = build.template(whatsapp, **case["template"])
        assert templates.fill(row, case["values"]).text == case["text"]
