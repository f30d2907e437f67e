// Approved phrases: what the line has said should be said, in the caller's language. They are put
// into the composer and never sent from here. What was put there is remembered, so that the
// message can say where its words came from.

import type { PhrasesFrame, Phrase } from "./frames";
import { tell } from "./socket";
import { signal } from "@preact/signals";
import type { Chat } from "./state";
import { tag } from "./words";

/** The conversation whose phrases are shown, "" for none. */
export const open = signal("");
const lists = signal<ReadonlyMap<string, PhrasesFrame>>(new Map());

const name = (lang: string): string => `${lang} ${tag()}`;

export const phrasesOf = (chat: Chat): PhrasesFrame | undefined => lists.value.get(name(chat.info.value.lang));

/** Opens the list; it is asked for each time, so that a new edition is there at once. */
export function show(chat: Chat): void {
  open.value = chat.id;
  tell({ t: "phrases", contact: chat.id, in: tag() });
}

export function came(frame: PhrasesFrame): void {
  lists.value = new Map(lists.peek()).set(`${frame.lang} ${frame.in}`, frame);
}

/** Where words of a message came from. */
export interface Source {
  phrase?: string;
  edition?: number;
  lang?: string;
  of?: string; // the translation that it is
  read?: boolean; // a machine wrote it, and it was read
}

const sources = new Map<string, { text: string; from: Source }[]>(); // by contact
const most = 20;

/** Remembers what was put into a composer. */
export function put(chat: Chat, text: string, from: Source): void {
  sources.set(chat.id, [...(sources.get(chat.id) ?? []), { text, from }].slice(-most));
}

export const fromPhrase = (list: PhrasesFrame, p: Phrase): Source =>
  ({ phrase: p.code, edition: list.number, lang: list.of });

const told = (s: Source): boolean => s.phrase?.startsWith("limits") ?? false;

/** Where the words of a message come from: what tells the limits counts before all else. */
export function sourceOf(chat: Chat, text: string): Source {
  const found = (sources.get(chat.id) ?? []).filter((s) => text.includes(s.text)).reverse();
  return (found.find((s) => told(s.from)) ?? found[0])?.from ?? {};
}

/** A contact that has left takes it along. */
export function forgetSources(contact: string): void {
  sources.delete(contact);
  if (open.peek() === contact) open.value = "";
}

/** The phrases that hold all words of a search, in either language; what tells the limits comes first until it was told. */
export function found(list: PhrasesFrame, asked: string, limitsTold: boolean, group: (code: string) => string): Phrase[] {
  const words = plain(asked).split(/\s+/).filter(Boolean);
  const fits = list.phrases.filter((p) => {
    const all = plain(`${p.text} ${p.says ?? ""} ${group(p.group)}`);
    return words.every((w) => all.includes(w));
  });
  const limits = fits.filter((p) => p.group === "limits");
  const rest = fits.filter((p) => p.group !== "limits");
  return limitsTold ? [...rest, ...limits] : [...limits, ...rest];
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
