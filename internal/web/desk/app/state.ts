// What the desk knows, as signals. Only apply.ts and the modules named for a thing write here.

import { computed, signal, type Signal } from "@preact/signals";
import type { Source } from "./phrases";
import type { Change } from "./view/situations";
import type { Alert, Board, Contact, Me, Message, Offer, Person, Refused, Row, Translation } from "./frames";

/** A message of one's own that has not left yet. */
export interface Pending {
  id: string;
  text: string;
  at: number;
  until: number; // 0 until the server holds it
  refused?: Refused;
  from?: Source; // where its words came from
}

/** A contact that this desk shows. */
export class Chat {
  readonly id: string;
  readonly info: Signal<Contact>;
  readonly said: Signal<Message[]> = signal([]);
  readonly pending: Signal<Pending[]> = signal([]);
  readonly spoken: Signal<Translation[]> = signal([]); // sentences to be translated, and translations
  readonly draft = signal("");
  readonly keptAt = signal(0); // when the draft was last kept by the server
  readonly typing = signal(0); // until when the caller counts as writing
  readonly unread = signal(0);
  readonly gone = signal(""); // why it left, while something of ours still stands here
  readonly shown = signal(200); // newest messages on the page
  draftN = 0;
  noteN = 0;

  constructor(contact: Contact) {
    this.id = contact.id;
    this.info = signal(contact);
  }

  get seq(): number {
    return this.said.peek().at(-1)?.seq ?? 0;
  }
}

export const me = signal<Me | null>(null);
export const queue = signal<ReadonlyMap<string, Row>>(new Map());
export const chats = signal<ReadonlyMap<string, Chat>>(new Map());
export const current = signal("");
export const people = signal<Person[]>([]);
export const offers = signal<Offer[]>([]);
export const alerts = signal<Alert[]>([]);
export const board = signal<Board | null>(null);
export const locked = signal<{ ring: boolean; trouble: string; asking: boolean } | null>(null);

/** What was asked for and not yet answered, and what was refused: by kind and id. */
export const asked = signal<ReadonlySet<string>>(new Set());
export const refusals = signal<ReadonlyMap<string, Refused>>(new Map());

export type View = "desk" | "board" | "situations";
export type Tab = "now" | "talk" | "record";
export const view = signal<View>("desk");
export const tab = signal<Tab>("now");

export type Dialog =
  | { kind: "start" | "sound" | "palette" | "keys" | "shift" | "still" }
  | { kind: "back" | "over" | "end" | "assign" | "link" | "promise" | "mend" | "help"; contact: string }
  | { kind: "decisions"; contact: string; handle: string }
  | { kind: "override"; contact: string; message: string }
  | Change;
export const dialog = signal<Dialog | null>(null);

/** One quiet line at the foot of the desk. */
export const toast = signal<{ text: string; at: number } | null>(null);
export const say = (text: string): void => {
  toast.value = { text, at: Date.now() };
};

/** Most urgent first, then longest. */
export const rows = computed(() =>
  [...queue.value.values()].sort((a, b) => a.urgency - b.urgency || a.since - b.since));
export const waiting = computed(() => rows.value.filter((r) => r.state !== "parked"));
export const parked = computed(() => rows.value.filter((r) => r.state === "parked"));

/** What "Take next" would bring: the first that fits, else the first parked one that does. */
export const next = computed(() =>
  waiting.value.find((r) => r.fits && r.state === "waiting") ?? parked.value.find((r) => r.fits));

const shownAsPane = (c: Contact): boolean => !c.mine || c.state === "live" || c.state === "closing";

/** The conversations that have a pane, in the order they came. */
export const panes = computed(() =>
  [...chats.value.values()].filter((c) =>
    c.gone.value !== "" || shownAsPane(c.info.value) || c.id === current.value));

const ofState = (state: string) =>
  computed(() => [...chats.value.values()].filter((c) => c.info.value.mine && c.info.value.state === state));
export const sleeping = ofState("sleeping");
export const cutOff = ofState("interrupted");

export const chat = computed(() => panes.value.find((c) => c.id === current.value) ?? panes.value[0]);

export const supervises = computed(() => me.value?.roles.includes("supervisor") ?? false);
export const advises = computed(() =>
  me.value?.roles.some((r) => r === "advocate" || r === "supervisor") ?? false);
export const translates = computed(() => me.value?.translates ?? false);
export const openAlerts = computed(() => alerts.value.filter((a) => !a.seen_at));

export function mark(of: string, id: string): void {
  const key = `${of}:${id}`;
  asked.value = new Set(asked.value).add(key);
  if (!refusals.value.has(key)) return;
  const rest = new Map(refusals.value);
  rest.delete(key);
  refusals.value = rest;
}

/** The line was lost before an answer came: whoever asked is told so. */
export function lost(of: string, id: string): void {
  unmark(of, id);
  refusals.value = new Map(refusals.value).set(`${of}:${id}`, { of, id, why: "later", key: "desk.problem.lost" });
}

export function unmark(of: string, id: string): void {
  const key = `${of}:${id}`;
  if (!asked.value.has(key)) return;
  const rest = new Set(asked.value);
  rest.delete(key);
  asked.value = rest;
}

/** All that was asked about one contact or offer is answered by what came. */
export function answered(id: string): void {
  const rest = [...asked.value].filter((k) => !k.endsWith(`:${id}`));
  if (rest.length !== asked.value.size) asked.value = new Set(rest);
  const kept = [...refusals.value].filter(([k, r]) => r.key !== "desk.problem.lost" || !k.endsWith(`:${id}`));
  if (kept.length !== refusals.value.size) refusals.value = new Map(kept);
}

export const isAsked = (of: string, id: string): boolean => asked.value.has(`${of}:${id}`);
export const refusal = (of: string, id: string): Refused | undefined => refusals.value.get(`${of}:${id}`);
