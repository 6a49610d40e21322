"""What each kind of WhatsApp message says, in words and files. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass

from channels_ingest.adapters.incoming import InboundAttachment, Sender
from channels_ingest.adapters.whatsapp_cloud_json import Json, an_object, objects, text
from channels_ingest.adapters.whatsapp_people import is_user_id, place
from customers.addresses import normalise_phone
from customers.assurance import Assurance

MEDIA_SCHEME = "whatsapp-media:"
NOT_PASSED_ON = "[A message of a kind that WhatsApp does not pass on]"
MAX_LINES = 50
_FILE_NAMES = {"image": "photo", "video": "video", "audio": "audio", "sticker": "sticker", "document": "document"}


@dataclass(frozen=True, slots=True)
class Content:
    """One message's words and files. ``refers_to`` is the id of an earlier message."""

    text: str
    files: tuple[InboundAttachment, ...] = ()
    refers_to: str = ""
    not_work: str = ""
    # What the message only says is the sender's.
    claims: tuple[Sender, ...] = ()


def read(message: Json) -> Content:
    """The content of a message of any type, also of one that nobody has heard of yet."""
    kind = text(message.get("type"), 40)
    reader = _READERS.get(kind)
    if reader is None:
        return Content(NOT_PASSED_ON if kind in {"unsupported", "unknown", ""} else f"[{kind.capitalize()}]")
    return reader(an_object(message.get(kind)), kind)


def _text(part: Json, kind: str) -> Content:
    return Content(text(part.get("body")))


def _file(part: Json, kind: str) -> Content:
    media_id, caption = text(part.get("id"), 200), text(part.get("caption"))
    if not media_id:
        return Content(caption or f"[A file that could not be received: {_FILE_NAMES[kind]}]")
    content_type = text(part.get("mime_type"), 120).split(";")[0].strip().lower()
    stem = "voice message" if part.get("voice") is True else _FILE_NAMES[kind]
    name = text(part.get("filename"), 200) or stem + (mimetypes.guess_extension(content_type) or "")
    return Content(caption, (InboundAttachment(name, content_type, url=MEDIA_SCHEME + media_id),))


def _location(part: Json, kind: str) -> Content:
    where = place(
        text(part.get("latitude"), 30),
        text(part.get("longitude"), 30),
        name=text(part.get("name"), 300),
        address=text(part.get("address"), 500),
    )
    return Content("\n".join(filter(None, (where, text(part.get("url"), 500)))))


def _reaction(part: Json, kind: str) -> Content:
    emoji = text(part.get("emoji"), 40)
    words = f"Reacted with {emoji}" if emoji else "Took back a reaction"
    return Content(words, refers_to=text(part.get("message_id"), 500), not_work="reaction")


def _button(part: Json, kind: str) -> Content:
    return Content(text(part.get("text")) or text(part.get("payload"), 500) or "[A button]")


def _interactive(part: Json, kind: str) -> Content:
    chosen = an_object(part.get(text(part.get("type"), 40)))
    lines = (text(chosen.get("title")) or text(chosen.get("body")), text(chosen.get("description")))
    said = "\n".join(filter(None, lines))
    form = text(chosen.get("response_json"), 5_000)
    return Content("\n".join(filter(None, (said, form))) or text(chosen.get("id"), 300) or "[A choice]")


def _order(part: Json, kind: str) -> Content:
    lines = ["Order:"]
    for item in objects(part.get("product_items"))[:MAX_LINES]:
        price = f"{text(item.get('item_price'), 30)} {text(item.get('currency'), 10)}".strip()
        name = text(item.get("product_retailer_id"), 100) or "?"
        lines.append(f"{text(item.get('quantity'), 10) or '1'} × {name}{f' at {price}' if price else ''}")
    return Content("\n".join([*lines, *filter(None, [text(part.get("text"))])]))


def _edit(part: Json, kind: str) -> Content:
    inner = read(an_object(part.get("message")))
    return Content(
        f"Edited: {inner.text}" if inner.text else "Edited a message",
        inner.files,
        refers_to=text(part.get("original_message_id"), 500),
    )


def _revoke(part: Json, kind: str) -> Content:
    refers_to = text(part.get("original_message_id"), 500)
    return Content("Deleted a message", refers_to=refers_to, not_work="revoked")


def _system(part: Json, kind: str) -> Content:
    """A new number is a claim: numbers are handed on, so only what comes from it proves it."""
    what = text(part.get("type"), 60)
    if what not in {"user_changed_number", "customer_changed_number"}:
        return Content(text(part.get("body")) or "[WhatsApp reports a change]", not_work="identity_changed")
    claims = []
    new_number = text(part.get("wa_id") or part.get("new_wa_id"), 30)
    number = normalise_phone("+" + new_number)
    if number:
        claims.append(Sender("phone", number, "+" + new_number, Assurance.CLAIMED))
    user_id = text(part.get("user_id"), 150)
    if is_user_id(user_id):
        claims.append(Sender("whatsapp_user", user_id, user_id, Assurance.CLAIMED))
    said = text(part.get("body")) or "Has changed the telephone number"
    return Content(said, not_work="number_changed", claims=tuple(claims))


def contacts(cards: object) -> Content:
    """Business cards, a line each."""
    lines = [_card(card) for card in objects(cards)[:MAX_LINES]]
    return Content("\n".join(filter(None, lines)) or "[A contact]")


def _card(card: Json) -> str:
    name = an_object(card.get("name"))
    numbers = [text(one.get("phone"), 60) for one in objects(card.get("phones"))]
    mails = [text(one.get("email"), 200) for one in objects(card.get("emails"))]
    shown = text(name.get("formatted_name"), 200) or text(name.get("first_name"), 200)
    parts = [part for part in (shown, *numbers, *mails) if part]
    return "Contact: " + ", ".join(parts) if parts else ""


_READERS: dict[str, Callable[[Json, str], Content]] = {
    "text": _text,
    **dict.fromkeys(_FILE_NAMES, _file),
    "location": _location,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}
