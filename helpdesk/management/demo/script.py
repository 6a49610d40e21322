"""The words in which the demo's past is written down: who said what, on which channel, how much later."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. Numbers come from ranges kept for stories."""

    key: str
    name: str
    language: str = "en"
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens ``after`` minutes from the step before it."""

    after: float


@dataclass(frozen=True, slots=True)
class Says(Step):
    """The customer writes, or says it in a call: the first words by phone begin one."""

    channel: str
    text: str
    subject: str = ""
    # Names of photos that come along; see photos.py.
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaves(Step):
    """The caller speaks after the tone, for so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class AsksBack(Step):
    """The caller wants to be called."""


@dataclass(frozen=True, slots=True)
class HangsUp(Step):
    """The call is over."""


@dataclass(frozen=True, slots=True)
class Proves(Step):
    """The customer gives an address in chat, and the code that was sent there."""

    kind: str


@dataclass(frozen=True, slots=True)
class Answered(Step):
    """The tier-1 answers from articles, named by their file; in a call in short, with the whole kept."""

    text: str
    articles: tuple[str, ...]
    decision: str = "answer"
    full_text: str = ""


@dataclass(frozen=True, slots=True)
class HandedOff(Step):
    """The tier-1 gives up. ``facts`` are names and values the customer gave."""

    reason: str
    wish: str
    next_step: str
    facts: tuple[tuple[str, str], ...] = ()
    mood: str = "calm"


@dataclass(frozen=True, slots=True)
class Replies(Step):
    """A colleague writes to the customer, on the channel the customer used unless another is named."""

    by: str
    text: str
    channel: str = ""
    # Why the provider could not deliver it, in its words; empty where it arrived.
    fails: str = ""


@dataclass(frozen=True, slots=True)
class Notes(Step):
    """A colleague leaves a note."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Assigned(Step):
    """A colleague, a team or both get the conversation; by whom."""

    by: str
    agent: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Resolved(Step):
    """A colleague settles it."""

    by: str


@dataclass(frozen=True, slots=True)
class Snoozed(Step):
    """A colleague puts it aside for some days from now."""

    by: str
    days: float


@dataclass(frozen=True, slots=True)
class Reads(Step):
    """A colleague has looked at it."""

    by: str


@dataclass(frozen=True, slots=True)
class Spam(Step):
    """A colleague takes it out of every queue."""

    by: str


@dataclass(frozen=True, slots=True)
class Ago:
    """When a story begins: some days back at a clock time (UTC), some minutes ago, or some minutes of work ago."""

    days: int = 0
    at: str = ""
    minutes: float = 0
    worked_minutes: float = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One matter of one customer. What would lie in the future is left out."""

    key: str
    person: Person
    begins: Ago
    steps: tuple[Step, ...] = field(default=())
    # Whose chat window it is; a customer's own unless another is named.
    browser: str = ""

    @property
    def channels(self) -> frozenset[str]:
        """The kinds of channel it is told on."""
        return frozenset(step.channel for step in self.steps if isinstance(step, Says | Replies) and step.channel)
