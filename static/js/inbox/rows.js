/**
 * The rows the server sends: the same shape in a snapshot, in a socket frame and in an answer of the API.
 * Each carries `kind`, `id` and `version`; README.md beside this file has the whole contract.
 *
 * @typedef {"conversation" | "message" | "note" | "handoff" | "customer" | "entry"} Kind
 * @typedef {{kind: string, id?: number, name: string}} Author
 * @typedef {{id: number, name: string}} Named
 *
 * @typedef {object} Conversation
 * @property {"conversation"} kind
 * @property {number} id
 * @property {number} version
 * @property {number} number
 * @property {number | null} desk
 * @property {string} subject
 * @property {Named} customer
 * @property {"open" | "snoozed" | "resolved" | "spam"} state
 * @property {"low" | "normal" | "high" | "urgent"} priority
 * @property {Named | null} assignee
 * @property {Named | null} team
 * @property {"off" | "waiting" | "answered" | "offered" | "asked" | "handed_off"} tier1_state
 * @property {string[]} channel_kinds
 * @property {number} message_count
 * @property {number} unread_count
 * @property {string} preview
 * @property {Author | null} preview_author
 * @property {string | null} waiting_since
 * @property {string | null} last_message_at
 * @property {string | null} snoozed_until
 * @property {string | null} [scheduled_at]  when the next scheduled message leaves
 * @property {string | null} resolved_at
 * @property {Participant[]} participants  whoever is on it beside the customer
 * @property {string} created_at
 *
 * @typedef {{id: number, address: string, name: string, state: "in" | "beside" | "let_in", since: number | null}} Participant
 * @typedef {{address: string, name: string, state: string, error: string}} Reader
 *
 * @typedef {object} Message
 * @property {"message"} kind
 * @property {number} id
 * @property {number} version
 * @property {number} conversation
 * @property {{id: number, kind: string, name: string} | null} channel
 * @property {string} channel_kind
 * @property {{id: number, kind: string, address: string} | null} identity
 * @property {string} our_address  which address of ours it came to or leaves from; empty: the channel's own
 * @property {Reader[]} to  of a mail; our own addresses are left out
 * @property {Reader[]} cc
 * @property {Reader[]} bcc
 * @property {string} assurance
 * @property {"inbound" | "outbound"} direction
 * @property {Author} author
 * @property {string} text
 * @property {string | null} html_url
 * @property {boolean} has_remote_images  pictures from elsewhere, not loaded until asked for
 * @property {string} quoted_text
 * @property {string} subject
 * @property {string} full_text  the whole of what was said in short
 * @property {number | null} heard_confidence  how surely spoken words were recognised, 0 to 1
 * @property {Attachment[]} attachments
 * @property {string} delivery_state
 * @property {string} delivery_error
 * @property {string | null} held_until  while it is held: until when
 * @property {"" | "undo" | "later" | "taken_back" | "wrote_first"} [unsaid]  it has not left, or never will
 * @property {string | null} [scheduled_for]  the time that was chosen for it
 * @property {boolean} [sends_anyway]  even if the customer writes first
 * @property {boolean} wants_template  it failed, and a template may go instead
 * @property {number | null} [mailed_with]  the mail that took it along: nobody was in the chat
 * @property {number[]} [carries]  what such a mail brings
 * @property {number | null} [replaces]  the failed message that it was sent instead of
 * @property {{message: number, channel_kind: string, at: string} | null} [replaced_by]
 * @property {{id: number, name: string, language: string, values: Record<string, string>} | null} template
 * @property {string | null} client_id
 * @property {Citation[]} citations
 * @property {{rule: string, reason: string, confidence: number | null} | null} thread_reason
 * @property {boolean} is_automatic
 * @property {string | null} sent_at
 * @property {string} created_at
 *
 * @typedef {{id: number, name: string, content_type: string, size: number, url: string | null,
 *   error: string}} Attachment
 * @typedef {{number: number, article: number, title: string, passage: string}} Citation
 *
 * @typedef {{kind: "note", id: number, version: number, conversation: number, author: Author, text: string,
 *   attachments?: Attachment[], client_id: string | null, created_at: string}} Note
 *
 * @typedef {{name: string, value: string, message: number | null, channel_kind: string | null}} Fact
 *
 * @typedef {object} Handoff
 * @property {"handoff"} kind
 * @property {number} id
 * @property {number} version
 * @property {number} conversation
 * @property {string} reason
 * @property {string} reason_text
 * @property {string} wish
 * @property {Fact[]} known_facts
 * @property {{article: number, title: string, question: string}[]} answered
 * @property {string} promised
 * @property {string} next_step
 * @property {string} mood
 * @property {string} language
 * @property {string} created_at
 *
 * @typedef {{channel: number, channel_kind: string, is_open: boolean, why: string,
 *   closes_at?: string | null, takes_template?: boolean, doubt?: string, is_dead?: boolean, left_at?: string | null,
 *   then_to?: string, prices?: Record<string, import("#inbox/costs.js").Price>}} Reach
 * @typedef {{id: number, kind: string, address: string, assurance: string, is_shared: boolean,
 *   reach: Reach[], consents?: Consent[]}} Identity
 * @typedef {{id: number, channel_kind: string, state: "stopped" | "started", scope: "all" | "marketing",
 *   source: "keyword" | "preferences" | "provider" | "agent", words: string, said_to: string, by_name: string,
 *   said_at: string}} Consent
 * @typedef {{kind: "customer", id: number, version: number, name: string, is_named?: boolean, language: string,
 *   identities: Identity[]}} Customer
 *
 * @typedef {{key: string, part: "header" | "body" | "button", name: string, index: number, example: string}} TemplateVariable
 * @typedef {{id: number, channel: number, name: string, language: string, category: string, state: string,
 *   is_usable: boolean, why_not: string, header: string, body: string, footer: string,
 *   buttons: {kind: string, text: string, target: string}[], variables: TemplateVariable[],
 *   synced_at: string}} Template
 *
 * @typedef {{kind: "entry", id: number, version: number, conversation: number, type: string,
 *   actor: {kind: string, name: string}, facts: Record<string, any>, created_at: string}} Entry
 *
 * @typedef {Conversation | Message | Note | Handoff | Customer | Entry} Row
 *
 * @typedef {{id: number, kind: string, name: string, address: string, label: string,
 *   max_characters: number | null, is_rich: boolean, is_segmented: boolean, takes_attachments: boolean, has_recipients: boolean, can_begin?: boolean, signature: string, is_by_choice: boolean,
 *   files?: import("#inbox/file-rules.js").FileRules | null, takes_keywords?: boolean, has_templates?: boolean, undo_seconds?: number, takes_later?: boolean,
 *   sends_anyway?: boolean, quiet?: {from: string, until: string, zone: string} | null}} Channel
 * @typedef {{id: number, name: string, role: string, theme: string, single_keys: boolean, undo_seconds?: number | null}} Me
 * @typedef {"mine" | "unassigned" | "all" | "ai" | "resolved"} ViewName
 *
 * @typedef {object} Snapshot
 * @property {number} seq
 * @property {ViewName} view
 * @property {Row[]} objects
 * @property {string | null} next
 * @property {Record<ViewName, number>} counts
 * @property {Me} me
 * @property {Named[]} agents
 * @property {Named[]} teams
 * @property {Channel[]} channels
 * @property {number | null} conversation
 */

/** @type {readonly Kind[]} */
export const KINDS = ["conversation", "message", "note", "handoff", "customer", "entry"];

/** Rows that stand in a thread and name their conversation. */
export const THREAD_KINDS = /** @type {const} */ (["message", "note", "entry"]);
