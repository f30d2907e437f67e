// What makes itself heard, and how loud: an offer rings, danger chimes, a word in my
// conversation ticks, all else is silent. Never silent because the page is being looked at. The
// title and the icon say that something waits, never what.

import { effect } from "@preact/signals";
import type { Alert, Offer, Row } from "./frames";
import { hush, pair, ring, tick, urgent } from "./sound";
import { chats, current, locked, me, offers, openAlerts, say, supervises, type Chat } from "./state";
import { leads } from "./tabs";
import { t } from "./words";

export const alarm = {
  offer(_: Offer): void {
    if (leads.value) ring();
  },
  word(chat: Chat): void {
    if (!leads.value || chat.info.peek().safety?.heard) return; // silent beside somebody who listens
    if (chat.info.peek().danger && (current.peek() !== chat.id || document.hidden)) urgent();
    else tick();
  },
  waits(row: Row): void {
    if (leads.value && row.urgency === 0 && row.state === "waiting" && me.peek()?.state !== "away") urgent();
  },
  alert(a: Alert): void {
    if (!leads.value || !supervises.value) return;
    if (a.kind === "danger") urgent();
    else pair();
  },
  opened(chat: Chat, isNew: boolean): void {
    const handle = chat.info.peek().handle;
    say(t(isNew ? "desk.opened" : "desk.opened_again", { handle }));
    if (isNew) current.value = chat.id;
  },
  asked(): void { // a translator
    if (leads.value && me.peek()?.state !== "away") pair();
  },
  toTranslate(): void {
    if (leads.value) tick();
  },
  lockedWord(): void {
    if (leads.value) ring();
  },
};

/** Rings stop when nothing is offered; title and icon follow what waits for this person. */
export function watch(icon: HTMLLinkElement | null): void {
  const plain = icon?.href ?? "";
  const dotted = icon?.dataset["alert"] ?? plain;
  effect(() => {
    if (offers.value.length === 0 && !locked.value?.ring) hush();
  });
  effect(() => {
    const unread = [...chats.value.values()].reduce((sum, c) => sum + (c.unread.value > 0 ? 1 : 0), 0);
    const count = offers.value.length + unread + (supervises.value ? openAlerts.value.length : 0) + (locked.value?.ring ? 1 : 0);
    document.title = count > 0 ? `(${count}) ${t("desk.title")}` : t("desk.title");
    const href = count > 0 ? dotted : plain;
    if (icon && icon.href !== href) icon.href = href;
  });
}
