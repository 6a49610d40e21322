/** The files of a message or a note, each behind a link that asks who opens it. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { currentLocale, t } from "#language.js";

/** @param {import("#inbox/rows.js").Attachment[] | undefined} files */
export function fileList(files) {
  if (!files?.length) return nothing;
  return html`<ul class="attachments" aria-label=${t("Attachments")}>
    ${files.map(one)}
  </ul>`;
}

/** @param {import("#inbox/rows.js").Attachment} file */
function one(file) {
  const picture = icon(file.content_type.startsWith("image/") ? "image" : "file");
  if (!file.url)
    return html`<li class="attachment" data-missing>${picture}<span>${file.name || t("File")}</span><small>${file.error || t("Still being fetched")}</small></li>`;
  if (file.content_type.startsWith("audio/"))
    return html`<li class="recording"><audio controls preload="metadata" src=${file.url} aria-label=${file.name || t("Recording")}></audio></li>`;
  return html`<li><a class="attachment" href=${file.url} target="_blank" rel="noopener">${picture}<span>${file.name || t("File")}</span><small class="number">${size(file.size)}</small></a></li>`;
}

/** @param {number} bytes */
export function size(bytes) {
  const isBig = bytes >= 1_000_000;
  const amount = isBig ? bytes / 1_000_000 : Math.max(1, bytes / 1_000);
  const unit = isBig ? "megabyte" : "kilobyte";
  return new Intl.NumberFormat(currentLocale(), { style: "unit", unit, maximumFractionDigits: isBig ? 1 : 0 }).format(
    amount,
  );
}
