"""``manage.py receive_email --channel <id> < message.eml``: mail by a pipe from the mail server on this host."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from channels_ingest import ledger, tasks
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.models import Connection
from channels_ingest.views import MAX_BODY_BYTES

logger = logging.getLogger(__name__)

PROVIDER = "email"


class Command(BaseCommand):
    help = "Store one raw mail from standard input, as the mail server's transport. Exits 75 where it should try again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", type=int, required=True, help="the e-mail channel's number")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit codes are sysexits(3), which mail servers read: 0 stored, 75 keep it and try again, 65 refuse it.

        Any failure of ours asks for another try: another code would make the server bounce the mail.
        """
        content = sys.stdin.buffer.read(MAX_BODY_BYTES + 1)
        try:
            code = receive(options["channel"], content)
        except Exception as error:
            logger.exception("A mail for channel %s could not be stored", options["channel"])
            self.stderr.write(f"Not stored, try again later: {type(error).__name__}")
            code = os.EX_TEMPFAIL
        sys.exit(code)


def receive(channel_id: int, content: bytes) -> int:
    """Store a mail in the ledger and have it processed. The pipe is ours, so it speaks with the channel's secret.

    Returns the exit code; raises what the database raises.
    """
    connection = (
        Connection.objects.select_related("channel")
        .filter(channel=channel_id, provider=PROVIDER)
        .order_by("-is_active", "-pk")
        .first()
    )
    if connection is None:
        logger.error("Channel %s has no e-mail connection; the mail stays with the mail server", channel_id)
        return os.EX_TEMPFAIL
    secret = connection.credentials.get("inbound_secret", "")
    headers = {"content-type": "message/rfc822", "authorization": f"Bearer {secret}"}
    request = RawRequest("PIPE", "pipe", "", headers, content[:MAX_BODY_BYTES], timezone.now())
    is_cut = len(content) > MAX_BODY_BYTES
    accepted = ledger.accept(connection.channel, request, is_cut=is_cut)
    if is_cut:
        return os.EX_DATAERR
    if not accepted.is_verified:
        logger.error("Channel %s has no inbound secret; the mail stays with the mail server", channel_id)
        return os.EX_TEMPFAIL
    if accepted.event.state == "received":
        tasks.process_soon(accepted.event)
    return os.EX_OK
