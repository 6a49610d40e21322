"""Locks that make two first messages of one person wait for each other."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from customers.models import Customer


def lock_addresses(addresses: Iterable[tuple[str, str]]) -> None:
    """Hold these (kind, address) pairs until the transaction ends, always in the same order."""
    with connection.cursor() as cursor:
        for kind, address in sorted(set(addresses)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 41))", [f"{kind}:{address}"])


def lock_customers(*ids: int) -> dict[int, Customer]:
    """Lock customer rows by id, each replaced by the record it was merged into meanwhile."""
    wanted = set(ids)
    while True:
        rows = {
            row.pk: row for row in Customer.objects.select_for_update().filter(pk__in=sorted(wanted)).order_by("pk")
        }
        further = {row.merged_into_id for row in rows.values() if row.merged_into_id} - wanted
        if not further:
            return {asked: _survivor(rows, asked) for asked in ids}
        wanted |= further


def _survivor(rows: dict[int, Customer], asked: int) -> Customer:
    row = rows[asked]
    while row.merged_into_id:
        row = rows[row.merged_into_id]
    return row
