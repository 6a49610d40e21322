"""What lies on ada's desk and her colleagues' today."""

from helpdesk.management.demo.script import (
    Ago,
    Answered,
    Assigned,
    HandedOff,
    Notes,
    Proves,
    Reads,
    Replies,
    Says,
    Snoozed,
    Story,
)
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "bilal-split-order",
        cast.BILAL,
        Ago(minutes=228),
        (
            Says(0, "chat", "half my order FH-31388 came, the tarp is missing. dispatch mail says 1 of 1"),
            HandedOff(
                0.2,
                "own_case",
                "The tarp of FH-31388 is missing; the mail said one parcel.",
                "Look at the packing weight; send the tarp.",
                (("order_number", "FH-31388"),),
            ),
            Proves(2, "phone"),
            Assigned(9, "ada", agent="ada"),
            Replies(3, "ada", "Hello Bilal, let me ask the warehouse what the parcel weighed. Ten minutes."),
            Says(14, "sms", "Had to leave the page, I'm on the train now. Bilal, FH-31388"),
            Notes(4, "ada", "Parcel weighed 2.1 kg, with tarp it would be 2.9. It never went in."),
            Replies(2, "ada", "Your parcel was too light: the tarp stayed here. It leaves today by express. Ada"),
            Says(
                61,
                "email",
                "Hi Ada,\n\ngood of you. Could the tarp go to my mother's instead? We leave from there on Friday: "
                "3 Fold Lane, Hallam HM4 2LP.\n\nBilal",
                subject="Tarp to another address",
            ),
        ),
    ),
    Story(
        "margery-no-answer",
        cast.MARGERY,
        Ago(minutes=330),
        (
            Says(
                0,
                "email",
                "Dear Sirs,\n\nI wrote last Tuesday about the hinge of my potting table and have heard nothing. "
                "I do not use chat and I do not wish to speak to a machine.\n\nMargery Tull (Mrs)",
                subject="Hinge of potting table, second letter",
            ),
            HandedOff(
                0.2,
                "wanted_person",
                "Mrs Tull waits for word about the hinge of her potting table and wants a person.",
                "Find last Tuesday's letter; a hinge is a spare part.",
                (("date", "last Tuesday"),),
                mood="annoyed",
            ),
            Assigned(26, "grace", agent="ada", team="Support"),
            Reads(6, "ada"),
            Notes(
                20, "ada", "Her first mail went to the old mailbox. @Ben, the hinge is 2 brass screws short, isn't it?"
            ),
            Notes(9, "ben", "Yes, every one from March. I have put a bag of screws on your desk."),
            Replies(
                12,
                "ada",
                "Dear Mrs Tull,\n\nyour letter reached a mailbox nobody reads any more, and that is our fault. Two "
                "screws were "
                "missing in the bag; they are in today's post, with a second hinge.\n\nAda Lindqvist",
                fails="The mailbox is full (452 4.2.2).",
            ),
        ),
    ),
    Story(
        "tom-stove-text",
        cast.TOM,
        Ago(minutes=58),
        (
            Says(
                0, "whatsapp", "Hi, Tom again. The Ember I got on Friday hisses when I screw the can in. Is that safe?"
            ),
            HandedOff(
                0.2,
                "own_case",
                "Tom's new Ember stove hisses when the canister is screwed in.",
                "Safety first: no use until checked; send a seal kit or a new stove.",
                mood="annoyed",
            ),
        ),
    ),
    Story(
        "dana-badges",
        cast.DANA,
        Ago(days=17, at="10:05"),
        (
            Says(
                0,
                "email",
                "Dear team,\n\ncould our scouts visit your workshop one afternoon? Twelve children and three of "
                "us.\n\nDana Fox",
                subject="A visit to the workshop",
            ),
            HandedOff(
                0.2,
                "nothing_found",
                "Twelve scouts and three adults would like to visit the workshop.",
                "Ask the workshop for an afternoon.",
            ),
            Replies(
                70, "grace", "Dear Dana,\n\nwe would love that. Wednesday the week after next at three?\n\nGrace Okafor"
            ),
            Says(
                610,
                "email",
                "Wednesday is perfect. They are already drawing hammers.",
                subject="Re: A visit to the workshop",
            ),
            Replies(30, "grace", "Dear Dana,\n\nthen at three, with biscuits.\n\nGrace Okafor"),
        ),
    ),
    Story(
        "rosalind-tent-loan",
        cast.ROSALIND,
        Ago(minutes=140),
        (
            Says(0, "chat", "Good morning, me again! Which of your stoves may I use in the porch of a tent?"),
            Answered(
                0.2,
                "Never use a stove or a gas heater inside a tent, porch or caravan: carbon monoxide has no smell "
                "and kills.",
                ("camping-stoves-and-gas",),
            ),
            Proves(3, "email"),
            Says(4, "chat", "Thank you so much!"),
        ),
    ),
    Story(
        "emil-number-gone",
        cast.EMIL,
        Ago(days=2, at="11:05"),
        (
            Says(0, "sms", "Did you get my photos of the torn pocket? Emil, order FH-29910"),
            HandedOff(
                0.2,
                "own_case",
                "Emil asks whether his photos of a torn pocket (FH-29910) arrived.",
                "Look for the photos; a pocket seam is covered.",
                (("order_number", "FH-29910"),),
            ),
            Assigned(40, "clara", agent="clara", team="Returns"),
            Replies(
                6,
                "clara",
                "Hello Emil, they came. The workshop mends it for free: bring it or post it. Clara",
                fails="The phone could not be reached (30003).",
            ),
            Notes(3, "clara", "Text did not go through. His mail works, trying again there tomorrow."),
            Snoozed(2, "clara", days=4),
        ),
    ),
)
