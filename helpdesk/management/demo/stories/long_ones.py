"""Matters that took many words."""

from helpdesk.management.demo.script import (
    Ago,
    Answered,
    Assigned,
    HandedOff,
    Notes,
    Proves,
    Replies,
    Resolved,
    Says,
    Step,
    Story,
)
from helpdesk.management.demo.stories import cast


def dialogue(kind: str, by: str, *lines: str, pace: float = 1.5) -> tuple[Step, ...]:
    """Words going to and fro, the customer's first; a line with ``+`` in front is said by whom spoke before."""
    steps: list[Step] = []
    is_hers = False
    for line in lines:
        is_hers = is_hers if line.startswith("+") else not is_hers
        text = line.removeprefix("+").strip()
        after = pace + len(text) / 120
        steps.append(Says(after, kind, text) if is_hers else Replies(after, by, text))
    return tuple(steps)


STORIES = (
    Story(
        "wren-coast-path",
        cast.WREN,
        Ago(minutes=152),
        (
            Says(
                0, "chat", "Hi! I'm walking the whole South West Coast Path in spring and have never slept in a tent."
            ),
            Says(0.6, "chat", "where do i even start"),
            HandedOff(
                0.2,
                "nothing_found",
                "Wren walks the South West Coast Path in spring, has no gear, and asks where to start.",
                "Ask for budget, weight and season; a person has to advise.",
            ),
            Assigned(4, "ada", agent="ada"),
            Proves(1, "email"),
            *dialogue(
                "chat",
                "ada",
                "hello?",
                "Hello Wren, Ada here. 630 miles, what a plan! Do you walk alone?",
                "alone, yes. with a very opinionated terrier",
                "Then two of you in the tent. What is the most you would like to carry, all in?",
                "10 kg? is that silly",
                "Not at all, with light things. May I ask what you would like to spend?",
                "600 ish. less is lovely",
                "That works. Let us start with the tent: the Ridge 2 for you and the terrier, or the Fell 1 and a "
                "wet dog "
                "on your legs.",
                "Ridge 2!! his name is Biscuit and he is always wet",
                "Noted. Do you sleep warm or cold?",
                "cold. so cold. I wear socks in july",
                "The Alder in the warmer version then, with the liner. In April it is 4 degrees at night on that "
                "coast.",
                "is down bad when it gets damp? people on the internet shout at each other about this",
                "They do. On the coast I would take synthetic: it dries overnight and does not mind Biscuit.",
                "sold",
                "+and a mat?",
                "The thicker air mat, and the repair kit for £5.40. Dogs have claws.",
                "ha. yes. good point",
                "Do you cook, or do you eat pasties?",
                "pasties. but tea is not negotiable",
                "Then the small Ember and one 230 g canister: it boils about 14 litres. That is two weeks of tea.",
                "TWO WEEKS of tea. I feel seen",
                "We come to £571 with the backpack in M. Have you measured your back?",
                "no?? how",
                "From the bone at the base of your neck down to the line between your hip bones.",
                "wait, getting a tape. and my sister",
                "+46 cm she says",
                "That is an M. I have put everything in a basket and sent you the link by mail; it keeps for 14 days.",
                "you are a star. one more: can i pay in bits?",
                "Yes: choose PayPal at the till and then Pay in 3. They decide, we can't influence it.",
                "ok doing it now",
                "Take your time.",
                "it says the basket is empty? did i break it",
            ),
        ),
    ),
    Story(
        "niamh-wedding",
        cast.NIAMH,
        Ago(days=24, at="09:20"),
        (
            Says(
                0,
                "email",
                "Hello,\n\nwe are getting married in a field near Ennis on the 14th and would like to hire, or "
                "buy, 20 of "
                "your large lanterns and 6 oak benches. Is that at all possible to deliver to Ireland, and when?\n\n"
                "Niamh Gallagher",
                subject="Benches and lanterns for a wedding",
            ),
            HandedOff(
                0.2,
                "nothing_found",
                "20 large lanterns and 6 oak benches to a field near Ennis, Ireland, before the 14th.",
                "Large items do not leave the UK; ask whether a collection in Belfast helps.",
                (("date", "on the 14th"),),
            ),
            Assigned(31, "grace", agent="grace", team="Support"),
            Notes(
                14, "grace", "Benches can't go abroad by our van. Ben, does the Belfast depot hold things for a week?"
            ),
            Notes(22, "ben", "They do, £18 a pallet. Six benches are one pallet if we leave the legs off."),
            Replies(
                9,
                "grace",
                "Dear Niamh,\n\ncongratulations! We can't deliver furniture to Ireland, but we can bring it to "
                "Belfast, "
                "and the depot keeps it for a week. The lanterns can go to your door. Would somebody with a trailer "
                "drive up?\n\nGrace Okafor",
            ),
            Says(
                340,
                "email",
                "My brother has a trailer and owes me one. What would it all cost?\n\nNiamh",
                subject="Re: Benches and lanterns for a wedding",
            ),
            Replies(
                55,
                "grace",
                "Dear Niamh,\n\nsix benches £1,134, twenty lanterns £380, both after 8 % discount, Belfast £42, "
                "lanterns to "
                "Ennis £12.50. The quote is attached to your account and holds for 30 days.\n\nGrace Okafor",
            ),
            Says(1330, "sms", "Hi Grace, Niamh here. Himself says yes to the lot. Do I pay by transfer?"),
            Replies(12, "grace", "Wonderful! Transfer is fine, the number is on the quote. Grace"),
            Says(2880, "sms", "Paid this morning. Can the lanterns come before the benches so I can count them?"),
            Replies(35, "grace", "They leave today, you have them in a week. Count away. Grace"),
            Says(
                9000,
                "sms",
                "18 lanterns, not 20. And one has a cracked pane. Ten days to go, I'm trying to stay calm",
            ),
            Notes(6, "grace", "Packing list says 20. Clara, can two go by courier today, at our cost?"),
            Notes(11, "clara", "Three are on the way, one to spare. Handed to the courier at 12:10."),
            Replies(2, "grace", "Three more left by courier ten minutes ago: two, one for the crack. Stay calm! Grace"),
            Says(1500, "sms", "Got them. You absolute legends"),
            Says(
                4300,
                "email",
                "Dear Grace,\n\nthe benches are in Belfast, my brother has them, and it has not stopped raining. "
                "Do they mind "
                "being out in it before we have oiled them?\n\nNiamh",
                subject="Re: Benches and lanterns for a wedding",
            ),
            Replies(
                48,
                "grace",
                "Dear Niamh,\n\nnot a bit: oak can stay outside all year. Just let them dry before anybody sits "
                "down in "
                "white.\n\nHave the loveliest day,\nGrace Okafor",
            ),
            Resolved(4, "grace"),
        ),
    ),
    Story(
        "gus-ridge",
        cast.GUS,
        Ago(days=12, at="18:44"),
        (
            Says(0, "chat", "how long is the warranty on a ridge 2"),
            Answered(
                0.2,
                "Everything that carries the Fernhill name has a warranty of 5 years from the day of purchase. "
                "Other brands "
                "have the warranty of their maker, at least 2 years.",
                ("warranty-and-repairs",),
            ),
            Says(2, "chat", "a pole snapped on Skiddaw. wind was 50 maybe. order FH-28814"),
            HandedOff(
                0.2,
                "asked_again",
                "A pole of Gus's Ridge 2 broke in a wind of about 50 km/h.",
                "Warranty: poles that break in normal use are covered.",
                (("order_number", "FH-28814"),),
            ),
            Proves(3, "phone"),
            Assigned(30, "clara", agent="clara", team="Returns"),
            Replies(5, "clara", "Hello Gus, that is covered. Could you send a photo of the broken section?"),
            Says(290, "whatsapp", "here it is. sorry for the thumb", photos=("torn-seam",)),
            Replies(40, "clara", "Perfect, thumb and all. A new section leaves today. Clara"),
            Says(2760, "sms", "It came but it is the wrong diameter. Mine is 9 mm, this one is 8.5"),
            Notes(15, "clara", "His is the 2021 series. Workshop has the old poles in the loft."),
            Replies(
                7, "clara", "My mistake: yours is from before 2022. The right one goes out now, keep the other. Clara"
            ),
            Says(3000, "whatsapp", "Fits! Off to the Howgills. Cheers Clara"),
            Resolved(25, "clara"),
        ),
    ),
)
