// Dangers now: where help is called from outside. What is typed about them lives with the page
// that comes later.

import { signal } from "@preact/signals";
import type { EmergenciesFrame, PlacesFrame } from "./frames";
import { answered, current, tab, unmark, view } from "./state";

export const emergencies = signal<ReadonlyMap<string, EmergenciesFrame>>(new Map()); // by contact
export const places = signal<PlacesFrame | null>(null); // what was found last

/** Whom help is to be called for; n is another each time. */
export const helping = signal<{ contact: string; n: number } | null>(null);

/** One key: the place is asked for, or what goes on stands there. */
export function callHelp(contact: string): void {
  view.value = "desk";
  current.value = contact;
  tab.value = "record";
  helping.value = { contact, n: (helping.peek()?.n ?? 0) + 1 };
}

export function emergenciesCame(frame: EmergenciesFrame): void {
  unmark("look", frame.contact);
  for (const e of frame.all) answered(e.id);
  const next = new Map(emergencies.peek());
  if (frame.all.length || frame.trouble) next.set(frame.contact, frame);
  else next.delete(frame.contact);
  emergencies.value = next;
}

/** Nothing of them stays when a contact has left, or the desk is covered. */
export function forgetHelp(contact?: string): void {
  places.value = null;
  if (contact && helping.peek()?.contact !== contact && !emergencies.peek().has(contact)) return;
  helping.value = null;
  const rest = new Map(contact ? emergencies.peek() : []);
  if (contact) rest.delete(contact);
  emergencies.value = rest;
}
