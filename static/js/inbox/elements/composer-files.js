/** The composer's files: from button, clipboard and drop to the tray, and whether they may go where the words go. */
import { html } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { isPicture, marked, NOTE_RULES, objection, objections, unmarked } from "#inbox/file-rules.js";
import "#inbox/elements/attachment-tray.js";

/** @typedef {import("#inbox/uploads.js").Item} Item */

export class ComposerFiles {
  /** @param {any} composer */
  constructor(composer) {
    this.composer = composer;
  }

  get uploads() {
    return this.composer.inbox.uploads;
  }

  /** @returns {[number, "reply" | "note"]} */
  get place() {
    return [this.composer.conversation.id, this.composer.mode];
  }

  /** @returns {Item[]} */
  get items() {
    return this.uploads.of(...this.place);
  }

  /** What may go where the words go; undefined where that is not known yet. */
  get rules() {
    if (this.composer.mode === "note") return NOTE_RULES;
    return this.composer.target?.channel.files;
  }

  get who() {
    return this.composer.mode === "note" ? t("A note") : (this.composer.target?.channel.label ?? "");
  }

  /** A template brings nothing but itself; files wait for words of one's own. */
  get isSetAside() {
    return this.composer.isTemplate;
  }

  get isBusy() {
    return this.items.some((item) => item.state === "uploading" || item.state === "waiting");
  }

  /** Why nothing can be sent so, in words; empty where it can. */
  get problem() {
    const { items, rules, who } = this;
    if (!items.length || rules === undefined || this.isSetAside) return "";
    const together = objections(items, rules, who);
    if (together) return together;
    if (items.some((item) => item.state === "failed")) return t("A file is not uploaded: try again or remove it.");
    const unfit = rules && items.find((item) => objection(item, rules, who));
    return unfit ? t("{name} can't go this way.", { name: unfit.name }) : "";
  }

  /** What fits is uploaded; what does not waits for another channel or to be removed. */
  settle() {
    const { rules, who } = this;
    if (!rules) return;
    for (const item of this.items)
      if (item.state === "new" && !objection(item, rules, who)) this.uploads.start(...this.place, item.key);
  }

  restore() {
    return this.uploads.restore(...this.place);
  }

  /** @param {File[]} files */
  add(files) {
    if (!files.length) return [];
    const added = this.uploads.add(...this.place, files);
    this.composer.filesChanged();
    return added;
  }

  /** A picture from the clipboard stands where one was writing, if the mail can show it there. @param {ClipboardEvent} event */
  paste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // What is copied from a table or a page comes as text and as its picture: the words are meant.
    if (!files.length || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    for (const item of this.add(files)) if (isPicture(item) && this.showsPictures) this.show(item);
  };

  get showsPictures() {
    return this.composer.mode === "reply" && Boolean(this.composer.target?.channel.is_rich);
  }

  /** @param {Item} item */
  show(item) {
    const field = this.composer.querySelector("textarea");
    const { text, at } = marked(this.composer.text, field?.selectionStart ?? this.composer.text.length, item.name);
    this.composer.write(text);
    this.composer.updateComplete.then(() => {
      field?.focus();
      field?.setSelectionRange(at, at);
    });
  }

  /** @param {Item} item */
  #remove(item) {
    this.uploads.remove(...this.place, item.key);
    const text = unmarked(this.composer.text, item.name);
    if (text !== this.composer.text) this.composer.write(text);
    this.composer.filesChanged();
    this.composer.querySelector("textarea")?.focus();
  }

  #removeAll = () => {
    for (const item of this.items) this.#remove(item);
  };

  #pick = () => this.composer.querySelector(".file-input")?.click();

  /** @param {Event} event */
  #picked = (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.add([...(input.files ?? [])]);
    input.value = "";
    this.composer.querySelector("textarea")?.focus();
  };

  button() {
    const isOff = this.isSetAside || (this.composer.mode === "reply" && this.rules === null);
    const why = isOff && !this.isSetAside ? t("{who} carries no files", { who: this.who }) : t("Attach files");
    return html`<input class="file-input" type="file" multiple hidden @change=${this.#picked} />
      <button class="button ghost square attach" type="button" ?disabled=${isOff} aria-label=${why} title=${why} @click=${this.#pick}>${icon("attachment")}</button>`;
  }

  tray() {
    const { items, rules, who } = this;
    const text = this.composer.text;
    const shown = items.map((item) => ({
      ...item,
      objection: rules && !this.isSetAside ? objection(item, rules, who) : "",
      isPlaced: this.showsPictures && text.includes(`[image: ${item.name}]`),
      canBePlaced: this.showsPictures && isPicture(item) && item.state !== "failed",
    }));
    const together = rules === undefined || this.isSetAside ? "" : objections(items, rules, who);
    return html`<attachment-tray
      .items=${shown}
      .problem=${together}
      .remark=${this.isSetAside ? t("Files stay here: a template takes none along.") : t(rules?.remark ?? "")}
      @remove-file=${(/** @type {CustomEvent} */ event) => this.#remove(event.detail)}
      @retry-file=${(/** @type {CustomEvent} */ event) => this.uploads.start(...this.place, event.detail.key)}
      @place-file=${(/** @type {CustomEvent} */ event) => this.show(event.detail)}
      @remove-all-files=${this.#removeAll}
    ></attachment-tray>`;
  }
}
