// Drafts: each keystroke is sealed into this browser within a quarter of a second and reaches
// the server within one; the newest of the two copies comes back.

import { signal } from "@preact/signals";
import type { Draft } from "./frames";
import { keep, kept, wipe } from "./keep";
import { tell } from "./socket";
import { chats, type Chat } from "./state";
import { clock } from "./time";

interface Held {
  n: number;
  text: string;
}

type Place = "composer" | "note";

const soonHere = 150; // ms until this browser keeps it
const soonThere = 600; // ms until the server is told

/** Notes that are being written, by contact. */
export const notes = signal<ReadonlyMap<string, string>>(new Map());

const here = new Map<string, ReturnType<typeof setTimeout>>();
const there = new Map<string, ReturnType<typeof setTimeout>>();
const unsent = new Map<string, Draft>(); // not acknowledged by the server
let spread: (contact: string, held: Held) => void = () => undefined;

/** Other tabs of the same person are told of each change. */
export const onDraft = (tell_: (contact: string, held: Held) => void): void => {
  spread = tell_;
};

const name = (contact: string, place: Place): string => `draft/${contact}/${place}`;

const textOf = (chat: Chat, place: Place): string =>
  place === "composer" ? chat.draft.peek() : (notes.peek().get(chat.id) ?? "");

/** The text of a field has changed. */
export function write(chat: Chat, text: string, place: Place = "composer"): void {
  if (place === "composer") chat.draft.value = text;
  else notes.value = new Map(notes.value).set(chat.id, text);
  const n = place === "composer" ? ++chat.draftN : ++chat.noteN;
  const of = name(chat.id, place);
  unsent.set(of, { contact: chat.id, place, n, text });
  if (!here.has(of)) here.set(of, setTimeout(() => keepHere(chat, place), soonHere));
  if (!there.has(of)) there.set(of, setTimeout(() => sendThere(chat, place), soonThere));
  if (place === "composer") spread(chat.id, { n, text });
}

function keepHere(chat: Chat, place: Place): void {
  const of = name(chat.id, place);
  here.delete(of);
  const text = textOf(chat, place);
  if (text === "") void wipe(of);
  else void keep(of, { n: place === "composer" ? chat.draftN : chat.noteN, text } satisfies Held);
}

function sendThere(chat: Chat, place: Place): void {
  const of = name(chat.id, place);
  there.delete(of);
  const draft = unsent.get(of);
  if (draft && chat.gone.peek() === "") tell({ t: "draft", ...draft });
}

/** The server holds a draft up to this number. */
export function acknowledged(draft: Draft): void {
  const of = name(draft.contact, draft.place as Place);
  const mine = unsent.get(of);
  if (mine && mine.n <= draft.n) unsent.delete(of);
  const chat = chats.peek().get(draft.contact);
  if (chat && draft.place === "composer") chat.keptAt.value = clock();
}

/** What a message or a note was made of is wiped everywhere. */
export function clear(chat: Chat, place: Place = "composer"): void {
  if (textOf(chat, place) !== "") write(chat, "", place);
}

/** Keeps everything at once, before the desk is covered or left. */
export function flush(): void {
  for (const [of, timer] of [...here]) {
    clearTimeout(timer);
    const draft = unsent.get(of);
    const chat = draft && chats.peek().get(draft.contact);
    if (draft && chat) keepHere(chat, draft.place as Place);
  }
  for (const [of, timer] of [...there]) {
    clearTimeout(timer);
    const draft = unsent.get(of);
    const chat = draft && chats.peek().get(draft.contact);
    if (draft && chat) sendThere(chat, draft.place as Place);
  }
}

/** Numbers of the newest drafts, for the hello. */
export const numbers = (): Record<string, number> =>
  Object.fromEntries([...chats.peek().values()].filter((c) => c.draftN > 0).map((c) => [c.id, c.draftN]));

/** A draft from the server or another tab: the newest number wins. */
export function take(chat: Chat, held: Held, place: string = "composer"): void {
  if (place === "note") {
    if (held.n <= chat.noteN) return;
    chat.noteN = held.n;
    notes.value = new Map(notes.peek()).set(chat.id, held.text);
    return;
  }
  if (held.n <= chat.draftN) return;
  chat.draftN = held.n;
  chat.draft.value = held.text;
}

/** Reads this browser's own copies after a snapshot, and tells the server what it lacks. */
export async function recover(): Promise<void> {
  for (const [of, held] of await kept<Held>("draft/")) {
    const [, contact = "", place] = of.split("/");
    const chat = chats.peek().get(contact);
    if (!chat) continue;
    if (held.n > (place === "note" ? chat.noteN : chat.draftN)) {
      take(chat, held, place);
      unsent.set(of, { contact, place: place ?? "composer", n: held.n, text: held.text });
    }
  }
  for (const draft of unsent.values()) tell({ t: "draft", ...draft });
}

/** A contact that has left takes its drafts with it. */
export function forget(contact: string): void {
  for (const place of ["composer", "note"] as const) {
    const of = name(contact, place);
    clearTimeout(here.get(of));
    clearTimeout(there.get(of));
    here.delete(of);
    there.delete(of);
    unsent.delete(of);
    void wipe(of);
  }
  if (notes.peek().has(contact)) {
    const rest = new Map(notes.peek());
    rest.delete(contact);
    notes.value = rest;
  }
}
