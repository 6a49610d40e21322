"""The customers. Their domains are reserved for examples, their numbers for stories."""

import unicodedata

from helpdesk.management.demo.script import Person

JO = Person("jo", "Jo Whitfield", "en", "jo.whitfield@example.com", "+12025550123")
PRIYA = Person("priya", "Priya Nair", "en", "priya.nair@example.com", "+447700900142")
TOM = Person("tom", "Tom Ashworth", "en", "tom.ashworth@example.org", "+447700900187")
ROSALIND = Person("rosalind", "Rosalind Hale", "en", "rosalind@example.org")
SAMUEL = Person("samuel", "Samuel Okoro", "en", "samuel.okoro@example.com", "+12025550168")
INES = Person("ines", "Inés Duarte", "en", "ines.duarte@example.com")
DANA = Person("dana", "Dana Fox", "en", "dana.fox@example.org", "+447700900119")
EMIL = Person("emil", "Emil Novak", "en", "emil.novak@example.com", "+12025550147")
OLIVER = Person("oliver", "Oliver Trent", "en", "o.trent@example.org")
MARTA = Person("marta", "Marta Klein", "de", "marta.klein@example.org", "+493023125014")
LUKAS = Person("lukas", "Lukas Brandt", "de", "lukas.brandt@example.com")
CAMILLE = Person("camille", "Camille Dubois", "fr", "camille.dubois@example.org", "+33639980142")
HUGO = Person("hugo", "Hugo Lefèvre", "fr", "hugo.lefevre@example.com")
YUKI = Person("yuki", "田中 由紀", "ja", "yuki.tanaka@example.com")
ELENI = Person("eleni", "Ελένη Παππά", "el", "eleni.pappa@example.org")
OKSANA = Person("oksana", "Оксана Ковальчук", "uk", "oksana.k@example.com")
LAYLA = Person("layla", "ليلى حداد", "ar", "layla.haddad@example.org")
SEOYEON = Person("seoyeon", "김서연", "ko", "seoyeon.kim@example.com")
NIAMH = Person("niamh", "Niamh Gallagher", "en", "niamh.gallagher@example.org", "+447700900231")
BILAL = Person("bilal", "Bilal Siddiqui", "en", "bilal.siddiqui@example.com", "+447700900254")
WREN = Person("wren", "Wren Halloran", "en", "wren@example.org", "+447700900268")
GUS = Person("gus", "Gus Petherick", "en", "gus.petherick@example.com", "+447700900277")
MARGERY = Person("margery", "Margery Tull", "en", "margery.tull@example.org", "+447700900283")
NORA = Person("nora", "Nora Castellan", "en", "nora.castellan@example.com", "+447700900296")
# Those whom nobody knows: two only ever opened the chat window, others want something else altogether.
CAMPER = Person("camper", "", "en")
GARDENER = Person("gardener", "", "en")
SEO = Person("seo", "Growth Team", "en", "growth.team@rank-first.example")
INHERITANCE = Person("inheritance", "Barr. D. Collins", "en", "office77@collins-law.example")
KEYBOARD = Person("keyboard", "", "en")
# Hides the number: nobody, whoever it is.
WITHHELD = Person("withheld", "", "en")
LOAN = Person("loan", "", "en", "", "+447700900990")

_NEAR = (JO, PRIYA, TOM, ROSALIND, SAMUEL, INES, DANA, EMIL, OLIVER, NIAMH, BILAL, WREN, GUS, MARGERY, NORA)
_AFAR = (MARTA, LUKAS, CAMILLE, HUGO, YUKI, ELENI, OKSANA, LAYLA, SEOYEON)

# Where a number is kept for stories: its country's beginning, and how many digits follow it.
_NUMBERS = {"en": ("+447700900", 300), "de": ("+4930231250", 20), "fr": ("+3363998", 1100)}
_NAMES = {
    "en": """
        Hannah Price, Idris Bello, Callum Reid, Sophie Marsh, Amara Eze, Daniel Whitlock, Fiona McKay, George Tan,
        Harriet Bloom, Imran Qureshi, Jasper Lowe, Kezia Brown, Liam Doyle, Megan Rhys, Nathan Cole, Olivia Sandhu,
        Paul Venn, Quentin Harper, Ruth Adeyemi, Stella Moss, Theo Barnes, Una Kerr, Victor Hughes, Wanda Pike,
        Yasmin Noor, Zachary Flint, Beth Carrow, Colin Stead, Delia Frost, Ewan Ross, Freya Lunn, Graham Ives,
        Holly Teal, Isaac Brandon, Joan Percy, Keith Munro, Lydia Vance, Mo Farouk, Nell Ashby, Oscar Wynn,
        Polly Grange, Rafe Sutton
    """,
    "de": """
        Sabine Hofmann, Jonas Weber, Katrin Vogel, Tobias Richter, Anke Schröder, Florian Maier, Heike Lorenz,
        Stefan Huber, Nele Krüger, Matthias Egger
    """,
    "fr": "Élodie Martin, Julien Moreau, Chloé Girard, Mathieu Roux, Sandrine Petit, Bastien Leroy, Aurélie Fontaine",
    "es": "Lucía Ferrer, Álvaro Ruiz, Marta Iglesias, Javier Ortega, Nuria Campos, Pablo Serrano, Elena Vidal",
}


def _named(language: str) -> list[Person]:
    beginning, first = _NUMBERS.get(language, ("", 0))
    names = [name.strip() for name in _NAMES[language].split(",")]
    return [
        Person(
            _plain(name),
            name,
            language,
            f"{_plain(name)}@example.{'org' if number % 3 else 'com'}",
            f"{beginning}{first + number * 7}" if beginning and number % 5 else "",
        )
        for number, name in enumerate(names)
    ]


def _plain(name: str) -> str:
    """A name as it stands in a mail address."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return ".".join("".join(letter for letter in letters if letter.isascii()).split())


OTHERS = tuple(person for language in _NAMES for person in _named(language))
CAST = (*_NEAR, *_AFAR, *OTHERS)
