/**
 * Which files a message may carry, said before anything is uploaded. The same rules as conversations/file_rules.py,
 * which has the last word. Pure.
 *
 * @typedef {{what: string, types: string[], max_bytes: number}} FileKind
 * @typedef {{max_total_bytes: number, max_count: number, is_one_by_one: boolean, kinds: FileKind[],
 *   remark?: string}} FileRules
 * @typedef {{name: string, content_type: string, size: number}} FileFacts
 */
import { listed, plural, t } from "#language.js";

const KB = 1024;
const MB = KB * KB;
/** A note's files are seen by the team alone. @type {FileRules} */
export const NOTE_RULES = { max_total_bytes: 100 * MB, max_count: 20, is_one_by_one: false, kinds: [] };
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Whether a browser shows it by itself. @param {{content_type: string}} file */
export const isPicture = (file) => PICTURES.includes(file.content_type);

/**
 * Why one file can't go; empty where it can.
 * @param {FileFacts} file @param {FileRules} rules @param {string} who
 */
export function objection(file, rules, who) {
  if (file.size === 0) return t("The file is empty.");
  const kind = rules.kinds.find((one) => one.types.includes(file.content_type));
  if (rules.kinds.length && !kind)
    return t("{who} does not take this type of file. It takes {kinds}.", {
      who,
      kinds: listed(rules.kinds.map((one) => t(one.what))),
    });
  const limit = Math.min(kind?.max_bytes ?? rules.max_total_bytes, rules.max_total_bytes);
  if (file.size <= limit) return "";
  const what = t(kind?.what ?? "files");
  return t("{who} takes {what} up to {limit}; this one has {size}.", {
    who,
    what,
    limit: megabytes(limit),
    size: megabytes(file.size, { isUp: true }),
  });
}

/**
 * Why these files can't go together, or not at all; empty where they can.
 * @param {FileFacts[]} files @param {FileRules | null | undefined} rules  none: the channel carries no files
 * @param {string} who
 */
export function objections(files, rules, who) {
  if (!files.length) return "";
  if (!rules)
    return t("{who} carries no files. Not sent would be: {names}.", {
      who,
      names: listed(files.map((file) => file.name)),
    });
  if (files.length > rules.max_count)
    return plural(
      rules.max_count,
      {
        one: "{who} takes at most {n} file at once.",
        other: "{who} takes at most {n} files at once.",
      },
      { who },
    );
  const total = files.reduce((sum, file) => sum + file.size, 0);
  // One that is too large by itself says so itself.
  const areFit = files.every((file) => !objection(file, rules, who));
  if (rules.is_one_by_one || total <= rules.max_total_bytes || !areFit) return "";
  return t("{who} takes files of {limit} together; these have {size}.", {
    who,
    limit: megabytes(rules.max_total_bytes),
    size: megabytes(total, { isUp: true }),
  });
}

/** Bytes in words. What is too large is rounded up, so that it never seems to fit. @param {number} bytes */
export function megabytes(bytes, { isUp = false } = {}) {
  const tenths = (isUp ? Math.ceil : Math.floor)((bytes * 10) / MB);
  return tenths === 0 ? `${Math.max(1, Math.floor(bytes / KB))} kB` : `${tenths / 10} MB`;
}

/** A name that no other file here has: "image.png", "image-2.png". @param {string} name @param {string[]} taken */
export function freeName(name, taken) {
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let free = name;
  for (let number = 2; taken.includes(free); number += 1) free = `${stem}-${number}${extension}`;
  return free;
}

/** Where a picture stands in the words of a mail. @param {string} name */
export const mark = (name) => `[image: ${name}]`;

/**
 * A text with a mark on a line of its own at a place.
 * @param {string} text @param {number} at @param {string} name
 * @returns {{text: string, at: number}} and where one goes on writing
 */
export function marked(text, at, name) {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const opening = before && !before.endsWith("\n") ? "\n" : "";
  const closing = after.startsWith("\n") ? "" : "\n";
  const put = `${before}${opening}${mark(name)}${closing}`;
  return { text: put + after, at: put.length + (closing ? 0 : 1) };
}

/** The text without a picture's mark. @param {string} text @param {string} name */
export function unmarked(text, name) {
  return text.replace(`${mark(name)}\n`, "").replace(mark(name), "");
}
