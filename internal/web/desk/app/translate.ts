// Translation: what an advocate asks of a translator and gets back, and what a translator works
// on. What a translator types is kept in this browser until it has arrived.

import { signal, type Signal } from "@preact/signals";
import { alarm } from "./alarm";
import type { Ask, AsksFrame, MachineFrame, Message, ThreadFrame, ToServer, Translation } from "./frames";
import { newId } from "./ids";
import { keep, kept, wipe } from "./keep";
import { put } from "./phrases";
import { sendText } from "./sends";
import { tell } from "./socket";
import { chats, lost, mark, tab, unmark, type Chat } from "./state";

/** A contact that this person translates: what was said, and nothing else of it. */
export class Thread {
  readonly id: string;
  readonly info: Signal<ThreadFrame>;
  readonly said: Signal<Message[]> = signal([]);
  readonly texts: Signal<Translation[]> = signal([]);
  readonly chosen = signal(""); // message or sentence that is being translated, "" = the next

  constructor(frame: ThreadFrame) {
    this.id = frame.contact;
    this.info = signal(frame);
  }
}

export const asks = signal<Ask[]>([]);
export const threads = signal<ReadonlyMap<string, Thread>>(new Map());
export const thread = signal(""); // that is in view, "" for none

let fresh: Set<string> | undefined; // told anew since the last snapshot

/** After a snapshot everything is told anew; what is not has ended. */
export function begin(): void {
  fresh = new Set();
}

export function asked(frame: AsksFrame): void {
  const known = new Set(asks.peek().map((a) => a.contact));
  asks.value = frame.asks;
  if (frame.asks.some((a) => !a.mine && !known.has(a.contact))) alarm.asked();
  if (!fresh) return;
  for (const id of threads.peek().keys()) if (!fresh.has(id)) drop(id);
  fresh = undefined;
}

export function threadCame(frame: ThreadFrame): void {
  if (frame.gone) return drop(frame.contact);
  fresh?.add(frame.contact);
  const known = threads.peek().get(frame.contact);
  const is = known ?? new Thread(frame);
  const { messages, translations, ...rest } = frame;
  is.info.value = { ...rest, messages: [], translations: [] };
  const more = messages.filter((m) => frame.whole || !is.said.peek().some((x) => x.id === m.id));
  is.said.value = frame.whole ? messages : [...is.said.peek(), ...more];
  is.texts.value = frame.whole ? translations : [...is.texts.peek(), ...translations];
  for (const x of translations) sent(x.about ?? "");
  if (!known) {
    threads.value = new Map(threads.peek()).set(is.id, is);
    thread.value = is.id;
    tab.value = "talk";
  } else if (more.some((m) => m.side === "caller") || translations.some((x) => x.kind === "sentence")) {
    alarm.toTranslate();
  }
}

function drop(id: string): void {
  const rest = new Map(threads.peek());
  rest.delete(id);
  threads.value = rest;
  if (thread.peek() === id) thread.value = [...rest.keys()][0] ?? "";
}

/** A covered desk holds nothing of it. */
export function forgetThreads(): void {
  threads.value = new Map();
  asks.value = [];
  typed.value = new Map();
  made.value = new Map();
}

/** The newest translation about a message or a sentence. */
export const newest = (of: Translation[], about: string): Translation | undefined =>
  of.filter((x) => x.about === about).at(-1);

/** One thing to translate. */
export interface Item {
  id: string;
  text: string;
  ours: boolean; // the advocate's sentence, which the caller waits for
}

/** What is not translated yet: the advocate's sentences first, then the caller's words as they came. */
export function todo(of: Thread): Item[] {
  const texts = of.texts.value;
  const open = (id: string): boolean => !newest(texts, id);
  return [
    ...texts.filter((x) => x.kind === "sentence" && open(x.id)).map((x) => ({ id: x.id, text: x.text, ours: true })),
    ...of.said.value.filter((m) => m.side === "caller" && open(m.id)).map((m) => ({ id: m.id, text: m.text, ours: false })),
  ];
}

/** What is being translated: what was chosen, else the next. */
export function working(of: Thread): Item | undefined {
  const id = of.chosen.value;
  const m = of.said.value.find((x) => x.id === id);
  if (m) return { id, text: m.text, ours: false };
  const s = of.texts.value.find((x) => x.id === id && x.kind === "sentence");
  if (s) return { id, text: s.text, ours: true };
  return todo(of)[0];
}

/** What stands in the field of each. */
export const typed = signal<ReadonlyMap<string, string>>(new Map());
const place = (about: string): string => `translate/${about}`;
const onWay = new Map<string, string>(); // about: id of what was sent, so that sending again is harmless

export function type(about: string, text: string): void {
  typed.value = new Map(typed.peek()).set(about, text);
  void (text === "" ? wipe(place(about)) : keep(place(about), { text }));
}

/** Brings back what this browser kept. */
export async function recoverTyped(): Promise<void> {
  for (const [of, held] of await kept<{ text: string }>("translate/")) {
    const about = of.slice("translate/".length);
    if (!typed.peek().has(about)) typed.value = new Map(typed.peek()).set(about, held.text);
  }
}

/** Gives a translation in; the field is emptied once it has arrived. */
export function give(of: Thread, item: Item): void {
  const text = (typed.peek().get(item.id) ?? "").trim();
  if (text === "") return;
  const id = onWay.get(item.id) ?? newId();
  onWay.set(item.id, id);
  mark("translate", id);
  if (!tell({ t: "translate", id, contact: of.id, about: item.id, text })) lost("translate", id);
}

/** The id under which something was given in last. */
export const wayOf = (about: string): string => onWay.get(about) ?? "";

function sent(about: string): void {
  onWay.delete(about);
  if (!typed.peek().has(about)) return;
  const rest = new Map(typed.peek());
  rest.delete(about);
  typed.value = rest;
  void wipe(place(about));
  for (const t of threads.peek().values()) if (t.chosen.peek() === about) t.chosen.value = "";
}

function request(of: ToServer["t"], contact: string, frame: ToServer): void {
  mark(of, contact);
  if (!tell(frame)) lost(of, contact);
}

export const come = (contact: string): void => request("come", contact, { t: "come", contact });
export const pass = (contact: string): void => request("pass", contact, { t: "pass", contact });
export const noTranslator = (contact: string): void => request("notranslator", contact, { t: "notranslator", contact });
export const askTranslator = (contact: string, lang: string, ours: string): void =>
  request("translator", contact, { t: "translator", contact, lang, ours });

/** Whether somebody is there who translates for it. */
export const helped = (chat: Chat): boolean => chat.info.value.interpreter?.state === "here";

/** Sentences of the desk's that have no way out yet: on their way to the translator, or back. */
export interface Asked {
  id: string;
  text: string;
  answer?: Translation;
}

const dropped = signal<ReadonlySet<string>>(new Set());
const leaving = signal<ReadonlyMap<string, { contact: string; text: string }>>(new Map());

export function sentences(chat: Chat): Asked[] {
  const texts = chat.spoken.value;
  const out = texts.filter((x) => x.kind === "sentence").map((x): Asked => {
    const answer = newest(texts, x.id);
    return answer ? { id: x.id, text: x.text, answer } : { id: x.id, text: x.text };
  });
  for (const [id, l] of leaving.value) {
    if (l.contact === chat.id && !out.some((x) => x.id === id)) out.push({ id, text: l.text });
  }
  const gone = (a: Asked): boolean =>
    dropped.value.has(a.id) || chat.said.value.some((m) => m.mark?.said === a.text && m.mark.by !== undefined)
    || chat.pending.value.some((p) => p.from?.of !== undefined && p.from.of === a.answer?.id);
  return out.filter((a) => !gone(a));
}

/** Gives a sentence to the translator. */
export function toTranslator(chat: Chat, text: string): void {
  const id = newId();
  leaving.value = new Map(leaving.peek()).set(id, { contact: chat.id, text });
  mark("sentence", id);
  if (!tell({ t: "sentence", id, contact: chat.id, text })) lost("sentence", id);
}

/** Tells once more what did not arrive. */
export function toTranslatorAgain(chat: Chat, a: Asked): void {
  mark("sentence", a.id);
  if (!tell({ t: "sentence", id: a.id, contact: chat.id, text: a.text })) lost("sentence", a.id);
}

export function dropSentence(id: string): void {
  dropped.value = new Set(dropped.peek()).add(id);
  const rest = new Map(leaving.peek());
  rest.delete(id);
  leaving.value = rest;
}

/** Sends the translator's sentence. */
export function sendAnswer(chat: Chat, a: Asked): void {
  if (!a.answer) return;
  put(chat, a.answer.text, { of: a.answer.id });
  sendText(chat, a.answer.text, { of: a.answer.id });
}

export function sendFirstAnswer(chat: Chat): void {
  const ready = sentences(chat).find((a) => a.answer);
  if (ready) sendAnswer(chat, ready);
}

/** One text more about a conversation of this desk's. */
export function translationCame(contact: string, x: Translation): void {
  const chat = chats.peek().get(contact);
  if (!chat || chat.spoken.peek().some((y) => y.id === x.id)) return;
  chat.spoken.value = [...chat.spoken.peek(), x];
  if (leaving.peek().has(x.id)) {
    const rest = new Map(leaving.peek());
    rest.delete(x.id);
    leaving.value = rest;
  }
  if (x.kind === "answer") alarm.word(chat);
}

/** What the operator's machine made, by message of hers or by id: nobody has read it. */
export const made = signal<ReadonlyMap<string, MachineFrame>>(new Map());

export function machineCame(frame: MachineFrame): void {
  unmark("machine", frame.id);
  made.value = new Map(made.peek()).set(frame.of ?? frame.id, frame);
}

/** Asks the machine about a message of hers, or to put a text into her language. */
export function askMachine(chat: Chat, of: { of: string } | { text: string }): void {
  const id = newId();
  request("machine", id, { t: "machine", id, contact: chat.id, ...of });
}

/** A contact that has left takes along what was made of its words. */
export function forgetMade(contact: string): void {
  made.value = new Map([...made.peek()].filter(([, m]) => m.contact !== contact));
}

export function dropMade(id: string): void {
  const rest = new Map(made.peek());
  rest.delete(id);
  made.value = rest;
}
