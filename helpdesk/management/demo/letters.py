"""How a line of words becomes a mail, a chat line or a text. Pure."""

from __future__ import annotations

import random

from conversations import channel_kinds

HELLO = {
    "en": ("Hello,", "Hi,", "Hi there,", "Dear team,", "Good morning,"),
    "de": ("Guten Tag,", "Hallo,", "Liebes Team,"),
    "fr": ("Bonjour,", "Madame, Monsieur,"),
    "es": ("Hola:", "Buenos días:"),
}
BYE = {
    "en": ("Thanks\n{name}", "Best wishes\n{name}", "{first}", "Many thanks, {first}", "Kind regards\n{name}"),
    "de": ("Viele Grüße\n{name}", "Freundliche Grüße\n{name}", "Danke und Gruß, {first}"),
    "fr": ("Cordialement\n{name}", "Merci d'avance\n{name}", "Bien à vous, {first}"),
    "es": ("Un saludo\n{name}", "Gracias de antemano\n{name}"),
}
OUR_HELLO = {"en": "Hello {first},", "de": "Guten Tag {name},", "fr": "Bonjour {first},", "es": "Hola, {first}:"}
OUR_BYE = {"en": "Kind regards", "de": "Freundliche Grüße", "fr": "Bien cordialement", "es": "Un saludo"}


def from_customer(text: str, *, kind: str, name: str, language: str, dice: random.Random) -> str:
    """As this customer would send it on this kind of channel."""
    if not channel_kinds.of(kind).is_letter:
        return text
    bye = dice.choice(BYE[language]).format(name=name, first=_first(name))
    return f"{dice.choice(HELLO[language])}\n\n{text}\n\n{bye}"


def from_us(text: str, *, kind: str, name: str, language: str, by: str) -> str:
    """As a colleague would write it back."""
    abilities = channel_kinds.of(kind)
    if abilities.is_letter:
        hello = OUR_HELLO[language].format(name=name, first=_first(name))
        return f"{hello}\n\n{text}\n\n{OUR_BYE[language]}\n{by}"
    # A text comes from a number: it says who writes. A chat window shows it.
    return text if abilities.is_own else f"{text} {_first(by)}"


def _first(name: str) -> str:
    return name.partition(" ")[0]
