"""The customers. Their domains are reserved for examples, their numbers for stories."""

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
# Two who only ever opened the chat window: nobody knows them.
CAMPER = Person("camper", "", "en")
GARDENER = Person("gardener", "", "en")

CAST = (JO, PRIYA, TOM, ROSALIND, SAMUEL, INES, DANA, EMIL, OLIVER, MARTA, LUKAS, CAMILLE, HUGO)
