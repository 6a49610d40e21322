"""Template tags every page may use without loading: icon, importmap, modulepreload, stylesheets, times, languages."""

from __future__ import annotations

import json
import re
from datetime import datetime

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.ui.static_files import lit_path, module_paths

register = template.Library()

SPRITE = "icons.svg"
AVATAR_TINTS = 6
# In the order of the cascade layers they fill; the first file declares that order.
STYLESHEETS = (
    "layers",
    "reset",
    "tokens",
    "base",
    "icon",
    "button",
    "field",
    "badge",
    "avatar",
    "menu",
    "dialog",
    "notice",
    "page",
    "login",
    "utilities",
)
INBOX_STYLESHEETS = (
    "shell",
    "rail",
    "conversation-list",
    "thread",
    "brief",
    "message",
    "message-parts",
    "composer",
    "attachments",
    "waiting",
    "template-panel",
    "recipients",
    "sidebar",
    "palette",
    "beginning",
)
SETTINGS_STYLESHEETS = (
    "rail",
    "settings",
    "settings-rows",
    "settings-panels",
    "settings-forms",
    "settings-channels",
    "settings-setup",
    "settings-templates",
    "settings-knowledge",
    "settings-ledger",
    "prose",
    "article-editor",
    "article-versions",
)
HELP_STYLESHEETS = ("prose", "help")
GROUPS = {"base": STYLESHEETS, "inbox": INBOX_STYLESHEETS, "settings": SETTINGS_STYLESHEETS, "help": HELP_STYLESHEETS}


def _nonce(context: Context) -> str:
    # Lazy and false until it is used: it must be made into text, not tested.
    return str(context.get("CSP_NONCE", ""))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One symbol of the sprite; ``label`` names it for screen readers, else it is decoration."""
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>',
        named,
        static(SPRITE),
        name,
    )


@register.simple_tag
def stylesheets(group: str = "base") -> SafeString:
    """Links to the style sheets of a group: "base" on every page, "inbox", "settings" or "help" beside it."""
    links = ((static(f"css/{name}.css"),) for name in GROUPS[group])
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag(takes_context=True)
def importmap(context: Context) -> SafeString:
    """The import map: "lit", and "#inbox/store.js" for each of our own modules (package.json says the same to Node)."""
    imports = {"lit": static(lit_path())}
    imports |= {"#" + path.removeprefix("js/"): static(path) for path in module_paths()}
    # "<" can't close the element early; file names are ours, and this costs nothing.
    body = json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        _nonce(context),
        mark_safe(body),  # noqa: S308 - our own paths as JSON, with "<" escaped
    )


@register.simple_tag
def modulepreload(*folders: str) -> SafeString:
    """Preload links for every module in the named folders of static/js ("" is the top one), and Lit."""
    wanted = {f"js/{folder}".rstrip("/") for folder in folders}
    paths = [
        lit_path(),
        *(path for path in module_paths() if path.rpartition("/")[0] in wanted),
    ]
    return format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(path),) for path in paths),
    )


@register.filter
def language_name(code: str) -> str:
    """A language by its name in the reader's own: "de" is German."""
    return str(_(dict(settings.LANGUAGES).get(code, code)))


@register.filter
def avatar(name: str) -> SafeString:
    """Initials on the person's own tint, the same as the inbox shows (static/js/inbox/elements/parts.js)."""
    words = [word for word in re.split(r"[\s@._-]+", name) if any(letter.isalnum() for letter in word)]
    first = next((letter for letter in words[0] if letter.isalnum()), "?") if words else "?"
    initials = first + (words[-1][0] if len(words) > 1 else "")
    tint = sum(map(ord, name)) % AVATAR_TINTS
    return format_html(
        '<span class="avatar" data-tint="{}" aria-hidden="true">{}</span>',
        tint,
        initials.upper(),
    )


@register.filter
def local_time(moment: datetime | None) -> SafeString:
    """A <time> that carries the exact moment; the browser rewrites it in the reader's own zone and language."""
    if moment is None:
        return mark_safe("")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" data-local>{}</time>',
        moment.isoformat(),
        date_format(local, "SHORT_DATETIME_FORMAT"),
    )
