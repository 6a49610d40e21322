"""From one notification of Meta's to messages and statuses. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from channels_ingest.adapters import whatsapp_cloud_templates, whatsapp_cloud_words, whatsapp_people
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import (
    ConsentUpdate,
    DeliveryUpdate,
    ForAccount,
    Ignored,
    InboundItem,
    InboundMessage,
    Unclear,
)
from channels_ingest.adapters.whatsapp_cloud_errors import explain
from channels_ingest.adapters.whatsapp_cloud_json import Json, an_object, moment, objects, text

DELIVERY_STATES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
# Of a message in the chat, deleted by us or by Meta: says nothing about its delivery.
STATUSES_WITHOUT_NEWS = frozenset({"deleted"})

Plain = InboundMessage | DeliveryUpdate | ConsentUpdate | Ignored | Unclear


def read(body: bytes, *, account: str) -> list[InboundItem]:
    """Everything that a POST says. ``account`` is our own phone number id: what is for another says so."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.", code="not_json") from error
    if not isinstance(content, dict) or content.get("object") != "whatsapp_business_account":
        raise Unreadable("This is no notification about a WhatsApp account.", code="unknown_object")
    items: list[InboundItem] = []
    for entry in objects(content.get("entry")):
        for change in objects(entry.get("changes")):
            items += _change(change, account, text(entry.get("id"), 60))
    return items or [Ignored("Meta sent a notification with nothing in it")]


def _change(change: Json, account: str, business_account: str) -> Iterator[InboundItem]:
    field = text(change.get("field"), 60)
    if field == "message_template_status_update":
        yield whatsapp_cloud_templates.read_update(an_object(change.get("value")), business_account)
        return
    if field not in {"messages", "user_preferences"}:
        yield Ignored(f"Meta reports {field.replace('_', ' ') or 'something'}, which is not followed here")
        return
    value = an_object(change.get("value"))
    named = text(an_object(value.get("metadata")).get("phone_number_id"), 60)
    for item in _value(value):
        if not named:
            yield Unclear("Meta does not say to which number this came")
        elif named == account:
            yield item
        else:
            yield ForAccount(named, item)


def _value(value: Json) -> Iterator[Plain]:
    contacts = objects(value.get("contacts"))
    recipient = text(an_object(value.get("metadata")).get("display_phone_number"), 40)
    for raw in objects(value.get("messages")):
        yield _message(raw, contacts, recipient)
    for raw in objects(value.get("statuses")):
        yield _status(raw)
    for raw in objects(value.get("user_preferences")):
        yield _preference(raw, contacts)
    for raw in objects(value.get("errors")):
        yield Ignored(f"Meta reports: {_error(raw)[1]}")


def _message(raw: Json, contacts: list[Json], recipient: str) -> Plain:
    message_id = text(raw.get("id"), 500)
    if not message_id:
        return Unclear("A message came without an id")
    said = whatsapp_cloud_words.read(raw)
    if raw.get("type") == "contacts":
        said = whatsapp_cloud_words.contacts(raw.get("contacts"))
    number, user_id = text(raw.get("from"), 60), text(raw.get("from_user_id"), 150)
    contact = _contact(contacts, number, user_id)
    name = text(an_object(contact.get("profile")).get("name"), 200)
    sender, also = whatsapp_people.read_people(
        number or text(contact.get("wa_id"), 60), user_id or text(contact.get("user_id"), 150), name
    )
    context = an_object(raw.get("context"))
    refers_to = said.refers_to or text(context.get("id"), 500)
    return InboundMessage(
        provider_message_id=message_id,
        sender=sender,
        recipient=recipient,
        text=said.text,
        occurred_at=moment(raw.get("timestamp")),
        attachments=said.files,
        references=(refers_to,) if refers_to else (),
        automatic="" if sender else "no_reply",
        opt_out="" if said.files else whatsapp_people.opt_out_of(said.text),
        also=(*also, *said.claims),
        not_work=said.not_work,
        facts=_facts(raw, contact, context),
    )


def _preference(raw: Json, contacts: list[Json]) -> Plain:
    """A person's own switch for advertisements, in WhatsApp's settings."""
    number, user_id = text(raw.get("wa_id"), 60), text(raw.get("user_id"), 150)
    name = text(an_object(_contact(contacts, number, user_id).get("profile")).get("name"), 200)
    sender, _ = whatsapp_people.read_people(number, user_id, name)
    word = {"stop": "stop", "resume": "start"}.get(text(raw.get("value"), 20).lower(), "")
    if text(raw.get("category"), 60) != "marketing_messages" or not word:
        return Ignored("Meta reports a preference that is not followed here")
    if sender is None:
        return Unclear("Meta reports a preference of nobody that can be told")
    words = text(raw.get("detail"), 300)
    return ConsentUpdate(sender, word, words=words, occurred_at=moment(raw.get("timestamp")))


def _contact(contacts: list[Json], number: str, user_id: str) -> Json:
    """The card of whoever wrote. One that can't be told is nobody's, unless it is the only one."""
    for contact in contacts:
        is_same = user_id and contact.get("user_id") == user_id
        if is_same or (number and text(contact.get("wa_id"), 60) == number):
            return contact
    is_only = len(contacts) == 1 and not (number and contacts[0].get("wa_id"))
    return contacts[0] if is_only else {}


def _facts(raw: Json, contact: Json, context: Json) -> dict[str, str]:
    referral = an_object(raw.get("referral"))
    found = {
        "type": text(raw.get("type"), 60),
        "username": text(an_object(contact.get("profile")).get("username"), 200),
        "group": text(raw.get("group_id"), 200),
        "forwarded": "yes" if context.get("forwarded") or context.get("frequently_forwarded") else "",
        "came_by": text(referral.get("headline"), 300) or text(referral.get("source_url"), 500),
    }
    return {name: value for name, value in found.items() if value}


def _status(raw: Json) -> Plain:
    status, message_id = text(raw.get("status"), 40).lower(), text(raw.get("id"), 500)
    if status in STATUSES_WITHOUT_NEWS:
        return Ignored(f"A message of ours is {status}")
    if status not in DELIVERY_STATES or not message_id:
        return Unclear(f"Meta reports an unknown status: {status or 'none'}")
    code, words = _error(next(iter(objects(raw.get("errors"))), {})) if status == "failed" else ("", "")
    meaning = explain(code)
    is_free = an_object(raw.get("pricing")).get("billable") is False
    return DeliveryUpdate(
        provider_message_id=message_id,
        state=DELIVERY_STATES[status],
        occurred_at=moment(raw.get("timestamp")),
        error_code=code,
        error_text=words,
        recipient=text(raw.get("recipient_id"), 60) or text(raw.get("recipient_user_id"), 150),
        idempotency_key=text(raw.get("biz_opaque_callback_data"), 200),
        # Meta tells what is free; what the rest costs stands in its price list alone.
        cost="0" if is_free else "",
        is_opt_out=meaning.is_opt_out,
        only_marketing=meaning.only_marketing,
        wants_template=meaning.wants_template,
        address_health=meaning.address_health,
    )


def _error(raw: Json) -> tuple[str, str]:
    code = text(raw.get("code"), 20)
    details = text(an_object(raw.get("error_data")).get("details"), 300)
    own = details or text(raw.get("message"), 300) or text(raw.get("title"), 300)
    return code or "failed", explain(code, own).text
