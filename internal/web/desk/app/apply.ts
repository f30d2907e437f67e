// Applies what the server says. Anything that looks odd makes the desk ask for the whole again.

import { alarm } from "./alarm";
import { acknowledged, clear, flush, forget, notes, numbers, recover, take as takeDraft } from "./drafts";
import type { Contact, ContactFrame, FromServer, Message, MessageFrame, Offer, Refused, Snapshot, ToServer } from "./frames";
import { coverCame, forgetAll, foundCame, phraseCame, saidCame } from "./found";
import { clocks, coverDuty, duty, forgetDuty, recoverDuty } from "./duty";
import { consentWords, forgetConsents, onConsents } from "./consents";
import { exports_, handOut } from "./exports";
import { emergenciesCame, forgetHelp, places } from "./help";
import { lockStore, unlockStore } from "./keep";
import { answer, number, numberCame, phoneCame } from "./phone";
import { came as phrasesCame, forgetSources } from "./phrases";
import { coverRecord, forgetRecord, forms, onClash, onFieldSet, onForm, onProcedures, onRecord, onRefused, onSaved, recoverRecord, unsaved } from "./record";
import { again, forget as forgetSituations, situation } from "./situations";
import { acked, left, refusedSend, resend, stillHere, undone } from "./sends";
import { ask } from "./socket";
import {
  alerts, answered, asked, board, Chat, chats, current, dialog, locked, lost, me, offers, people, queue, refusals, say, unmark,
} from "./state";
import { askOthers } from "./tabs";
import { clock, setClock, zone } from "./time";
import { asked as asksCame, begin as beginThreads, forgetMade, forgetThreads, machineCame, recoverTyped, threadCame, translationCame } from "./translate";
import { has, t, tag } from "./words";

export const hello = (): ToServer => ({
  t: "hello",
  have: Object.fromEntries([...chats.peek().values()].map((c) => [c.id, c.seq])),
  drafts: numbers(),
  lang: tag(),
  forms: [...forms.peek().values()].map((f) => `${f.name}/${f.number}/${f.lang}`),
});

export function receive(frame: FromServer): void {
  if (situation(frame) || duty(frame)) return;
  switch (frame.t) {
    case "snapshot": return snapshot(frame);
    case "message": return message(frame);
    case "ack": return acked(frame.id, frame.until);
    case "undone": return undone(frame.id);
    case "refused": return refused(frame);
    case "offer": return offer(frame.offer, frame.ended ?? "");
    case "queue": {
      const rows = new Map(queue.peek());
      for (const row of frame.set ?? []) rows.set(row.contact, row);
      for (const gone of frame.gone ?? []) {
        rows.delete(gone);
        answered(gone);
      }
      for (const row of frame.set ?? []) if (!queue.peek().has(row.contact)) alarm.waits(row);
      queue.value = rows;
      return;
    }
    case "contact": return contact(frame);
    case "people":
      people.value = frame.people ?? [];
      return;
    case "me":
      me.value = frame.me;
      answered("me");
      return;
    case "alert": {
      const known = alerts.peek().some((a) => a.id === frame.alert.id);
      alerts.value = [...alerts.peek().filter((a) => a.id !== frame.alert.id), frame.alert].sort((a, b) => b.at - a.at);
      answered(frame.alert.id);
      if (!known && !frame.alert.seen_at) alarm.alert(frame.alert);
      return;
    }
    case "board":
      board.value = frame.board;
      return;
    case "draft":
      return acknowledged(frame);
    case "form": return onForm(frame);
    case "exports": {
      for (const e of [...exports_.peek(), ...(frame.requests ?? [])]) {
        answered(e.id);
        answered(e.contact);
      }
      exports_.value = frame.requests ?? [];
      return;
    }
    case "export": return handOut(frame);
    case "record": return onRecord(frame);
    case "consents": return onConsents(frame);
    case "consent_words": return consentWords(frame);
    case "procedures": return onProcedures(frame);
    case "places":
      places.value = frame;
      return;
    case "emergencies": return emergenciesCame(frame);
    case "saved": return onSaved(frame);
    case "clash": return onClash(frame);
    case "fieldset":
      answered(`${frame.contact}/${frame.field}`);
      return onFieldSet(frame);
    case "typing": {
      const chat = chats.peek().get(frame.contact);
      if (chat) chat.typing.value = clock() + 6000;
      return;
    }
    case "lock": return cover(frame.ring ?? false);
    case "phrases": return phrasesCame(frame);
    case "phrase": return phraseCame(frame);
    case "said": return saidCame(frame);
    case "found": return foundCame(frame);
    case "cover_words": return coverCame(frame);
    case "machine": return machineCame(frame);
    case "asks":
      asksCame(frame);
      for (const a of frame.asks) answered(a.contact);
      return;
    case "thread":
      answered(frame.contact);
      for (const x of frame.translations) answered(x.id);
      return threadCame(frame);
    case "translation":
      answered(frame.translation.id);
      return translationCame(frame.contact, frame.translation);
    case "phone": return phoneCame(frame);
    case "number": return numberCame(frame);
    case "phone_answer":
      answer.value = frame;
      return;
    case "pong": return setClock(frame.now);
  }
}

function snapshot(frame: Snapshot): void {
  setClock(frame.now);
  zone.value = frame.me.zone;
  locked.value = null;
  for (const key of asked.peek()) {
    const [of = "", id = ""] = key.split(":");
    lost(of, id);
  }
  beginThreads();
  const shown = new Map<string, Chat>();
  for (const c of frame.contacts ?? []) {
    const chat = chats.peek().get(c.id) ?? new Chat(c);
    shown.set(c.id, chat);
    merge(chat, c, true);
  }
  for (const [id, chat] of chats.peek()) {
    if (shown.has(id)) continue;
    if (unfinished(chat)) {
      chat.gone.value ||= "left";
      shown.set(id, chat);
    } else {
      forget(id);
      forgetRecord(id);
      forgetDuty(id);
    }
  }
  chats.value = shown;
  clocks.value = []; // what runs comes by itself
  queue.value = new Map((frame.queue ?? []).map((r) => [r.contact, r]));
  people.value = frame.people ?? [];
  const rings = offers.peek();
  offers.value = frame.offers ?? [];
  for (const o of offers.peek()) if (!rings.some((r) => r.id === o.id)) alarm.offer(o);
  alerts.value = frame.alerts ?? [];
  board.value = frame.board ?? null;
  const first = me.peek() === null;
  me.value = frame.me;
  if (!shown.has(current.peek())) current.value = [...shown.keys()][0] ?? "";
  if (first && frame.me.state === "away" && !dialog.peek()) dialog.value = { kind: "start" };
  again();
  void unlockStore(frame.me.draft_key, frame.me.id).then(recover).then(recoverRecord).then(recoverDuty).then(recoverTyped).then(resend).then(askOthers);
}

/** Something of ours stands in it that nobody has. */
const unfinished = (chat: Chat): boolean =>
  chat.draft.peek().trim() !== "" || unsaved(chat.id).length > 0 || chat.pending.peek().some((p) => p.until === 0);

function merge(chat: Chat, c: Contact, whole: boolean): void {
  const { messages = [], drafts = [], translations, ...rest } = c;
  if (translations) chat.spoken.value = translations;
  chat.info.value = rest;
  chat.gone.value = "";
  const sent = messages.filter((m) => m.seq);
  for (const m of sent) append(chat, m);
  if (whole) stillHere(chat, messages.filter((m) => !m.seq));
  for (const d of drafts) takeDraft(chat, { n: d.n, text: d.text ?? "" }, d.place);
}

function append(chat: Chat, m: Message): boolean {
  const said = chat.said.peek();
  const seq = m.seq ?? 0;
  left(chat, m.id);
  if (seq <= chat.seq) {
    // Known already: only what became of it can have changed.
    chat.said.value = said.map((x) => (x.id === m.id ? m : x));
    return false;
  }
  chat.said.value = [...said, m];
  return true;
}

function message(frame: MessageFrame): void {
  const chat = chats.peek().get(frame.contact);
  if (!chat) return void ask();
  const seq = frame.message.seq ?? 0;
  if (chat.seq > 0 && seq > chat.seq + 1) return void ask();
  if (!append(chat, frame.message) || frame.message.side === "advocate") return;
  chat.typing.value = 0;
  if (current.peek() !== chat.id || document.hidden) chat.unread.value++;
  if (chat.info.peek().mine) alarm.word(chat);
}

function contact(frame: ContactFrame): void {
  const id = frame.contact.id;
  answered(id);
  const known = chats.peek().get(id);
  if (!frame.gone) {
    const chat = known ?? new Chat(frame.contact);
    const was = known?.info.peek().state ?? "";
    merge(chat, frame.contact, frame.contact.messages !== undefined);
    if (!known) {
      chats.value = new Map(chats.peek()).set(id, chat);
      void recover().then(recoverRecord);
    }
    // A note that is saved is no draft.
    const draft = notes.peek().get(id);
    if (draft && frame.contact.notes?.some((x) => x.text === draft)) clear(chat, "note");
    const opened = frame.contact.mine && frame.contact.state === "live";
    if (opened && was !== "live") alarm.opened(chat, was === "");
    return;
  }
  if (!known) return;
  if (unfinished(known) && frame.gone !== "closed" && frame.gone !== "erased") {
    known.gone.value = frame.gone;
    return;
  }
  say(t(`desk.gone.${frame.gone}`, { handle: known.info.peek().handle }));
  drop(id);
}

/** Takes a contact from the desk for good, with what was kept of it here. */
export function drop(id: string): void {
  const rest = new Map(chats.peek());
  rest.delete(id);
  chats.value = rest;
  forget(id);
  forgetSources(id);
  forgetRecord(id);
  forgetDuty(id);
  forgetMade(id);
  forgetHelp(id);
  const d = dialog.peek();
  if (d && "contact" in d && d.contact === id) dialog.value = null;
  if (current.peek() === id) current.value = [...rest.keys()][0] ?? "";
}

function offer(o: Offer, ended: string): void {
  const others = offers.peek().filter((x) => x.id !== o.id);
  answered(o.id);
  if (ended) {
    offers.value = others;
    if (ended === "late") say(t("desk.offer.passed"));
    return;
  }
  offers.value = [...others, o];
  alarm.offer(o);
}

function refused(frame: Refused): void {
  unmark(frame.of, frame.id || "me");
  if (onRefused(frame)) return;
  if (frame.of === "send" || frame.of === "override" || frame.of === "undo") return refusedSend(frame);
  if (frame.of === "unlock") {
    const l = locked.peek();
    if (l) locked.value = { ...l, asking: false, trouble: reason(frame) };
    return;
  }
  if (frame.of === "hello" || frame.of === "ping" || frame.of === "typing") return;
  refusals.value = new Map(refusals.peek()).set(`${frame.of}:${frame.id || "me"}`, frame);
  if (frame.of === "take" || frame.of === "accept" || frame.of === "state" || frame.of === "draft" || frame.of === "machine") say(reason(frame));
}

/** What a refusal means, in the reader's language. */
export const reason = (frame: Refused): string =>
  t(has(frame.key) ? frame.key : has(`problem.${frame.why}`) ? `problem.${frame.why}` : "problem.internal");

/** Covers the desk: nothing of a caller stays on the page or in its memory. */
export function cover(ring: boolean): void {
  if (locked.peek()) {
    if (ring) alarm.lockedWord();
    locked.value = { ...locked.peek()!, ring: ring || locked.peek()!.ring };
    return;
  }
  flush();
  coverRecord();
  coverDuty();
  exports_.value = [];
  number.value = null;
  forgetAll();
  forgetHelp();
  lockStore();
  locked.value = { ring, trouble: "", asking: false };
  dialog.value = null;
  forgetSituations();
  forgetConsents();
  chats.value = new Map();
  queue.value = new Map();
  offers.value = [];
  board.value = null;
  forgetThreads();
  if (ring) alarm.lockedWord();
}
