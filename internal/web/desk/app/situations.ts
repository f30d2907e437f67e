// Situations and what is to be done. The desk shows one situation at a time; what is opened of
// its words stays on this page alone, and goes when it is left or covered.

import { computed, signal } from "@preact/signals";
import { request, show } from "./actions";
import { write as compose } from "./drafts";
import type { FromServer, SituationsFrame, SituationView, TaskRow, WordsFrame } from "./frames";
import { newId } from "./ids";
import { begin } from "./record";
import { tell } from "./socket";
import { chats, current, locked, say, tab, unmark, view } from "./state";
import { second } from "./time";
import { t } from "./words";

export const list = signal<SituationsFrame | null>(null);
export const shown = signal<SituationView | null>(null);
export const shut = signal(""); // why the one that was asked for is not shown
export const names = signal<ReadonlyMap<string, string>>(new Map());
export const read = signal<ReadonlyMap<string, WordsFrame>>(new Map());
let asked = "";

/** Goes to the form of a contact of this desk, to put something right. */
export function toForm(contact: string): void {
  view.value = "desk";
  current.value = contact;
  tab.value = "record";
  begin.value = { contact };
}

/** Takes what the server says of situations; false for every other frame. */
export function situation(frame: FromServer): boolean {
  switch (frame.t) {
    case "situations":
      list.value = frame;
      return true;
    case "situation":
      unmark("situation", frame.id);
      if (frame.id !== asked) return true;
      if (!shown.peek()) requestAnimationFrame(() => document.getElementById("main")?.focus());
      shown.value = frame.situation ?? null;
      shut.value = frame.gone ?? "";
      return true;
    case "names":
      unmark("names", frame.id);
      names.value = new Map(names.peek()).set(frame.id, frame.text);
      return true;
    case "words":
      unmark("read", frame.contact);
      read.value = new Map(read.peek()).set(frame.contact, frame);
      return true;
    case "show_her": {
      unmark("show_her", frame.id);
      const chat = chats.peek().get(frame.contact);
      if (!chat) return true;
      compose(chat, `${chat.draft.peek()}\n\n${frame.text}`.trimStart());
      show(chat.id);
      return true;
    }
    case "did":
      unmark(frame.of, frame.id);
      if (frame.of === "link") say(t("desk.about.linked"));
      if (frame.of === "knows" && frame.id === asked) look();
      return true;
  }
  return false;
}

const fold = (): void => {
  names.value = new Map();
  read.value = new Map();
  shown.value = null;
  shut.value = "";
};

/** Shows the list. */
export function look(): void {
  if (asked) tell({ t: "situation", id: asked, leave: true });
  asked = "";
  fold();
  view.value = "situations";
  tell({ t: "situations" });
}

/** Shows one situation. */
export function open(id: string): void {
  asked = id;
  fold();
  view.value = "situations";
  tab.value = "now";
  tell({ t: "situations" });
  request("situation", id, { t: "situation", id });
}

/** After the line was lost, what was shown is asked for anew. */
export function again(): void {
  if (view.peek() !== "situations") return;
  tell({ t: "situations" });
  if (asked) tell({ t: "situation", id: asked });
}

/** Nothing of it stays when the desk is left or covered. */
export function forget(): void {
  fold();
  list.value = null;
}
view.subscribe((v) => {
  if (v === "situations" || (!list.peek() && !asked)) return;
  if (!locked.peek()) {
    if (asked) tell({ t: "situation", id: asked, leave: true });
    tell({ t: "situations", leave: true });
  }
  asked = "";
  forget();
});

/** Tasks that are over their time, what she waits for, and who asks: for the number beside the word. */
export const late = (due: number): boolean => due < second.value;
export const news = computed(() => (list.value?.rows ?? []).filter((r) => r.news).length);

export const link = (contact: string, to: string): void =>
  request("link", contact, to ? { t: "link", contact, situation: to } : { t: "link", contact });

export const write = (id: string, kind: string, text: string): string => {
  const note = newId();
  request("write", note, { t: "write", id: note, situation: id, kind, text });
  return note;
};

export const done = (task: TaskRow): void =>
  request("done", task.id, task.done_at ? { t: "done", id: task.id, again: true } : { t: "done", id: task.id });

export const askNames = (id: string, part: string, why: string): void =>
  request("names", part, { t: "names", id: part, situation: id, why });

export const readWords = (id: string, contact: string, why: string): void =>
  request("read", contact, { t: "read", contact, situation: id, why });

export const askWords = (id: string, contact: string, why: string): void =>
  request("reading", contact, { t: "reading", contact, situation: id, why });

export const give = (id: string, no: boolean): void => request("give", id, no ? { t: "give", id, no } : { t: "give", id });

export const promise = (contact: string, until: number): void => request("promise", contact, { t: "promise", contact, until });
