"""Icons, the import map and the rest of what every template may use."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import override_settings

from helpdesk.ui.context import page
from helpdesk.ui.framing import FrameOptionsMiddleware, deny_framing
from helpdesk.ui.static_files import module_paths
from helpdesk.ui.templatetags.ui import GROUPS

STATIC = Path(__file__).resolve().parents[2] / "static"
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SYMBOLS = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))


def render(source: str, **context: object) -> str:
    with override_settings(STORAGES=PLAIN):
        return Template(source).render(Context(context))


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in render('{% icon "snooze" %}')
    named = render('{% icon "snooze" label %}', label="Snoozed <now>")
    assert 'aria-label="Snoozed &lt;now&gt;"' in named
    assert "icons.svg#snooze" in named


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    scripts = [path for path in (STATIC / "js").rglob("*.js") if "widget" not in path.parts]
    templates = (STATIC.parent / "templates").rglob("*.html")
    asked = {name for path in scripts for name in re.findall(r'\bicon\("([a-z-]+)"\)', path.read_text())}
    asked |= {name for path in templates for name in re.findall(r'{% icon "([a-z-]+)"', path.read_text())}
    assert asked
    assert asked <= SYMBOLS


def test_the_import_map_names_lit_and_each_module_and_carries_the_nonce() -> None:
    markup = render("{% importmap %}", CSP_NONCE="abc")
    imports = json.loads(re.sub(r"</?script[^>]*>", "", markup))["imports"]
    assert 'nonce="abc"' in markup
    assert imports["lit"].endswith("/lit.js")
    assert imports["#inbox/store.js"] == "/static/js/inbox/store.js"
    assert not any("widget" in path for path in module_paths())


def test_every_bare_import_of_our_modules_is_in_the_map() -> None:
    known = {"lit", *("#" + path.removeprefix("js/") for path in module_paths())}
    for path in module_paths():
        source = (STATIC / path).read_text(encoding="utf-8")
        wanted = set(re.findall(r'^(?:import|export) .*?"([^"]+)";$', source, flags=re.MULTILINE))
        assert wanted <= known, path


def test_every_style_sheet_is_linked_and_every_linked_one_exists() -> None:
    files = {path.stem for path in (STATIC / "css").glob("*.css")}
    assert files == {name for group in GROUPS.values() for name in group}


def test_a_time_carries_the_exact_moment() -> None:
    moment = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
    assert 'datetime="2025-03-01T12:00:00+00:00"' in render("{{ moment|local_time }}", moment=moment)
    assert render("{{ moment|local_time }}", moment=None) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Grace Okafor", ">GO<"), ("ada", ">A<"), ("", ">?<"), ("<b> x", ">BX<"), ("田中 由紀", ">田由<")],
)
def test_an_avatar_shows_initials(name: str, shown: str) -> None:
    assert shown in render("{{ name|avatar }}", name=name)


@pytest.mark.parametrize(("theme", "shown"), [("dark", "dark"), ("light", "light"), ("system", ""), ("x<y", "")])
def test_the_theme_of_the_person_is_set_by_the_server(theme: str, shown: str) -> None:
    request = HttpRequest()
    request.user = type("Person", (), {"theme": theme})()
    assert page(request)["page"].theme == shown


def test_nobody_may_frame_a_page_unless_its_view_said_so() -> None:
    assert deny_framing(HttpResponse())["X-Frame-Options"] == "DENY"
    allowed = HttpResponse(headers={"X-Frame-Options": "SAMEORIGIN"})
    answered = FrameOptionsMiddleware(lambda request: allowed)(HttpRequest())
    assert isinstance(answered, HttpResponse)
    assert answered["X-Frame-Options"] == "SAMEORIGIN"


def test_templates_carry_no_inline_styles_or_handlers() -> None:
    for path in (STATIC.parent / "templates").rglob("*.html"):
        if path.name == "mail.html" or "widget" in path.parts:
            continue
        markup = path.read_text(encoding="utf-8")
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", markup), path
