/**
 * Shapes the widget's modules share. Read by the type checker only; no browser fetches this file.
 *
 * @typedef {{kind: string, id: any, version: number, [field: string]: any}} Row
 * @typedef {{kind: string, id: any, version: number}} Removal
 * @typedef {{seq?: number, objects?: Row[], removed?: Removal[]}} Frame
 * @typedef {{seq: number, rows: ReadonlyMap<string, Row>, gone: ReadonlyMap<string, number>}} State
 *
 * @typedef {"connecting" | "open" | "lost" | "refused"} LinkState
 * @typedef {{url: string, Socket?: typeof WebSocket, random?: () => number,
 *   onOpen: () => void, onFrame: (frame: any) => void, onState: (state: LinkState) => void}} LinkOptions
 *
 * @typedef {"waiting" | "sending" | "sent" | "failed"} OutgoingState
 * @typedef {{client_id: string, text: string, created_at: string, state: OutgoingState, reason?: string}} Outgoing
 *
 * @typedef {"code" | "claim"} Question
 * @typedef {{about: Question, text: string | null}} Problem a refusal; "": in our own words; null: no answer came
 * @typedef {{url: string, memory: import("./storage.js").Memory, outbox: import("./outbox.js").Outbox,
 *   Socket?: typeof WebSocket}} SessionOptions
 *
 * @typedef {{type: "day", key: string, date: Date}} DayEntry
 * @typedef {{type: "message", key: string, message: any, startsGroup: boolean, endsGroup: boolean,
 *   state: "received" | OutgoingState}} MessageEntry
 *
 * @typedef {{text: string} | {href: string, text: string} | {citation: number}} Piece
 * @typedef {[number, number, number]} Rgb
 *
 * @typedef {{onOpen: (isFocusWanted: boolean) => void, onFocus: () => void,
 *   onLogout: () => void}} HostListeners
 */
export {};
