/**
 * Reads what a visitor typed as an address. A loose reading on purpose: the server decides.
 * @param {string} text
 * @returns {{kind: "email" | "phone", address: string} | null}
 */
export function parseContact(text) {
  const trimmed = text.trim().slice(0, 254);
  if (trimmed.includes("@")) return isEmail(trimmed) ? { kind: "email", address: trimmed } : null;
  const digits = trimmed.replace(/\D/g, "");
  if (digits.length < 6 || digits.length > 15 || /[^\d\s+()./-]/.test(trimmed)) return null;
  return { kind: "phone", address: (trimmed.startsWith("+") ? "+" : "") + digits };
}

/** @param {string} text */
function isEmail(text) {
  const [name, host, ...more] = text.split("@");
  return more.length === 0 && name.length > 0 && /^[^\s.]+(\.[^\s.]+)+$/.test(host) && !/\s/.test(name);
}

/**
 * The digits of a code as typed or pasted ("123 456", "Your code: 123456."), six at most.
 * @param {string} text
 */
export function codeIn(text) {
  const six = /(?<!\d)\d{3}[ \u00a0-]?\d{3}(?!\d)/.exec(text.slice(0, 500));
  return (six ? six[0] : text.slice(0, 100)).replace(/\D/g, "").slice(0, 6);
}
