// What may be passed on, and on which ground, as the server says it: by the contact or situation
// that it is shown beside.

import { signal } from "@preact/signals";
import { request, show } from "./actions";
import { write } from "./drafts";
import type { ConsentGroup, ConsentsFrame, ConsentWords, PutConsent } from "./frames";
import { answered, chats } from "./state";

export const consents = signal<ReadonlyMap<string, ConsentGroup[]>>(new Map());

export function onConsents(frame: ConsentsFrame): void {
  consents.value = new Map(consents.peek()).set(frame.of, frame.all ?? []);
}

/** How she is asked goes into the message, and is not sent by itself. */
export function consentWords(frame: ConsentWords): void {
  const chat = chats.peek().get(frame.contact);
  if (!chat) return;
  const typed = chat.draft.peek().trimEnd();
  write(chat, typed === "" ? frame.text : `${typed}\n${frame.text}`);
  answered(frame.contact);
  show(chat.id);
}

export const forgetConsents = (): void => { consents.value = new Map(); };

const nothing: PutConsent = { of: "", owner: "", n: 0, kind: "", id: "", for: "", say: "", who: "", what: [], name: "", whom: "", purpose: "", until: 0, how: "", ground: "", text: "", code: "" };

export const put = (of: string, group: ConsentGroup, act: Partial<PutConsent> & { id: string; kind: string }): void =>
  request("consent", act.id, { t: "consent", ...nothing, of, owner: group.owner, n: group.n, ...act });

export const holding = (groups: ConsentGroup[], now: number): number =>
  groups.flatMap((g) => g.items ?? []).filter((i) => i.state === "holds" && (i.until ?? 0) > now).length;
