/**
 * From a template and its values to the words a customer reads. Pure. conversations/templates.py does the same on the
 * server, and has the last word.
 * @typedef {import("#inbox/rows.js").Template} Template
 * @typedef {import("#inbox/rows.js").TemplateVariable} Variable
 */
import { t } from "#language.js";

const PLACEHOLDER = /\{\{\s*([\w.-]{1,100})\s*\}\}/g;
const BAD_VALUE = /[\n\r\t]| {5,}/;
const FIRST_NAMES = new Set(["first_name", "firstname", "given_name", "vorname"]);
const WHOLE_NAMES = new Set(["customer_name", "full_name", "customername", "fullname"]);

/**
 * A text cut at its variables: [{text}, {key}, …].
 * @param {string} text
 * @returns {{text?: string, key?: string}[]}
 */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const hole of text.matchAll(PLACEHOLDER)) {
    if (hole.index > at) found.push({ text: text.slice(at, hole.index) });
    found.push({ key: hole[1] });
    at = hole.index + hole[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** @param {string} text @param {Record<string, string>} values */
export function put(text, values) {
  return text.replace(PLACEHOLDER, (hole, key) => values[key]?.trim() || hole);
}

/** Everything the customer reads, as plain text. @param {Template} template @param {Record<string, string>} values */
export function plainText(template, values) {
  const buttons = template.buttons.map(({ text, target }) =>
    target ? `[${text}: ${put(target, values)}]` : `[${text}]`,
  );
  const parts = [put(template.header, values), put(template.body, values), template.footer, buttons.join("\n")];
  return parts.filter(Boolean).join("\n\n");
}

/**
 * What is wrong with the values, by variable; empty where the template can go.
 * @param {Template} template @param {Record<string, string>} values
 * @returns {Record<string, string>}
 */
export function wrongs(template, values) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const { key } of template.variables) {
    const value = values[key]?.trim() ?? "";
    if (!value) found[key] = t("Fill this in.");
    else if (BAD_VALUE.test(value)) found[key] = t("Neither line breaks nor long gaps can stand here.");
  }
  return found;
}

/** What an agent calls a variable. @param {Variable} variable @param {Template} template */
export function label(variable, template) {
  const name = /^\d+$/.test(variable.name) ? `{{${variable.name}}}` : variable.name.replace(/[_-]+/g, " ");
  if (variable.part === "header") return t("Heading: {name}", { name });
  if (variable.part !== "button") return name;
  return t("Link of “{button}”", { button: template.buttons[variable.index]?.text ?? "" });
}

/**
 * What is known without asking: a name, where the template itself calls the variable so and the customer has one.
 * @param {Template} template
 * @param {{name: string, is_named?: boolean} | null | undefined} customer
 * @returns {Record<string, string>}
 */
export function known(template, customer) {
  /** @type {Record<string, string>} */
  const found = {};
  if (!customer?.is_named) return found;
  for (const { key, name, part } of template.variables) {
    if (part === "button") continue;
    if (FIRST_NAMES.has(name.toLowerCase())) found[key] = customer.name.split(/\s+/)[0];
    if (WHOLE_NAMES.has(name.toLowerCase())) found[key] = customer.name;
  }
  return found;
}

/** Those with all the words in name or text. @param {Template[]} templates @param {string} wanted */
export function matching(templates, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((one) => {
    const said = `${one.name} ${one.name.replace(/_/g, " ")} ${one.header} ${one.body} ${one.language}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
