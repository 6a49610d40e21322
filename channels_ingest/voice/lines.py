"""The script's own lines, per language. What answers and notices say is written elsewhere. Pure."""

from __future__ import annotations

from enum import StrEnum


class Line(StrEnum):
    """Each is heard once in a call."""

    GREETING = "greeting"
    NOT_HEARD = "not_heard"
    STILL_NOT_HEARD = "still_not_heard"
    UNCLEAR = "unclear"
    STILL_UNCLEAR = "still_unclear"
    GO_ON = "go_on"
    ONE_MOMENT = "one_moment"
    STILL_LOOKING = "still_looking"
    NEARLY_THERE = "nearly_there"
    OFFER_TEXT = "offer_text"
    TEXTED = "texted"
    NOT_TEXTED = "not_texted"
    ALL_RIGHT = "all_right"
    MORE = "more"
    TO_PERSON = "to_person"
    THANKS_TO_PERSON = "thanks_to_person"
    NOT_UNDERSTOOD = "not_understood"
    TOO_SLOW = "too_slow"
    LEAVE_OR_CALL_BACK = "leave_or_call_back"
    LEAVE_WITH_NUMBER = "leave_with_number"
    TONE = "tone"
    TONE_WITH_NUMBER = "tone_with_number"
    CALL_BACK_NOTED = "call_back_noted"
    MESSAGE_NOTED = "message_noted"
    NO_MESSAGE = "no_message"
    GOODBYE = "goodbye"
    TROUBLE = "trouble"


_LINES: dict[str, dict[Line, str]] = {
    "en": {
        Line.GREETING: "Welcome to {brand}. Please tell me in a few words what we can help you with. "
        "For a person, say agent, or press 0.",
        Line.NOT_HEARD: "Sorry, I didn't hear anything. What can we help you with?",
        Line.STILL_NOT_HEARD: "I still can't hear you. Please speak a little louder, or press 0 for a person.",
        Line.UNCLEAR: "Sorry, I didn't catch that. Please say it once more.",
        Line.STILL_UNCLEAR: "I have trouble understanding you. Please say it in other words, or press 0 for a person.",
        Line.GO_ON: "Go on, please. What can we help you with?",
        Line.ONE_MOMENT: "One moment, I am looking that up.",
        Line.STILL_LOOKING: "I am still looking. Thank you for your patience.",
        Line.NEARLY_THERE: "Just a few more seconds, please.",
        Line.OFFER_TEXT: "Shall I text you the whole answer? Please say yes or no.",
        Line.TEXTED: "The text is on its way.",
        Line.NOT_TEXTED: "I'm sorry, the text can't be sent right now.",
        Line.ALL_RIGHT: "All right.",
        Line.MORE: "Is there anything else?",
        Line.TO_PERSON: "Somebody from our team sees everything you said.",
        Line.THANKS_TO_PERSON: "Thank you. I am passing this on to our team.",
        Line.NOT_UNDERSTOOD: "I can't understand you well enough, so our team will help you.",
        Line.TOO_SLOW: "This takes longer than it should, so I am passing it on to our team.",
        Line.LEAVE_OR_CALL_BACK: "You can leave a message after the tone; it is recorded. "
        "Or press 1, or say call back, and we call you back.",
        Line.LEAVE_WITH_NUMBER: "Please leave a message after the tone, with a number where we reach you. "
        "It is recorded.",
        Line.TONE: "Please speak after the tone, and press the hash key when you are done.",
        Line.TONE_WITH_NUMBER: "Your number is withheld. Please say it after the tone.",
        Line.CALL_BACK_NOTED: "Thank you. We call you back on the number you are calling from. Goodbye.",
        Line.MESSAGE_NOTED: "Thank you. We have your message and get back to you. Goodbye.",
        Line.NO_MESSAGE: "We have noted your call. Goodbye.",
        Line.GOODBYE: "Thank you for calling. Goodbye.",
        Line.TROUBLE: "I'm sorry, something went wrong on our side. "
        "Please leave a message after the tone; it is recorded.",
    },
    "de": {
        Line.GREETING: "Willkommen bei {brand}. Bitte sagen Sie mir in wenigen Worten, worum es geht. "
        "Für einen Menschen sagen Sie Mitarbeiter, oder drücken Sie die 0.",
        Line.NOT_HEARD: "Entschuldigung, ich habe nichts gehört. Womit können wir helfen?",
        Line.STILL_NOT_HEARD: "Ich höre Sie immer noch nicht. Bitte sprechen Sie etwas lauter, "
        "oder drücken Sie die 0 für einen Menschen.",
        Line.UNCLEAR: "Entschuldigung, das habe ich nicht verstanden. Bitte sagen Sie es noch einmal.",
        Line.STILL_UNCLEAR: "Ich verstehe Sie schlecht. Bitte sagen Sie es mit anderen Worten, "
        "oder drücken Sie die 0 für einen Menschen.",
        Line.GO_ON: "Ja, bitte. Womit können wir helfen?",
        Line.ONE_MOMENT: "Einen Moment, ich sehe nach.",
        Line.STILL_LOOKING: "Ich suche noch. Danke für Ihre Geduld.",
        Line.NEARLY_THERE: "Nur noch ein paar Sekunden, bitte.",
        Line.OFFER_TEXT: "Soll ich Ihnen die ganze Antwort als SMS schicken? Bitte sagen Sie ja oder nein.",
        Line.TEXTED: "Die SMS ist unterwegs.",
        Line.NOT_TEXTED: "Die SMS kann gerade leider nicht verschickt werden.",
        Line.ALL_RIGHT: "In Ordnung.",
        Line.MORE: "Kann ich sonst noch helfen?",
        Line.TO_PERSON: "Jemand aus unserem Team sieht alles, was Sie gesagt haben.",
        Line.THANKS_TO_PERSON: "Danke. Ich gebe das an unser Team weiter.",
        Line.NOT_UNDERSTOOD: "Ich verstehe Sie leider nicht gut genug, deshalb hilft Ihnen unser Team.",
        Line.TOO_SLOW: "Das dauert länger als es sollte, deshalb gebe ich es an unser Team weiter.",
        Line.LEAVE_OR_CALL_BACK: "Nach dem Ton können Sie eine Nachricht hinterlassen; sie wird aufgezeichnet. "
        "Oder drücken Sie die 1, oder sagen Sie Rückruf, dann rufen wir Sie zurück.",
        Line.LEAVE_WITH_NUMBER: "Bitte hinterlassen Sie nach dem Ton eine Nachricht mit Ihrer Telefonnummer. "
        "Sie wird aufgezeichnet.",
        Line.TONE: "Bitte sprechen Sie nach dem Ton, und drücken Sie am Ende die Raute-Taste.",
        Line.TONE_WITH_NUMBER: "Ihre Nummer ist unterdrückt. Bitte nennen Sie sie nach dem Ton.",
        Line.CALL_BACK_NOTED: "Danke. Wir rufen Sie unter der Nummer zurück, von der Sie anrufen. Auf Wiederhören.",
        Line.MESSAGE_NOTED: "Danke. Wir haben Ihre Nachricht und melden uns. Auf Wiederhören.",
        Line.NO_MESSAGE: "Wir haben Ihren Anruf notiert. Auf Wiederhören.",
        Line.GOODBYE: "Danke für Ihren Anruf. Auf Wiederhören.",
        Line.TROUBLE: "Bei uns ist leider etwas schiefgegangen. "
        "Bitte hinterlassen Sie nach dem Ton eine Nachricht; sie wird aufgezeichnet.",
    },
    "fr": {
        Line.GREETING: "Bienvenue chez {brand}. Dites-moi en quelques mots comment nous pouvons vous aider. "
        "Pour parler à une personne, dites conseiller, ou appuyez sur 0.",
        Line.NOT_HEARD: "Pardon, je n'ai rien entendu. Comment pouvons-nous vous aider ?",
        Line.STILL_NOT_HEARD: "Je ne vous entends toujours pas. Parlez un peu plus fort, "
        "ou appuyez sur 0 pour une personne.",
        Line.UNCLEAR: "Pardon, je n'ai pas compris. Pouvez-vous répéter ?",
        Line.STILL_UNCLEAR: "J'ai du mal à vous comprendre. Dites-le autrement, ou appuyez sur 0 pour une personne.",
        Line.GO_ON: "Je vous écoute. Comment pouvons-nous vous aider ?",
        Line.ONE_MOMENT: "Un instant, je regarde.",
        Line.STILL_LOOKING: "Je cherche encore. Merci de votre patience.",
        Line.NEARLY_THERE: "Encore quelques secondes, s'il vous plaît.",
        Line.OFFER_TEXT: "Voulez-vous recevoir toute la réponse par SMS ? Dites oui ou non.",
        Line.TEXTED: "Le SMS est en route.",
        Line.NOT_TEXTED: "Désolé, le SMS ne peut pas être envoyé pour le moment.",
        Line.ALL_RIGHT: "Très bien.",
        Line.MORE: "Puis-je vous aider pour autre chose ?",
        Line.TO_PERSON: "Une personne de notre équipe voit tout ce que vous avez dit.",
        Line.THANKS_TO_PERSON: "Merci. Je transmets à notre équipe.",
        Line.NOT_UNDERSTOOD: "Je ne vous comprends pas assez bien : notre équipe va vous aider.",
        Line.TOO_SLOW: "Cela prend trop de temps : je transmets à notre équipe.",
        Line.LEAVE_OR_CALL_BACK: "Vous pouvez laisser un message après le signal ; il est enregistré. "
        "Ou appuyez sur 1, ou dites rappel, et nous vous rappelons.",
        Line.LEAVE_WITH_NUMBER: "Laissez un message après le signal, avec votre numéro. Il est enregistré.",
        Line.TONE: "Parlez après le signal, puis appuyez sur dièse.",
        Line.TONE_WITH_NUMBER: "Votre numéro est masqué. Dites-le après le signal.",
        Line.CALL_BACK_NOTED: "Merci. Nous vous rappelons au numéro d'où vous appelez. Au revoir.",
        Line.MESSAGE_NOTED: "Merci. Nous avons votre message et vous recontactons. Au revoir.",
        Line.NO_MESSAGE: "Votre appel est noté. Au revoir.",
        Line.GOODBYE: "Merci de votre appel. Au revoir.",
        Line.TROUBLE: "Désolé, un problème est survenu chez nous. "
        "Laissez un message après le signal ; il est enregistré.",
    },
    "es": {
        Line.GREETING: "Bienvenido a {brand}. Dígame en pocas palabras en qué podemos ayudarle. "
        "Para hablar con una persona, diga agente o pulse 0.",
        Line.NOT_HEARD: "Perdón, no he oído nada. ¿En qué podemos ayudarle?",
        Line.STILL_NOT_HEARD: "Sigo sin oírle. Hable un poco más alto, o pulse 0 para una persona.",
        Line.UNCLEAR: "Perdón, no lo he entendido. ¿Puede repetirlo?",
        Line.STILL_UNCLEAR: "Me cuesta entenderle. Dígalo con otras palabras, o pulse 0 para una persona.",
        Line.GO_ON: "Le escucho. ¿En qué podemos ayudarle?",
        Line.ONE_MOMENT: "Un momento, lo estoy mirando.",
        Line.STILL_LOOKING: "Sigo buscando. Gracias por su paciencia.",
        Line.NEARLY_THERE: "Unos segundos más, por favor.",
        Line.OFFER_TEXT: "¿Quiere que le envíe toda la respuesta por SMS? Diga sí o no.",
        Line.TEXTED: "El SMS está en camino.",
        Line.NOT_TEXTED: "Lo siento, ahora no se puede enviar el SMS.",
        Line.ALL_RIGHT: "De acuerdo.",
        Line.MORE: "¿Algo más?",
        Line.TO_PERSON: "Una persona de nuestro equipo ve todo lo que ha dicho.",
        Line.THANKS_TO_PERSON: "Gracias. Se lo paso a nuestro equipo.",
        Line.NOT_UNDERSTOOD: "No le entiendo bien, así que le ayudará nuestro equipo.",
        Line.TOO_SLOW: "Esto tarda demasiado, así que se lo paso a nuestro equipo.",
        Line.LEAVE_OR_CALL_BACK: "Puede dejar un mensaje después de la señal; se graba. "
        "O pulse 1, o diga llámenme, y le devolvemos la llamada.",
        Line.LEAVE_WITH_NUMBER: "Deje un mensaje después de la señal, con su número. Se graba.",
        Line.TONE: "Hable después de la señal y pulse almohadilla al terminar.",
        Line.TONE_WITH_NUMBER: "Su número está oculto. Dígalo después de la señal.",
        Line.CALL_BACK_NOTED: "Gracias. Le llamaremos al número desde el que llama. Adiós.",
        Line.MESSAGE_NOTED: "Gracias. Tenemos su mensaje y le responderemos. Adiós.",
        Line.NO_MESSAGE: "Hemos anotado su llamada. Adiós.",
        Line.GOODBYE: "Gracias por llamar. Adiós.",
        Line.TROUBLE: "Lo siento, algo ha fallado por nuestra parte. Deje un mensaje después de la señal; se graba.",
    },
}


def text_of(line: Line, language: str, *, brand: str = "") -> str:
    """A line in a language; English where there is none."""
    # Not format(): a brand is somebody else's text, and may hold braces.
    return _LINES.get(language[:2].lower(), _LINES["en"])[line].replace("{brand}", brand)
