// The record of a contact: each answer is kept in this browser within a quarter of a second and
// saved by itself within one. When two have written in one field, the later one chooses.

import { signal } from "@preact/signals";
import type { Answer, Asked, Clash, FieldSet, FormFrame, Procedure, ProceduresFrame, RecordFrame, Refused, Saved } from "./frames";
import { keep, kept, wipe } from "./keep";
import { line, tell } from "./socket";
import { me, say, type Chat } from "./state";
import { reason } from "./apply";

export interface Rec {
  form: string;
  begun: boolean; // it stays under that form
  privacy: string;
  say: Record<string, string>; // how each level is explained, in her language
  sayLang: string;
  cells: ReadonlyMap<string, FieldSet>; // by field
  at: number; // of the newest that was saved
}

/** An answer of this desk that is not saved yet. */
export interface Mine {
  base: number;
  value: Answer;
  tried?: Answer; // on its way
  on?: number; // the line it went by
  over?: Clash; // what somebody else has saved meanwhile
  trouble?: Refused;
  here?: boolean; // this browser keeps it
}

/** Asks the form of a contact to take the keyboard. */
export const begin = signal<{ contact: string } | null>(null);
export const forms = signal<ReadonlyMap<string, FormFrame>>(new Map());
export const records = signal<ReadonlyMap<string, Rec>>(new Map());
export const procedures = signal<ReadonlyMap<string, Procedure[]>>(new Map()); // by contact
export const oldSteps = signal<ReadonlyMap<string, boolean>>(new Map()); // an older state was put back; whether this desk may begin anew
export const mine = signal<ReadonlyMap<string, Mine>>(new Map()); // by contact/field

const soonHere = 150; // ms until this browser keeps it
const soonThere = 600; // ms until it is sent
const later = 2000; // ms until what failed is tried again

const timers = new Map<string, ReturnType<typeof setTimeout>>();
const waits = new Map<string, () => void>(); // by contact: once all is saved

const formName = (name: string, number: number): string => `${name}/${number}`;
const keyOf = (contact: string, field: string): string => `${contact}/${field}`;
const split = (key: string): [string, string] => key.split("/") as [string, string];
const none = (): Answer => ({ state: "", codes: [], text: "" });
export const empty = (a: Answer): boolean => a.state === "" && !a.codes?.length && a.text === "";
const same = (a: Answer, b: Answer): boolean =>
  a.state === b.state && a.text === b.text && (a.codes ?? []).join() === (b.codes ?? []).join();

const change = <K, V>(of: { value: ReadonlyMap<K, V>; peek(): ReadonlyMap<K, V> }, key: K, value: V | undefined): void => {
  const next = new Map(of.peek());
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  of.value = next;
};

function cell(contact: string, set: FieldSet): void {
  const rec = records.peek().get(contact);
  if (!rec) return;
  change(records, contact, { ...rec, begun: rec.begun || set.version > 0, cells: new Map(rec.cells).set(set.field, set), at: Math.max(rec.at, set.at) });
}

/** What stands in a field as this desk sees it: its own answer first. */
export const answer = (contact: string, field: string): Answer =>
  mine.value.get(keyOf(contact, field))?.value ?? records.value.get(contact)?.cells.get(field)?.value ?? none();

export function formOf(contact: string): FormFrame | undefined {
  const rec = records.value.get(contact);
  return rec && forms.value.get(rec.form);
}

/** The fields that the conditions and her level show, in order. */
export function asking(contact: string): Asked[] {
  const form = formOf(contact);
  if (!form) return [];
  const level = records.value.get(contact)?.privacy;
  const seen = new Map<string, Answer>();
  return (form.fields ?? []).filter((f) => {
    for (const w of f.when ?? []) {
      const a = seen.get(w.field);
      const has = (w.values ?? []).some((v) => a?.state === v || a?.codes?.includes(v));
      if (has === (w.is === "is_not")) return false;
    }
    seen.set(f.code, answer(contact, f.id));
    return level !== "anonymous" || f.class < 2;
  });
}

/** What must be answered before the contact is closed, and is not. */
export const lacking = (contact: string): Asked[] =>
  asking(contact).filter((f) => f.required && empty(answer(contact, f.id)));

/** The codes that stand in the field with this code. */
export function codes(contact: string, code: string): string[] {
  const f = formOf(contact)?.fields?.find((x) => x.code === code);
  return (f && answer(contact, f.id).codes) ?? [];
}

export const onProcedures = (f: ProceduresFrame): void => {
  change(procedures, f.contact, f.all ?? []);
  change(oldSteps, f.contact, f.old ? Boolean(f.anew) : undefined);
};

export function onForm(frame: FormFrame): void {
  change(forms, formName(frame.name, frame.number), frame);
}

export function onRecord(frame: RecordFrame): void {
  const cells = new Map((frame.values ?? []).map((v) => [v.field, v]));
  change(records, frame.contact, {
    form: formName(frame.name, frame.number), begun: frame.begun ?? false, privacy: frame.privacy, say: frame.say ?? {}, sayLang: frame.say_lang, cells,
    at: Math.max(0, ...[...cells.values()].map((c) => c.at)),
  });
  reconcile(frame.contact);
}

/** Holds what is not saved yet against what stands: nothing is saved over what nobody saw. */
function reconcile(contact: string): void {
  const rec = records.peek().get(contact);
  if (!rec) return;
  for (const [key, m] of mine.peek()) {
    const [of, field] = split(key);
    if (of !== contact) continue;
    if (m.tried && m.on === line) continue; // its answer is still to come, on this line
    const { tried, trouble: _, ...rest } = m;
    const is = rec.cells.get(field);
    const version = is?.version ?? 0;
    if (is && same(is.value, m.value)) done(key);
    else if (version === m.base) change(mine, key, rest);
    else if (is && tried && same(is.value, tried)) change(mine, key, { ...rest, base: version });
    else change(mine, key, { ...rest, over: clashOf(contact, field, is) });
    send(key);
  }
}

const clashOf = (contact: string, field: string, is?: FieldSet): Clash =>
  is ? { contact, field, version: is.version, value: is.value, by: is.by, at: is.at }
    : { contact, field, version: 0, value: none(), by: "", at: 0 };

/** A field was answered, or a key was pressed in it. */
export function write(contact: string, field: string, value: Answer, now = false): void {
  const key = keyOf(contact, field);
  const m = mine.peek().get(key);
  const { trouble: _, here: __, ...was }: Mine = m ?? { base: records.peek().get(contact)?.cells.get(field)?.version ?? 0, value };
  change(mine, key, { ...was, value });
  soon(`here ${key}`, soonHere, () => keepHere(key));
  if (now) send(key);
  else soon(key, soonThere, () => send(key));
}

function soon(name: string, after: number, run: () => void): void {
  if (timers.has(name)) return;
  timers.set(name, setTimeout(() => {
    timers.delete(name);
    run();
  }, after));
}

function keepHere(key: string): void {
  const m = mine.peek().get(key);
  if (!m) return;
  void keep(`field/${key}`, { base: m.base, value: m.value, tried: m.tried }).then((is) => {
    const now = mine.peek().get(key);
    if (is && now && now.value === m.value) change(mine, key, { ...now, here: true });
  });
}

// One answer of a field is on its way at a time: the next is made from its version.
function send(key: string): void {
  const m = mine.peek().get(key);
  const [contact, field] = split(key);
  if (!m || m.tried || m.over || m.trouble || !records.peek().has(contact)) return;
  if (!tell({ t: "field", contact, field, base: m.base, value: m.value })) return; // once there is a line
  change(mine, key, { ...m, tried: m.value, on: line });
  keepHere(key);
}

function done(key: string): void {
  change(mine, key, undefined);
  void wipe(`field/${key}`);
  const [contact] = split(key);
  if (open(contact)) return;
  const then = waits.get(contact);
  waits.delete(contact);
  then?.();
}

const open = (contact: string): boolean => [...mine.peek().keys()].some((k) => split(k)[0] === contact);

/** Answers that are not saved: on their way, or waiting for somebody to choose. */
export const unsaved = (contact: string): Mine[] =>
  [...mine.value].filter(([k]) => split(k)[0] === contact).map(([, m]) => m);

/** Runs once everything that was typed is saved. */
export function whenSaved(contact: string, then: () => void): void {
  if (!open(contact)) return then();
  waits.set(contact, then);
  for (const key of mine.peek().keys()) send(key);
}

export function onSaved(frame: Saved): void {
  const key = keyOf(frame.contact, frame.field);
  const m = mine.peek().get(key);
  const value = m?.tried;
  if (!m || !value) return; // nobody waits for it any more
  cell(frame.contact, { ...frame, value, by: me.peek()?.name ?? "" });
  if (same(m.value, value)) return done(key);
  const { tried: _, ...rest } = m;
  change(mine, key, { ...rest, base: frame.version });
  keepHere(key);
  soon(key, soonThere, () => send(key));
}

export function onClash(frame: Clash): void {
  const key = keyOf(frame.contact, frame.field);
  cell(frame.contact, frame);
  const m = mine.peek().get(key);
  if (!m) return;
  if (same(m.value, frame.value)) return done(key);
  const { tried: _, ...rest } = m;
  change(mine, key, { ...rest, over: frame });
}

export function onFieldSet(frame: FieldSet): void {
  const key = keyOf(frame.contact, frame.field);
  cell(frame.contact, frame);
  const m = mine.peek().get(key);
  if (!m || m.tried) return; // what is on its way is answered
  if (same(m.value, frame.value)) return done(key);
  change(mine, key, { ...m, over: clashOf(frame.contact, frame.field, frame) });
}

/** Whether a refusal was about a field, which then says so itself. */
export function onRefused(frame: Refused): boolean {
  if (frame.of !== "field") return false;
  if (!frame.id) { // asked before the desk was greeted: whatever is on its way was not taken
    for (const [key, m] of mine.peek()) {
      const { tried, ...rest } = m;
      if (tried) change(mine, key, rest);
      soon(key, later, () => send(key));
    }
    return true;
  }
  const m = mine.peek().get(frame.id);
  if (!m) return true;
  const { tried: _, ...rest } = m;
  if (frame.key === "desk.problem.not_kept" || frame.key === "desk.problem.held") {
    say(reason(frame));
    done(frame.id);
    return true;
  }
  const again = frame.why === "conflict" || frame.why === "later" || frame.why === "internal";
  change(mine, frame.id, again ? rest : { ...rest, trouble: frame });
  if (again) soon(frame.id, later, () => send(frame.id));
  return true;
}

/** Two have written: theirs stands, or mine takes its place, or both stand. */
export function pick(contact: string, field: string, which: "theirs" | "mine" | "both"): void {
  const key = keyOf(contact, field);
  const m = mine.peek().get(key);
  if (!m?.over) return;
  if (which === "theirs") return done(key);
  const line = formOf(contact)?.fields?.find((f) => f.id === field)?.kind === "long" ? "\n" : "; ";
  const { over, trouble: _, ...rest } = m;
  const value = which === "both" ? { state: "", codes: [], text: over.value.text + line + m.value.text } : m.value;
  change(mine, key, { ...rest, value, base: over.version });
  keepHere(key);
  send(key);
}

/** Keeps and sends everything at once, before the desk is covered or left. */
export function flushRecord(): void {
  for (const [name, timer] of [...timers]) {
    clearTimeout(timer);
    timers.delete(name);
  }
  for (const key of mine.peek().keys()) {
    keepHere(key);
    send(key);
  }
}

/** Reads this browser's own copies of what was not saved. */
export async function recoverRecord(): Promise<void> {
  for (const [name, held] of await kept<Mine>("field/")) {
    const key = name.slice("field/".length);
    if (!mine.peek().has(key)) change(mine, key, held);
  }
  for (const contact of records.peek().keys()) reconcile(contact);
}

/** A contact that has left takes its record with it. */
export function forgetRecord(contact: string): void {
  change(records, contact, undefined);
  change(oldSteps, contact, undefined);
  change(procedures, contact, undefined);
  waits.delete(contact);
  for (const key of [...mine.peek().keys()]) if (split(key)[0] === contact) done(key);
}

/** Covers the record with the rest: what is not saved is kept, sealed. */
export function coverRecord(): void {
  flushRecord();
  records.value = new Map();
  oldSteps.value = new Map();
  procedures.value = new Map();
  mine.value = new Map();
}

const outcomes: Record<string, string> = {
  crisis: "helped", high_risk: "plan", tip: "informed", information: "informed", training: "informed", prevention: "informed",
  referral: "referred", transferred: "referred", silent: "silent", hang_up: "silent", abusive: "abusive", wrong_number: "wrong", test: "test",
};
const toSomebody = ["crisis", "high_risk", "referral"];

/** What came of it, as the form already says; "" where it does not. */
export function suggested(contact: string): string {
  const type = codes(contact, "type")[0] ?? "";
  if (toSomebody.includes(type)) {
    if (codes(contact, "referral_way").length) return "referred";
    if (codes(contact, "plan").includes("yes")) return "plan";
  }
  return outcomes[type] ?? "";
}

/** Whether a live conversation of this type may be ended and saved by one press. */
export const quick = (contact: string): boolean => {
  const type = codes(contact, "type")[0] ?? "";
  return type !== "" && !toSomebody.includes(type);
};

const nobody = ["silent", "hang_up", "abusive", "wrong_number", "test"];

/** Where nobody could be asked, her safety was not asked: one press less. */
export function settle(chat: Chat, f: Asked, value: Answer): void {
  write(chat.id, f.id, value, true);
  if (f.code !== "type" || !nobody.includes(value.codes?.[0] ?? "")) return;
  for (const other of lacking(chat.id)) {
    if (other.code !== "type") write(chat.id, other.id, { state: "not_asked", codes: [], text: "" }, true);
  }
}
