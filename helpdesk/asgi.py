"""The web process: HTTP and sockets. The model is not here, and torch stays unimported."""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
# Requests are short and many: without a pool each would connect anew.
os.environ.setdefault("HELPDESK_DATABASE_POOL_SIZE", "16")
os.environ.setdefault("HELPDESK_BROKER_TIMEOUT_SECONDS", "1")

import django

django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path

from channels_ingest.widget.consumer import WidgetConsumer
from conversations.consumers import InboxConsumer
from conversations.sockets import SaysWhenAway, not_found
from helpdesk.handlers import Http

application = ProtocolTypeRouter(
    {
        "http": Http(),
        "websocket": SaysWhenAway(
            AuthMiddlewareStack(
                URLRouter(
                    [
                        path("ws/inbox/", InboxConsumer.as_asgi()),
                        path("ws/widget/<str:key>/", WidgetConsumer.as_asgi()),
                        # A path that is not built yet is refused, not an error.
                        re_path(r"", cast("Any", not_found)),
                    ]
                )
            )
        ),
    }
)
