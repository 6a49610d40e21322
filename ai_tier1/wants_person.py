"""Whether somebody asks for a person. It outranks everything else, so it must not misfire. Pure."""

from __future__ import annotations

import re

from ai_tier1.plain_words import is_one_edit_away, plain

# Bounded gaps keep every pattern linear.
_GAP = r"(?:\s+\S+){0,4}?\s+"

# Words that name a person at our side whoever says them, and words that do so only after "talk to".
_STAFF = (
    r"(?:(?:human|live|real|actual|customer|support|service|sales|call cent(?:er|re))[\s-]+){0,3}"
    r"(?:humans?|agents?|operators?|representatives?|reps?|advis[oe]rs?|supervisors?|managers?|person|people|"
    r"assistants?|employees?|associates?|specialists?|staff(?: member)?|being)"
)
_CLEAR_STAFF = (
    r"(?:humans?|(?:human|live|real|actual)\s+(?:person|people|agent|being|operator|representative|advis[oe]r|human)s?|"
    r"(?:customer|support|service)?\s*(?:agents?|operators?|representatives?|advis[oe]rs?)|supervisors?|managers?|"
    r"members? of (?:your )?(?:staff|team)|staff members?)"
)
_ANYBODY = (
    r"(?:someone|somebody|anyone|anybody|a person|people|person|your team|the team|"
    r"customer (?:service|support|care)|support|staff|human|humans)"
)
_TALK = r"(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?)"
_ARTICLE = r"(?:(?:a|an|the|your|some|one of your|any|my)\s+)?(?:(?!(?:order|parcel|tent)\b)\S+\s+)?"

_ENGLISH = (
    rf"\b{_TALK}\s+(?:to|with|2)\s+{_ARTICLE}(?:{_STAFF}|{_ANYBODY}|members? of)\b",
    (
        rf"\b(?:contact(?:ing)?|reach(?:ing)?|get(?:ting)? hold of)\s+{_ARTICLE}(?:{_CLEAR_STAFF}|somebody|someone|"
        r"anybody|anyone|an? (?:person|assistant))\b"
    ),
    r"\b(?:useless|stupid|hopeless|not help(?:ing|ful)|no help)\b[^.?!]{0,40}\bget me (?:someone|somebody|anyone)\b",
    (
        r"\b(?:connect|transfer|forward|pass|redirect|escalate|hand|put|get)\s+(?:me|us|this|it)\s+(?:on\s+|over\s+|"
        rf"through\s+|in touch\s+|in contact\s+)?(?:to|with|through to)\s+{_ARTICLE}(?:{_STAFF}|{_ANYBODY}|"
        r"members? of)\b"
    ),
    (
        r"\b(?:need|want|wanna|would like|'d like|prefer|get me|give me|gimme|can i have|may i have|can i get|"
        r"i'll take|bring me|find me|looking for|call(?:ing)? for|reach|contact(?:ing)?|"
        r"see(?:ing)?)\s+(?:to (?:reach|contact|see|get|have)\s+)?(?:(?:a|an|the|your|some|any|"
        rf"one of your)\s+)?{_CLEAR_STAFF}\b"
    ),
    (
        rf"\b(?:are|is) there (?:a |an |any |some )?(?:{_CLEAR_STAFF}|(?:one|body|someone|somebody|anyone|"
        r"anybody)(?: \S+)? (?:real|human|i can (?:talk|speak)))\b"
    ),
    r"\b(?:not|no|don't want|do not want|stop|instead of|sick of|hate|useless|stupid)(?:\s+\S+){0,4}\s+(?:ro)?bots?\b",
    (
        r"\b(?:not|don't want|do not want|rather than|instead of|sick of|hate)(?:\s+\S+){0,4}\s+(?:(?:to|with|by|"
        r"from|an?) )?(?:chatbots?|automated (?:answer|reply|system)s?|(?:to|with) an? (?:machine|computer))\b"
    ),
    (
        r"\b(?:please|can you|could you|can someone|could someone|can somebody|have someone|someone|somebody|"
        r"pls)(?:\s+\S+){0,5}?\s+(?:ring me|phone me|call me (?:back|on|at|now|please|today|tomorrow|asap|when|"
        r"about)|call me)\b(?=\s*(?:[.?!]|$)|\s+(?:back|on|at|now|please|today|tomorrow|asap|when|about)\b)"
    ),
    (
        r"\b(?:member of (?:your )?(?:staff|team)|agent|human|person|colleague) (?:please )?(?:call|ring|phone|"
        r"contact) me\b"
    ),
    r"^(?:please )?(?:call|ring|phone) me(?: back)?[.! ]*$|\b(?:call|ring|phone) me back\b",
    (
        rf"^(?:(?:a|an|the|please|pls|just|hi|hello|hey|ok|no|yes)[\s,]+){{0,3}}(?:{_CLEAR_STAFF}|real person|"
        r"live person|live chat|person|help desk person)(?:[\s,.!]+(?:please|pls|now|thanks|thank you|here|asap|"
        r"needed|required))*[\s.!?]*$"
    ),
    r"\b(?:speak|talk) (?:directly )?(?:to|with) (?:(?:an?|the|your)\s+)?(?:actual|real|live|human)\b",
)
_GERMAN = (
    (
        r"\bmit (?:(?:eine[mnr]?|'?ne[mr]?|dem|der|ihre[mn]|euren?)\s+)?(?:\S+\s+)?(?:mensch(?:en)?|"
        r"mitarbeiter(?:in|n)?|person|berater(?:in)?|kundenberater(?:in)?|kolleg(?:e|en|in)|jemand(?:em|en)?|"
        rf"chef(?:in)?|kundendienst|support)\b{_GAP}?\b(?:sprechen|reden|schreiben|chatten|telefonieren|verbinden|"
        r"verbunden)\b"
    ),
    (
        r"\b(?:sprechen|reden|verbinden|verbinde)\b(?:\s+\S+){0,4}\s+(?:mensch(?:en)?|mitarbeiter(?:in)?|"
        r"berater(?:in)?|jemand(?:em|en)?)\b"
    ),
    (
        r"\b(?:echte[rnms]?|richtige[rnms]?|menschliche[rnms]?) (?:mensch(?:en)?|person|mitarbeiter(?:in)?|"
        r"ansprechpartner(?:in)?|berater(?:in)?|agent(?:en)?)\b"
    ),
    r"\bkein(?:e|en|em)? (?:\S+\s+)?(?:ro)?bots?\b|\bkeine[nm]? (?:maschine|roboter|computer|automaten)\b",
    r"\bruf(?:en|t)? (?:sie |ihr )?mich (?:bitte )?(?:\S+ )?(?:an|zurück)\b|\bum (?:einen )?rückruf\b",
    r"^(?:bitte )?(?:einen? )?(?:mensch(?:en)?|mitarbeiter(?:in)?|berater(?:in)?)(?: bitte)?[.! ]*$",
)
_FRENCH = (
    (
        r"\b(?:parler|discuter|échanger|causer|communiquer)\s+(?:\S+\s+)?(?:à|avec|a|au)\s+(?:(?:une?|votre|vos|de|"
        r"du|des|le|la|un de vos)\s+)?(?:vrai[e]?s?\s+)?(?:quelqu'un|personnes?|conseill(?:er|ère)|humains?|agents?|"
        r"opérat(?:eur|rice)|être humain|responsable|employée?|service client)\b"
    ),
    r"\b(?:passez|mettez|transférez)[- ]moi\b(?:\s+\S+){0,5}",
    r"\b(?:une vraie personne|un vrai humain|un être humain|un conseiller humain|un agent humain)\b",
    r"\bpas (?:à |avec )?(?:un|une|de) (?:robot|bot|machine)s?\b",
    r"\brappelez[- ]moi\b|\bêtre rappelée?\b",
    r"^(?:un )?(?:humain|conseiller|agent|opérateur)(?: s'il vous pla[iî]t| svp| stp)?[.! ]*$",
)
_SPANISH = (
    (
        r"\b(?:hablar|chatear|comunicarme|contactar|conversar)\s+(?:\S+\s+)?con\s+(?:(?:una?|el|la|alg[uú]n|su|"
        r"un[oa] de sus)\s+)?(?:\S+\s+)?(?:persona|agente|humano|asesor[a]?|operador[a]?|representante|alguien|"
        r"encargad[oa]|ser humano|empleado)\b"
    ),
    r"\b(?:p[aá]s[ae]n?me|comun[ií]que(?:n)?me|conéct[ae]n?me|transfi[eé]r[ae]n?me)\s+(?:con|a)\b",
    r"\b(?:persona|agente|humano) (?:real|humano|de verdad)\b",
    r"\bno (?:quiero |con )?(?:\S+ ){0,3}(?:ro)?bots?\b|\bno (?:quiero )?(?:\S+ ){0,3}(?:máquina|maquina)\b",
    r"\bll[aá]m[ae]n?me\b",
    r"^(?:un )?(?:agente|humano|operador|asesor)(?:,? por favor)?[.! ]*$",
)
_OTHERS = (
    (
        r"\bparlare con (?:(?:una?|il|la|un')\s*)?(?:persona|operatore|operatrice|umano|qualcuno|agente|"
        r"consulente)\b|^operatore[.! ]*$"
    ),
    (
        r"\b(?:met|een) (?:een )?(?:echte? )?(?:mens|medewerker|persoon|iemand)\b(?:\s+\S+){0,2}\s+(?:spreken|praten|"
        r"chatten)\b|^medewerker[.! ]*$"
    ),
    r"\bfalar com (?:(?:uma?|o|a)\s+)?(?:pessoa|atendente|humano|alguém|agente|operador[a]?)\b|^atendente[.! ]*$",
    r"\b(?:rozmawiać|porozmawiać) z (?:człowiekiem|konsultantem|kimś)\b|^konsultant[.! ]*$",
)
_WANTED = re.compile("|".join((*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_OTHERS)))

# What looks like a wish for a person and is none. Cut out before looking.
_NOT_A_WISH = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|eight|single|per|in|each|another|third|first|second)[\s-]+(?:person|"
    r"people|man)\b"
    r"|\b(?:cleaning|washing|estate|travel|insurance|letting|shipping|customs|user|proofing|rinse)\s+agents?\b"
    r"|\bhuman (?:resources|error|rights|hair|size|body|factor)\b"
    r"|\b(?:spoke|talked|have spoken|was told|been told|chatted)\s+(?:to|with|by)\s+(?:\S+\s+){0,3}?(?:agents?|"
    r"someone|somebody|person|people|manager|representative|human)\b"
    r"|\b(?:password|account|task|file|store|booking|payment|package|key|money|time|event|property|hotel|"
    r"bank) managers?\b"
    r"|\b(?:(?:what|which) (?:time|hours?|days?)|when|opening hours|phone number|"
    r"how late)\b[^.?!]{0,60}\b(?:customer (?:service|support|care)|support|your team|someone|somebody|people|"
    r"staff)\b"
    r"|\bno (?:robots|bots)\.txt\b|\brobot (?:mower|vacuum|hoover)s?\b"
)
_KEY_NOUNS = (
    *("agent", "human", "person", "operator", "representative", "advisor", "manager", "supervisor", "assistant"),
    *("speak", "speaking", "talking", "contact", "contacting", "somebody", "someone", "bloody"),
)
# Real words that lie one letter from a key noun.
_OTHER_WORDS = frozenset(
    {"agents", "humans", "persons", "persona", "parson", "humane", "managers", "manage", "managed"}
)
_LETTERS = re.compile(r"[^\W\d_]{5,16}")


def wants_person(text: str) -> bool:
    """Whether the writer asks for a person, in any shipped language, one typo in the noun forgiven."""
    asked = _NOT_A_WISH.sub(" ", plain(text))
    return bool(_WANTED.search(asked) or _WANTED.search(_LETTERS.sub(_mended, asked)))


def _mended(match: re.Match[str]) -> str:
    """A key noun in place of a word that is one slip of the finger away from it."""
    word = match.group()
    if word in _KEY_NOUNS or word in _OTHER_WORDS:
        return word
    return next((noun for noun in _KEY_NOUNS if is_one_edit_away(word, noun)), word)
