/** One file to the server, with news of how far it is: `fetch` can't tell that yet. */
import { csrfToken, Refused, Unreachable } from "#inbox/api.js";

const ADDRESS = "/api/v1/attachments/";

/**
 * @param {number} conversation
 * @param {File} file
 * @param {string} name
 * @param {(share: number) => void} onProgress  0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<import("#inbox/rows.js").Attachment>}
 * @throws {Unreachable | Refused}
 */
export function upload(conversation, file, name, onProgress, signal) {
  const form = new FormData();
  form.append("conversation", String(conversation));
  form.append("file", file, name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response);
      else if (request.status >= 500 || request.status === 429) reject(new Unreachable(String(request.status)));
      else reject(new Refused(request.status, request.response));
    });
    request.addEventListener("error", () => reject(new Unreachable("")));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** Take one away that is not sent. It is forgotten after a day anyway: that it fails is no error. @param {number} id */
export function forget(id) {
  const headers = { "X-CSRFToken": csrfToken() };
  return fetch(`${ADDRESS}${id}/`, { method: "DELETE", headers, credentials: "same-origin" }).catch(() => null);
}
