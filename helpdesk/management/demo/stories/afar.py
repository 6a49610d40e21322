"""Customers who write in languages that the knowledge base does not have, and in other scripts."""

from helpdesk.management.demo.script import Ago, Assigned, HandedOff, Notes, Replies, Resolved, Says, Story
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "yuki-hotel",
        cast.YUKI,
        Ago(minutes=205),
        (
            Says(
                0,
                "email",
                "はじめまして。\n\n来月、スコットランドを旅行する予定です。注文番号 FH-31455 のテントを、"
                "日本ではなくエディンバラのホテルに届けてもらうことはできますか。\n\nどうぞよろしくお願いいたします。\n田中由紀",
                subject="テントの配送先について",
            ),
            HandedOff(
                0.2,
                "other_language",
                "FH-31455 のテントをエディンバラのホテルに届けてほしい。",
                "Ask for the hotel's address and the dates; change the order before it is packed.",
                (("order_number", "FH-31455"),),
            ),
        ),
    ),
    Story(
        "eleni-skini",
        cast.ELENI,
        Ago(days=1, at="10:40"),
        (
            Says(
                0,
                "email",
                "Καλημέρα,\n\nη σκηνή από την παραγγελία FH-30982 έφτασε χωρίς πασσάλους. "
                "Μπορείτε να μου τους στείλετε; Φεύγουμε το Σάββατο για τον Όλυμπο.\n\nΕλένη Παππά",
                subject="Λείπουν οι πάσσαλοι",
            ),
            HandedOff(
                0.2,
                "other_language",
                "Η σκηνή FH-30982 έφτασε χωρίς πασσάλους· φεύγουν το Σάββατο.",
                "Send a set of pegs by the fastest way to Greece.",
                (("order_number", "FH-30982"), ("date", "το Σάββατο")),
            ),
            Assigned(24, "ada", agent="ada"),
            Notes(6, "ada", "Pegs lay in the packing room under the wrong number. Courier to Athens takes two days."),
            Replies(
                8,
                "ada",
                "Dear Eleni,\n\nI am sorry, I write in English: your pegs leave today by courier and reach you on "
                "Thursday, at our cost.\n\nAda Lindqvist",
            ),
        ),
    ),
    Story(
        "oksana-namet",
        cast.OKSANA,
        Ago(days=9, at="09:12"),
        (
            Says(
                0,
                "email",
                "Добрий день!\n\nЧи можна оплатити замовлення FH-30377 частинами? Я купую спорядження для "
                "пластунів.\n\n"
                "Дякую, Оксана",
                subject="Оплата частинами",
            ),
            HandedOff(
                0.2,
                "other_language",
                "Оксана питає, чи можна оплатити FH-30377 частинами.",
                "Explain Pay in 3, or offer a business account for the scouts.",
                (("order_number", "FH-30377"),),
            ),
            Replies(
                41,
                "grace",
                "Dear Oksana,\n\nfor scouts I would rather open a business account: 30 days to pay and 5 % off from "
                "£500. I have sent you the form in Ukrainian.\n\nGrace Okafor",
            ),
            Says(126, "email", "Чудово, дуже дякую! Форму заповнила.", subject="Re: Оплата частинами"),
            Resolved(33, "grace"),
        ),
    ),
    Story(
        "layla-hadiya",
        cast.LAYLA,
        Ago(days=3, at="13:25"),
        (
            Says(
                0,
                "email",
                "السلام عليكم،\n\nطلبت حقيبة ظهر هدية لأخي (الطلب FH-31120) وأريد تغليفها مع بطاقة صغيرة. "
                "هل هذا ممكن بعد الطلب؟\n\nشكرًا جزيلًا\nليلى حداد",
                subject="تغليف هدية",
            ),
            HandedOff(
                0.2,
                "other_language",
                "ليلى تريد تغليف الطلب FH-31120 كهدية مع بطاقة.",
                "Add gift wrapping to the order if it is not packed.",
                (("order_number", "FH-31120"),),
            ),
            Replies(
                64,
                "clara",
                "Dear Layla,\n\nthere was just time: it is wrapped in green linen. What should stand on the card?\n\n"
                "Clara Weiss",
            ),
            Says(
                95,
                "email",
                "«إلى سامي، لكل الطرق القادمة». شكرًا لكم من القلب.",
                subject="Re: تغليف هدية",
            ),
            Replies(22, "clara", "Written by hand, right to left. It leaves this evening.\n\nClara Weiss"),
            Resolved(3, "clara"),
        ),
    ),
    Story(
        "seoyeon-boots",
        cast.SEOYEON,
        Ago(minutes=118),
        (
            Says(
                0,
                "email",
                "안녕하세요.\n\n두 달 만에 등산화 밑창이 떨어졌습니다 (주문 FH-30611). 사진을 첨부합니다. "
                "수리가 가능할까요?\n\n김서연",
                subject="등산화 밑창",
                photos=("worn-sole",),
            ),
            HandedOff(
                0.2,
                "other_language",
                "주문 FH-30611 등산화의 밑창이 떨어졌습니다.",
                "Warranty: new sole or new boots; the photo shows the left one.",
                (("order_number", "FH-30611"),),
            ),
            Assigned(19, "grace", team="Returns"),
        ),
    ),
)
