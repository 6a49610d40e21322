"""What mail programs write around mails, in the languages they speak. Parts of patterns, all in lower case."""

from __future__ import annotations

COLONS = ":："


def alternatives(lines: str) -> str:
    """A block of phrases, a language or a family to a line, as the alternatives of a pattern."""
    return "|".join(line.strip() for line in lines.strip().splitlines())


# How "On 3 May, Jo wrote:" begins, and what stands before its colon.
ATTRIBUTION_BEGINNINGS = alternatives(r"""
    on|am|le|el|il|op|em|den|på|dne|dnia|w dniu|il giorno|la data|vào|pada|στις|na|tarihinde|в|от|ב
    mon|tue|wed|thu|fri|sat|sun
    mo|di|mi|do|fr|sa|so
    lun|mar|mer|gio|ven|sab|dom
    man|tir|ons|tor|tis|lør|søn|lör|sön
""")
ATTRIBUTION_VERBS = alternatives(r"""
    wrote|writes|wrote the following
    schrieb[^:]{0,120}|geschrieben
    a écrit|écrit
    escribió|escribio|escreveu
    ha scritto|scrisse
    schreef|het volgende geschreven
    napisał\(?a?\)?|napisała|pisze|napsal\(?a?\)?
    skrev(?: .{1,80})?|kirjoitti|írta|a scris
    yazdı|şunu yazdı
    пишет|написал\(?а?\)?|έγραψε
    menulis|đã viết
    写道|寫道|のメール|のメッセージ|さんは書きました|님이 작성|작성하였습니다
""")

ORIGINAL_MESSAGES = alternatives("""
    original message|original appointment|reply message
    ursprüngliche nachricht|ursprungliche nachricht|originalnachricht
    message d['’]origine|message original|mensaje original|messaggio originale|mensagem original
    oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|originalmeddelande
    alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|eredeti üzenet
    исходное сообщение|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지
""")
# Between dashes.
FORWARDED_MESSAGES = alternatives("""
    forwarded message|forwarded by .{1,80}|weitergeleitete nachricht|message transféré|message transmis
    mensaje reenviado|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht
    videresendt meddelelse|videresendt melding|vidarebefordrat meddelande|välitetty viesti
    wiadomość przekazana dalej|přeposlaná zpráva|пересылаемое сообщение|転送メッセージ|转发的邮件
""")
# Without any.
FORWARDS_BEGIN = alternatives("""
    begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)
    début du (?:message transféré|message réexpédié)|inicio del mensaje reenviado
    inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem encaminhada
    vidarebefordrat brev|videresendt besked
""")
FORWARD_PREFIXES = alternatives("""
    fwd?|wg|wtr?|tr|rv|enc|i|vb|vl|pd|továbbítás|továbbítva|doorst|ilt|yml|fs|přeposláno|转发|轉寄|転送
""")
REPLY_PREFIXES = alternatives("""
    re|aw|sv|vs|antw|odp|ynt|ref|res|回复|答复|返信
""")

# The fields of the block that Outlook writes above a quoted mail.
SENDER_LABELS = alternatives("""
    from|von|de|da|van|od|fra|från|lähettäjä|отправитель|от|gönderen|kimden|expéditeur|remitente
    发件人|寄件者|差出人|보낸\\s?사람
""")
OTHER_LABELS = alternatives("""
    sent|gesendet|envoyé|enviado|inviato|verzonden|wysłano|sendt|skickat|odesláno|lähetetty|отправлено
    gönderilen|发送时间|送信日時|보낸\\s?날짜
    date|datum|fecha|data|дата
    to|an|à|a|para|aan|do|til|till|komu|vastaanottaja|кому|kime|收件人|宛先|받는\\s?사람
    subject|betreff|objet|asunto|oggetto|onderwerp|temat|emne|ämne|předmět|aihe|тема|konu|主题|件名|제목
    cc|kopie|copie
""")

# What programs put first in the subject of an absence notice.
ABSENCES = alternatives(r"""
    auto(?:matic|mated)?[ -]?(?:re(?:ply|sponse)|svar)|\[auto[ -]?(?:reply|response|svar)\].*
    out of (?:the )?office(?: (?:auto-?)?(?:reply|notification|message|response))?|away from (?:the |my )?office
    automatische (?:antwort|reaktion)|abwesenheit|abwesenheits(?:notiz|nachricht|meldung|assistent)|abwesend
    (?:ich bin )?nicht im (?:büro|haus)|automatisch antwoord|afwezigheids(?:bericht|melding)|afwezig
    réponse automatique|absence du bureau|(?:message|notification) d['’]absence|absent du bureau
    respuesta automática|fuera de (?:la )?oficina|resposta automática|ausente do escritório|fora do escritório
    risposta automatica|fuori (?:sede|ufficio)
    autosvar|automatiskt? svar|frånvaro(?:meddelande)?|fraværsmelding|fravær
    automaattinen vastaus|poissa(?:olo(?:ilmoitus)?)?
    odpowiedź automatyczna|autoodpowiedź|nieobecność|automatická odpov[eě]ď|automatikus válasz|răspuns automat
    otomatik (?:yanıt|cevap)|автоответ|автоматический ответ|αυτόματη απάντηση
    自動応答|自動返信|不在通知|不在のお知らせ|自动回复|自動回覆|자동 ?회신|부재중
""")
# A person who merely mentions an absence goes on with words; a program with the end or one of these.
MARKS_AFTER_ABSENCE = r":：(（\[\-–—!."

BOUNCE_SUBJECTS = alternatives("""
    undeliver|delivery status notification|delivery (?:has )?failed|delivery failure|mail delivery|failure notice
    returned mail|returned to sender|delayed|unzustellbar|zustellung fehlgeschlagen
    non remis|échec de (?:la )?remise|no se puede entregar|no entregado|non recapitabile|mancato recapito
    onbestelbaar|não entregue|niedostarczone|不達|配信不能|配信遅延|未送達|退信|无法投递
""")
