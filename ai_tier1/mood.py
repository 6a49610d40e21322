"""How heated a message is. A sign for precedence and caution, never a judgement. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from ai_tier1.plain_words import plain


class Anger(IntEnum):
    """Ordered, so that levels compare."""

    CALM = 0
    ANNOYED = 1
    ANGRY = 2


@dataclass(frozen=True, slots=True)
class Mood:
    """The level, and the words that show it, for the person who reads the brief."""

    anger: Anger
    signs: tuple[str, ...] = ()


# Strong words at us, or a threat: one is enough.
_STRONG = re.compile(
    r"\b(?:unacceptable|disgusting|disgraceful|outrageous|appalling|scandalous|furious|livid|pathetic|scam(?:mers?)?|"
    r"rip[- ]?off|thieves|fraudsters?|liars?|you (?:are |re |'re )?(?:all )?(?:idiots|useless|incompetent|crooks)|"
    r"worst (?:\S+ )?(?:service|company|shop|experience)|sick (?:and tired )?of|fed up|had enough|"
    r"my (?:lawyer|solicitor)|legal action|take you to court|small claims|sue you|trading standards|never again|"
    r"f+u+c+k\w*|bullshit|shitty?|wtf|"
    r"unverschämt(?:heit)?|frechheit|skandal(?:ös)?|betrüger|abzocke|stinksauer|(?:mein(?:en)? )?anwalt|nie wieder|"
    r"saftladen|verarschen|scheiß\w*|"
    r"inadmissible|inacceptable|scandaleux|honteux|arnaque\w*|voleurs?|mon avocat|furieux|furieuse|merde|"
    r"inaceptable|vergüenza|estafa\w*|ladrones|mi abogado|indignante|furios[oa]|mierda)\b"
)
# Weaker ones: two of them, or one and another sign.
_MILD = re.compile(
    r"\b(?:ridiculous|annoy(?:ed|ing)|frustrat\w+|disappoint\w+|terrible|awful|horrible|useless|angry|"
    r"unhappy|not happy|a joke|joke of|hopeless|shocking|rubbish|damn|bloody|seriously\?|"
    r"(?:second|third|fourth|fifth|2nd|3rd|4th|5th) (?:time|mail|e-?mail|message)|how many times|still waiting|"
    r"verärgert|sauer|enttäuscht|ärgerlich|lächerlich|zum (?:dritten|vierten) mal|"
    r"déçue?|énervée?|ridicule|en colère|troisième fois|"
    r"enfadad[oa]|decepcionad[oa]|rid[ií]culo|tercera vez|harto)\b"
)
_SHOUT_MARKS = re.compile(r"[!?]{3,}")
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
# Capitals that are no shouting: keywords, codes and the names of things.
_NOT_SHOUTED = frozenset({"STOP", "AGENT", "HELP", "VAT", "GDPR", "PDF", "USA", "NHS", "URL", "PIN", "SMS", "ASAP"})
_FEWEST_SHOUTED = 3


def mood_of(text: str) -> Mood:
    """The mood of one message; needs strong words, or several signs, to say angry."""
    words = plain(text)
    strong = [match.group() for match in _STRONG.finditer(words)]
    mild = [match.group() for match in _MILD.finditer(words)]
    if _SHOUT_MARKS.search(text[:4000]):
        mild.append("!!!")
    shouted = [word for word in _CAPITALS.findall(text[:4000]) if word not in _NOT_SHOUTED]
    if len(shouted) >= _FEWEST_SHOUTED and len(shouted) * 2 >= len(words.split()):
        mild.append("capitals")
    signs = tuple(dict.fromkeys([*strong, *mild]))[:5]
    if strong or len(set(mild)) >= 2:
        return Mood(Anger.ANGRY, signs)
    return Mood(Anger.ANNOYED if mild else Anger.CALM, signs)
