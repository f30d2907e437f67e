// Two tabs of one person: both work, one rings. The browser's own lock says which came first;
// the second says that it is the second.

import { signal } from "@preact/signals";
import { onDraft, take } from "./drafts";
import { chats } from "./state";

/** Whether this tab rings and speaks for all. */
export const leads = signal(true);
/** Whether another tab was here first. */
export const second = signal(false);

let channel: BroadcastChannel | undefined;
let give: (() => void) | undefined;

interface Word {
  contact: string;
  n: number;
  text: string;
}

/** A tab that has just opened asks the others for what is being typed. */
export const askOthers = (): void => channel?.postMessage("drafts");

function lead(steal: boolean): void {
  void navigator.locks
    .request("freeline-desk", steal ? { steal: true } : {}, () => {
      leads.value = true;
      second.value = false;
      return new Promise<void>((done) => {
        give = done;
      });
    })
    .catch(() => {
      // Another tab has taken the lead.
      leads.value = false;
      second.value = true;
      lead(false);
    });
}

/** Makes this tab the one that rings. */
export const takeLead = (): void => lead(true);

/** Gives the lead up, as when the shift ends. */
export const giveLead = (): void => give?.();

function tellAll(): void {
  for (const c of chats.peek().values()) {
    if (c.draftN > 0) channel?.postMessage({ contact: c.id, n: c.draftN, text: c.draft.peek() } satisfies Word);
  }
}

export function meet(): void {
  if (!("locks" in navigator)) return;
  void navigator.locks.query().then((all) => {
    if (all.held?.some((l) => l.name === "freeline-desk")) {
      leads.value = false;
      second.value = true;
    }
    lead(false);
  });
  channel = new BroadcastChannel("freeline-desk");
  channel.onmessage = (event: MessageEvent<Word | "drafts">) => {
    if (event.data === "drafts") return tellAll();
    const chat = chats.peek().get(event.data.contact);
    if (chat) take(chat, event.data);
  };
  onDraft((contact, held) => channel?.postMessage({ contact, ...held } satisfies Word));
}
