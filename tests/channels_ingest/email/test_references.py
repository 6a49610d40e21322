"""What ties a mail to earlier ones."""

from __future__ import annotations

import re

from channels_ingest.adapters.email.headers import Headers
from channels_ingest.adapters.email.references import (
    address_with_token,
    answered_ids,
    message_ids,
    new_message_id,
    new_reply_token,
    reply_tokens,
)


def test_message_ids_are_picked_out_of_junk() -> None:
    value = 'Message of "Mon" <a@x.example>,<b@x.example> (comment) <not an id> <c@x.example>\t<a@x.example>'

    assert message_ids(value) == ["<a@x.example>", "<b@x.example>", "<c@x.example>"]


def test_a_message_id_without_brackets_is_understood() -> None:
    assert message_ids("abc@x.example") == ["<abc@x.example>"]


def test_the_nearest_mail_comes_first() -> None:
    headers = Headers((("references", "<1@x> <2@x> <3@x>"), ("in-reply-to", "<3@x>")))

    assert answered_ids(headers) == ("<3@x>", "<2@x>", "<1@x>")


def test_endless_references_are_cut() -> None:
    headers = Headers((("references", " ".join(f"<{number}@x.example>" for number in range(5000))),))

    found = answered_ids(headers)

    assert len(found) == 100
    assert found[0] == "<4999@x.example>"


def test_tokens_are_unguessable_and_survive_relays() -> None:
    token = new_reply_token()
    address = address_with_token("support@acme.example", token)

    assert re.fullmatch(r"[a-z2-7]{26}", token)
    assert len({new_reply_token() for _ in range(100)}) == 100
    assert len(address.split("@")[0]) <= 64
    assert reply_tokens(Headers((("to", f"Acme <{address.upper()}>"),))) == (token,)


def test_an_earlier_plus_part_gives_way_to_the_token() -> None:
    assert address_with_token("support+eu@acme.example", "t") == "support+t@acme.example"


def test_tokens_are_read_from_the_envelope_first() -> None:
    first, second, third = (letter * 26 for letter in "abc")
    headers = Headers(
        (
            ("to", f"support+{third}@acme.example"),
            ("cc", f"x@x.example, <support+{second}@acme.example>"),
            ("delivered-to", f"support+{first}@acme.example"),
        )
    )

    assert reply_tokens(headers) == (first, third, second)


def test_what_is_no_token_is_none() -> None:
    headers = Headers((("to", f"support+eu@acme.example, support+12345@acme.example, {'a' * 26}@acme.example"),))

    assert reply_tokens(headers) == ()


def test_message_ids_of_ours_are_well_formed() -> None:
    assert re.fullmatch(r"<[a-z2-7]{32}@acme\.example>", new_message_id("acme.example"))
