// Sending: shown at once, kept here until the server has it, taken back within its four seconds.

import { clear, write } from "./drafts";
import type { Message, Refused } from "./frames";
import { newId } from "./ids";
import { keep, kept, wipe } from "./keep";
import { sourceOf, type Source } from "./phrases";
import { tell } from "./socket";
import { chats, me, type Chat, type Pending } from "./state";
import { clock } from "./time";

interface Held {
  contact: string;
  text: string;
  at: number;
  from?: Source;
}

const name = (id: string): string => `send/${id}`;
const withdrawn = new Set<string>(); // undone before the server answered

function change(chat: Chat, id: string, to: Partial<Pending> | null): Pending | undefined {
  const found = chat.pending.peek().find((p) => p.id === id);
  if (!found) return undefined;
  chat.pending.value = chat.pending.peek().flatMap((p) => (p.id !== id ? [p] : to ? [{ ...p, ...to }] : []));
  return found;
}

const holder = (id: string): Chat | undefined =>
  [...chats.peek().values()].find((c) => c.pending.peek().some((p) => p.id === id));

const bytes = (text: string): number => new TextEncoder().encode(text).length;
export const tooLong = (text: string): boolean => bytes(text) > (me.value?.limits.text ?? 8192);

/** Sends what stands in the composer. */
export function send(chat: Chat): void {
  const text = chat.draft.peek().replace(/\s+$/, "");
  if (sendText(chat, text, sourceOf(chat, text))) clear(chat);
}

/** Sends words, and says where they come from. */
export function sendText(chat: Chat, text: string, from: Source): boolean {
  if (text.trim() === "" || tooLong(text) || chat.gone.peek() !== "") return false;
  const id = newId();
  const at = clock();
  chat.pending.value = [...chat.pending.peek(), { id, text, at, until: 0, from }];
  void keep(name(id), { contact: chat.id, text, at, from } satisfies Held);
  tell({ t: "send", id, contact: chat.id, text, ...from });
  return true;
}

/** Sends once more what was refused or never arrived. */
export function again(chat: Chat, id: string): void {
  const p = chat.pending.peek().find((x) => x.id === id);
  if (!p) return;
  const { refused: _, ...rest } = p;
  chat.pending.value = chat.pending.peek().map((x) => (x.id === id ? rest : x));
  tell({ t: "send", id, contact: chat.id, text: p.text, ...p.from });
}

/** Sends once more what her rules forbid, on a supervisor's word. */
export function override(chat: Chat, id: string, reason: string, code: string): void {
  const p = change(chat, id, {});
  if (!p) return;
  const { refused: _, ...rest } = p;
  chat.pending.value = chat.pending.peek().map((x) => (x.id === id ? rest : x));
  tell({ t: "override", id, contact: chat.id, text: p.text, reason, code });
}

/** Takes back what has not left: its words go back into the composer. */
export function undo(chat: Chat, id: string): void {
  const p = chat.pending.peek().find((x) => x.id === id);
  if (!p) return;
  if (p.refused) return putBack(chat, id);
  withdrawn.add(id);
  tell({ t: "undo", id });
}

export function undoLast(chat: Chat): boolean {
  const last = chat.pending.peek().filter((p) => !withdrawn.has(p.id)).at(-1);
  if (last) undo(chat, last.id);
  return last !== undefined;
}

function putBack(chat: Chat, id: string): void {
  const p = change(chat, id, null);
  withdrawn.delete(id);
  if (!p) return;
  const now = chat.draft.peek();
  write(chat, now.trim() === "" ? p.text : `${p.text}\n${now}`);
  void wipe(name(id));
}

export function acked(id: string, until: number): void {
  const chat = holder(id);
  if (!chat) return;
  change(chat, id, { until: Math.max(1, until) });
  void wipe(name(id));
}

export function undone(id: string): void {
  const chat = holder(id);
  if (chat) putBack(chat, id);
}

export function refusedSend(frame: Refused): void {
  const chat = holder(frame.id);
  if (!chat) return;
  withdrawn.delete(frame.id);
  if (frame.of === "undo" && frame.why === "missing") putBack(chat, frame.id);
  if (frame.of === "send" || frame.of === "override") change(chat, frame.id, { refused: frame, until: 0 });
}

/** A message that has got its number is no longer pending. */
export function left(chat: Chat, id: string): void {
  withdrawn.delete(id);
  if (change(chat, id, null)) void wipe(name(id));
}

/** Own messages that a snapshot names as not yet left. */
export function stillHere(chat: Chat, unsent: Message[]): void {
  const known = new Set(chat.pending.peek().map((p) => p.id));
  for (const m of unsent) {
    if (known.has(m.id)) change(chat, m.id, { until: m.until ?? 1 });
    else chat.pending.value = [...chat.pending.peek(), { id: m.id, text: m.text, at: m.at, until: m.until ?? 1 }];
  }
  // Acknowledged and no longer waiting: it has left, or was taken back in another tab.
  const named = new Set(unsent.map((m) => m.id));
  for (const p of chat.pending.peek()) {
    if (p.until > 0 && !named.has(p.id)) left(chat, p.id);
  }
}

/** After a snapshot: whatever the server does not have yet is sent again under its own id. */
export async function resend(): Promise<void> {
  for (const [of, held] of await kept<Held>("send/")) {
    const id = of.slice("send/".length);
    const chat = chats.peek().get(held.contact);
    if (!chat) continue;
    if (chat.said.peek().some((m) => m.id === id)) {
      void wipe(of);
    } else if (!chat.pending.peek().some((p) => p.id === id)) {
      chat.pending.value = [...chat.pending.peek(), { id, text: held.text, at: held.at, until: 0, from: held.from ?? {} }];
    }
  }
  for (const chat of chats.peek().values()) {
    for (const p of chat.pending.peek()) {
      if (p.until > 0 || p.refused) continue;
      if (withdrawn.has(p.id)) tell({ t: "undo", id: p.id });
      else tell({ t: "send", id: p.id, contact: chat.id, text: p.text, ...p.from });
    }
  }
}
