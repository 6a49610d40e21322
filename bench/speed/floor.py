"""The least that a webhook in this stack can cost: check Twilio's signature, insert one row, answer.

``python -m bench.speed.floor PORT`` serves it as ``up`` serves the product: two processes, the same pool.
Environment: FLOOR_DATABASE_URL, FLOOR_PUBLIC_URL, FLOOR_AUTH_TOKEN.
"""

from __future__ import annotations

import os
import sys

import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from twilio.request_validator import RequestValidator

from helpdesk.embedded.programs import POOL_SIZE
from helpdesk.management.commands.up import WEB_PROCESSES
from helpdesk.stores import database

TABLE = "bench_floor"
PATH = "floor/"
ANSWER = b"<Response/>"


@csrf_exempt
def webhook(request: HttpRequest) -> HttpResponse:
    """One signed request, one committed row."""
    validator = RequestValidator(os.environ["FLOOR_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(os.environ["FLOOR_PUBLIC_URL"] + request.path, request.POST, signature):
        return HttpResponse(status=403)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (body) VALUES (%s)", [request.body.decode()])  # noqa: S608 - a constant
    return HttpResponse(ANSWER, content_type="text/xml", headers={"Content-Length": str(len(ANSWER))})


urlpatterns = [path(PATH, webhook)]


def application() -> ASGIHandler:
    """The ASGI application; a factory, so that its names can be imported without its settings."""
    settings.configure(
        SECRET_KEY="floor",  # noqa: S106 - signs nothing
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": database(os.environ["FLOOR_DATABASE_URL"], POOL_SIZE)},
        USE_TZ=True,
    )
    return get_asgi_application()


if __name__ == "__main__":
    uvicorn.run(
        "bench.speed.floor:application",
        factory=True,
        port=int(sys.argv[1]),
        workers=WEB_PROCESSES,
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
