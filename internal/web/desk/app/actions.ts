// What a person can do at the desk. Each asks the server; what happens comes back as frames.

import { cover } from "./apply";
import type { Export, Offer, Row, ToServer } from "./frames";
import { whenSaved } from "./record";
import { undo, undoLast } from "./sends";
import { leave as leaveSocket, tell } from "./socket";
import { chat, current, dialog, lost, mark, me, next, offers, panes, refusals, tab, view, type Chat } from "./state";

/** Asks for something that is answered where it was asked, also when there is no line. */
export function request(of: ToServer["t"], id: string, frame: ToServer): void {
  mark(of, id);
  if (!tell(frame)) lost(of, id);
}

export function take(row: Row, isNext = false): void {
  request("take", row.contact, isNext ? { t: "take", contact: row.contact, next: true } : { t: "take", contact: row.contact });
}

export function takeNext(): void {
  const row = next.peek();
  if (row) take(row, true);
}

export function accept(o: Offer): void {
  request("accept", o.id, { t: "accept", offer: o.id, epoch: o.epoch });
  tab.value = "talk";
}

export function decline(o: Offer): void {
  request("decline", o.id, { t: "decline", offer: o.id });
}

export const acceptFirst = (): void => {
  const o = offers.peek()[0];
  if (o) accept(o);
};

export const declineFirst = (): void => {
  const o = offers.peek()[0];
  if (o) decline(o);
};

export function danger(c: Chat, on: boolean): void {
  request("mark", c.id, { t: "mark", contact: c.id, danger: on });
}

export function handBack(c: Chat, note: string): void {
  request("handback", c.id, { t: "handback", contact: c.id, note });
}

export function handOver(c: Chat, to: string, note: string): void {
  request("handover", c.id, { t: "handover", contact: c.id, to, note });
}

/** Ends a contact, or saves what came of it: after everything that was typed in its record. */
export function end(c: Chat, outcome = "", keepOut = false): void {
  if (outcome) whenSaved(c.id, () => over(c, outcome, keepOut));
  else over(c);
}

function over(c: Chat, outcome = "", keepOut = false): void {
  request("end", c.id, { t: "end", contact: c.id, ...(outcome ? { outcome } : {}), ...(keepOut ? { keep_out: true } : {}) });
}

export function setLevel(c: Chat, level: string): void {
  request("privacy", c.id, { t: "privacy", contact: c.id, level });
}

/** Puts right for whom she writes: after everything that was typed, so that it keeps its form. */
export function setPath(c: Chat, path: string): void {
  whenSaved(c.id, () => request("path", c.id, { t: "path", contact: c.id, path }));
}

export function reveal(c: Chat, field: string, note: string): void {
  request("reveal", `${c.id}/${field}`, { t: "reveal", contact: c.id, field, note });
}

export function saveNote(c: Chat, note: string): void {
  request("note", c.id, { t: "note", contact: c.id, note });
}

export function askExport(c: Chat, reason: string, code: string): void {
  request("ask_export", c.id, { t: "ask_export", contact: c.id, reason, code });
}

export function approveExport(e: Export, code: string): void {
  request("approve_export", e.id, { t: "approve_export", id: e.id, code });
}

export function fetchExport(e: Export): void {
  request("fetch_export", e.id, { t: "fetch_export", id: e.id });
}

export function extend(c: Chat): void {
  request("extend", c.id, { t: "extend", contact: c.id });
}

export function sleep(c: Chat): void {
  request("sleep", c.id, { t: "sleep", contact: c.id });
}

export function join(contact: string, leave = false): void {
  request("join", contact, leave ? { t: "join", contact, leave: true } : { t: "join", contact });
}

export function assign(contact: string, to: string): void {
  request("assign", contact, { t: "assign", contact, to });
}

export function seen(alert: string, letIn = false): void {
  request("seen", alert, { t: "seen", alert, ...(letIn ? { let_in: true } : {}) });
}

export function state(to: "ready" | "break" | "away"): void {
  request("state", "me", { t: "state", state: to });
}

export const toggleReady = (): void => state(me.peek()?.state === "break" ? "ready" : "break");

let typed = 0;

/** Says that the advocate is writing, at most every three seconds. */
export function typing(c: Chat): void {
  const now = Date.now();
  if (now - typed < 3000) return;
  typed = now;
  tell({ t: "typing", contact: c.id });
}

export function lock(): void {
  tell({ t: "cover" });
  cover(false);
}

export function show(contact: string): void {
  view.value = "desk";
  current.value = contact;
  tab.value = "talk";
  const c = panes.peek().find((x) => x.id === contact);
  if (c) c.unread.value = 0;
  const was = document.activeElement;
  requestAnimationFrame(() => {
    const now = document.activeElement; // who has gone on meanwhile is not called back: her next Enter would send
    if (now === was || now === document.body) document.getElementById(`w-${contact}`)?.focus();
  });
}

export const showNth = (n: number): void => {
  const c = panes.peek()[n];
  if (c) show(c.id);
};

export const undoCurrent = (): boolean => {
  const c = chat.peek();
  return c ? undoLast(c) : false;
};

export { undo };

export function forgive(of: string, id: string): void {
  const rest = new Map(refusals.peek());
  if (rest.delete(`${of}:${id}`)) refusals.value = rest;
}

/** Ends the shift: the page signs out by a plain form, so that the browser forgets everything. */
export function signOut(): void {
  leaveSocket();
  const out = document.getElementById("out");
  if (out instanceof HTMLFormElement) out.requestSubmit();
}

export const openDialog = (d: NonNullable<typeof dialog.value>): void => {
  dialog.value = d;
};
