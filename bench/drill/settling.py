"""Waiting until the stack has nothing left to do, and saying what keeps it."""

from __future__ import annotations

import asyncio
import time

import psycopg

from bench.drill.stack import RunningDemo

LOOK_EVERY_SECONDS = 0.5
UNFINISHED = """
SELECT 'inbound events' AS what, count(*) AS n FROM channels_ingest_inboundevent WHERE state = 'received'
UNION ALL SELECT 'events without number', count(*) FROM events_event WHERE seq IS NULL
UNION ALL SELECT 'turns', count(*) FROM ai_tier1_turn WHERE state IN ('queued', 'running')
UNION ALL SELECT 'texts', count(*) FROM conversations_delivery d
    JOIN conversations_channel c ON c.id = d.channel_id
    WHERE c.kind IN ('sms', 'whatsapp') AND d.created_at > now() - interval '1 h'
      AND d.state IN ('queued', 'sending', 'sent', 'unknown')
UNION ALL SELECT 'mails', count(*) FROM conversations_delivery d
    JOIN conversations_channel c ON c.id = d.channel_id
    -- A mail whose sending was cut can't be asked for: it becomes "unknown", and that takes its time.
    WHERE c.kind = 'email' AND (d.state = 'queued' OR (d.state = 'sending' AND d.claimed_at > now() - interval '20 s'))
UNION ALL SELECT 'followers behind', count(*) FROM events_follower
    WHERE position < (SELECT max(seq) FROM events_event)
"""


async def settled(demo: RunningDemo, seconds: float) -> list[str]:
    """Empty as soon as nothing is left; what is still left after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        left = await asyncio.to_thread(_unfinished, demo)
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _unfinished(demo: RunningDemo) -> list[str]:
    try:
        rows = demo.query(UNFINISHED)
    except psycopg.OperationalError as error:
        return [f"the database: {error}"]
    return [f"{row['n']} {row['what']}" for row in rows if row["n"]]
