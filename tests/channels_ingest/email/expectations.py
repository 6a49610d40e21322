"""What must be made of the mails for the traps of MIME, threading and machines. Each mail is named for its trap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """The parts of a message that matter."""

    sender: str | None
    text: str
    quoted_ends: str = ""
    automatic: str = ""
    is_forward: bool = False


TRAPS = {
    "all_quoted": Expected("jo@customer.example", "> Which one is it?\n>\n> Ada"),
    "bottom_posting": Expected(
        "jo@customer.example",
        "On Mon, 4 May 2026 at 17:03, Acme <support@acme.example> wrote:\n> Which one is it?\n\n"
        "The green one.\n\n-- \nJo Miller",
    ),
    "boundary_prefix": Expected("jo@customer.example", "--b is not a boundary here: --b\n\nAnd this follows."),
    "calendar_invite": Expected("jo@customer.example", "Repair on Friday at ten."),
    "charset_in_meta": Expected("jo@customer.example", "Лампа сломана."),
    "charset_korean": Expected("jo@customer.example", "램프가 고장났어요."),
    "charset_latin_called_utf8": Expected("jo@customer.example", "Die Tür schließt nicht."),
    "charset_lie": Expected("jo@customer.example", "Die Tür schließt nicht – wirklich."),
    "charset_undeclared_japanese": Expected("jo@customer.example", "ランプが壊れました。"),
    "charset_utf7": Expected("jo@customer.example", "The lamp is empty."),
    "cid_spellings": Expected("jo@customer.example", "Six"),
    "date_future": Expected("jo@customer.example", "My clock is wrong."),
    "date_two_digits": Expected("jo@customer.example", "Old clock, good clock."),
    "deep_structure": Expected("jo@customer.example", "See the crack."),
    "doubled_headers": Expected("jo@customer.example", "The handle is loose."),
    "empty_text_and_html": Expected("jo@customer.example", "Only the html says: it hums.\n\nDoes it have to?"),
    "encoded_words": Expected("joerg@customer.example", "Schraube fehlt."),
    "file_names": Expected("jo@customer.example", "Thirteen pictures."),
    "halved_emoji": Expected("jo@customer.example", "All good 😀"),
    "html_interleaved": Expected(
        "jo@customer.example",
        "See below.\nOn Mon, 4 May 2026 at 17:03, Acme wrote:\n\n> Which colour?\n\nGreen.\n\n> Which size?\n\nLarge.",
    ),
    "korean_reply": Expected("jo@customer.example", "초록색입니다.", "> 어느 것입니까?"),
    "mailing_list": Expected("garden@lists.example", "Does anybody know a good lamp?", automatic="list"),
    "mbox_line": Expected("jo@customer.example", "From a pipe, with mbox's line above."),
    "no_base64_at_all": Expected("jo@customer.example", "¿?"),
    "no_blank_line": Expected("jo@customer.example", "The switch is stuck."),
    "nul_and_surrogates": Expected("jo@customer.example", "Onetwo �three four."),
    "odd_addresses": Expected("x@evil.example", "Please pay my invoice."),
    "out_of_office_japanese": Expected(
        "jo@customer.example", "ただいま休暇をいただいております。", automatic="auto_reply"
    ),
    "outlook_new": Expected("jo@customer.example", "It is the green one.", "Which one is it?"),
    "own_marker": Expected("jo@customer.example", "It is the green one.", "> Which one is it?"),
    "pgp_encrypted": Expected("jo@customer.example", ""),
    "polish_reply": Expected("jo@customer.example", "Zielona.", "> Która to?"),
    "proton": Expected("jo@customer.example", "It is the green one.", "> Which one is it?"),
    "qq": Expected("jo@customer.example", "是绿色的。", "Which one is it?"),
    "read_receipt": Expected("jo@customer.example", "Your message was displayed.", automatic="auto_reply"),
    "references_junk": Expected("jo@customer.example", "Any news?"),
    "returns_alone": Expected("jo@customer.example", "From an old machine.\nJo"),
    "signed_by_dkim": Expected("jo@customer.example", "Signed with care."),
    "sent_from_my_phone": Expected(
        "jo@customer.example",
        "The green one\n\nSent from my phone",
        "> Which one is it?",
    ),
    "several_from": Expected("jo@customer.example", "We both agree."),
    "several_text_parts": Expected("jo@customer.example", "First the switch:\n\nThen the shade:\n\nBoth are broken."),
    "smime_encrypted": Expected("jo@customer.example", ""),
    "smime_signed": Expected("jo@customer.example", "Signed and sealed."),
    "swallowed_by_a_quote": Expected("jo@customer.example", "The bulb flickers."),
    "token_in_capitals": Expected("jo@customer.example", "My relay shouts."),
    "token_in_envelope": Expected("jo@customer.example", "I wrote in Bcc."),
    "transfer_encodings": Expected(
        "jo@customer.example",
        "Eins: Tür\n\nZwei: Tür\n\nDrei: Tür\n\nVier: Tür\n\nFive: door\n\nSix: 1+1=2, Tür!\n\nSieben: Tür",
    ),
    "turkish_reply": Expected("jo@customer.example", "Yeşil olan.", "> Hangisi?"),
    "winmail": Expected("jo@customer.example", "The plan is attached."),
    "words_in_preamble": Expected("jo@customer.example", "The cable is torn."),
    "wrapped_attribution": Expected("jo@customer.example", "The green one.", "> Which one is it?"),
    "yahoo": Expected("jo@customer.example", "It is the green one.", "Which one is it?"),
}
TRAP_BOUNCES = {
    "bounce_carrier": ("<out-83@acme.example>", "nobody@carrier.example", "5.0.0"),
    "bounce_gmail": ("<out-84@acme.example>", "typo@customer.example", "5.1.1"),
    "bounce_postfix_text": ("<out-82@acme.example>", "gone@old.example", "5.1.1"),
    "bounce_soft": ("<out-85@acme.example>", "full@customer.example", "4.2.2"),
}
