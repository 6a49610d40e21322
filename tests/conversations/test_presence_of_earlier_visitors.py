"""Visitors who chatted before their presence was kept are taken for gone, not for here."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection

from conversations.models import VisitorPresence
from tests import build

pytestmark = pytest.mark.django_db


def test_who_chatted_before_is_gone_since_then() -> None:
    jo = build.chat(build.channel("chat")).message.identity
    build.sms(build.channel("sms"))
    assert jo is not None
    VisitorPresence.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("conversations.migrations.0009_fallback").EARLIER)
    row = VisitorPresence.objects.get()
    assert (row.visitor, row.left_at) == (jo, jo.last_seen_at)
