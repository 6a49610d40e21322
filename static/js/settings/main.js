/** What makes the settings pages nicer where JavaScript runs; each of them works without. */

const COPIED_MS = 2_000;
const MINUTE = 60_000;
/** The unit that a span of time is told in, by the milliseconds it begins at. */
const UNITS = /** @type {const} */ ([
  [24 * 60 * MINUTE, "day"],
  [60 * MINUTE, "hour"],
  [MINUTE, "minute"],
]);
/** Older than this is told by its date. */
const OLD_MS = 7 * 24 * 60 * MINUTE;
const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });
const dated = new Intl.DateTimeFormat(language, { dateStyle: "medium" });

/** "3 minutes ago", the exact moment on hovering. @param {ParentNode} root */
function tellTimes(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const moment = Date.parse(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(moment)) continue;
    time.setAttribute("title", exact.format(moment));
    time.textContent = spoken(Date.now() - moment, moment);
  }
}

/** @param {number} age @param {number} moment */
function spoken(age, moment) {
  if (age > OLD_MS) return dated.format(moment);
  const [size, unit] = UNITS.find(([least]) => age >= least) ?? [1_000, "second"];
  return relative.format(unit === "second" ? 0 : -Math.floor(age / size), unit);
}

/** @param {ParentNode} root */
function offerCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.removeAttribute("hidden");
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset.copy ?? "";
  const shown = button.previousElementSibling;
  if (!(await written(text)) && shown) return select(shown);
  const words = button.querySelector("span");
  const before = words?.textContent ?? "";
  if (button.dataset.done !== undefined || !words) return;
  button.dataset.done = "";
  words.textContent = "Copied";
  say("Copied");
  setTimeout(() => {
    delete button.dataset.done;
    words.textContent = before;
  }, COPIED_MS);
}

/** Whether the clipboard took it: over plain HTTP there is none. @param {string} text */
async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Marked, it takes one more key to copy. @param {Element} shown */
function select(shown) {
  getSelection()?.selectAllChildren(shown);
  say("Marked; copy it with Ctrl+C");
}

/** @param {string} words */
function say(words) {
  const voice = document.getElementById("said");
  if (voice) voice.textContent = words;
}

/** What was typed is not lost by a stray click. @param {HTMLFormElement} form */
function guard(form) {
  let isChanged = false;
  form.addEventListener("input", () => {
    isChanged = true;
    form.querySelector("[data-unsaved]")?.removeAttribute("hidden");
  });
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  form.querySelector("[data-leave]")?.addEventListener("click", () => {
    isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}

addEventListener("click", (event) => {
  const button = /** @type {Element | null} */ (event.target)?.closest?.("[data-copy]");
  if (button) copy(/** @type {HTMLElement} */ (button));
});
addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-guard]"));
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
// Fragments come in whole: their times and buttons are made nicer too.
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes)
      if (node instanceof HTMLElement) {
        tellTimes(node);
        offerCopying(node);
      }
}).observe(document.body, { childList: true, subtree: true });

for (const form of document.querySelectorAll("form[data-guard]")) guard(/** @type {HTMLFormElement} */ (form));
tellTimes(document);
offerCopying(document);
// On a narrow screen the sections scroll sideways: the one that is open has to be seen.
document.querySelector(".rail-views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
setInterval(() => tellTimes(document), MINUTE);
