"""What can't be done for her, in words that the page shows as they are."""

from __future__ import annotations


class CannotDo(Exception):
    """``status`` is the answer's: 400 for what she asked, 410 where the demo is gone, 502 where a stand-in of a
    provider is away."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status
