/** One message of the log: who, what, from where, and how far it got. */
import { classMap, html, nothing } from "../element.js";
import { icons } from "../icons.js";
import { pieces, safeUrl } from "../rich-text.js";
import { clock, text } from "../texts.js";

/**
 * @param {import("../types.js").MessageEntry} entry
 * @param {import("../session.js").Session} session
 */
export function messageTemplate(entry, session) {
  const { message } = entry;
  if (message.author.kind === "system") return html`<p class="notice" dir="auto">${message.text}</p>`;
  const isMine = message.direction === "inbound";
  const classes = { message: true, mine: isMine, first: entry.startsGroup, last: entry.endsGroup };
  return html`
    <article class=${classMap({ ...classes, [entry.state]: true })}>
      ${isMine ? nothing : html`<span class="face ${message.author.kind}">${entry.endsGroup ? face(message) : nothing}</span>`}
      <div class="words">
        ${entry.startsGroup ? byline(message) : html`<span class="unseen">${name(message)}: </span>`}
        <div class="bubble">
          <p dir="auto">${body(message)}</p>
          ${attachments(message.attachments ?? [])} ${sources(message.citations ?? [])}
        </div>
        ${foot(entry, session)}
      </div>
    </article>
  `;
}

/** @param {any} message */
const name = (message) => (message.direction === "inbound" ? text("you") : message.author.name || text("chat"));

/** @param {any} message */
const isAutomatic = (message) => message.is_automatic || message.author.kind === "ai";

/** @param {any} message */
function face(message) {
  return isAutomatic(message) ? icons.spark : [...(message.author.name || "·")][0].toLocaleUpperCase();
}

/** @param {any} message */
function byline(message) {
  if (message.direction === "inbound") return html`<span class="unseen">${name(message)}: </span>`;
  const label = isAutomatic(message) ? html`<span class="label">${text("automated")}</span>` : nothing;
  return html`<header class="byline"><span dir="auto">${name(message)}</span>${label}</header>`;
}

/** @param {any} message */
function body(message) {
  const numbers = (message.citations ?? []).map((/** @type {any} */ citation) => citation.number);
  return pieces(message.text ?? "", numbers).map((piece) => {
    if ("citation" in piece) return html`<sup>${piece.citation}</sup>`;
    return "href" in piece ? link(piece.href, piece.text) : piece.text;
  });
}

/** @param {string} href @param {unknown} content */
function link(href, content) {
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${content}<span class="unseen"> (${text("opensTab")})</span></a>`;
}

/** @param {{name: string, url: string, size: number, is_picture?: boolean}[]} files */
function attachments(files) {
  if (!files.length) return nothing;
  return html`<ul class="files">
    ${files.map((file) => {
      const href = safeUrl(file.url);
      const size = html`<small>${Math.ceil(file.size / 1e3).toLocaleString()} kB</small>`;
      const label = html`${href && file.is_picture ? html`<img src=${href} alt="" />` : icons.file}<span dir="auto">${file.name}</span>${size}`;
      return html`<li>${href ? link(href, label) : label}</li>`;
    })}
  </ul>`;
}

/** @param {{number: number, title: string, url?: string | null}[]} citations */
function sources(citations) {
  if (!citations.length) return nothing;
  return html`<div class="sources">
    <h3>${text("sources")}</h3>
    <ol>
      ${citations.map((citation) => {
        const href = citation.url ? safeUrl(citation.url) : null;
        const title = html`<span dir="auto">${citation.title}</span>`;
        return html`<li value=${citation.number}>${href ? link(href, html`${title}${icons.out}`) : title}</li>`;
      })}
    </ol>
  </div>`;
}

/**
 * @param {import("../types.js").MessageEntry} entry
 * @param {import("../session.js").Session} session
 */
function foot(entry, session) {
  const { message, state } = entry;
  if (state === "failed") return failure(message, session);
  if (state === "sending" || state === "waiting") return html`<footer>${text(state)}</footer>`;
  if (!entry.endsGroup) return nothing;
  const via = message.channel_kind === "chat" ? "" : text(`via_${message.channel_kind}`);
  const at = new Date(message.created_at);
  const time = html`<time datetime=${message.created_at}>${clock(at)}</time>`;
  const sent =
    message.direction === "inbound"
      ? html`<span class="tick">${icons.check}<span class="unseen">${text("sent")}</span></span>`
      : nothing;
  return html`<footer>${time}${via ? html`<span>${via}</span>` : nothing}${sent}</footer>`;
}

/** @param {any} message @param {import("../session.js").Session} session */
function failure(message, session) {
  return html`<footer class="failure">
    ${icons.alert}<span dir="auto">${message.reason || text("failed")}</span>
    <span class="ways"><button type="button" class="quiet" @click=${() => session.retry(message.client_id)}>${text("retry")}</button><button type="button" class="quiet" @click=${() => session.discard(message.client_id)}>${text("delete")}</button></span>
  </footer>`;
}
