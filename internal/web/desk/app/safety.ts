// Her safety: what is known of it, what of it is being changed here, and what is asked about it.

import { computed, signal } from "@preact/signals";
import { request } from "./actions";
import type { Card, Safety, Terms } from "./frames";
import { chats, type Chat } from "./state";

export const empty: Card = { safe: "", ways: [], name: "", cover: "", may_know: "", promised: "", distress: "" };
export const ways = ["page", "text", "call", "voicemail", "mail", "social"];

export const cardOf = (c: Chat): Card => c.info.value.safety?.card ?? empty;

export const termsOf = (card: Card, way: string): Terms =>
  card.ways.find((w) => w.way === way) ?? { way, may: "", days: [], leave: "", say: "" };

export const withTerms = (card: Card, t: Terms): Card => ({ ...card, ways: [...card.ways.filter((w) => w.way !== t.way), t] });

/** Writes the card over the one that was read; an older one is refused. */
export function put(c: Chat, card: Card, of: Safety | undefined = c.info.peek().safety): void {
  const said = card.ways.filter((w) => w.may || w.leave || w.say || w.days.length || w.from || w.to);
  request("safety", c.id, { t: "safety", contact: c.id, n: of?.n ?? 0, card: { ...card, ways: said } });
}

/** Notes what she answered to "is it safe?", with the moment. */
export function safe(c: Chat, answer: string): void {
  const { safe_at: _, ...card } = cardOf(c);
  put(c, { ...card, safe: answer });
}

export const heard = (c: Chat): boolean => c.info.value.safety?.heard ?? false;

/** While somebody is with one of them, neither the line's name nor what it is about stands on the screen. */
export const hidden = computed(() => [...chats.value.values()].some(heard));

/** Somebody is with her, or no longer: the same key. */
export function alone(c: Chat): void {
  request("alone", c.id, { t: "alone", contact: c.id, heard: !heard(c) });
}

export function mend(c: Chat, reason: string, code: string): void {
  request("mend", c.id, { t: "mend", contact: c.id, reason, code });
}

export function askIn(c: Chat): void {
  request("askin", c.id, { t: "askin", contact: c.id });
}

/** Which conversation's card stands open to be changed. */
export const editing = signal("");

/**
 * What was changed here, upon what is known now: a field that was not touched here follows the
 * others'.
 */
export function merged(base: Card, mine: Card, now: Card): Card {
  const out: Card = { ...now };
  for (const field of ["name", "cover", "may_know", "promised", "distress"] as const) {
    if (mine[field] !== base[field]) out[field] = mine[field];
  }
  for (const way of ways) {
    const changed = termsOf(mine, way);
    if (JSON.stringify(changed) === JSON.stringify(termsOf(base, way))) continue;
    out.ways = [...out.ways.filter((w) => w.way !== way), changed];
  }
  return out;
}
