"""What is going on right now."""

from helpdesk.management.demo.script import Ago, Answered, Assigned, HandedOff, Notes, Proves, Replies, Says, Story
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "samuel-boots",
        cast.SAMUEL,
        Ago(minutes=300),
        (
            Says(0, "chat", "Hi, is swapping boots for half a size bigger free?"),
            Answered(
                0.1,
                "An exchange of clothes, boots and backpacks for another size or colour is free once per item, within "
                "60 days of delivery.",
                ("exchange-size-or-colour",),
            ),
            Proves(3, "email"),
            Says(1, "chat", "And if the bigger ones cost more?"),
            Answered(
                0.1,
                "If the new size or colour costs more, we do not charge the difference. If it costs less, we refund "
                "the difference.",
                ("exchange-size-or-colour",),
            ),
        ),
    ),
    Story(
        "oliver-charged-twice",
        cast.OLIVER,
        Ago(minutes=245),
        (
            Says(
                0,
                "email",
                "This is the second time I have to write!! You charged my card TWICE for order FH-21340, £61.80 each. "
                "I want my money back today or my bank gets it back for me.",
                subject="CHARGED TWICE",
            ),
            HandedOff(
                0.2,
                "anger",
                "Oliver was charged twice for order FH-21340 and wants £61.80 back today.",
                "Check both entries and refund the second one.",
                (("order_number", "FH-21340"), ("amount", "£61.80")),
                mood="angry",
            ),
        ),
    ),
    Story(
        "priya-parcel",
        cast.PRIYA,
        Ago(minutes=170),
        (
            Says(0, "sms", "Hi, tracking says delivered but there is nothing here. Order FH-31277"),
            HandedOff(
                0.2,
                "own_case",
                "Order FH-31277 is marked as delivered and is not there.",
                "Ask the carrier for the photo and the position of the delivery.",
                (("order_number", "FH-31277"),),
            ),
            Assigned(11, "ben", agent="ben"),
            Replies(3, "ben", "Hi Priya, I have asked the driver for the photo. Could it be with a neighbour? Ben"),
            Says(
                48,
                "email",
                "Hi Ben,\n\nI asked on both sides, nothing. Our door is the green one, number 6; last time it went to "
                "6a behind the yard.\n\nPriya",
                subject="FH-31277 not here",
            ),
            Notes(7, "ben", "Photo shows a white door. Almost surely 6a, calling the depot."),
        ),
    ),
    Story(
        "tom-hours",
        cast.TOM,
        Ago(minutes=95),
        (
            Says(0, "chat", "are you open on sunday?"),
            Answered(
                0.1,
                "People answer Monday to Friday from 9:00 to 18:00 and Saturday from 10:00 to 14:00. On Sundays and "
                "public holidays only the assistant answers.",
                ("contact-and-opening-hours",),
            ),
        ),
    ),
    Story(
        "jo-zip",
        cast.JO,
        Ago(minutes=64),
        (
            Says(0, "chat", "The zip of my Ridge 2 tent has gone after two years. Is that covered?"),
            Answered(
                0.1,
                "Faults of material and making: seams that open, zips that fail, poles that break in normal use. "
                "Not covered are wear, damage by sun or fire, changes you made yourself, and damage by wind above "
                "70 km/h.",
                ("warranty-and-repairs",),
            ),
            Proves(4, "phone"),
            Says(
                17,
                "sms",
                "It's Jo with the zip. Order FH-20418. I leave on Friday, can a person say if it can be mended before?",
            ),
            HandedOff(
                0.2,
                "wanted_person",
                "Jo leaves on Friday and asks whether the zip of a Ridge 2 can be mended before.",
                "Ask the workshop for a slot before Friday; the tent is under warranty.",
                (("order_number", "FH-20418"), ("date", "on Friday")),
            ),
        ),
    ),
    Story(
        "emil-address",
        cast.EMIL,
        Ago(minutes=38),
        (
            Says(
                0,
                "email",
                "Hello,\n\nI moved last week and forgot. Order FH-31402 from this morning still goes to the old flat. "
                "The new address is 27 Weaver Street, Linwell LN2 7HB. Can you change it?\n\nEmil Novak",
                subject="Wrong address on FH-31402",
            ),
            HandedOff(
                0.2,
                "own_case",
                "Order FH-31402 should go to 27 Weaver Street, Linwell LN2 7HB.",
                "Change the address before the order is packed.",
                (("order_number", "FH-31402"), ("postal_address", "27 Weaver Street, Linwell LN2 7HB")),
            ),
        ),
    ),
    Story(
        "camper-rent",
        cast.CAMPER,
        Ago(minutes=16),
        (
            Says(0, "chat", "Do you rent out tents for festivals?"),
            HandedOff(
                0.1,
                "nothing_found",
                "A visitor asks whether tents can be rented for festivals.",
                "Say whether we rent out tents.",
            ),
        ),
    ),
)
