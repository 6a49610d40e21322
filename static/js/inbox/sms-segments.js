/** How many SMS a text becomes. GSM 03.38 has 160 (153) septets a part, UCS-2 70 (67) code units. */

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€\f";

/**
 * @param {string} text
 * @returns {{segments: number, left: number, isUnicode: boolean}} `left`: characters until the next part
 */
export function smsSegments(text) {
  let units = 0;
  let isUnicode = false;
  for (const character of text) {
    if (GSM.includes(character)) units += 1;
    else if (EXTENDED.includes(character)) units += 2;
    else isUnicode = true;
  }
  if (isUnicode) units = text.length;
  const [single, part] = isUnicode ? [70, 67] : [160, 153];
  if (units <= single) return { segments: units ? 1 : 0, left: single - units, isUnicode };
  const segments = Math.ceil(units / part);
  return { segments, left: segments * part - units, isUnicode };
}
