/** What a message will cost, in words. Pure. */
import { currentLocale, t } from "#language.js";

/** @typedef {{lowest: string, highest: string, currency: string}} Price of one segment, or of one message */

/**
 * "about $0.016", "$0.015 to $0.021" where it depends on the network; empty where nobody knows.
 * @param {Record<string, Price> | undefined} prices  by category of template; "" for words of one's own
 * @param {number} units  segments, or 1
 * @param {string} [category]
 */
export function costWords(prices, units, category = "") {
  const price = prices?.[category];
  if (!price || !units) return "";
  const [lowest, highest] = [price.lowest, price.highest].map((amount) =>
    money(Number(amount) * units, price.currency),
  );
  return lowest === highest ? t("about {amount}", { amount: lowest }) : t("{lowest} to {highest}", { lowest, highest });
}

/** @param {number} amount @param {string} currency ISO 4217 */
function money(amount, currency) {
  // A text costs parts of a cent: two digits that say something, never fewer than the currency has.
  const { maximumFractionDigits: whole = 2 } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  const digits = amount > 0 && amount < 1 ? Math.max(whole, 1 - Math.floor(Math.log10(amount))) : whole;
  const options = { style: "currency", currency, minimumFractionDigits: whole, maximumFractionDigits: digits };
  return new Intl.NumberFormat(currentLocale(), /** @type {Intl.NumberFormatOptions} */ (options)).format(amount);
}
