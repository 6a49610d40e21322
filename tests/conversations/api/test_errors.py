"""What makes no sense is the caller's error, in one shape."""

from __future__ import annotations

import pytest

from conversations.models import Channel
from tests import build
from tests.conversations.api.calling import Api

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["nope/", "conversations/abc/", "conversations/-1/messages/"])
def test_a_path_that_is_not_there_is_an_error_of_the_one_shape(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "detail"}


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0xeA==", "cD0tMQ==", "cD0" + "5" * 400])
def test_a_cursor_that_is_none_of_ours_is_refused(api: Api, cursor: str) -> None:
    answer = api.get(f"conversations/?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_json_nested_past_all_reason_is_the_callers_error(api: Api, sms: Channel) -> None:
    build.sms(sms)
    path = f"/api/v1/conversations/{build.conversation().pk}/messages/"
    answer = api.client.post(path, "[" * 100_000, headers=api.headers, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
