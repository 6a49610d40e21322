"""Matters of the last month, all settled."""

from helpdesk.management.demo.script import Ago, Answered, HandedOff, Replies, Resolved, Says, Story
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "rosalind-collect",
        cast.ROSALIND,
        Ago(days=30, at="10:12"),
        (
            Says(
                0,
                "email",
                "Hello,\n\ncan my husband pick up my order in Linwell for me? What does he have to bring?\n\n"
                "Many thanks\nRosalind Hale",
                subject="Somebody else collecting",
            ),
            Answered(
                0.2,
                "Forward the code. Your friend shows the code and their own identity document; we note the name. "
                "For knives, axes and fuel that person must be 18 or older.",
                ("click-and-collect",),
            ),
            Says(34, "email", "Perfect, thank you!", subject="Re: Somebody else collecting"),
            Resolved(60, "grace"),
        ),
    ),
    Story(
        "jo-tent-return",
        cast.JO,
        Ago(days=20, at="13:40"),
        (
            Says(
                0,
                "email",
                "Hi,\n\nthe Fell 3 from order FH-19377 is bigger than I thought. I put it up once in the garden. "
                "Can I still send it back, and what does it cost me?\n\nJo",
                subject="Sending back a tent",
            ),
            Answered(
                0.2,
                "A return by label costs £2.90, which we take off the refund. Returns are free for Fernhill Circle "
                "members and for anything faulty or wrong.\n\nItems must be unused and complete, with their labels. "
                "Trying a tent in the garden or boots in the living room is fine.",
                ("return-an-item",),
            ),
            Says(52, "email", "Good to know. It is on its way.", subject="Re: Sending back a tent"),
            Replies(
                1490,
                "clara",
                "Hi Jo,\n\nyour tent arrived this morning and looks like new. £186.10 go back to your card today; "
                "your bank needs 3 to 5 working days.\n\nClara",
            ),
            Resolved(2, "clara"),
        ),
    ),
    Story(
        "tom-late",
        cast.TOM,
        Ago(days=17, at="09:05"),
        (
            Says(
                0,
                "email",
                "Order FH-20055 was promised for last Thursday and still has not arrived. "
                "The tracking page has said 'in transit' for three days.",
                subject="Late parcel",
            ),
            HandedOff(
                0.2,
                "own_case",
                "Tom waits for order FH-20055, promised for last Thursday.",
                "Ask the carrier where the parcel is.",
                (("order_number", "FH-20055"), ("date", "last Thursday")),
            ),
            Replies(
                75,
                "ben",
                "Hello Tom,\n\nI am sorry. The carrier had it on the wrong van; it is at the Exeter depot now and "
                "comes tomorrow before noon. Your £3.90 for delivery are on their way back to you.\n\nBen",
            ),
            Says(1610, "email", "It came at ten. Thanks for sorting it out, Ben.", subject="Re: Late parcel"),
            Resolved(12, "ben"),
        ),
    ),
    Story(
        "emil-gas",
        cast.EMIL,
        Ago(days=16, at="15:22"),
        (
            Says(0, "sms", "Which gas canister fits the Ember stove?"),
            Answered(
                0.2,
                "Our Ember and Ember Duo stoves take screw canisters with the EN 417 valve, in 100 g, 230 g and 450 g. "
                "Pierceable canisters do not fit.",
                ("camping-stoves-and-gas",),
            ),
            Says(4, "sms", "Great, thanks"),
            Resolved(1300, "ada"),
        ),
    ),
    Story(
        "samuel-bench",
        cast.SAMUEL,
        Ago(days=11, at="11:30"),
        (
            Says(
                0,
                "email",
                "Good morning,\n\none slat of our oak bench has split. The number below the seat is GB2210. "
                "Can I buy a single slat?\n\nSamuel Okoro",
                subject="Oak bench GB2210",
            ),
            Answered(
                0.2,
                "Bench slat, oak: £14.00\n\nDelivery of spare parts costs £1.90, whatever the number of parts. "
                "They arrive in 2 to 4 working days.",
                ("spare-parts",),
            ),
            Says(95, "sms", "Hi, it's Samuel with the bench GB2210. Is the slat already oiled or do I do that myself?"),
            HandedOff(
                0.2,
                "nothing_found",
                "Samuel asks whether the oak slat for bench GB2210 comes oiled.",
                "Ask the workshop how slats are delivered.",
                (("reference", "GB2210"),),
            ),
            Replies(18, "ada", "Hello Samuel, it comes raw, to match yours: one coat of teak oil is enough. Ada"),
            Says(3, "sms", "Perfect, ordered."),
            Resolved(8, "ada"),
        ),
    ),
)
