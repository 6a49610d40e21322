"""The repeat-explanation rate: what people are asked for although they have already given it."""

from __future__ import annotations

import re

from ai_tier1.known_facts import known_facts
from conversations.models import Message
from helpdesk.events.log import Actor, record
from helpdesk.events.models import Event

# What asks for each kind of fact, in the languages that ship.
_ASKS = {
    "order_number": r"order (?:number|no\b|id)|bestellnummer|auftragsnummer|num[eé]ro de (?:commande|pedido)",
    "invoice_number": r"invoice (?:number|no\b)|rechnungsnummer|num[eé]ro de (?:facture|factura)",
    "tracking_number": r"tracking (?:number|code)|sendungsnummer|num[eé]ro de (?:suivi|seguimiento)",
    "email": r"e-?mail address|your e-?mail|mailadresse|e-mail-adresse|adresse (?:e-?mail|mail)|correo electr[oó]nico",
    "phone": r"phone number|telefonnummer|handynummer|num[eé]ro de t[eé]l[eé]phone|n[uú]mero de tel[eé]fono",
    "address": r"(?:postal|delivery|home|shipping) address|(?:liefer|post)adresse|adresse de livraison",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _ASKS.items()}
MAX_MESSAGES = 200


def on_message(event: Event) -> None:
    """A follower of the log: note where an agent asks for what the conversation already holds."""
    if event.facts.get("author") != Message.AuthorKind.AGENT:
        return
    message = Message.objects.filter(pk=event.facts["message"]).first()
    asked = asked_for(message.text) if message else []
    if message is None or not asked:
        return
    given = _given(message)
    for name in asked:
        if name in given:
            record(
                "fact.asked_again",
                event.subject,
                by=Actor(event.actor_kind, event.actor_id, event.actor_name),
                conversation_id=event.conversation_id,
                desk_id=event.desk_id,
                facts={"name": name, "message": message.pk, "given_in": given[name]},
            )


def asked_for(text: str) -> list[str]:
    """The kinds of fact that a text asks for."""
    if "?" not in text and not re.search(r"\b(?:please|bitte|merci de|por favor)\b", text, re.IGNORECASE):
        return []
    return [name for name, pattern in _PATTERNS.items() if pattern.search(text[:5000])]


def _given(message: Message) -> dict[str, int]:
    """The kinds of fact that the customer gave before, with the message that did."""
    before = Message.objects.filter(
        conversation=message.conversation_id, direction=Message.Direction.INBOUND, pk__lt=message.pk
    )
    return {fact.name: one.pk for one in before.order_by("-pk")[:MAX_MESSAGES] for fact in known_facts(one.text)}
