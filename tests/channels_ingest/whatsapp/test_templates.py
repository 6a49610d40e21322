"""Templates as Meta and Twilio list them, and the messages that send them: the doubles refuse what these refuse."""

from __future__ import annotations

import json
from typing import Any, cast

import httpx
import pytest

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.failures import Misconfigured, Permanent
from channels_ingest.adapters.incoming import ConsentUpdate, TemplateUpdate, Unclear
from channels_ingest.adapters.outgoing import OutboundTemplate, TemplateValue
from channels_ingest.adapters.whatsapp_cloud import WhatsAppCloudAdapter
from channels_ingest.adapters.whatsapp_cloud_templates import read
from conversations.templates import ListedTemplate
from doubles.background import Running
from tests.channels_ingest.whatsapp.requests import JO, adapter, outbound, payload, request, twilio_adapter, value

WABA = "102290129340398"


@pytest.fixture
def cloud(far_side: Running) -> WhatsAppCloudAdapter:
    settings = {"base_url": far_side.graph_url, "business_account_id": WABA, "read_timeout_seconds": 2}
    return adapter(settings)


@pytest.fixture
def twilio(far_side: Running) -> ChannelAdapter:
    return twilio_adapter({"base_url": far_side.twilio_url, "content_url": far_side.twilio_url})


def named(listed: list[ListedTemplate], name: str) -> ListedTemplate:
    return next(one for one in listed if one.name == name)


def filled(template: ListedTemplate, **values: str) -> OutboundTemplate:
    given = tuple(
        TemplateValue(one.part, one.name, values.get(one.key.replace(".", "_"), "x"), one.index)
        for one in template.variables
    )
    return OutboundTemplate(template.provider_id, template.name, template.language, given)


def sent(url: str) -> Any:
    return cast(Any, httpx.get(f"{url}/log").json())


# --- Meta


def test_metas_templates_are_listed_in_our_words(cloud: WhatsAppCloudAdapter) -> None:
    parcel = named(cloud.list_templates(), "parcel_update")
    assert (parcel.language, parcel.category, parcel.state, parcel.obstacle) == ("en", "utility", "approved", "")
    assert parcel.header == "News on your parcel"
    assert parcel.footer == "Fernhill, everything for the garden"
    assert [(one.key, one.part, one.example) for one in parcel.variables] == [
        ("first_name", "body", "Jo"),
        ("order", "body", "FH-20418"),
        ("day", "body", "Tuesday"),
        ("button.0", "button", "https://fernhill.example/parcels/FH-20418"),
    ]
    assert [(one.kind, one.text, one.target) for one in parcel.buttons] == [
        ("url", "Follow it", "https://fernhill.example/parcels/{{button.0}}"),
        ("quick_reply", "I have a question", ""),
    ]


def test_every_state_and_its_reason_comes_along(cloud: WhatsAppCloudAdapter) -> None:
    listed = cloud.list_templates()
    assert named(listed, "refund_done").state == "pending"
    refused = named(listed, "win_back")
    assert (refused.state, refused.reason, refused.category) == ("rejected", "promotional", "marketing")


def test_a_long_list_is_read_to_its_end(cloud: WhatsAppCloudAdapter, far_side: Running) -> None:
    for number in range(230):
        httpx.post(f"{far_side.graph_url}/templates", json={"name": f"many_{number}"}).raise_for_status()
    assert len(cloud.list_templates()) == 236


def test_without_the_business_account_nothing_can_be_listed(far_side: Running) -> None:
    with pytest.raises(Misconfigured, match="no WhatsApp business account ID"):
        adapter({"base_url": far_side.graph_url}).list_templates()


@pytest.mark.parametrize(
    ("component", "words"),
    [
        ({"type": "HEADER", "format": "IMAGE"}, "wants a picture"),
        ({"type": "HEADER", "format": "DOCUMENT"}, "wants a file"),
        ({"type": "CAROUSEL", "cards": []}, "Cards and offers"),
        ({"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Go"}]}, "One of its buttons"),
    ],
)
def test_what_we_can_not_fill_in_is_said(component: dict[str, Any], words: str) -> None:
    raw = {"id": "1", "name": "x", "language": "en", "status": "APPROVED", "components": [component]}
    assert words in read(cast(Any, raw)).obstacle


@pytest.mark.parametrize(
    "raw", [{}, {"components": "x"}, {"components": [{"type": "BODY", "example": {"body_text": 7}}]}]
)
def test_strange_templates_are_read_as_far_as_they_go(raw: dict[str, Any]) -> None:
    assert read(cast(Any, {"id": "1", **raw})).state == "pending"


def test_a_template_leaves_with_its_values_in_metas_form(cloud: WhatsAppCloudAdapter, far_side: Running) -> None:
    parcel = named(cloud.list_templates(), "parcel_update")
    template = filled(parcel, first_name="Jo", order="FH-1", day="Monday", button_0="FH-1")
    cloud.send(outbound(text="what Jo reads", template=template))
    (message,) = sent(far_side.graph_url)["messages"]
    assert message["type"] == "template"
    assert message["body"] == "Hello Jo, your order FH-1 leaves our warehouse on Monday."
    assert message["content"]["template"] == {
        "name": "parcel_update",
        "language": {"code": "en"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "first_name", "text": "Jo"},
                    {"type": "text", "parameter_name": "order", "text": "FH-1"},
                    {"type": "text", "parameter_name": "day", "text": "Monday"},
                ],
            },
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "FH-1"}]},
        ],
    }
    assert message["biz_opaque_callback_data"] == "delivery-17"


def test_a_closed_window_takes_a_template_and_nothing_else(cloud: WhatsAppCloudAdapter, far_side: Running) -> None:
    httpx.post(f"{far_side.graph_url}/behaviour", json={"is_window_strict": True}).raise_for_status()
    with pytest.raises(Permanent) as refused:
        cloud.send(outbound())
    assert (refused.value.code, refused.value.wants_template) == ("131047", True)
    assert cloud.send(outbound(template=filled(named(cloud.list_templates(), "hello_world")))).provider_message_id


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"name": "no_such"}, "132001", "no such template"),
        ({"language": "de"}, "132001", "no such template"),
        ({"values": ()}, "132000", "another number of values"),
        ({"status": "PAUSED"}, "132015", "paused"),
        ({"status": "DISABLED"}, "132016", "disabled"),
        ({"status": "PENDING"}, "132001", "no such template"),
        ({"values": (TemplateValue("body", "1", "a\nb"),)}, "132012", "wrong kind"),
        ({"values": (TemplateValue("body", "1", "x" * 1100),)}, "132005", "too long"),
    ],
)
def test_meta_refuses_a_bad_template_for_good_and_says_why(
    cloud: WhatsAppCloudAdapter, far_side: Running, change: dict[str, Any], code: str, words: str
) -> None:
    if "status" in change:
        body = {"type": "BODY", "text": "We have news on your request {{1}}. May we write to you here?"}
        told = {"name": "follow_up", "status": change.pop("status"), "components": [body]}
        httpx.post(f"{far_side.graph_url}/templates", json=told).raise_for_status()
    fields = {"name": "follow_up", "language": "en", "values": (TemplateValue("body", "1", "4711"),), **change}
    with pytest.raises(Permanent) as refused:
        cloud.send(outbound(template=OutboundTemplate(provider_id="1", **fields)))
    assert (refused.value.code, refused.value.wants_template) == (code, True)
    assert words in refused.value.text


def test_metas_word_on_a_template_is_read_with_its_reason() -> None:
    (item,) = adapter().parse(request(payload("template_status")))
    assert item == TemplateUpdate(
        WABA, "1689556908129832", "rejected", reason="Two variables stand next to each other.", category="utility"
    )


def test_a_word_on_no_template_in_particular_is_kept_for_a_person() -> None:
    content = payload("template_status")
    del value(content)["message_template_id"]
    (item,) = adapter().parse(request(content))
    assert isinstance(item, Unclear)


@pytest.mark.parametrize(("said", "word"), [("stop", "stop"), ("resume", "start")])
def test_a_persons_switch_for_advertisements_is_a_wish(said: str, word: str) -> None:
    content = payload("user_preferences")
    value(content)["user_preferences"][0]["value"] = said
    (item,) = adapter().parse(request(content))
    assert isinstance(item, ConsentUpdate)
    assert (item.word, item.only_marketing, item.sender.address, item.sender.name) == (word, True, JO, "Jo Meyer")
    assert item.occurred_at is not None and item.words == "User requested to stop marketing messages"


# --- Twilio


def test_twilios_templates_are_listed_in_our_words(twilio: ChannelAdapter) -> None:
    listed = twilio.list_templates()
    order = named(listed, "order_update")
    assert (order.state, order.category, order.provider_id[:2]) == ("approved", "utility", "HX")
    assert [(one.key, one.example) for one in order.variables] == [("1", "Jo"), ("2", "FH-20418")]
    day = named(listed, "delivery_day")
    assert [(one.kind, one.target) for one in day.buttons] == [("url", "https://fernhill.example/d/{{1}}")]
    assert named(listed, "refund_done").state == "pending"


def test_twilios_list_is_read_to_its_end(twilio: ChannelAdapter, far_side: Running) -> None:
    for number in range(130):
        told = {"friendly_name": f"many_{number}", "types": {"twilio/text": {"body": "x"}}}
        httpx.post(f"{far_side.twilio_url}/contents", json=told).raise_for_status()
    assert len(twilio.list_templates()) == 134


@pytest.mark.parametrize(
    ("kind", "words"),
    [("twilio/list-picker", "can only answer"), ("whatsapp/authentication", "codes"), ("twilio/carousel", "this kind")],
)
def test_kinds_that_can_not_open_a_conversation_say_so(
    twilio: ChannelAdapter, far_side: Running, kind: str, words: str
) -> None:
    told = {"friendly_name": "odd", "types": {kind: {"body": "x"}}}
    httpx.post(f"{far_side.twilio_url}/contents", json=told).raise_for_status()
    assert words in named(twilio.list_templates(), "odd").obstacle


def test_a_template_leaves_by_its_sid_and_without_a_body(twilio: ChannelAdapter, far_side: Running) -> None:
    order = named(twilio.list_templates(), "order_update")
    template = OutboundTemplate(
        order.provider_id,
        order.name,
        "en",
        (TemplateValue("body", "1", "Jo"), TemplateValue("body", "2", "Ünter")),
    )
    twilio.send(outbound(text="what Jo reads", template=template))
    asked = sent(far_side.twilio_url)["requests"][-1]["form"]
    assert asked["ContentSid"] == [order.provider_id]
    assert json.loads(asked["ContentVariables"][0]) == {"1": "Jo", "2": "Ünter"}
    assert not asked.keys() & {"Body", "MediaUrl"}
    (message,) = sent(far_side.twilio_url)["messages"]
    assert message["body"].startswith("Hello Jo, there is news on your order Ünter.")


@pytest.mark.parametrize(
    ("provider_id", "values", "code"),
    [("HX" + "0" * 32, (), "21655"), ("", (), "21656")],
)
def test_twilio_refuses_a_bad_template_for_good(
    twilio: ChannelAdapter, provider_id: str, values: tuple[TemplateValue, ...], code: str
) -> None:
    order = named(twilio.list_templates(), "order_update")
    template = OutboundTemplate(provider_id or order.provider_id, "x", "en", values)
    with pytest.raises(Permanent) as refused:
        twilio.send(outbound(template=template))
    assert (refused.value.code, refused.value.wants_template) == (code, True)


def test_a_template_whose_answer_was_lost_is_found_by_recipient_and_time(
    twilio: ChannelAdapter, far_side: Running
) -> None:
    httpx.post(f"{far_side.twilio_url}/behaviour", json={"next": [{"is_dropped": True, "is_taken": True}]})
    order = named(twilio.list_templates(), "order_update")
    message = outbound(text="what Jo reads", template=filled(order))
    with pytest.raises(Exception, match="broke"):
        twilio.send(message)
    found = twilio.find_sent(message)
    assert found is not None and found.provider_message_id == sent(far_side.twilio_url)["messages"][0]["sid"]
