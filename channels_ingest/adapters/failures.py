"""What can go wrong between us and a provider, told apart by what has to be done about it."""

from __future__ import annotations

AWAY_CODES = frozenset({"connect", "no_answer", "lost_answer", "500", "502", "503", "504"})


class AdapterError(Exception):
    """Something between us and a provider failed. The text is a sentence an admin can act on."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code

    @property
    def is_away(self) -> bool:
        """Whether the provider as a whole did not answer: that says nothing about the message."""
        return self.code in AWAY_CODES


class InvalidSignature(AdapterError):
    """The request does not prove that it comes from the provider."""


class Unreadable(AdapterError):
    """The request is genuine but can't be understood; it is kept in quarantine."""


class Transient(AdapterError):
    """Nothing was sent; trying again later may work."""

    def __init__(self, text: str, *, code: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(text, code=code)
        self.retry_after_seconds = retry_after_seconds


class Permanent(AdapterError):
    """The provider refused for good; the same send will never work."""

    def __init__(
        self,
        text: str,
        *,
        code: str = "",
        is_opt_out: bool = False,
        only_marketing: bool = False,
        wants_template: bool = False,
        address_health: str = "",
    ) -> None:
        super().__init__(text, code=code)
        # The person does not want messages from us there any more, or no advertisements.
        self.is_opt_out, self.only_marketing = is_opt_out, only_marketing
        # The reply window is closed, or the template no good: (another) template may go.
        self.wants_template = wants_template
        # What it says about the address: "dead" (nothing ever arrives there), "doubtful", or nothing.
        self.address_health = address_health


class Misconfigured(AdapterError):
    """The connection's settings are wrong; every send fails until an admin mends them."""


class OutcomeUnknown(AdapterError):
    """The provider may or may not have taken it; it must be looked up before any second try."""
