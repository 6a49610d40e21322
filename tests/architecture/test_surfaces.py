"""Every address asks who calls, except those named here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import User
from tests import build

pytestmark = pytest.mark.django_db

# Open by design: doors prove themselves by signature, files by their link, the rest shows nothing of anybody.
OPEN = {
    "/health/live",
    "/health/ready",
    "/api/v1/schema/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-1/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/1/",
}
# One for all calls: each new client loads the middleware anew.
CLIENT = Client()
REFUSED = {301, 302, 401, 403, 404, 405}
SAMPLES = {"int": "1", "str": "1", "uuid": "00000000-0000-0000-0000-000000000000", "slug": "a", "path": "a"}


def patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every address with sample values in its gaps."""
    for one in resolver.url_patterns:
        route = prefix + re.sub(r"(?<!P)<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(one.pattern))
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            yield _plain(route), one


def _plain(route: str) -> str:
    """The regular expressions of routers and allauth, made into one address they match."""
    route = re.sub(r"\(\?P<\w+>[^()]*\)", "1", route)
    return re.sub(r"\\Z|[\\^$]", "", route)


def addresses() -> list[tuple[str, URLPattern]]:
    return [one for one in patterns(get_resolver()) if "format" not in one[0]]


def api_calls() -> list[tuple[str, str, str]]:
    """(address, method, action) of every call of the API."""
    calls = []
    for route, pattern in addresses():
        for method, action in (getattr(pattern.callback, "actions", None) or {}).items():
            if method == "head":
                continue
            calls.append((route, method, action))
    return calls


def call(key: str, route: str, method: str) -> Any:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    body = {} if method == "get" else {"content_type": "application/json", "data": "{}"}
    CLIENT.cookies.clear()
    return getattr(CLIENT, method)(route, headers=headers, **body)


def test_the_walk_sees_every_part() -> None:
    seen = {route.split("/")[1] for route, _ in addresses()}
    assert {"inbox", "api", "webhooks", "widget", "files", "accounts", "health"} <= seen
    assert ("/api/v1/conversations/1/messages/", "post", "messages") in api_calls()


def test_a_stranger_is_turned_away_everywhere_else() -> None:
    let_in = {
        route: (got, posted)
        for route, _ in addresses()
        for got, posted in [(call("", route, "get").status_code, call("", route, "post").status_code)]
        if route not in OPEN and not {got, posted} <= REFUSED
    }
    assert let_in == {}


def test_what_is_open_to_strangers_still_exists() -> None:
    routes = {route for route, _ in addresses()}
    assert OPEN - routes == set()


def test_every_call_of_the_api_refuses_a_token_without_a_scope() -> None:
    grace = build.user("Grace", User.Role.ADMIN)
    key = api_tokens.issue(grace, "no scope", [])[1]
    answers = {(route, method): call(key, route, method).status_code for route, method, _ in api_calls()}
    assert len(answers) > 20
    assert {one: status for one, status in answers.items() if status != 403} == {}


def test_a_token_that_may_only_read_changes_nothing() -> None:
    grace = build.user("Grace", User.Role.ADMIN)
    key = build.token(grace, "read")
    answers = {
        (route, method): call(key, route, method).status_code for route, method, _ in api_calls() if method != "get"
    }
    assert answers
    # Asking the tier-1 something changes nothing: "read" is enough there.
    changed = {one for one, status in answers.items() if status != 403 and "ask" not in one[0]}
    assert changed == set()


def test_an_agents_token_reaches_nothing_of_the_admins() -> None:
    ada = build.user("Ada")
    key = build.token(ada)
    assert call(key, "/api/v1/inbound-events/", "get").status_code == 403
    assert call(key, "/api/v1/inbound-events/counts/", "get").status_code == 403
    assert call(key, "/api/v1/inbound-events/1/replay/", "post").status_code == 403


@pytest.mark.parametrize("spoilt", ["revoked", "expired", "owner gone", "unknown"])
def test_a_token_that_no_longer_counts_is_refused(spoilt: str) -> None:
    from datetime import timedelta

    from django.utils import timezone

    ada = build.user("Ada")
    token, key = api_tokens.issue(ada, "test", ["read"])
    now = timezone.now()
    match spoilt:
        case "revoked":
            token.revoked_at = now
        case "expired":
            token.expires_at = now - timedelta(seconds=1)
        case "owner gone":
            ada.is_active = False
            ada.save()
        case "unknown":
            key = "ot_nothing"
    token.save()
    response = call(key, "/api/v1/conversations/", "get")
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_the_schema_has_no_warnings_of_ours() -> None:
    from drf_spectacular.drainage import GENERATOR_STATS

    GENERATOR_STATS.reset()
    response = Client().get("/api/v1/schema/")
    assert response.status_code == 200
    assert b"/api/v1/conversations/{id}/messages/" in response.content
    assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache
