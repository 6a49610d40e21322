import pytest
from django.test import Client

from helpdesk.accounts.models import AuditEntry
from tests import build

pytestmark = pytest.mark.django_db


def test_a_log_in_a_failure_and_a_log_out_are_noted_without_what_was_typed():
    build.user("Ada", password="correct horse battery")
    client = Client()
    form = {"login": "ada@onethread.example", "password": "wrong horse"}
    client.post("/accounts/login/", form)
    client.post("/accounts/login/", {**form, "password": "correct horse battery"})
    client.post("/accounts/logout/")

    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["user.login_failed", "user.logged_in", "user.logged_out"]
    assert "horse" not in str(list(AuditEntry.objects.values()))


def test_issuing_a_token_is_noted():
    build.token(build.user("Grace"))
    assert AuditEntry.objects.get().action == "api_token.issued"


def test_a_person_logs_in_while_redis_is_away(settings):
    nowhere = {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {name: {**cache, **nowhere} for name, cache in settings.CACHES.items()}
    build.user("Ada", password="correct horse battery")
    answer = Client().post("/accounts/login/", {"login": "ada@onethread.example", "password": "correct horse battery"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
