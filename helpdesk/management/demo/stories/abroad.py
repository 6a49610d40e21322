"""Customers who write German and French about cases of their own, which people look up."""

from helpdesk.management.demo.script import (
    Ago,
    Assigned,
    HandedOff,
    Notes,
    Proves,
    Replies,
    Resolved,
    Says,
    Story,
)
from helpdesk.management.demo.stories import cast

STORIES = (
    Story(
        "hugo-retour",
        cast.HUGO,
        Ago(days=6, at="09:48"),
        (
            Says(
                0,
                "email",
                "Bonjour,\n\nje voudrais échanger la veste de la commande FH-20690 contre une taille M. "
                "Comment faire depuis la France ?\n\nHugo Lefèvre",
                subject="Échange de taille",
            ),
            HandedOff(
                0.2,
                "own_case",
                "Hugo veut échanger la veste de la commande FH-20690 contre une taille M.",
                "Send the return label for France.",
                (("order_number", "FH-20690"),),
            ),
            Replies(
                130,
                "clara",
                "Bonjour Hugo,\n\nl'échange est gratuit. Vous recevez l'étiquette de retour dans quelques minutes ; "
                "la taille M est réservée pendant 10 jours.\n\nClara Weiss",
            ),
            Says(41, "email", "Reçu, merci beaucoup !", subject="Re: Échange de taille"),
            Resolved(1180, "clara"),
        ),
    ),
    Story(
        "marta-rucksack",
        cast.MARTA,
        Ago(days=2, at="10:20"),
        (
            Says(
                0,
                "email",
                "Guten Tag,\n\nam Rucksack aus der Bestellung FH-20981 ist nach drei Monaten die Schnalle am Hüftgurt "
                "gebrochen. Was kann ich tun?\n\nFreundliche Grüße\nMarta Klein",
                subject="Schnalle gebrochen",
            ),
            HandedOff(
                0.2,
                "own_case",
                "Am Rucksack aus FH-20981 ist die Schnalle des Hüftgurts gebrochen.",
                "Warranty: send the hip buckle free of charge.",
                (("order_number", "FH-20981"),),
            ),
            Assigned(25, "ada", agent="ada"),
            Replies(
                4,
                "ada",
                "Guten Tag Frau Klein,\n\ndas ist ein Garantiefall. Eine neue Schnalle geht heute kostenlos an Sie ab; "
                "man kann sie ohne Werkzeug einsetzen. Ist es der Rucksack mit 45 oder 60 Litern?\n\nAda Lindqvist",
            ),
            Says(
                185,
                "sms",
                "Hallo Frau Lindqvist, es ist der mit 60 Litern, in Grün. Bitte an die Praxis: Lindenstraße 18, "
                "10969 Berlin. Marta Klein",
            ),
        ),
    ),
    Story(
        "lukas-rechnung",
        cast.LUKAS,
        Ago(days=1, at="14:02"),
        (
            Says(0, "chat", "Hallo, ich brauche die Rechnung zu FH-21006 noch einmal mit der Adresse unserer Firma."),
            HandedOff(
                0.1,
                "own_case",
                "Rechnung zu FH-21006 mit der Firmenadresse.",
                "Ask for the address and issue the invoice again.",
                (("order_number", "FH-21006"),),
            ),
            Proves(1.5, "email"),
            Replies(4, "clara", "Guten Tag Herr Brandt, gern. Wie lautet die Adresse der Firma genau?"),
            Says(2, "chat", "Brandt Holzbau GmbH, Am Anger 7, 99084 Erfurt"),
            Replies(6, "clara", "Danke, die neue Rechnung ist schon in Ihrem Postfach."),
            Says(1, "chat", "Vielen Dank!"),
            Resolved(3, "clara"),
        ),
    ),
    Story(
        "camille-colis",
        cast.CAMILLE,
        Ago(minutes=1560),
        (
            Says(0, "sms", "Bonjour, où est mon colis ? Commande FH-31190"),
            HandedOff(
                0.2,
                "own_case",
                "Camille demande où est la commande FH-31190.",
                "Look up the parcel.",
                (("order_number", "FH-31190"),),
            ),
            Assigned(30, "grace", agent="ben", team="Deliveries"),
            Replies(12, "ben", "Bonjour Camille, il a quitté Lille ce matin et arrive demain avant 13 h. Ben"),
            Says(
                1420,
                "email",
                "Bonjour Ben,\n\nle livreur est passé à 9 h, mais je travaille jusqu'à 18 h. Peut-il laisser le colis "
                "chez ma voisine au 12 rue des Tanneurs ?\n\nCamille",
                subject="Livraison de ce matin",
            ),
            Notes(12, "ben", "Depot is closed until 14:00, I call them then."),
        ),
    ),
)
