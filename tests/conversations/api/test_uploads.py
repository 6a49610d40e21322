"""Files that agents add to what they write: whose they are, where they go, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from channels_ingest import attachments
from conversations.actions import actors, people, replying, uploads
from conversations.models import Attachment, Channel, Conversation, Delivery, Message, Note
from helpdesk.accounts.models import User
from tests import build, files
from tests.conversations.api.calling import Api, assert_error

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path


def post(api: Api, to: Conversation, file: Any = None, **more: Any) -> Any:
    data = {"conversation": to.pk, "file": file or files.form_file(), **more}
    return api.client.post("/api/v1/attachments/", data, headers=api.headers)


def opened(person: User, url: str) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(url)


def kept(place: Path) -> int:
    return sum(1 for one in place.rglob("*") if one.is_file())


def test_an_upload_is_told_and_only_its_owner_may_open_it(api: Api, ada: User, mailed: Conversation) -> None:
    row = post(api, mailed).json()
    assert {**row, "id": 0, "url": ""} == {
        "id": 0, "name": "photo.png", "content_type": "image/png", "size": len(files.PNG), "url": "", "error": "",
        "conversation": mailed.pk,
    }  # fmt: skip
    seen = opened(ada, row["url"])
    assert b"".join(seen.streaming_content) == files.PNG
    assert (seen["X-Content-Type-Options"], seen["Content-Security-Policy"]) == (
        "nosniff", "sandbox; default-src 'none'",
    )  # fmt: skip
    assert opened(build.user("Lin"), row["url"]).status_code == 404
    assert Client().get(row["url"]).status_code == 302
    assert [one["id"] for one in api.rows(f"attachments/?conversation={mailed.pk}")] == [row["id"]]
    assert Api(build.user("Bo")).rows("attachments/") == []


def test_once_sent_everybody_sees_it_who_sees_the_message(api: Api, mailed: Conversation) -> None:
    upload = post(api, mailed).json()
    body = {"text": "Here", "attachments": [upload["id"]], "client_id": "c1"}
    message = api.post(f"conversations/{mailed.pk}/messages/", body).json()
    assert [one["name"] for one in message["attachments"]] == ["photo.png"]
    assert message["attachments"][0]["url"] == upload["url"]
    assert opened(build.user("Lin"), upload["url"]).status_code == 200
    assert api.rows("attachments/") == []
    again = api.post(f"conversations/{mailed.pk}/messages/", body)
    assert (again.status_code, again.json()["id"]) == (201, message["id"])
    other = api.post(f"conversations/{mailed.pk}/messages/", {**body, "client_id": "c2"})
    assert_error(other, 400, "invalid", "attachments")
    assert Message.objects.filter(direction="outbound").count() == 1


def test_a_file_needs_no_words(api: Api, mailed: Conversation) -> None:
    upload = post(api, mailed).json()
    assert api.post(f"conversations/{mailed.pk}/messages/", {"attachments": [upload["id"]]}).status_code == 201
    assert_error(api.post(f"conversations/{mailed.pk}/messages/", {"attachments": []}), 400, "invalid", "text")


def test_a_note_keeps_files_that_never_leave(api: Api, ada: User, mailed: Conversation) -> None:
    upload = post(api, mailed).json()
    body = {"kind": "note", "text": "See", "attachments": [upload["id"]], "client_id": "n1"}
    note = api.post(f"conversations/{mailed.pk}/messages/", body).json()
    assert [one["id"] for one in note["attachments"]] == [upload["id"]]
    assert api.post(f"conversations/{mailed.pk}/messages/", body).json()["id"] == note["id"]
    row = Note.objects.get().attachments.get()
    assert opened(build.user("Lin"), upload["url"]).status_code == 200
    for link in (attachments.signed_url(row), attachments.provider_url(row)):
        assert Client().get(link.removeprefix(settings.PUBLIC_URL)).status_code == 404
    assert Message.objects.filter(direction="outbound").count() == 0


@pytest.mark.parametrize("whose", ["another agent's", "another conversation's", "received", "nobody's"])
def test_only_ones_own_upload_to_this_conversation_can_be_sent(api: Api, ada: User, sms: Channel, whose: str) -> None:
    here, there = (build.sms(sms, sender=f"+1500555010{n}").message.conversation for n in (1, 2))
    lin = build.user("Lin")
    ids = {
        "another agent's": lambda: files.upload(lin, here).pk,
        "another conversation's": lambda: files.upload(ada, there).pk,
        "received": lambda: Attachment.objects.create(message=here.messages.get(), name="x", content_type="x").pk,
        "nobody's": lambda: 999_999,
    }
    answer = api.post(f"conversations/{here.pk}/messages/", {"text": "Here", "attachments": [ids[whose]()]})
    assert_error(answer, 400, "invalid", "attachments")
    assert not Delivery.objects.exists()


def test_nothing_can_be_put_or_fetched_behind_a_wall(api: Api, ada: User) -> None:
    legal = build.desk("Legal", is_restricted=True)
    walled = build.mail(build.channel("email", at=legal, address="legal@shop.example")).message.conversation
    assert_error(post(api, walled), 400, "invalid", "conversation")
    secret = files.upload(build.user("Grace", role=User.Role.ADMIN), walled)
    here = build.sms(build.channel("sms")).message.conversation
    body = {"conversation": here.pk, "copy_of": secret.pk}
    assert_error(api.post("attachments/", body), 400, "invalid", "copy_of")
    # Somebody who worked there, and does no more.
    own = files.upload(ada, walled)
    assert opened(ada, f"/inbox/attachments/{own.pk}/").status_code == 404
    assert api.get(f"attachments/{own.pk}/").status_code == 404
    assert api.client.delete(f"/api/v1/attachments/{own.pk}/", headers=api.headers).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "declared", "kept_name", "kept_type"),
    [
        (files.PNG, "../../etc/pass\x00wd.png", "image/png", "passwd.png", "image/png"),
        (files.PNG, "photo.jpg", "image/jpeg", "photo.png", "image/png"),
        (b"<svg onload=alert(1)>", "x.svg", "image/svg+xml", "x.svg", "application/octet-stream"),
        (b"<script>alert(1)</script>", "x.html", "image/png", "x.html", "application/octet-stream"),
        (files.PDF, "bill [final].pdf", "text/plain", "bill (final).pdf", "application/pdf"),
        (b"a,b\n1,2\n", "list.csv", "text/csv", "list.csv", "text/csv"),
        (files.PNG, "\u202egnp.exe", "image/png", "gnp.png", "image/png"),
        (b"x", "y" * 400 + ".txt", "text/plain", "y" * 96 + ".txt", "text/plain"),
    ],
)
def test_type_and_name_are_what_they_may_be_and_not_what_was_said(
    api: Api, mailed: Conversation, content: bytes, name: str, declared: str, kept_name: str, kept_type: str
) -> None:
    row = post(api, mailed, files.form_file(content, name, declared)).json()
    assert row["content_type"] == kept_type
    assert row["name"][-4:] == kept_name[-4:] and "/" not in row["name"] and "\u202e" not in row["name"]
    if len(name) < 100:
        assert row["name"] == kept_name
    stored = Attachment.objects.get(pk=row["id"])
    assert name.rpartition("/")[2][:5] not in stored.file.name
    if kept_type == "application/octet-stream":
        shown = opened(stored.uploaded_by, row["url"])  # type: ignore[arg-type]
        assert shown["Content-Disposition"].startswith("attachment")
        assert shown["Content-Type"] == "application/octet-stream"


def test_what_is_too_large_or_empty_is_said_before_sending(api: Api, mailed: Conversation, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * 1024 * 1024
    answer = post(api, mailed, files.form_file(files.picture(3 * 1024 * 1024)))
    assert_error(answer, 400, "invalid", "file")
    assert answer.json()["fields"]["file"] == ["photo.png: a file may have up to 2 MB; this one has 3 MB."]
    assert_error(post(api, mailed, files.form_file(b"")), 400, "invalid", "file")
    assert not Attachment.objects.exists()


def test_a_file_that_its_channel_does_not_take_is_refused_and_stays(api: Api, ada: User) -> None:
    here = build.whatsapp(build.channel("whatsapp")).message.conversation
    upload = files.upload(ada, here, content=files.picture(6 * 1024 * 1024))
    answer = api.post(f"conversations/{here.pk}/messages/", {"text": "Here", "attachments": [upload.pk]})
    assert answer.json()["fields"]["attachments"] == [
        "photo.png: WhatsApp takes pictures up to 5 MB; this one has 6 MB."
    ]
    assert not Message.objects.filter(direction="outbound").exists()
    assert len(api.rows("attachments/")) == 1


def test_an_upload_can_be_taken_away(api: Api, mailed: Conversation, own_files: Path) -> None:
    row = post(api, mailed).json()
    assert kept(own_files) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda run, **_: run())
        assert api.client.delete(f"/api/v1/attachments/{row['id']}/", headers=api.headers).status_code == 204
    assert kept(own_files) == 0
    assert api.client.delete(f"/api/v1/attachments/{row['id']}/", headers=api.headers).status_code == 404


def test_what_was_not_sent_for_a_day_is_forgotten(ada: User, mailed: Conversation, own_files: Path) -> None:
    old, fresh, sent = (files.upload(ada, mailed, f"{name}.png") for name in ("old", "fresh", "sent"))
    outgoing = replying.Outgoing("Here", attachments=(sent.pk,))
    replying.reply(mailed, outgoing, by=actors.agent(ada), user=ada)
    Attachment.objects.filter(pk__in=[old.pk, sent.pk]).update(created_at=timezone.now() - timedelta(hours=25))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda run, **_: run())
        assert uploads.remove_unsent() == 1
    assert set(Attachment.objects.values_list("pk", flat=True)) == {fresh.pk, sent.pk}
    assert kept(own_files) == 2
    assert uploads.remove_unsent() == 0


def test_a_sent_or_received_file_can_be_sent_once_more(api: Api, ada: User, mailed: Conversation) -> None:
    first = files.upload(ada, mailed)
    replying.reply(mailed, replying.Outgoing("Here", attachments=(first.pk,)), by=actors.agent(ada), user=ada)
    row = api.post("attachments/", {"conversation": mailed.pk, "copy_of": first.pk}).json()
    assert (row["name"], row["size"]) == ("photo.png", len(files.PNG))
    assert row["id"] != first.pk
    assert b"".join(opened(ada, row["url"]).streaming_content) == files.PNG


def test_uploads_follow_a_conversation_that_is_joined(ada: User) -> None:
    chat, sms = build.channel("chat"), build.channel("sms")
    session = build.chat(chat).message.identity
    assert session is not None
    texted = build.sms(sms).message.conversation
    upload = files.upload(ada, texted)
    people.claim_and_challenge(session, "phone", build.JO_PHONE, as_seen=build.JO_PHONE)
    code = Delivery.objects.exclude(secret=None).get().secret["text"][:6]
    assert people.prove(session, code) is not None
    upload.refresh_from_db()
    assert upload.conversation == build.conversation()


def test_a_template_takes_no_files(api: Api, mailed: Conversation) -> None:
    answer = api.post(f"conversations/{mailed.pk}/messages/", {"template": {"id": 1}, "attachments": [1]})
    assert_error(answer, 400, "invalid", "attachments")


def test_the_documentation_names_the_upload(api: Api) -> None:
    schema = api.get("schema/?format=json").json()
    create = schema["paths"]["/api/v1/attachments/"]["post"]
    assert "multipart/form-data" in create["requestBody"]["content"]
    assert "attachments" in schema["components"]["schemas"]["NewMessage"]["properties"]
