/** How many SMS a text becomes; conversations/sms_text.py counts the same, by the same cases. */

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€\f";

/**
 * GSM 03.38 has 160 septets in a part of its own and 153 in one of several, UCS-2 70 and 67 code units. A character
 * of two units is never cut in two.
 * @param {string} text
 * @returns {{segments: number, left: number, isUnicode: boolean}} `left`: units until the next part
 */
export function smsSegments(text) {
  const characters = [...text];
  const isUnicode = !characters.every((character) => GSM.includes(character) || EXTENDED.includes(character));
  const [alone, joined] = isUnicode ? [70, 67] : [160, 153];
  let total = 0;
  let finished = 0;
  let used = 0;
  for (const character of characters) {
    const width = isUnicode ? character.length : EXTENDED.includes(character) ? 2 : 1;
    total += width;
    if (used + width > joined) {
      finished += 1;
      used = 0;
    }
    used += width;
  }
  if (total <= alone) return { segments: total ? 1 : 0, left: alone - total, isUnicode };
  return { segments: finished + 1, left: joined - used, isUnicode };
}
