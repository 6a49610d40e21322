/**
 * Keys to commands. A command's `keys` are sequences of strokes: "j", "g m", "shift+e", "mod+k" (⌘ or Ctrl).
 * Single keys act only outside fields and can be turned off; those with mod work everywhere.
 */

const SEQUENCE_MS = 1_200;
const FIELDS = "input, textarea, select, [contenteditable]";

/**
 * @param {{key: string, metaKey: boolean, ctrlKey: boolean, altKey: boolean, shiftKey: boolean}} event
 * @returns {string} the stroke as commands write it
 */
export function strokeOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = /^[a-z]$/.test(key);
  // Shift is part of "?" itself; only for letters and named keys is it a modifier of its own.
  const parts = [
    event.metaKey || event.ctrlKey ? "mod" : "",
    event.altKey ? "alt" : "",
    event.shiftKey && (isLetter || key.length > 1) ? "shift" : "",
    key,
  ];
  return parts.filter(Boolean).join("+");
}

/** @param {string} keys */
export function isSingle(keys) {
  return !keys.startsWith("mod+") && keys !== "Escape";
}

/** @param {EventTarget | null} target */
export function isField(target) {
  return target instanceof Element && target.matches(FIELDS);
}

export class Shortcuts {
  /**
   * @param {() => {keys: string[], run: () => void, inFields?: boolean | ((target: any) => boolean)}[]} bindings  what is valid here and now
   * @param {{areSingleKeysOn: () => boolean, now?: () => number, isField?: (target: any) => boolean}} options
   */
  constructor(bindings, options) {
    this.bindings = bindings;
    this.options = { now: Date.now, isField, ...options };
    this.begun = "";
    this.begunAt = 0;
  }

  /**
   * @param {any} event
   * @returns {boolean} whether a command took it
   */
  handle(event) {
    if (event.isComposing || ["Shift", "Control", "Meta", "Alt"].includes(event.key)) return false;
    const stroke = strokeOf(event);
    const isFresh = this.options.now() - this.begunAt < SEQUENCE_MS;
    const sequence = this.begun && isFresh ? `${this.begun} ${stroke}` : stroke;
    this.begun = "";
    const usable = this.bindings().flatMap((item) =>
      item.keys.filter((keys) => this.#isUsable(keys, item, event.target)).map((keys) => ({ keys, run: item.run })),
    );
    const match = usable.find(({ keys }) => keys === sequence) ?? usable.find(({ keys }) => keys === stroke);
    if (match) {
      event.preventDefault();
      match.run();
      return true;
    }
    if (usable.some(({ keys }) => keys.startsWith(`${stroke} `))) {
      this.begun = stroke;
      this.begunAt = this.options.now();
    }
    return false;
  }

  /**
   * @param {string} keys
   * @param {{inFields?: boolean | ((target: any) => boolean)}} item
   * @param {EventTarget | null} target
   */
  #isUsable(keys, item, target) {
    if (isSingle(keys)) return this.options.areSingleKeysOn() && !this.options.isField(target);
    if (!this.options.isField(target)) return true;
    return typeof item.inFields === "function" ? item.inFields(target) : item.inFields !== false;
  }
}
