"""Matters of this week."""

from helpdesk.management.demo.script import (
    Ago,
    Answered,
    Assigned,
    HandedOff,
    Notes,
    Replies,
    Resolved,
    Says,
    Snoozed,
    Story,
)
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "ines-refund",
        cast.INES,
        Ago(days=4, at="08:50"),
        (
            Says(
                0,
                "email",
                "Hello, I sent my boots back two weeks ago. How long does a refund take? I paid by bank transfer.",
                subject="Refund for my boots",
            ),
            Answered(
                0.2,
                "We check a return within 3 working days of its arrival and mail you the result. "
                "After that it depends on how you paid:\n\nBank transfer: 2 to 3 working days",
                ("refunds",),
            ),
            Says(
                190,
                "email",
                "That time is long over. The return is RT-77104, you got it on 2 May and £94.00 are still missing.",
                subject="Re: Refund for my boots",
            ),
            HandedOff(
                0.2,
                "own_case",
                "Inés waits for £94.00 for boots that came back on 2 May.",
                "Look up return RT-77104 and tell her when the money leaves.",
                (("reference", "RT-77104"), ("amount", "£94.00"), ("date", "2 May")),
                mood="annoyed",
            ),
            Assigned(6, "grace", agent="clara", team="Returns"),
            Notes(
                9,
                "clara",
                "Her IBAN has one digit too few, so the bank sent the money back. Asked her for it.",
            ),
            Replies(
                2,
                "clara",
                "Dear Inés,\n\nwe did pay, but the bank returned it: the account number has one digit too few. "
                "Please send it to us once more and the money leaves the same day.\n\nClara Weiss",
            ),
            Snoozed(1, "clara", days=6),
        ),
    ),
    Story(
        "dana-scouts",
        cast.DANA,
        Ago(days=3, at="16:05"),
        (
            Says(
                0,
                "email",
                "Dear team,\n\nwe are the 4th Linwell scout group and need 40 head torches before 12 July, with our "
                "badge on the strap if you can do that. Could somebody make us a quote? We are a registered charity, "
                "and we would like to pay by invoice.\n\nDana Fox",
                subject="40 head torches for the scouts",
            ),
            HandedOff(
                0.2,
                "wanted_person",
                "A quote for 40 head torches with a printed badge before 12 July, paid by invoice.",
                "Make the quote; the badge needs the artwork.",
                (("date", "12 July"),),
            ),
            Assigned(21, "ada", agent="grace", team="Support"),
            Replies(
                50,
                "grace",
                "Dear Dana,\n\nwith pleasure. 40 Warden torches with your badge come to £1,558 after 8 % discount, and "
                "they leave a week after we have the artwork. Shall I put you down for it?\n\nGrace Okafor",
            ),
            Notes(3, "grace", "Warehouse has 52 Wardens, I put 40 aside until Friday."),
            Says(
                1150,
                "sms",
                "Hi Grace, Dana from the scouts. Committee says yes! Where do I send the badge, and can 2 torches go "
                "to 14 Mill Lane, Linwell LN4 2QT first?",
            ),
        ),
    ),
    Story(
        "rosalind-norway",
        cast.ROSALIND,
        Ago(days=1, at="17:31"),
        (
            Says(
                0,
                "email",
                "Hello,\n\nmy daughter and I walk in Norway in August. Do you deliver to a cabin near Bergen, what "
                "does it cost, and is there import tax?\n\nRosalind Hale",
                subject="Delivery to Norway",
            ),
            Answered(
                0.2,
                "Norway, Switzerland, Iceland, Liechtenstein: £19.50, 6 to 12 working days\n\nFor Norway, Switzerland, "
                "Iceland and Liechtenstein the carrier collects import tax and a handling fee of about £12; "
                "we can't know the exact sum.",
                ("international-shipping",),
            ),
        ),
    ),
    Story(
        "gardener-roses",
        cast.GARDENER,
        Ago(days=1, at="12:15"),
        (
            Says(0, "chat", "My roses came with a few brown leaves, is that normal?"),
            Answered(
                0.1,
                "A few yellow or broken leaves are normal.\n\nSend a photo within 3 days of delivery. We replace the "
                "plant or refund it; nothing needs to be sent back.",
                ("plant-promise",),
                decision="offer",
            ),
            Says(2, "chat", "ok that's all I wanted to know, thanks"),
            Resolved(240, "ada"),
        ),
    ),
)
