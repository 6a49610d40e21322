"""How the tier-1 speaks: its own sentences, per language and channel. Pure.

The words of answers are the articles'; these are the lines around them and the notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from ai_tier1.languages import base_language
from ai_tier1.spoken_words import SPOKEN

# What a customer can send on any channel to reach a person; ``wants_person`` knows it.
PERSON_KEYWORD = "agent"


@dataclass(frozen=True, slots=True)
class Framing:
    """The lines before and after an answer; empty where there are none."""

    opening: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's lines."""

    hello: str
    hello_name: str
    disclosure: str
    disclosure_short: str
    offer: str
    offer_short: str
    sign_off: str
    greeting_reply: str
    still_here: str
    choice: str
    handoff: str
    handoff_anger: str
    handoff_language: str
    handoff_own_case: str
    open_now: str
    open_later: str
    open_unknown: str
    meanwhile: str
    weekdays: tuple[str, str, str, str, str, str, str]
    moment: str
    # Said aloud only.
    too_long: str = ""


_PHRASES: dict[str, Phrases] = {
    "en": Phrases(
        hello="Hello,",
        hello_name="Hello {name},",
        disclosure="This is an automated answer from {brand}'s assistant. Reply 'agent' to reach a person.",
        disclosure_short="Automated answer from {brand}. Reply AGENT for a person.",
        offer="If this doesn't answer your question, reply 'agent' and a person takes over.",
        offer_short="Not what you need? Reply AGENT.",
        sign_off="Kind regards\n{brand}'s assistant",
        greeting_reply="Hello! What can we help you with?",
        still_here="Yes, we're here. What can we help you with?",
        choice="Which of these do you mean: {choices}? Or reply 'agent' to reach a person.",
        handoff="I'm passing this on to a colleague, who sees everything you wrote, so there is no need to repeat it.",
        handoff_anger="I'm sorry about this. A colleague takes over from here and sees everything you wrote.",
        handoff_language="I can't answer well in your language yet. "
        "A colleague takes over and sees everything you wrote.",
        handoff_own_case="A colleague has to look this up for you. They see everything you wrote.",
        open_now="Somebody is here now and will answer as soon as they can.",
        open_later="Our team is back {moment} and will answer then.",
        open_unknown="You get the answer here as soon as somebody is free.",
        meanwhile="If you have an order number or a photo, you can already send it.",
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        moment="on {weekday} at {time}",
    ),
    "de": Phrases(
        hello="Guten Tag,",
        hello_name="Guten Tag {name},",
        disclosure="Dies ist eine automatische Antwort des Assistenten von {brand}. "
        "Antworten Sie 'agent', um einen Menschen zu erreichen.",
        disclosure_short="Automatische Antwort von {brand}. AGENT antworten für einen Menschen.",
        offer="Falls das Ihre Frage nicht beantwortet, antworten Sie 'agent', dann übernimmt ein Mensch.",
        offer_short="Nicht das Richtige? AGENT antworten.",
        sign_off="Freundliche Grüße\nIhr Assistent von {brand}",
        greeting_reply="Guten Tag! Womit können wir helfen?",
        still_here="Ja, wir sind da. Womit können wir helfen?",
        choice="Was davon meinen Sie: {choices}? Oder antworten Sie 'agent' für einen Menschen.",
        handoff="Ich gebe das an eine Kollegin oder einen Kollegen weiter. "
        "Dort ist alles zu sehen, was Sie geschrieben haben; Sie müssen nichts wiederholen.",
        handoff_anger="Das tut mir leid. Ab hier übernimmt ein Mensch, der alles sieht, was Sie geschrieben haben.",
        handoff_language="Auf Deutsch kann ich noch nicht gut antworten. "
        "Deshalb übernimmt ein Mensch, der alles sieht, was Sie geschrieben haben.",
        handoff_own_case="Das muss jemand für Sie nachsehen. Dort ist alles zu sehen, was Sie geschrieben haben.",
        open_now="Es ist jemand da und antwortet, so bald es geht.",
        open_later="Unser Team ist {moment} wieder da und antwortet dann.",
        open_unknown="Sie erhalten die Antwort hier, sobald jemand frei ist.",
        meanwhile="Eine Bestellnummer oder ein Foto können Sie schon jetzt schicken.",
        weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        moment="am {weekday} um {time} Uhr",
    ),
    "fr": Phrases(
        hello="Bonjour,",
        hello_name="Bonjour {name},",
        disclosure="Ceci est une réponse automatique de l'assistant de {brand}. "
        "Répondez « agent » pour joindre une personne.",
        disclosure_short="Réponse automatique de {brand}. Répondez AGENT pour une personne.",
        offer="Si cela ne répond pas à votre question, répondez « agent » et une personne prend le relais.",
        offer_short="Pas la bonne réponse? Répondez AGENT.",
        sign_off="Cordialement\nL'assistant de {brand}",
        greeting_reply="Bonjour ! Comment pouvons-nous vous aider ?",
        still_here="Oui, nous sommes là. Comment pouvons-nous vous aider ?",
        choice="De quoi s'agit-il : {choices} ? Ou répondez « agent » pour joindre une personne.",
        handoff="Je transmets à une personne de l'équipe, qui voit tout ce que vous avez écrit : "
        "inutile de le répéter.",
        handoff_anger="Je suis désolé. Une personne de l'équipe prend le relais et voit tout ce que vous avez écrit.",
        handoff_language="Je ne sais pas encore bien répondre en français. "
        "Une personne de l'équipe prend le relais et voit tout ce que vous avez écrit.",
        handoff_own_case="Quelqu'un doit le vérifier pour vous et voit tout ce que vous avez écrit.",
        open_now="Quelqu'un est là et vous répond dès que possible.",
        open_later="Notre équipe est de retour {moment} et vous répondra alors.",
        open_unknown="Vous aurez la réponse ici dès que quelqu'un sera libre.",
        meanwhile="Si vous avez un numéro de commande ou une photo, vous pouvez déjà l'envoyer.",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        moment="{weekday} à {time}",
    ),
    "es": Phrases(
        hello="Hola:",
        hello_name="Hola, {name}:",
        disclosure="Esta es una respuesta automática del asistente de {brand}. "
        "Responda «agente» para hablar con una persona.",
        disclosure_short="Respuesta del asistente virtual de {brand}. Responda AGENTE para una persona.",
        offer="Si esto no responde a su pregunta, responda «agente» y le atenderá una persona.",
        offer_short="¿No es lo que busca? Responda AGENTE.",
        sign_off="Un saludo\nEl asistente de {brand}",
        greeting_reply="¡Hola! ¿En qué podemos ayudarle?",
        still_here="Sí, aquí estamos. ¿En qué podemos ayudarle?",
        choice="¿A cuál se refiere: {choices}? O responda «agente» para hablar con una persona.",
        handoff="Se lo paso a una persona del equipo, que ve todo lo que ha escrito: no hace falta repetirlo.",
        handoff_anger="Lo siento. Una persona del equipo se ocupa a partir de ahora y ve todo lo que ha escrito.",
        handoff_language="Todavía no sé responder bien en español. "
        "Le atenderá una persona del equipo, que ve todo lo que ha escrito.",
        handoff_own_case="Alguien tiene que consultarlo por usted y ve todo lo que ha escrito.",
        open_now="Hay alguien ahora y le responderá en cuanto pueda.",
        open_later="Nuestro equipo vuelve {moment} y le responderá entonces.",
        open_unknown="Recibirá la respuesta aquí en cuanto alguien esté libre.",
        meanwhile="Si tiene un número de pedido o una foto, ya puede enviarlos.",
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        moment="el {weekday} a las {time}",
    ),
}


_SPOKEN = {language: replace(_PHRASES[language], **cast(Any, lines)) for language, lines in SPOKEN.items()}


def phrases(language: str, *, is_spoken: bool = False) -> Phrases:
    """The lines of a language, written or spoken; English where there are none."""
    lines = _SPOKEN if is_spoken else _PHRASES
    return lines.get(base_language(language), lines["en"])


def speaks(language: str) -> bool:
    """Whether our own lines are there in a language, whatever the articles are written in."""
    return base_language(language) in _PHRASES


def framing(
    language: str,
    *,
    brand: str,
    is_letter: bool,
    is_short: bool,
    is_first: bool,
    is_offer: bool,
    name: str = "",
) -> Framing:
    """The lines around an automatic answer.

    ``is_first``: the first one on this channel, which says that it comes from a machine; a letter
    says so every time, since each one may be read alone. ``is_short``: counted in SMS segments.
    ``name`` only where the address is the customer's own.
    """
    lines = phrases(language)
    hello = (lines.hello_name.format(name=name) if name else lines.hello) if is_letter else ""
    disclosure = (lines.disclosure_short if is_short else lines.disclosure) if is_first or is_letter else ""
    offer = (lines.offer_short if is_short else lines.offer) if is_offer else ""
    # Disclosure and offer both tell how to reach a person; a text has no room to say it twice.
    if is_short and disclosure:
        offer = ""
    closing = [offer, disclosure, lines.sign_off if is_letter else ""]
    return Framing(opening=hello, closing="\n\n".join(part for part in closing if part).format(brand=brand))


def spoken_framing(language: str, *, brand: str, is_first: bool, is_offer: bool) -> Framing:
    """The words before and after an answer that is said aloud; the first in a call says who speaks."""
    lines = phrases(language, is_spoken=True)
    opening = lines.disclosure.format(brand=brand) if is_first else ""
    return Framing(opening=opening, closing=lines.offer if is_offer else "")


def greeting_reply(language: str, *, is_nudge: bool = False, is_spoken: bool = False) -> str:
    """What is said to a bare hello, or to "are you there?"."""
    lines = phrases(language, is_spoken=is_spoken)
    return lines.still_here if is_nudge else lines.greeting_reply


def choice(language: str, titles: Sequence[str]) -> str:
    """A question back that names the articles it could be about."""
    return phrases(language).choice.format(choices=" / ".join(titles))


def handoff_notice(
    language: str,
    *,
    reason: str,
    is_open: bool | None = None,
    next_opening: datetime | None = None,
    asks_for_more: bool = False,
    is_spoken: bool = False,
) -> str:
    """The one message at a handoff: what happens next, and when, as far as that is known.

    ``is_open`` is None where the desk has no hours; ``next_opening`` is in the desk's own time.
    ``asks_for_more`` invites an order number or a photo: only where none was given.
    """
    lines = phrases(language, is_spoken=is_spoken)
    opening = {
        "anger": lines.handoff_anger,
        "other_language": lines.handoff_language,
        "own_case": lines.handoff_own_case,
    }.get(reason, lines.handoff)
    parts = [opening, _when(lines, is_open, next_opening)]
    if asks_for_more and not is_spoken:
        parts.append(lines.meanwhile)
    return " ".join(parts)


def _when(lines: Phrases, is_open: bool | None, next_opening: datetime | None) -> str:
    if is_open:
        return lines.open_now
    if next_opening is None:
        return lines.open_unknown
    moment = lines.moment.format(weekday=lines.weekdays[next_opening.weekday()], time=f"{next_opening:%H:%M}")
    return lines.open_later.format(moment=moment)
