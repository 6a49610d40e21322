/**
 * Plain text as it may be shown: web addresses become links, "[2]" points at a source.
 * Everything else stays text; nothing is ever taken as HTML.
 */
const PIECES = /https?:\/\/[^\s<>"]{1,2000}|\[\d{1,2}\]/g;

/**
 * @param {string} text
 * @param {number[]} [citations] the numbers that exist
 * @returns {import("./types.js").Piece[]}
 */
export function pieces(text, citations = []) {
  /** @type {import("./types.js").Piece[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    const piece = read(match[0], citations);
    if (!piece) continue;
    const before = text.slice(end, match.index);
    // A raised number belongs to the word before it, on the same line.
    if (before) found.push({ text: "citation" in piece ? before.trimEnd() : before });
    found.push(piece);
    end = match.index + ("href" in piece ? piece.text.length : match[0].length);
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/**
 * @param {string} token
 * @param {number[]} citations
 * @returns {import("./types.js").Piece | null}
 */
function read(token, citations) {
  if (token.startsWith("[")) {
    const number = Number(token.slice(1, -1));
    return citations.includes(number) ? { citation: number } : null;
  }
  const text = withoutTail(token);
  const href = safeUrl(text);
  return href ? { href, text } : null;
}

/** The full stop after an address ends the sentence, not the address. @param {string} text */
function withoutTail(text) {
  let end = text.length;
  while (end > 0 && ".,;:!?'*_)]}".includes(text[end - 1])) {
    if (text[end - 1] === ")" && text.slice(0, end).includes("(")) break;
    end -= 1;
  }
  return text.slice(0, end);
}

/**
 * An address that may be followed, or null: only the web, never javascript: or data:.
 * @param {string | null | undefined} address
 */
export function safeUrl(address) {
  try {
    const url = new URL(address ?? "", globalThis.location?.href);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
