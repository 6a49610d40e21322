"""What a customer has already told us, found in the text itself. Pure, linear time, rather precise than greedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A mail of this length has said it all; the rest is quotes and logs.
_LONGEST = 20_000
_MOST_FACTS = 40


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: ``text[start:end]`` is where it stands; ``value`` is it, tidied."""

    name: str
    value: str
    start: int
    end: int


_MONTHS = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|févr?(?:ier)?|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|may|mai|"
    r"mayo|"
    r"june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|août|agosto|sep(?:t|tember|tembre|tiembre)?|"
    r"oct(?:ober|obre|ubre)?|okt(?:ober)?|"
    r"nov(?:ember|embre|iembre)?|dec(?:ember)?|déc(?:embre)?|dez(?:ember)?|enero|febrero|diciembre)"
)
_WEEKDAYS = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonntag|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
)
_STREETS = (
    r"(?:street|st|road|rd|lane|ln|avenue|ave|close|drive|way|court|square|place|terrace|gardens|yard|"
    r"hill|row|mews|crescent|grove|park)"
)
_LABEL = r"(?:\s{0,2}(?:number|numbers|no|nr|num|nummer|id|code|numéro|número|is|was|:|\.|#|№)){0,4}\s{0,2}#?"

# In this order: what an earlier pattern took, a later one can't take again.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE if is_case_blind else 0))
    for name, pattern, is_case_blind in (
        (
            "email",
            r"(?<![\w.+-])([A-Z0-9][A-Z0-9._%+-]{0,63}@[A-Z0-9-]{1,63}(?:\.[A-Z0-9-]{1,63}){1,6})(?![\w-])",
            True,
        ),
        (
            "tracking_number",
            (
                r"\b(?:tracking|shipment|consignment|sendungs(?:nummer|verfolgung)|suivi|"
                rf"seguimiento){_LABEL}\s{{0,2}}([A-Z0-9]{{2,6}}\d[A-Z0-9]{{5,24}})\b"
            ),
            True,
        ),
        ("tracking_number", r"\b(1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2})\b", False),
        (
            "invoice_number",
            (
                r"\b(?:invoice|bill|receipt|rechnungs?(?:nummer)?|facture|"
                rf"factura){_LABEL}\s{{0,2}}([A-Z]{{0,4}}-?\d[\d/-]{{2,18}}\d)\b"
            ),
            True,
        ),
        ("invoice_number", r"\b((?:INV|RE|RG|FA)-\d[\d-]{2,14}\d)\b", False),
        (
            "order_number",
            (
                r"\b(?:orders?|purchase|booking|bestell(?:ung|nummer|ungen)?|auftrag(?:snummer)?|commande|pedido|"
                rf"ordine){_LABEL}\s{{0,2}}([A-Z]{{0,4}}-?\d{{4,15}})\b"
            ),
            True,
        ),
        ("order_number", r"(?<![\w-])([A-Z]{2,4}-\d{4,12})(?![\w-])", True),
        ("order_number", r"(?<![\w#])#(\d{4,12})\b", False),
        (
            "amount",
            r"(?<![\w.,])((?:[£€$¥]|EUR|GBP|USD|CHF)\s?\d{1,3}(?:(?:[ ,.]\d{3}){1,3}|\d{0,4})(?:[.,]\d{1,2})?)(?![\d])",
            True,
        ),
        (
            "amount",
            (
                r"(?<![\w.,-])(\d{1,3}(?:(?:[ ,.]\d{3}){1,3}|\d{0,4})(?:[.,]\d{2})?\s?(?:[£€$¥]|EUR\b|GBP\b|USD\b|"
                r"CHF\b|euros?\b|pounds?\b|dollars?\b|quid\b))"
            ),
            True,
        ),
        ("date", r"(?<![\w/.-])(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\w-])", False),
        ("date", r"(?<![\w/.-])((?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:\d{4}|\d{2}))(?![\w/])", False),
        (
            "date",
            rf"\b((?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.|er)?(?: of| de)? {_MONTHS}\b\.?(?:,?(?: de)? \d{{4}}\b)?)",
            True,
        ),
        ("date", rf"\b({_MONTHS}\.? (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?)", True),
        (
            "date",
            (
                r"\b((?:last|next|this|on|since|by|until|letzten|nächsten|am|seit|bis|depuis|desde el|"
                rf"el) {_WEEKDAYS}|yesterday|tomorrow|gestern|morgen früh|hier soir|ayer|mañana)\b"
            ),
            True,
        ),
        (
            "address",
            (
                rf"(?<![\w,.])(\d{{1,4}}[A-Za-z]?,? (?:[A-ZÄÖÜ][\w'.-]{{1,24}} ){{1,4}}(?i:{_STREETS})\b\.?(?:,? "
                rf"[A-Z][a-z'][A-Za-z'-]{{0,23}}(?: [A-Z][a-z'][A-Za-z'-]{{0,23}}){{0,2}}){{0,2}}(?:,? "
                rf"[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b)?)"
            ),
            False,
        ),
        (
            "address",
            (
                r"\b([A-ZÄÖÜ][a-zäöüß.-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|"
                r"ring) \d{1,4}[a-z]?(?:,? \d{5} [A-ZÄÖÜ][\wäöüß-]{1,30})?)"
            ),
            False,
        ),
        (
            "address",
            (
                r"\b(\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|chemin|allée|impasse|"
                r"quai) [^\s,]{1,24}(?: [^\s,]{1,24}){0,4}(?:,? \d{5} [A-ZÉ][\w'-]{1,30})?)"
            ),
            False,
        ),
        (
            "address",
            r"\b((?:[Cc]alle|[Aa]venida|[Pp]laza|[Pp]aseo) [^\s,]{1,24}(?: [^\s,]{1,24}){0,4},? \d{1,4})\b",
            False,
        ),
        ("address", r"(?<![\w-])([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})(?![\w-])", False),
        ("phone", r"(?<![\w+@.-])(\+\d[\d ()./-]{6,20}\d|\(?0\d[\d ()./-]{7,16}\d)(?![\w@-])", False),
        ("reference", r"(?<![\w-])([A-Z]{1,4}\d{4,12})(?![\w-])", False),
    )
)
_PHONE_DIGITS = range(9, 16)


def known_facts(text: str) -> list[Fact]:
    """The facts in ``text`` in the order they stand, none overlapping another; 40 at most.

    Names: email, phone, address, order_number, invoice_number, tracking_number, reference
    (a model or another code), amount, date.
    """
    text = text[:_LONGEST]
    found: list[Fact] = []
    for fact in _candidates(text):
        if all(fact.end <= other.start or fact.start >= other.end for other in found):
            found.append(fact)
            if len(found) >= _MOST_FACTS:
                break
    return sorted(found, key=lambda fact: fact.start)


def _candidates(text: str) -> Iterator[Fact]:
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            value = " ".join(match.group(1).split()).rstrip(".,")
            digits = sum(letter.isdigit() for letter in value)
            if name == "phone" and digits not in _PHONE_DIGITS:
                continue
            if name.endswith("_number") or name == "reference":
                value = value.upper()
            yield Fact(name, value, match.start(1), match.start(1) + len(match.group(1).rstrip(".,")))
