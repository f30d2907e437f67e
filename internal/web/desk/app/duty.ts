// The duty to report: what the law may ask of a record, what it would ask before anything is said, and
// what people decided. What only the law asks is kept in this browser, sealed, like a draft.

import { signal } from "@preact/signals";
import { request } from "./actions";
import type { BeforeFrame, ClockRow, DecisionsFrame, DutyFrame, FromServer, PutAct, PutLearned } from "./frames";
import { newId } from "./ids";
import { keep, kept, wipe } from "./keep";
import { tell } from "./socket";
import { me, unmark } from "./state";

export const duties = signal<ReadonlyMap<string, DutyFrame>>(new Map()); // by contact
export const before = signal<ReadonlyMap<string, BeforeFrame>>(new Map());
export const decisions = signal<ReadonlyMap<string, DecisionsFrame>>(new Map());
export const clocks = signal<ClockRow[]>([]);
let told = new Map<string, PutLearned>(); // what was said here, so that another line hears it too

/** What is being typed for a decision, until it is taken. */
export interface Typed { kind: string; answer: string; ground: string; how: string; name: string; note: string }
export const typed = signal<ReadonlyMap<string, Typed>>(new Map()); // by decision

export function type(decision: string, is: Typed | undefined): void {
  put(typed, decision, is);
  if (is) void keep(`act/${decision}`, is);
  else void wipe(`act/${decision}`);
}

const put = <V>(of: { value: ReadonlyMap<string, V>; peek(): ReadonlyMap<string, V> }, key: string, value?: V): void => {
  const next = new Map(of.peek());
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  of.value = next;
};

/** Takes what the server says of the duty to report; false for every other frame. */
export function duty(frame: FromServer): boolean {
  switch (frame.t) {
    case "duty": {
      const said = told.get(frame.contact);
      unmark("learned", frame.contact);
      put(duties, frame.contact, frame);
      if (said && !same(said, frame.learned)) tell({ t: "learned", ...said });
      return true;
    }
    case "beforehand":
      unmark("before", frame.contact);
      put(before, frame.contact, frame);
      return true;
    case "decisions":
      unmark("decision", frame.contact);
      unmark("open_decisions", frame.contact);
      for (const d of frame.all) {
        unmark("act", d.id);
        const [is, last] = [typed.peek().get(d.id), d.acts.at(-1)];
        if (is && last?.kind === is.kind && last.by === me.peek()?.name && (last.words ?? "") === is.note.trim()) type(d.id, undefined); // it stands in the act
      }
      put(decisions, frame.contact, frame);
      return true;
    case "clocks":
      clocks.value = frame.rows;
      return true;
  }
  return false;
}

const same = (a: PutLearned, b: PutLearned): boolean =>
  a.where === b.where && a.degree === b.degree && [a.harms, a.conditions, a.excuses].join("/") === [b.harms ?? [], b.conditions ?? [], b.excuses ?? []].join("/");

/** Says what only the law asks. */
export function learned(said: PutLearned): void {
  told.set(said.contact, said);
  void keep(`duty/${said.contact}`, said);
  request("learned", said.contact, { t: "learned", ...said });
}

/** What was said before this page was loaded anew. */
export async function recoverDuty(): Promise<void> {
  for (const said of (await kept<PutLearned>("duty/")).values()) {
    if (told.has(said.contact)) continue;
    told.set(said.contact, said);
    if (duties.peek().has(said.contact)) tell({ t: "learned", ...said });
  }
  for (const [name, is] of await kept<Typed>("act/")) {
    const id = name.slice("act/".length);
    if (!typed.peek().has(id)) put(typed, id, is);
  }
}

export const askBefore = (contact: string, where: string, age: string): void =>
  request("before", contact, { t: "before", contact, where, age });

export const begin = (contact: string, where: string): void =>
  request("decision", contact, { t: "decision", id: newId(), contact, where });

export const act = (a: PutAct): void => request("act", a.id, { t: "act", ...a });

export const openDecisions = (contact: string, why: string): void =>
  request("open_decisions", contact, { t: "open_decisions", contact, why });

/** What was opened for its decisions alone is shut. */
export function shutDecisions(contact: string): void {
  put(decisions, contact);
  tell({ t: "open_decisions", contact, why: "", leave: true });
}

/** A contact that has left takes it with it. */
export function forgetDuty(contact: string): void {
  for (const of of [duties, before, decisions]) put(of as typeof duties, contact);
  told.delete(contact);
  void wipe(`duty/${contact}`);
}

/** Nothing of it stays when the desk is covered; what was said is kept, sealed. */
export function coverDuty(): void {
  for (const of of [duties, before, decisions]) of.value = new Map();
  clocks.value = [];
  typed.value = new Map();
  told = new Map();
}
