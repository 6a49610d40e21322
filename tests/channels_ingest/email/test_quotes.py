"""New text is shown, quoted text is folded away, and nothing is lost."""

from __future__ import annotations

import time

import pytest

from channels_ingest.adapters.email.attributions import MARKER, is_forward_subject
from channels_ingest.adapters.email.html_quotes import separate_html
from channels_ingest.adapters.email.quotes import separate_text
from channels_ingest.html_text import html_to_text


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 4 May 2026 at 17:03, Acme <support@acme.example> wrote:",
        "On Mon, 4 May 2026 at 17:03, Acme Support with a rather long name\n<support@acme.example>\nwrote:",
        "Am Mo., 4. Mai 2026 um 17:03 Uhr schrieb Acme <support@acme.example>:",
        "Am 04.05.26 um 17:03 schrieb Acme:",
        "Le 4 mai 2026 à 17:03, Acme <support@acme.example> a écrit :",
        "El lun, 4 may 2026 a las 17:03, Acme (<support@acme.example>) escribió:",
        "Il giorno lun 4 mag 2026 alle ore 17:03 Acme <support@acme.example> ha scritto:",
        "Op ma 4 mei 2026 om 17:03 schreef Acme <support@acme.example>:",
        "Em seg., 4 de mai. de 2026 às 17:03, Acme <support@acme.example> escreveu:",
        "W dniu pon., 4 maj 2026 o 17:03 Acme <support@acme.example> napisał(a):",
        "Den man. 4. maj 2026 kl. 17.03 skrev Acme <support@acme.example>:",
        "Den mån 4 maj 2026 kl 17:03 skrev Acme <support@acme.example>:",
        "po 4. 5. 2026 v 17:03 odesílatel Acme <support@acme.example> napsal:",
        "пн, 4 мая 2026 г. в 17:03, Acme <support@acme.example>:\nпишет:",
        "2026年5月4日(月) 17:03 Acme <support@acme.example>:",
        "Acme <support@acme.example> 于2026年5月4日周一 17:03写道：",
        "2026-05-04 17:03 GMT+02:00 Acme <support@acme.example>:",
        "4 Mayıs 2026 Pzt 17:03 tarihinde Acme <support@acme.example> şunu yazdı:",
        "---- On Mon, 04 May 2026 17:03:00 +0200 Acme <support@acme.example> wrote ----:",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "-----Mensaje original-----",
        "________________________________\nFrom: Acme <support@acme.example>\nSent: Monday\nTo: Jo\nSubject: Lamp",
        "Von: Acme <support@acme.example>\nGesendet: Montag\nAn: Jo\nBetreff: Lampe",
        "De : Acme <support@acme.example>\nEnvoyé : lundi\nÀ : Jo\nObjet : Lampe",
        "*From:* Acme <support@acme.example>\n*Sent:* Monday\n*To:* Jo\n*Subject:* Lamp",
        "发件人: Acme <support@acme.example>\n发送时间: 2026\n收件人: Jo\n主题: Lamp",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "unmarked"])
def test_a_quote_is_known_by_what_stands_above_it(attribution: str, mark: str) -> None:
    new, quoted = separate_text(f"It is the blue one.\n\n{attribution}\n\n{mark}Which one?\n{mark}Ada")

    assert new == "It is the blue one."
    assert quoted == f"{attribution}\n\n{mark}Which one?\n{mark}Ada"


def test_our_own_marker_is_where_our_mail_begins() -> None:
    assert separate_text(f"Blue.\n\n{MARKER}\n\nWhich one?")[0] == "Blue."


def test_answers_between_the_quotes_survive() -> None:
    text = "On 4 May 2026 at 17:03, Acme wrote:\n> Which?\nBlue.\n> How many?\nTwo."

    assert separate_text(text) == (text, "")


def test_an_answer_below_the_quote_survives() -> None:
    text = "On 4 May 2026 at 17:03, Acme wrote:\n> Which?\n\nThe blue one."

    assert separate_text(text) == (text, "")


def test_a_signature_below_the_quote_goes_with_it() -> None:
    assert separate_text("Blue.\n\n> Which?\n\n-- \nJo")[0] == "Blue."


def test_a_mail_of_quotes_alone_is_shown_whole() -> None:
    assert separate_text("> Which one?\n> Ada") == ("> Which one?\n> Ada", "")


@pytest.mark.parametrize(
    "text",
    [
        "On the phone your colleague wrote:\nplease send a photo.\n\nHere it is.",
        "From: the shop\nI bought a lamp.",
        "My questions:\n- From: where is it sent?\n- To: which door?",
        "Thank you\n- it works\n-- really",
        "I ordered this on 4 May:\nlamp\nchair",
        "x > y and\ny > z",
        "",
    ],
)
def test_what_only_looks_like_a_quote_is_new(text: str) -> None:
    assert separate_text(text) == (text, "")


def test_a_forwarded_part_is_not_cut() -> None:
    text = "Is this you?\n\n---------- Forwarded message ---------\nFrom: X <x@x.example>\nDate: Mon\nTo: Jo\n\nPay."

    assert separate_text(text) == (text, "")


@pytest.mark.parametrize(
    "subject", ["Fwd: Lamp", "FW: Lamp", "WG: Lampe", "TR : Lampe", "RV: Lámpara", "转发：灯", "fwd:lamp"]
)
def test_a_forward_is_known_by_its_subject(subject: str) -> None:
    assert is_forward_subject(subject)


@pytest.mark.parametrize("subject", ["Re: Fwd: Lamp", "Forward it: please", "Lamp", "", "AW: WG: Lampe"])
def test_an_answer_to_a_forward_is_no_forward(subject: str) -> None:
    assert not is_forward_subject(subject)


@pytest.mark.parametrize(
    ("html", "new", "quoted"),
    [
        ('<p>Blue.</p><blockquote type="cite">Which?</blockquote>', "Blue.", "> Which?"),
        (
            '<div>Blue.</div><div class="gmail_quote">On Mon wrote:<blockquote>Which?</blockquote></div>',
            "Blue.",
            "Which?",
        ),
        ('<p>Blue.</p><div class="yahoo_quoted"><div>On Mon</div><div>Which?</div></div>', "Blue.", "Which?"),
        (
            '<p>Blue.</p><div class="protonmail_quote">Ada:<blockquote>Which?</blockquote></div>',
            "Blue.",
            "Which?",
        ),
        ('<p>Blue.</p><hr id="stopSpelling">From: Acme<br>Which?', "Blue.", "Which?"),
        ('<p>Blue.</p><div id="x_divRplyFwdMsg">From: Acme</div><div>Which?</div>', "Blue.", "Which?"),
        ('<p>Blue.</p><div id="mail-editor-reference-message-container"><div>Which?</div></div>', "Blue.", "Which?"),
        (f"<p>Blue.</p><p>{MARKER}</p><p>Which?</p>", "Blue.", "Which?"),
        ("<p>Blue.</p><p>-----Original Message-----</p><p>Which?</p>", "Blue.", "Which?"),
        (
            '<p>Blue.</p>On 4 May 2026 17:03, <a href="mailto:a@x.example">a@x.example</a> wrote:'
            '<blockquote type="cite">Which?</blockquote>',
            "Blue.",
            "Which?",
        ),
    ],
)
def test_html_is_cut_where_its_program_put_the_quote(html: str, new: str, quoted: str) -> None:
    found, found_quoted = separate_html(f"<html><body>{html}</body></html>")

    assert html_to_text(found) == new
    assert quoted in found_quoted
    assert quoted.strip("> ") not in html_to_text(found)


@pytest.mark.parametrize(
    "html",
    [
        '<blockquote type="cite">Which?</blockquote><p>Blue.</p>',
        '<div class="gmail_quote">On Mon wrote:<blockquote>Which?</blockquote><div>Blue.</div></div>',
        '<blockquote type="cite">Which?</blockquote>',
        "<p>A poem:</p><blockquote>Roses are red</blockquote>",
        '<p>See</p><div class="gmail_quote"><p class="gmail_attr">--- Forwarded message ---</p>Pay.</div>',
        '<p>Blue.</p><div style="border-top:solid 1px">A ruled box</div><p>More.</p>',
    ],
)
def test_html_with_new_text_below_or_nothing_else_is_left_whole(html: str) -> None:
    assert separate_html(html) == (html, "")


def test_interleaved_html_answers_survive() -> None:
    html = (
        '<div class="gmail_quote">On Mon wrote:<blockquote class="gmail_quote">Which?</blockquote><div>Blue.</div>'
        '<blockquote class="gmail_quote">How many?</blockquote><div>Two.</div>'
        '<blockquote class="gmail_quote">Ada</blockquote></div>'
    )

    new, quoted = separate_html(html)

    assert quoted == "> Ada"
    assert "Blue." in new
    assert "Two." in new


@pytest.mark.parametrize(
    "text",
    [
        "On 4 May 2026 at 17:03 wrote:\n" * 15_000,
        "schrieb " * 50_000 + ":",
        ("Am " + "schrieb " * 60 + ":\n") * 800,
        "From: a\nTo: b\n" * 20_000,
        ">" * 400_000,
        "> a\nb\n" * 9_000,
        "-" * 400_000,
    ],
    ids=lambda text: text[:30],
)
def test_no_text_takes_long_to_separate(text: str) -> None:
    began = time.process_time()

    separate_text(text)

    assert time.process_time() - began < 3
