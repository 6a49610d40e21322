"""Who called: answered, handed over, after the tone, or without a number to show."""

from helpdesk.management.demo.script import (
    Ago,
    Answered,
    AsksBack,
    Assigned,
    HandedOff,
    HangsUp,
    Leaves,
    Notes,
    Replies,
    Resolved,
    Says,
    Story,
)
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "priya-called",
        cast.PRIYA,
        Ago(days=8, at="14:10"),
        (
            Says(0, "phone", "Hello, I would like to know when the shop is open on a Saturday."),
            Answered(
                0.1,
                "Open Monday to Saturday from 9:30 to 18:30, in December also on Sundays from 11:00 to 16:00.",
                ("contact-and-opening-hours",),
                full_text="Fernhill Supply, Mill Yard 3, Linwell. Open Monday to Saturday from 9:30 to 18:30, "
                "in December also on Sundays from 11:00 to 16:00. Closed on 25 and 26 December and on 1 January.",
            ),
            Says(0.5, "phone", "Lovely, and do you keep the small hammock there?"),
            HandedOff(
                0.1,
                "nothing_found",
                "Priya asks whether the small hammock is in the shop.",
                "Look at the stock and text her.",
            ),
            HangsUp(0.3),
            Replies(
                35, "ben", "Hi Priya, four of them, and one is set up to lie in. See you Saturday! Ben", channel="sms"
            ),
            Says(12, "sms", "Brilliant, see you then"),
        ),
    ),
    Story(
        "nora-called",
        cast.NORA,
        Ago(minutes=84),
        (
            Says(0, "phone", "Yes, hello. My shed was to come between eight and twelve and it is nearly one."),
            HandedOff(
                0.1,
                "own_case",
                "A shed was to come between eight and twelve and is not there.",
                "Call the two-person van and call her back.",
                (("date", "between eight and twelve"),),
                mood="annoyed",
            ),
            Says(0.8, "phone", "Agent. Please. I have taken the day off for this."),
            Leaves(0.4, 17),
            HangsUp(0.1),
            Assigned(7, "grace", agent="ben", team="Deliveries"),
            Notes(5, "ben", "Van broke down at Marsh End. Second crew is with her by three."),
        ),
    ),
    Story(
        "samuel-collects",
        cast.SAMUEL,
        Ago(days=5, at="10:20"),
        (
            Says(0, "phone", "Can I collect my order in the shop?"),
            Answered(
                0.1,
                "Collection from our shop at Mill Yard 3, Linwell is free for every order.",
                ("click-and-collect",),
                full_text="Collection from our shop at Mill Yard 3, Linwell is free for every order. At the till, "
                'choose Collect in Linwell. Wait for the text or mail "Ready to collect".',
            ),
            Says(0.4, "phone", "That is all I wanted to know, thank you."),
            HangsUp(0.1),
            Resolved(90, "clara"),
        ),
    ),
    Story(
        "dana-calls-back",
        cast.DANA,
        Ago(days=3, at="09:05"),
        (
            Says(0, "phone", "It is about the invoice for the scouts. I would rather talk to somebody."),
            HandedOff(
                0.1,
                "wanted_person",
                "Dana wants to talk about an invoice for the scouts.",
                "Call her back.",
            ),
            AsksBack(0.3),
            HangsUp(0.1),
            Assigned(22, "clara", agent="clara"),
            Notes(9, "clara", "Called her: the invoice needs the name of the group on it. New one is out by mail."),
            Resolved(4, "clara"),
        ),
    ),
    Story(
        "nobody-in-particular",
        cast.WITHHELD,
        Ago(minutes=47),
        (
            Says(0, "phone", "Hello? I found a wallet in your car park."),
            HandedOff(
                0.1,
                "nothing_found",
                "Somebody found a wallet in the car park of the shop.",
                "Listen to the message: the number is withheld.",
            ),
            Leaves(0.5, 11),
            HangsUp(0.1),
        ),
    ),
)
