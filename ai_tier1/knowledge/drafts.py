"""An article before it is saved. Pure, so that files can be read without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ArticleError(ValueError):
    """The article can't be saved as it is. The text is a sentence its author can act on."""


class ArticleChanged(ArticleError):
    """Somebody saved the article since its writer opened it. Nothing was written."""


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as somebody wrote it, in a form or a file."""

    title: str
    body: str
    language: str = "en"
    audience: str = "public"
    phrasings: Sequence[str] = ()
    products: Sequence[str] = ()
    slug: str = ""
