"""Whether a question is about the writer's own case, which no general article settles alone. Pure."""

from __future__ import annotations

import re
from enum import IntEnum

from ai_tier1.plain_words import plain


class OwnCase(IntEnum):
    """How much somebody has to look something up."""

    NONE = 0
    # "Where is my order?": an article helps, with the offer of a person.
    POSSIBLE = 1
    # "It still has not arrived", "you promised": a person.
    PRESSING = 2


_PRESSING = re.compile(
    r"\bstill (?:not|no|haven't|havent|hasn't|hasnt|waiting|didn't|missing|broken|nothing|isn't|without)\b"
    r"|\b(?:you|your colleague|they|he|she|agent|driver|courier) (?:have )?(?:promised|said|told me|assured|wrote|"
    r"confirmed)\b"
    r"|\b(?:was|were) (?:promised|told|supposed to)\b|\bshould have (?:arrived|been|come|received|had)\b"
    r"|\b(?:hasn't|has not|hasnt|haven't|have not|havent|didn't|did not|didnt|never|not) (?:yet )?(?:arrived?|"
    r"received?|come|been (?:refunded|delivered|sent|shipped)|turned up|shown up|got(?:ten)?|heard|had (?:a|"
    r"any) (?:reply|answer))\b"
    r"|\b(?:yet|once) again\b|\b(?:broke|broken|wrong|missing|late|declined|failed|damaged|charged|happened) again\b|"
    r"\bagain (?:broken|wrong|missing|late|damaged)\b"
    r"|\bstatus of (?:my|our|the order|order)\b|\bany (?:news|update) (?:on|about) (?:my|our)\b"
    r"|\b(?:waiting|waited) (?:for )?(?:over |more than |about |nearly )?(?:\d+|a|one|two|three|four|five|six|"
    r"several|many) (?:days?|weeks?|months?)\b"
    r"|\b(?:days?|weeks?|months?) ago and (?:still|nothing|no)\b"
    r"|\bimmer noch (?:nicht|kein\w*)\b|\bnoch (?:immer )?(?:nicht|keine?n?) (?:\S+ ){0,3}(?:angekommen|da|erhalten|"
    r"bekommen|geliefert|antwort)\b|\bschon wieder\b|\b(?:sie haben|mir wurde) (?:\S+ ){0,3}(?:versprochen|gesagt|"
    r"zugesagt)\b"
    r"|\btoujours pas\b|\bpas encore (?:\S+ )?(?:reçue?|arrivée?|livrée?)\b|\bvous (?:m')?avez (?:promis|dit)\b|"
    r"\bà nouveau (?:cassé|en panne)\b"
    r"|\b(?:todavía|aún|aun|todavia) no\b|\bsigo (?:esperando|sin)\b|\bme (?:prometieron|dijeron)\b|"
    r"\botra vez (?:roto|mal)\b"
)
_POSSIBLE = re.compile(
    r"\bwhere(?:'s| is| are)? (?:the hell )?(?:is |are )?(?:my|our)\b"
    r"|\bwhen (?:will|is|do|does|can) (?:i (?:get|receive) )?(?:my|our)\b"
    r"|\b(?:has|have|did|is|are|was|will) (?:my|our) (?:\S+ ){0,2}(?:been|arrive[d]?|ship(?:ped)?|sent|left|"
    r"on (?:its|the) way|ready|refunded|lost|cancel+ed|processed|going to)\b"
    r"|\b(?:have|did) you (?:received?|get|got|sent?|shipped?|refund(?:ed)?|process(?:ed)?) (?:my|our)\b"
    r"|\b(?:check|track|find|look (?:up|into|at)) (?:on )?(?:my|our) (?:order|parcel|package|refund|return|delivery|"
    r"payment|case)\b"
    r"|\bwo (?:ist|bleibt|sind) (?:mein|unser)\w*\b|\bwann kommt (?:mein|unser)\w*\b"
    r"|\boù (?:est|sont) (?:ma|mon|mes|notre|nos)\b|\bquand (?:arrive|vais-je recevoir)\b"
    r"|\bd[oó]nde est[aá]n? mis?\b|\bcu[aá]ndo (?:llega|recibir[eé]) (?:mis?|el)\b"
)
# "How long do I have to return it?" asks for a rule, even with an order number beside it.
_ASKS_A_RULE = re.compile(
    r"\b(?:how (?:do|can|long|much|many|does|to)|what(?:'s| is| are) (?:your|the)|what if|can (?:i|you|we)|"
    r"could (?:i|we)|may i|do (?:you|i|we)|does|is it possible|am i allowed|is there)\b"
)


def own_case(text: str, *, has_reference: bool = False) -> OwnCase:
    """How far ``text`` asks about the writer's own case.

    ``has_reference``: it names an order, an invoice or a parcel. That alone asks nothing, but with
    no rule asked for it is a case.
    """
    words = plain(text)
    if _PRESSING.search(words):
        return OwnCase.PRESSING
    if _POSSIBLE.search(words):
        return OwnCase.PRESSING if has_reference else OwnCase.POSSIBLE
    if has_reference and not _ASKS_A_RULE.search(words):
        return OwnCase.POSSIBLE
    return OwnCase.NONE
