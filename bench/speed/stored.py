"""A past of any length, written straight into the tables: what counts is how many rows every query has to get past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString, Protocol

import psycopg

MESSAGES_EACH = 4
ADDRESS = "stored.{number}@example.com"
# The Message-ID of our second mail to somebody.
OURS = "<stored-{number}-4@onethread.example>"

# ``first`` to ``last`` people, each with one conversation of four mails. Their ids are their numbers above ``base``,
# which no sequence reaches.
STATEMENTS = (
    """INSERT INTO customers_customer (id, name, language, version, created_at)
       SELECT %(base)s + n, 'Stored ' || n, 'en', 1, now() - make_interval(mins => n %% 500000)
       FROM generate_series(%(first)s, %(last)s) n""",
    """INSERT INTO customers_identity (id, customer_id, kind, address, address_as_seen, assurance, is_shared,
                                        is_mentioned, first_seen_at, last_seen_at)
       SELECT %(base)s + n, %(base)s + n, 'email', a, a, 40, false, false, now(), now()
       FROM generate_series(%(first)s, %(last)s) n, LATERAL (SELECT 'stored.' || n || '@example.com') x(a)""",
    """INSERT INTO conversations_conversation (id, number, desk_id, customer_id, subject, language, state, priority,
           tier1_state, last_message_at, last_inbound_at, message_count, unread_count, reopened_count, channel_kinds,
           preview, preview_author_kind, preview_author_name, version, created_at, resolved_at)
       SELECT %(base)s + n, %(base)s + n, c.desk_id, %(base)s + n, 'The green tent', 'en',
           CASE WHEN n %% 20 = 0 THEN 'open' ELSE 'resolved' END, 'normal', 'handed_off', t, t, 4, 0, 0,
           '{email}', 'Thank you, it has come.', 'customer', '', 1, t,
           CASE WHEN n %% 20 = 0 THEN NULL ELSE t END
       FROM generate_series(%(first)s, %(last)s) n, conversations_channel c,
            LATERAL (SELECT now() - make_interval(mins => n %% 500000)) x(t) WHERE c.id = %(channel)s""",
    """INSERT INTO conversations_message (id, conversation_id, channel_id, identity_id, our_address, assurance,
           direction, author_kind, author_name, subject, text, html, quoted_text, full_text, template_values,
           is_automatic, not_work, client_id, provider_message_id, rfc_message_id, delivery_state, delivery_error,
           wants_template, unsaid, sends_anyway, citations, thread_rule, thread_reason, version, created_at)
       SELECT %(base)s + n * 4 + k - 1, %(base)s + n, %(channel)s, %(base)s + n, '', CASE WHEN k %% 2 = 1 THEN 40 END,
           CASE WHEN k %% 2 = 1 THEN 'inbound' ELSE 'outbound' END,
           CASE WHEN k %% 2 = 1 THEN 'customer' ELSE 'agent' END, '', 'The green tent',
           'Mail ' || k || ' about the order ' || n || ': is the green tent in stock, and when does it come to us?',
           '', '', '', '{}'::jsonb, false, '', '', CASE WHEN k %% 2 = 1 THEN m ELSE '' END, m,
           CASE WHEN k %% 2 = 1 THEN '' ELSE 'delivered' END, '', false, '', false, '[]'::jsonb, '', '', 1,
           now() - make_interval(mins => n %% 500000)
       FROM generate_series(%(first)s, %(last)s) n, generate_series(1, 4) k,
            LATERAL (SELECT '<stored-' || n || '-' || k || '@onethread.example>') x(m)""",
    """INSERT INTO conversations_delivery (id, message_id, identity_id, channel_id, idempotency_key, state, not_before,
           attempt_count, provider_message_id, error_code, error, currency, segment_count, is_by_itself, is_piece,
           has_words, created_at, updated_at)
       SELECT %(base)s + n * 2 + k, %(base)s + n * 4 + k * 2 + 1, %(base)s + n, %(channel)s, 'stored-' || n || '-' || k,
           'delivered', now(), 1, '<stored-' || n || '-' || (k * 2 + 2) || '@onethread.example>', '', '', '', 0, false,
           false, true, now(), now()
       FROM generate_series(%(first)s, %(last)s) n, generate_series(0, 1) k""",
    """INSERT INTO conversations_replytoken (id, token, conversation_id, identity_id, channel_id, created_at)
       SELECT %(base)s + n, 'stored' || n, %(base)s + n, %(base)s + n, %(channel)s, now()
       FROM generate_series(%(first)s, %(last)s) n""",
    """INSERT INTO events_event (id, seq, subject, type, conversation_id, actor_kind, actor_name, facts, created_at)
       SELECT -(n::bigint * 4 + k), -(n::bigint * 4 + k), 'conversation:' || (%(base)s + n), 'message.created',
           %(base)s + n, 'customer', '', jsonb_build_object('message', %(base)s + n * 4 + k - 1), now()
       FROM generate_series(%(first)s, %(last)s) n, generate_series(1, 4) k""",
    """INSERT INTO channels_ingest_inboundevent (id, channel_id, digest, is_verified, method, path, query, headers,
           body, size, state, reason, attempt_count, not_before, repeat_count, error, outcome, received_at,
           processed_at)
       SELECT -(n::bigint * 2 + k), %(channel)s, 'stored-' || n || '-' || k, true, 'POST', '/', '', '{}'::jsonb,
           'From: somebody'::bytea, 14, 'processed', '', 1, now(), 0, '', '{}'::jsonb, now(), now()
       FROM generate_series(%(first)s, %(last)s) n, generate_series(0, 1) k""",
)
BASE = 1_000_000_000


class Cursor(Protocol):
    """psycopg's or Django's."""

    def execute(self, sql: LiteralString, params: Mapping[str, int], /) -> object:
        """Run one statement."""


def fill(url: str, channel: int, *, first: int, last: int) -> None:
    """Write the past of the people ``first`` to ``last`` and let the planner know of it."""
    with psycopg.connect(url, autocommit=True) as database:
        with database.transaction(), psycopg.ClientCursor(database) as cursor:
            write(cursor, channel, first=first, last=last)
        database.execute("VACUUM ANALYZE")


def write(cursor: Cursor, channel: int, *, first: int, last: int) -> None:
    """The rows alone."""
    for statement in STATEMENTS:
        cursor.execute(statement, {"base": BASE, "channel": channel, "first": first, "last": last})
