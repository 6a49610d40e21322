"""How likely it is that the best article answers: several signals, one logistic. Pure.

No single signal holds everywhere: on some knowledge the cosine says less than chance, on other the
words in common do. The weights were fitted on public support questions asked of the demo articles,
each also with its article taken away, and made cautious; outcomes will recalibrate them.
"""

from __future__ import annotations

from math import exp, log
from typing import Protocol


class SignalsLike(Protocol):
    """What ``retrieval.Signals`` holds."""

    @property
    def top_cosine(self) -> float: ...
    @property
    def question_cosine(self) -> float: ...
    @property
    def cosine_margin(self) -> float: ...
    @property
    def score_margin(self) -> float: ...
    @property
    def do_legs_agree(self) -> bool: ...
    @property
    def lexical_cover(self) -> float: ...
    @property
    def word_count(self) -> int: ...


# The fit gave the agreement of the legs and the words in common next to nothing here; they keep a little
# weight, since on reference documentation they tell more than any cosine.
_BIAS = -7.6
_WEIGHTS = (6.86, 2.39, 0.24, 3.02, 0.2, 0.4, 1.4)


def features(signals: SignalsLike) -> list[float]:
    """The signals as numbers of about the same size, in the order of the weights."""
    return [
        signals.top_cosine,
        signals.question_cosine,
        max(0.0, signals.cosine_margin),
        signals.score_margin,
        float(signals.do_legs_agree),
        signals.lexical_cover,
        log(1 + signals.word_count) / 3,
    ]


def confidence(signals: SignalsLike) -> float:
    """The probability, 0 to 1, that the best article answers the question."""
    if signals.top_cosine <= 0:
        return 0.0
    total = _BIAS + sum(weight * value for weight, value in zip(_WEIGHTS, features(signals), strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))
