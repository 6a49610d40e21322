/** Rows as the server would send them. Ada is the agent who looks; Jo is the customer. */
import { emptyState, reduce } from "#inbox/store.js";

export const ADA = { id: 1, name: "Ada" };
export const GRACE = { id: 2, name: "Grace" };

export function conversation(id, fields = {}) {
  return {
    kind: "conversation",
    id,
    version: 1,
    number: 1000 + id,
    desk: 1,
    subject: "",
    customer: { id: 7, name: "Jo" },
    state: "open",
    priority: "normal",
    assignee: null,
    team: null,
    tier1_state: "off",
    channel_kinds: ["chat"],
    message_count: 1,
    unread_count: 0,
    preview: "",
    preview_author: null,
    waiting_since: "2025-01-01T10:00:00Z",
    last_message_at: "2025-01-01T10:00:00Z",
    snoozed_until: null,
    resolved_at: null,
    created_at: "2025-01-01T09:00:00Z",
    ...fields,
  };
}

export function message(id, fields = {}) {
  return {
    kind: "message",
    id,
    version: 1,
    conversation: 1,
    channel: { id: 1, kind: "chat", name: "Website" },
    channel_kind: "chat",
    identity: { id: 1, kind: "visitor", address: "v1" },
    direction: "inbound",
    author: { kind: "customer", id: 7, name: "Jo" },
    text: "Hello",
    client_id: null,
    sent_at: null,
    created_at: "2025-01-01T10:00:00Z",
    ...fields,
  };
}

export function snapshot(objects, fields = {}) {
  return {
    seq: 10,
    view: "all",
    objects,
    next: null,
    counts: { mine: 0, unassigned: 0, all: 0, ai: 0, resolved: 0 },
    me: { ...ADA, role: "agent", theme: "", single_keys: true },
    agents: [ADA, GRACE],
    teams: [],
    channels: [],
    conversation: null,
    ...fields,
  };
}

export function stateOf(objects, fields = {}) {
  return reduce(emptyState(), { type: "snapshot", snapshot: snapshot(objects, fields) });
}

export function event(seq, objects, fields = {}) {
  return {
    type: "event",
    seq,
    event: { type: "x.changed", conversation: 1, actor: {}, facts: {} },
    objects,
    ...fields,
  };
}
