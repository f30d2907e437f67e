// Found again: the phrase that was drawn, what her words found, and what can be said while
// somebody listens. Nothing of it is kept beyond the page.

import { signal } from "@preact/signals";
import { request } from "./actions";
import type { CoverFrame, FoundFrame, PhraseFrame, SaidFrame } from "./frames";
import { answered, type Chat } from "./state";

interface Told {
  drawn?: string;
  said?: SaidFrame;
  found?: FoundFrame;
  cover?: CoverFrame;
}

const all = signal<ReadonlyMap<string, Told>>(new Map());

const set = (id: string, to: Told): void => {
  all.value = new Map(all.value).set(id, { ...all.value.get(id), ...to });
};

export const told = (c: Chat): Told => all.value.get(c.id) ?? {};

export const phraseCame = (f: PhraseFrame): void => {
  answered(f.contact);
  set(f.contact, { drawn: f.text });
};
export const saidCame = (f: SaidFrame): void => {
  answered(f.contact);
  set(f.contact, { said: f });
};
export const foundCame = (f: FoundFrame): void => {
  answered(f.contact);
  set(f.contact, { found: f });
};
export const coverCame = (f: CoverFrame): void => set(f.contact, { cover: f });

export const draw = (c: Chat): void => request("phrase", c.id, { t: "phrase", contact: c.id });

/** Looks her words up. What the last ones found does not stay beside the answer to these. */
export function says(c: Chat, text: string): void {
  const { said: _, ...rest } = told(c);
  all.value = new Map(all.value).set(c.id, rest);
  request("says", c.id, { t: "says", contact: c.id, text });
}

export const joinFound = (c: Chat): void => request("join_found", c.id, { t: "join_found", contact: c.id });
export const askCover = (c: Chat): void => request("cover_words", c.id, { t: "cover_words", contact: c.id });

/** She has it: from here it stands nowhere. */
export function forgetDrawn(c: Chat): void {
  const { drawn: _, ...rest } = told(c);
  all.value = new Map(all.value).set(c.id, rest);
}

/** A covered desk, and one whose contacts are gone, remembers nothing. */
export function forgetAll(): void {
  all.value = new Map();
}
