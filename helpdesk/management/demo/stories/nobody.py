"""What no shop asked for."""

from helpdesk.management.demo.script import Ago, Says, Spam, Story
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "seo-offer",
        cast.SEO,
        Ago(days=13, at="08:02"),
        (
            Says(
                0,
                "email",
                "Hi there, I was going through your website and noticed that you are not on the first page for outdoor "
                "shop. Our experts guarantee TOP 3 in 30 days!! Can I send you a price list?",
                subject="Your website is losing customers",
            ),
            Spam(95, "grace"),
        ),
    ),
    Story(
        "seo-again",
        cast.SEO,
        Ago(days=6, at="08:01"),
        (
            Says(0, "email", "Just floating this to the top of your inbox. Any thoughts?", subject="Following up"),
            Spam(61, "ada"),
        ),
    ),
    Story(
        "inheritance",
        cast.INHERITANCE,
        Ago(days=22, at="04:37"),
        (
            Says(
                0,
                "email",
                "Dear friend, I am the lawyer of a late client who shares your family name and left 8.5 million "
                "dollars "
                "with no heir. Kindly answer with your bank details in strict confidence.",
                subject="URGENT: unclaimed estate",
            ),
            Spam(290, "ben"),
        ),
    ),
    Story(
        "loan-text",
        cast.LOAN,
        Ago(days=4, at="11:47"),
        (
            Says(0, "sms", "Congrats! You are pre-approved for a loan of 5000. Visit quick-cash.example NOW"),
            Spam(12, "ada"),
        ),
    ),
    Story(
        "keyboard",
        cast.KEYBOARD,
        Ago(days=2, at="15:15"),
        (Says(0, "chat", "asdf asdf test test"), Spam(40, "ben")),
    ),
)
