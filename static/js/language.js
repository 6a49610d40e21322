/** The words and numbers of the reader's language: translation, plurals, dates. */

/** @type {Record<string, string>} */
let catalogue = {};
let locale = "en";

/**
 * Take the page's locale and its catalogue (English sentence -> translated sentence).
 * @param {string} language
 * @param {Record<string, string>} [sentences]
 */
export function useLanguage(language, sentences = {}) {
  locale = language || "en";
  catalogue = sentences;
}

export function currentLocale() {
  return locale;
}

/**
 * A sentence in the reader's language, with {names} filled in.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 */
export function t(sentence, values) {
  const translated = catalogue[sentence] ?? sentence;
  if (!values) return translated;
  return translated.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The form that fits a count: plural(2, {one: "{n} message", other: "{n} messages"}).
 * @param {number} n
 * @param {{one: string, other: string} & Record<string, string>} forms
 * @param {Record<string, string | number>} [values]
 */
export function plural(n, forms, values) {
  const form = new Intl.PluralRules(locale).select(n);
  return t(forms[form] ?? forms.other, { n: n.toLocaleString(locale), ...values });
}

/**
 * @param {string[]} words
 */
export function listed(words) {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(words);
}
