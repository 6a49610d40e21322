"""Programs' keys: shown once, compared by digest, ended at any time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import ApiToken, User
from tests import build

pytestmark = pytest.mark.django_db


def test_a_key_is_stored_as_a_digest_alone() -> None:
    token, key = api_tokens.issue(build.user("Ada"), "export", ["read"])
    assert key.startswith(api_tokens.MARK) and len(key) > 40
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_apitoken t")
        (stored,) = cursor.fetchone()
    assert key not in stored and key[len(token.prefix) :] not in stored
    assert api_tokens.find(key) == token


def test_a_key_ends_when_it_is_said_to() -> None:
    until = timezone.now() + timedelta(hours=1)
    _, key = api_tokens.issue(build.user("Ada"), "export", ["read"], expires_at=until)
    assert api_tokens.find(key) is not None
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert api_tokens.find(key) is None


@pytest.mark.parametrize("key", ["", "ot_", "ot_nothing", "\x00", "\xff", "x" * 100_000])
def test_what_is_no_key_finds_nobody(key: str) -> None:
    build.token(build.user("Ada"))
    assert api_tokens.find(key) is None


def test_use_is_noted_once_a_minute() -> None:
    token, key = api_tokens.issue(build.user("Ada"), "export", ["read"])
    now = timezone.now()
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            api_tokens.find(key)
            assert ApiToken.objects.get(pk=token.pk).last_used_at == now + timedelta(seconds=noted)


def test_an_address_names_one_person_whatever_its_case() -> None:
    ada = build.user("Ada")
    assert User.objects.get_by_natural_key("ADA@Onethread.Example") == ada
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ADA@onethread.example", "Another Ada")


def test_nobody_logs_in_without_a_password() -> None:
    assert not build.user("Ada").has_usable_password()
