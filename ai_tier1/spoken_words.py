"""The tier-1's own lines where they are said aloud: nothing to reply to, nothing "written", nothing to send.

Each language's lines stand in for the written ones of the same name in ``voice_and_tone``.
"""

from __future__ import annotations

SPOKEN: dict[str, dict[str, str]] = {
    "en": {
        "disclosure": "I am {brand}'s automated assistant.",
        "offer": "If that is not what you need, say agent.",
        "greeting_reply": "Hello! What can we help you with?",
        "still_here": "Yes, I am here. What can we help you with?",
        "choice": "Which of these do you mean: {choices}?",
        "handoff": "I am passing this on to a colleague, who sees everything you said.",
        "handoff_anger": "I am sorry about this. A colleague takes over and sees everything you said.",
        "handoff_language": "I can't answer well in your language yet. A colleague takes over.",
        "handoff_own_case": "A colleague has to look this up for you, and sees everything you said.",
        "open_now": "They get back to you as soon as they can.",
        "open_later": "Our team is back {moment}.",
        "open_unknown": "They get back to you as soon as somebody is free.",
        "too_long": "I have found the answer, but it is too long to say on the phone.",
    },
    "de": {
        "disclosure": "Ich bin der automatische Assistent von {brand}.",
        "offer": "Wenn das nicht hilft, sagen Sie: Mitarbeiter.",
        "greeting_reply": "Guten Tag! Womit können wir helfen?",
        "still_here": "Ja, ich bin da. Womit können wir helfen?",
        "choice": "Was davon meinen Sie: {choices}?",
        "handoff": "Ich gebe das an einen Menschen im Team weiter, der alles sieht, was Sie gesagt haben.",
        "handoff_anger": "Das tut mir leid. Ein Mensch übernimmt und sieht alles, was Sie gesagt haben.",
        "handoff_language": "Auf Deutsch kann ich noch nicht gut antworten. Ein Mensch übernimmt.",
        "handoff_own_case": "Das muss jemand für Sie nachsehen, der alles sieht, was Sie gesagt haben.",
        "open_now": "Sie hören von uns, so bald es geht.",
        "open_later": "Unser Team ist {moment} wieder da.",
        "open_unknown": "Sie hören von uns, sobald jemand frei ist.",
        "too_long": "Ich habe die Antwort gefunden, aber sie ist zu lang für das Telefon.",
    },
    "fr": {
        "disclosure": "Je suis l'assistant automatique de {brand}.",
        "offer": "Si cela ne vous aide pas, dites : conseiller.",
        "greeting_reply": "Bonjour ! Comment pouvons-nous vous aider ?",
        "still_here": "Oui, je suis là. Comment pouvons-nous vous aider ?",
        "choice": "De quoi s'agit-il : {choices} ?",
        "handoff": "Je transmets à une personne de l'équipe, qui voit tout ce que vous avez dit.",
        "handoff_anger": "Je suis désolé. Une personne de l'équipe prend le relais et voit tout ce que vous avez dit.",
        "handoff_language": "Je ne sais pas encore bien répondre en français. Une personne prend le relais.",
        "handoff_own_case": "Quelqu'un doit le vérifier pour vous et voit tout ce que vous avez dit.",
        "open_now": "Nous vous répondons dès que possible.",
        "open_later": "Notre équipe est de retour {moment}.",
        "open_unknown": "Nous vous répondons dès que quelqu'un sera libre.",
        "too_long": "J'ai trouvé la réponse, mais elle est trop longue pour le téléphone.",
    },
    "es": {
        "disclosure": "Soy el asistente automático de {brand}.",
        "offer": "Si no es lo que necesita, diga: agente.",
        "greeting_reply": "¡Hola! ¿En qué podemos ayudarle?",
        "still_here": "Sí, aquí estoy. ¿En qué podemos ayudarle?",
        "choice": "¿A cuál se refiere: {choices}?",
        "handoff": "Se lo paso a una persona del equipo, que ve todo lo que ha dicho.",
        "handoff_anger": "Lo siento. Una persona del equipo se ocupa y ve todo lo que ha dicho.",
        "handoff_language": "Todavía no sé responder bien en español. Le atenderá una persona.",
        "handoff_own_case": "Alguien tiene que consultarlo por usted y ve todo lo que ha dicho.",
        "open_now": "Le responderemos en cuanto podamos.",
        "open_later": "Nuestro equipo vuelve {moment}.",
        "open_unknown": "Le responderemos en cuanto alguien esté libre.",
        "too_long": "He encontrado la respuesta, pero es demasiado larga para el teléfono.",
    },
}
