"""The page of a channel and the list: addresses to copy, checks, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from channels_ingest import live_check, tasks
from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.adapters.registry import ADAPTERS
from channels_ingest.models import Connection, InboundEvent
from tests import build

pytestmark = pytest.mark.django_db


def test_each_public_address_is_there_to_copy(page: Client, settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://a.example", "https://b.example"]
    channel = build.channel("sms")
    html = page.get(f"/settings/channels/{channel.pk}/").content.decode()
    for base in settings.PUBLIC_URLS:
        for tail in ("", "status/"):
            assert f">{base}/webhooks/{channel.pk}/{tail}</code>" in html


def test_a_check_without_a_worker_says_so(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise ConnectionError("The broker is away")

    monkeypatch.setattr(tasks.check, "apply_async", nobody)
    channel = build.channel("email")
    whole = page.post(f"/settings/channels/{channel.pk}/check/").content.decode()
    part = page.post(f"/settings/channels/{channel.pk}/check/", headers={"hx-request": "true"}).content.decode()
    assert "No worker answers" in whole and "<html" in whole
    assert "No worker answers" in part and "<html" not in part


def test_the_lines_of_a_check_are_shown_one_by_one(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = build.channel("email")
    runs: list[tuple[int, str]] = []
    monkeypatch.setattr(tasks.check, "apply_async", lambda args, **_: runs.append(args))
    path, fragment = f"/settings/channels/{channel.pk}/check/", {"hx-request": "true"}
    first = page.post(path, headers=fragment).content.decode()
    ((_, run),) = runs
    again = f"{path}?run={run}&seen="
    assert f'hx-get="{again}0"'.replace("&", "&amp;") in first and "Asking the provider" in first
    assert page.get(again + "0", headers=fragment).status_code == 204, "nothing new: nothing is drawn anew"

    def check(_: object) -> Iterator[CheckResult]:
        yield CheckResult("The first", True)
        half = page.get(again + "0", headers=fragment).content.decode()
        assert "The first" in half and "Asking the provider" in half
        assert page.get(again + "1", headers=fragment).status_code == 204
        yield CheckResult("The second", False, "Mend it.")

    monkeypatch.setattr(ADAPTERS["email"], "check", check)
    tasks.check(channel.pk, run)

    whole = page.get(again + "1", headers=fragment).content.decode()
    assert "The first" in whole and "Mend it." in whole and "hx-get" not in whole


def test_the_lines_of_a_check_say_what_to_do_and_a_fault_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = build.channel("email")
    lines = list(live_check.lines(channel.pk))
    assert (lines[0].name, lines[0].is_ok) == ("SMTP server", False)
    assert "Enter its host name" in lines[0].what_to_do

    def broken(self: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(ADAPTERS["email"], "check", broken)
    assert "RuntimeError" in next(live_check.lines(channel.pk)).what_to_do
    Connection.objects.all().delete()
    assert "no connection" in next(live_check.lines(channel.pk)).what_to_do


def test_a_channel_whose_adapter_is_gone_is_still_shown(page: Client) -> None:
    channel = build.channel("sms")
    Connection.objects.update(provider="carrier_pigeon")
    for path in ("", f"{channel.pk}/"):
        assert "carrier_pigeon" in page.get(f"/settings/channels/{path}").content.decode()
    assert page.get(f"/settings/channels/{channel.pk}/edit/").status_code == 404


def test_a_channel_without_a_connection_says_so(page: Client) -> None:
    channel = build.channel("sms")
    Connection.objects.all().delete()
    for path in ("", f"{channel.pk}/"):
        assert "Not connected" in page.get(f"/settings/channels/{path}").content.decode()


def test_the_list_takes_as_many_queries_for_thirty_channels_as_for_one(
    page: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        channel = build.channel("sms", address=f"+1500555{number:04}")
        InboundEvent.objects.create(
            channel=channel, digest=str(number), is_verified=True, method="POST", path="/", body=b""
        )
    with django_assert_max_num_queries(12):
        html = page.get("/settings/channels/").content.decode()
    assert html.count("1 waiting") == 30
    with django_assert_max_num_queries(18):
        page.get(f"/settings/channels/{channel.pk}/")
