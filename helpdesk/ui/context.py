"""What every template may ask about the page it is on."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Page:
    """The page's frame: theme ("" follows the system), language, writing direction, whether this is a demo."""

    theme: str
    language: str
    direction: str
    is_demo: bool


def page(request: HttpRequest) -> dict[str, Page]:
    """Context processor: ``page``. The theme is set here, on the server, so that no page flashes."""
    theme = str(getattr(getattr(request, "user", None), "theme", "") or "")
    return {
        "page": Page(
            theme=theme if theme in THEMES else "",
            language=get_language() or settings.LANGUAGE_CODE,
            direction="rtl" if get_language_bidi() else "ltr",
            is_demo=bool(getattr(settings, "IS_DEMO", False)),
        )
    }
