"""Files on their way out, by every channel, each against its far side."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.conf import settings as ours
from django.test import Client
from django.utils import timezone

from channels_ingest import outbox
from channels_ingest.models import Connection
from conversations.actions import actors, claiming, delivering, replying, reporting
from conversations.delivery_progress import Progress
from conversations.models import Channel, Conversation, Delivery, Message
from doubles.background import Running
from helpdesk.accounts.models import User
from tests import build, files
from tests.channels_ingest.outbox.far_side import behave, later, log, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


def send(ada: User, to: Conversation, text: str, *ids: int) -> list[Delivery]:
    outgoing = replying.Outgoing(text, attachments=ids)
    message = replying.reply(to, outgoing, by=actors.agent(ada), user=ada)
    return list(message.deliveries.order_by("pk"))


def deliver(deliveries: list[Delivery]) -> None:
    for one in deliveries:
        outbox.deliver(one.pk)


def sent_mail(doubles: Running) -> EmailMessage:
    (mail,) = log(doubles.smtp_url)["messages"]
    return email.message_from_string(mail["raw"], policy=policy.default)


def outline(part: Any) -> Any:
    kind = part.get_content_type()
    return (kind, [outline(one) for one in part.iter_parts()]) if part.is_multipart() else kind


def test_pictures_stand_in_a_mail_where_they_were_put_and_files_beside_it(
    doubles: Running, mail: Channel, ada: User
) -> None:
    here = build.mail(mail).message.conversation
    names = {"label.png": "image/png", "box.png": "image/png"}
    pictures = [files.upload(ada, here, name, kind) for name, kind in names.items()]
    bill = files.upload(ada, here, "bill.pdf", "application/pdf", content=files.PDF)
    text = "Print this:\n[image: label.png]\nIt goes here:\n[image: box.png]\nBye <Ada>"
    deliver(send(ada, here, text, *[one.pk for one in pictures], bill.pk))

    sent = sent_mail(doubles)
    related = ("multipart/related", ["text/html", "image/png", "image/png"])
    body = ("multipart/alternative", ["text/plain", related])
    assert outline(sent) == ("multipart/mixed", [body, "application/pdf"])
    plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None and "[image: label.png]" in plain.get_content()
    assert page is not None
    inline = {one.get_filename(): one for one in sent.walk() if one.get_content_disposition() == "inline"}
    html = page.get_content()
    places = [html.index(f"cid:{inline[name]['Content-ID'].strip('<>')}") for name in names]
    assert places == sorted(places) and html.index("Print this") < places[0] < html.index("It goes here") < places[1]
    assert "Bye &lt;Ada&gt;" in html
    assert inline["label.png"].get_content() == files.PNG
    (attached,) = list(sent.iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == ("bill.pdf", files.PDF)
    assert Message.objects.filter(direction="outbound").get().attachments.filter(is_inline=True).count() == 2


def test_a_picture_that_no_words_place_goes_beside_them(doubles: Running, mail: Channel, ada: User) -> None:
    here = build.mail(mail).message.conversation
    deliver(send(ada, here, "See the photo", files.upload(ada, here).pk))
    sent = sent_mail(doubles)
    assert outline(sent) == ("multipart/mixed", ["text/plain", "image/png"])
    (photo,) = list(sent.iter_attachments())
    assert photo.get_content_disposition() == "attachment"


def test_a_mail_server_that_takes_less_is_asked_before_anything_leaves(
    doubles: Running, mail: Channel, ada: User
) -> None:
    here = build.mail(mail).message.conversation
    # 20 MB are more than 26 MB in base64, which is what this server says that it takes.
    film = b"\x01" * (20 * 1024 * 1024)
    big = files.upload(ada, here, "film.zip", "application/zip", content=film)
    (delivery,) = send(ada, here, "The film", big.pk)
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("failed", "The mail with its files is larger than the mail server takes (26 MB).")
    assert log(doubles.smtp_url)["messages"] == []


class Provider:
    """Who fetches our files: it has no session, only the links it was given."""

    def get(self, url: str) -> Any:
        assert url.startswith(ours.PUBLIC_URL)
        return Client().get(urlsplit(url).path)


def test_an_mms_hands_over_links_that_open_that_file_alone(twilio: str, sms: Channel, ada: User) -> None:
    here = build.conversation()
    photo = files.upload(ada, here, "my photo.png")
    bill = files.upload(ada, here, "bill.pdf", "application/pdf", content=files.PDF)
    (delivery,) = send(ada, here, "Look:\n[image: my photo.png]", photo.pk, bill.pk)
    outbox.deliver(delivery.pk)
    (sent,) = log(twilio)["messages"]
    assert (sent["body"], len(sent["media"])) == ("Look:", 2)
    first, second = sent["media"]
    answers = [Provider().get(url) for url in (first, second)]
    assert [one["Content-Type"] for one in answers] == ["image/png", "application/pdf"]
    assert [b"".join(one.streaming_content) for one in answers] == [files.PNG, files.PDF]
    assert all(one["Content-Disposition"].startswith("attachment") for one in answers)
    assert all("sandbox" in one["Content-Security-Policy"] for one in answers)
    assert first.endswith("/my%20photo.png")
    token = urlsplit(first).path.split("/")[3]
    assert Provider().get(f"{ours.PUBLIC_URL}/files/sent/{token[:-2]}xx/my.png").status_code == 404
    # A link for a provider opens no other door, and a link of another kind not this one.
    assert Provider().get(f"{ours.PUBLIC_URL}/files/{token}").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert Provider().get(first).status_code == 404


def whatsapp(provider: str, doubles: Running) -> Conversation:
    url = {"whatsapp_cloud": doubles.graph_url, "twilio_whatsapp": doubles.twilio_url}[provider]
    httpx.post(f"{url}/reset")
    behave(url, callbacks={"is_off": True})
    if provider == "whatsapp_cloud":
        number = {"phone_number_id": build.PHONE_NUMBER_ID, "access_token": build.META["access_token"]}
        httpx.post(f"{url}/numbers", json=number).raise_for_status()
    channel = build.channel("whatsapp", provider=provider)
    row = Connection.objects.get(channel=channel)
    row.settings = {**row.settings, "base_url": url, "read_timeout_seconds": 1}
    row.save()
    return build.whatsapp(channel).message.conversation


PROVIDERS = pytest.mark.parametrize("provider", ["whatsapp_cloud", "twilio_whatsapp"])


def url_of(doubles: Running, provider: str) -> str:
    return doubles.graph_url if provider == "whatsapp_cloud" else doubles.twilio_url


@PROVIDERS
def test_several_files_leave_by_whatsapp_one_after_the_other(doubles: Running, ada: User, provider: str) -> None:
    here = whatsapp(provider, doubles)
    photo = files.upload(ada, here, "photo.png")
    bill = files.upload(ada, here, "bill.pdf", "application/pdf", content=files.PDF)
    deliveries = send(ada, here, "Photo and bill", photo.pk, bill.pk)
    assert len(deliveries) == 2
    # The second comes first to its worker: it waits for its turn.
    deliver([deliveries[1], deliveries[0], deliveries[1], deliveries[0]])
    sent = log(url_of(doubles, provider))["messages"]
    assert [one["body"] for one in sent] == ["Photo and bill", ""]
    if provider == "whatsapp_cloud":
        assert [one["type"] for one in sent] == ["image", "document"]
        assert sent[0]["content"]["image"]["caption"] == "Photo and bill"
        assert sent[1]["content"]["document"]["filename"] == "bill.pdf"
    else:
        assert [len(one["media"]) for one in sent] == [1, 1]
    assert len({one.provider_message_id for one in Delivery.objects.all()}) == 2
    assert shown(deliveries[0])[0] == "sending"


@PROVIDERS
def test_a_document_comes_after_its_words(doubles: Running, ada: User, provider: str) -> None:
    here = whatsapp(provider, doubles)
    bill = files.upload(ada, here, "bill.pdf", "application/pdf", content=files.PDF)
    deliver(send(ada, here, "Your bill", bill.pk))
    sent = log(url_of(doubles, provider))["messages"]
    assert [one["body"] for one in sent] == ["Your bill", ""]


@PROVIDERS
def test_one_file_that_fails_is_named_and_tried_alone(doubles: Running, ada: User, provider: str) -> None:
    here = whatsapp(provider, doubles)
    photo, second = (files.upload(ada, here, name) for name in ("a.png", "b.png"))
    deliveries = send(ada, here, "Two photos", photo.pk, second.pk)
    outbox.deliver(deliveries[0].pk)
    code = {"status": 400, "code": 131051 if provider == "whatsapp_cloud" else 63021}
    behave(url_of(doubles, provider), next=[code])
    outbox.deliver(deliveries[1].pk)
    state, error = shown(deliveries[0])
    assert state == "sending" and error.startswith("b.png: WhatsApp")
    assert [delivering.retry(one.pk) for one in deliveries] == [False, True]
    deliver(deliveries)
    sent = log(url_of(doubles, provider))["messages"]
    assert [one["body"] for one in sent] == ["Two photos", ""]
    assert shown(deliveries[0]) == ("sending", "")


@PROVIDERS
def test_an_answer_that_was_lost_doubles_no_file(doubles: Running, ada: User, provider: str) -> None:
    here = whatsapp(provider, doubles)
    ids = [files.upload(ada, here, f"{name}.png").pk for name in "abc"]
    deliveries = send(ada, here, "", *ids)
    assert len(deliveries) == 3
    outbox.deliver(deliveries[0].pk)
    behave(url_of(doubles, provider), next=[{"is_dropped": True, "is_taken": True}])
    outbox.deliver(deliveries[1].pk)
    outbox.deliver(deliveries[2].pk)
    for _ in range(claiming.MAX_ATTEMPTS + 1):
        outbox.deliver(later(deliveries[1]).pk)
    assert len(log(url_of(doubles, provider))["messages"]) == 3
    # Three equal messages: nobody can tell which is whose, so none is taken for another's.
    assert Delivery.objects.get(pk=deliveries[1].pk).state == "unknown"
    assert Delivery.objects.exclude(provider_message_id="").count() == 2


def test_reports_of_pieces_are_told_apart(doubles: Running, ada: User) -> None:
    here = whatsapp("whatsapp_cloud", doubles)
    ids = [files.upload(ada, here, f"{name}.png").pk for name in "ab"]
    deliveries = send(ada, here, "Two", *ids)
    deliver(deliveries)
    first, second = Delivery.objects.order_by("pk")
    channel = first.channel
    read = Progress("read", provider_message_id=first.provider_message_id)
    reporting.note_progress(channel, read, recipient=build.JO_PHONE)
    assert shown(first)[0] == "sending"
    arrived = Progress("delivered", provider_message_id="wamid.other")
    reporting.note_progress(channel, arrived, idempotency_key=second.idempotency_key, recipient=build.JO_PHONE)
    assert [one.state for one in Delivery.objects.order_by("pk")] == ["read", "delivered"]
    assert shown(first)[0] == "delivered"


def test_what_meta_does_not_take_is_said_in_words(doubles: Running, ada: User) -> None:
    here = whatsapp("whatsapp_cloud", doubles)
    photo = files.upload(ada, here)
    (delivery,) = send(ada, here, "", photo.pk)
    Delivery.objects.get().message.attachments.update(content_type="image/svg+xml")
    outbox.deliver(delivery.pk)
    assert shown(delivery) == ("failed", "WhatsApp does not take this type of file (image/svg+xml).")


def test_a_chat_shows_a_file_by_a_link_of_its_visitor_alone(ada: User) -> None:
    from channels_ingest.widget import rows, session

    chat = build.channel("chat")
    here = build.chat(chat).message.conversation
    (delivery,) = send(ada, here, "Your label", files.upload(ada, here, "label.png").pk)
    assert delivery.state == "sent"
    window = session.hello(chat, "v_jo")
    (file,) = [one for row in window["objects"] if row["kind"] == "message" for one in row["attachments"]]
    assert (file["name"], file["size"], file["is_picture"]) == ("label.png", len(files.PNG), True)
    path = urlsplit(file["url"]).path
    assert b"".join(Client().get(path).streaming_content) == files.PNG  # type: ignore[attr-defined]
    # Another visitor's link to the same file opens nothing.
    other = build.chat(chat, visitor="v_eve").message.identity
    assert other is not None
    from channels_ingest.attachments import session_url

    foreign = session_url(Message.objects.filter(direction="outbound").get().attachments.get(), other)
    assert Client().get(urlsplit(foreign).path).status_code == 404
    assert rows.file_of(other, 1) is None
