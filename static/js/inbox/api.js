/** Requests to our own server, with the session cookie and the CSRF token. */

const CSRF_COOKIE = "onethread_csrf";
/** A request that takes longer is lost; what must not be lost is in the outbox. */
const PATIENCE_MS = 20_000;

/** The network or the server wasn't there: worth trying again. */
export class Unreachable extends Error {}

/** The server said no, in words. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {any} body
   */
  constructor(status, body) {
    super(body?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? "";
    this.body = body;
  }
}

/** @param {string} name */
export function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** What a request that changes something has to show. */
export const csrfToken = () => cookie(CSRF_COOKIE);

/**
 * @param {string} url
 * @param {object | URLSearchParams} [body]  given: a POST, of JSON or of a form
 * @returns {Promise<any>} the JSON of the answer, null when it has none
 * @throws {Unreachable | Refused}
 */
export async function request(url, body) {
  const answer = await reach(url, body);
  const content = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
  if (answer.ok) return content;
  if (answer.status >= 500 || answer.status === 429) throw new Unreachable(content?.detail ?? answer.statusText);
  throw new Refused(answer.status, content);
}

/**
 * @param {string} url
 * @param {object | URLSearchParams} [body]
 */
async function reach(url, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  const isForm = body instanceof URLSearchParams;
  if (body) headers["X-CSRFToken"] = cookie(CSRF_COOKIE);
  if (body && !isForm) headers["Content-Type"] = "application/json";
  try {
    return await fetch(url, {
      method: body ? "POST" : "GET",
      headers,
      body: isForm || !body ? body : JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/**
 * @param {{view: string, conversation?: number | null, before?: string | null}} wanted
 * @returns {Promise<import("#inbox/rows.js").Snapshot>}
 */
export function snapshot({ view, conversation, before }) {
  const query = new URLSearchParams({ view });
  if (conversation) query.set("conversation", String(conversation));
  if (before) query.set("before", before);
  return request(`/inbox/snapshot/?${query}`);
}

/**
 * What was said in a conversation before one of its messages.
 * @param {number} conversation
 * @param {number} message
 * @returns {Promise<{objects: import("#inbox/rows.js").Row[]}>}
 */
export function earlier(conversation, message) {
  return request(`/inbox/thread/${conversation}/before/${message}/`);
}

/**
 * @param {number} id
 * @param {string} path  "messages", "assign", "state", "read"
 * @param {object} body
 */
export function post(id, path, body) {
  return request(`/api/v1/conversations/${id}/${path}/`, body);
}

/** Files of one's own that are not sent yet. @param {number} conversation @returns {Promise<{results: import("#inbox/rows.js").Attachment[]}>} */
export function unsent(conversation) {
  return request(`/api/v1/attachments/?conversation=${conversation}&page_size=100`);
}

/** A file that was sent or received, once more for a message to come. @param {number} conversation @param {number} id */
export function copyFile(conversation, id) {
  return request("/api/v1/attachments/", { conversation, copy_of: id });
}

/** @param {{theme?: string, single_keys?: boolean}} fields */
export function savePreferences(fields) {
  const form = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return request("/accounts/preferences/", form);
}
