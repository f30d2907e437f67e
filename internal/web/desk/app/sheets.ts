// What is typed about a danger and is not saved yet: kept in this browser with each key, sent when
// a field is left, and never written over what a colleague has written meanwhile.

import { effect, signal } from "@preact/signals";
import { forgive, request } from "./actions";
import type { EmergencyView, PlaceView, SheetLine, ToServer } from "./frames";
import { emergencies, places } from "./help";
import { newId } from "./ids";
import { keep, kept, wipe } from "./keep";
import { tell } from "./socket";
import { chats, isAsked, locked, mark, refusal } from "./state";

/** One emergency of a contact, as the parts of the page are given it. */
export interface Of { contact: string; e: EmergencyView }

export const focus = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};

/** An emergency that is about to be opened. */
export interface Plan {
  id: string;
  words: string;
  place?: PlaceView;
  without?: boolean; // her words alone
  ground: string;
  reason: string;
}

/** What was typed in a line, and what stood there when it was begun. */
export interface Typed { base: string; text: string }

export const plans = signal<ReadonlyMap<string, Plan>>(new Map()); // by contact
export const typed = signal<ReadonlyMap<string, Typed>>(new Map()); // by emergency/kind

const fresh = (): Plan => ({ id: newId(), words: "", ground: "", reason: "" });
export const planOf = (contact: string): Plan => plans.value.get(contact) ?? fresh();

export function plan(contact: string, change: Partial<Plan>): void {
  const next = { ...planOf(contact), ...change };
  plans.value = new Map(plans.peek()).set(contact, next);
  void keep(`help/${contact}`, next);
}

export function dropPlan(contact: string): void {
  const rest = new Map(plans.peek());
  if (!rest.delete(contact)) return;
  plans.value = rest;
  void wipe(`help/${contact}`);
}

let asked = 0;

/** Asks for the places that words may mean. */
export function find(contact: string, words: string): void {
  if (words.trim() === "") places.value = null;
  else tell({ t: "places", contact, n: ++asked, text: words });
}

/** Whether what is shown is the answer to what was typed last. */
export const isNewest = (): boolean => places.value?.n === asked;

export function open(contact: string, decision?: string): void {
  const p = planOf(contact);
  request("emergency", p.id, {
    t: "emergency", id: p.id, contact, text: p.words, ground: p.ground, reason: p.reason,
    ...(p.place ? { code: p.place.code } : {}), ...(decision ? { decision } : {}),
  });
}

const keyOf = (contact: string, e: EmergencyView, kind: string): string => `${contact}/${e.id}/${kind}`;

/** The element in which a line is typed. */
export const fieldOf = (e: EmergencyView, kind: string): string => `sh-${e.id}-${kind}`;

export const typedIn = (contact: string, e: EmergencyView, kind: string): Typed | undefined => typed.value.get(keyOf(contact, e, kind));

/** A colleague has written in a line that is being typed in. */
export const clashes = (l: SheetLine, x: Typed | undefined): boolean => x !== undefined && l.text !== x.base && l.text !== x.text.trim();

export function type(contact: string, e: EmergencyView, l: SheetLine, text: string, base?: string): void {
  const key = keyOf(contact, e, l.kind);
  const is = { base: base ?? typed.peek().get(key)?.base ?? l.text, text };
  typed.value = new Map(typed.peek()).set(key, is);
  void keep(`sheet/${key}`, is);
}

export function untype(contact: string, e: EmergencyView, kind: string): void {
  forget(keyOf(contact, e, kind));
}

function forget(key: string): void {
  const rest = new Map(typed.peek());
  if (!rest.delete(key)) return;
  typed.value = rest;
  void wipe(`sheet/${key}`);
}

const chosen = new Set<string>(); // emergencies of which more than lines is on its way

/** Saves what was typed, over the version that stands here. What is typed while it is on its way
 * goes when it is answered. */
export function save(contact: string, e: EmergencyView, also: { agreed?: boolean; code?: string } = {}): void {
  const more = also.agreed !== undefined || also.code !== undefined;
  const lines = e.lines.flatMap((l) => {
    const x = typedIn(contact, e, l.kind);
    return x && !clashes(l, x) && x.text.trim() !== l.text ? [{ kind: l.kind, text: x.text }] : [];
  });
  if (!more && (lines.length === 0 || isAsked("sheet", e.id))) return;
  if (more) chosen.add(e.id);
  else chosen.delete(e.id);
  const agreed = also.agreed ?? e.agreed ?? false;
  const code = also.code ?? e.place?.code ?? "";
  request("sheet", e.id, { t: "sheet", id: e.id, contact, version: e.version, lines, ...(code ? { code } : {}), ...(agreed ? { agreed } : {}) });
}

/** Something that is done, and not a line: it goes after the lines that are on their way, and once
 * more over a version in which a colleague has touched nothing that it is about. */
interface Act {
  of: ToServer["t"];
  build: (version: number) => ToServer;
  due: (e: EmergencyView) => boolean; // it is still to be done, and as it was when the key was pressed
  tries: number;
  held?: boolean;
}

const acts = new Map<string, Act[]>(); // by emergency

export function act(e: EmergencyView, of: Act["of"], build: Act["build"], due: Act["due"], tries = 2): void {
  const is: Act = { of, build, due, tries };
  acts.set(e.id, [...(acts.get(e.id) ?? []).filter((a) => a.of !== of), is]);
  if (!isAsked("sheet", e.id)) return request(of, e.id, build(e.version));
  is.held = true;
  mark(of, e.id);
}

/** Whether something has gone: two at once would be in each other's way. */
function again(e: EmergencyView): boolean {
  const rest: Act[] = [];
  let went = false;
  for (const a of acts.get(e.id) ?? []) {
    if (!a.due(e)) continue; // it stands there
    const no = refusal(a.of, e.id);
    if (a.held || (no?.key === "emergency.moved" && a.tries > 0)) {
      if (!a.held) a.tries--;
      a.held = false;
      request(a.of, e.id, a.build(e.version));
      went = true;
    } else if (no) continue;
    rest.push(a);
  }
  acts.set(e.id, rest);
  return went;
}

/** What stands now has come: what was saved is no draft, and what a colleague did not touch is
 * sent over the version that she made. The line that somebody types in waits until it is left. */
function settle(contact: string, e: EmergencyView): void {
  let waits = false;
  let clash = false;
  for (const l of e.lines) {
    const x = typedIn(contact, e, l.kind);
    if (!x) continue;
    if (x.text.trim() === l.text || e.state === "ended") untype(contact, e, l.kind);
    else if (clashes(l, x)) clash = true;
    else if (document.activeElement?.id !== fieldOf(e, l.kind)) waits = true;
  }
  if (isAsked("sheet", e.id)) return;
  if (again(e)) return;
  const no = refusal("sheet", e.id);
  if (no && (no.key !== "emergency.moved" || chosen.has(e.id))) return;
  if (no && !clash) forgive("sheet", e.id);
  if (waits) save(contact, e);
}

effect(() => {
  for (const [contact, frame] of emergencies.value) for (const e of frame.all) settle(contact, e);
});

/** A contact that has left takes what was typed with it. */
effect(() => {
  if (locked.value) return;
  const here = (contact: string): boolean => chats.value.has(contact) || emergencies.value.has(contact);
  for (const contact of plans.value.keys()) if (!here(contact)) dropPlan(contact);
  for (const key of typed.value.keys()) if (!here(key.split("/")[0] ?? "")) forget(key);
});

/** Reads this browser's own copies. */
export async function recover(contact: string): Promise<void> {
  const held = (await kept<Plan>(`help/${contact}`)).get(`help/${contact}`);
  if (held && !plans.peek().has(contact)) plans.value = new Map(plans.peek()).set(contact, held);
  for (const [name, x] of await kept<Typed>(`sheet/${contact}/`)) {
    const key = name.slice("sheet/".length);
    if (!typed.peek().has(key)) typed.value = new Map(typed.peek()).set(key, x);
  }
}

locked.subscribe((is) => {
  if (!is) return;
  plans.value = new Map();
  typed.value = new Map();
});
