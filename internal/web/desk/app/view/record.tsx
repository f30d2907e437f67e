// The call form beside the conversation: only what the conditions show, one question open at a
// time, each saved by itself.

import { useEffect, useRef, useState } from "preact/hooks";
import { reveal, setLevel, setPath, saveNote } from "../actions";
import { write as writeDraft, notes } from "../drafts";
import type { Answer, Asked, FormFrame } from "../frames";
import {
  answer, asking, begin, empty, formOf, lacking, mine, pick, records, settle, unsaved, write, type Mine, type Rec,
} from "../record";
import { isAsked, type Chat } from "../state";
import { link } from "../socket";
import { at } from "../time";
import { language, listed, rich, t } from "../words";
import { reason } from "../apply";
import { Icon, Name, Refusal } from "./parts";
import { Leaves } from "./export";
import { Finish } from "./wrapup";

const states = ["unknown", "not_asked", "declined"];
export const levels = ["share", "confidential", "anonymous"];

/** An answer in a line. */
function told(f: Asked, a: Answer): string {
  if (a.state) return t(`desk.record.${a.state}`);
  if (a.codes?.length) return listed(a.codes.map((c) => f.choices?.find((o) => o.code === c)?.label ?? c));
  return f.code === "language" && a.text ? language(a.text) : a.text;
}

function Choices({ chat, f, a }: { chat: Chat; f: Asked; a: Answer }) {
  const name = `f-${chat.id}-${f.id}`;
  const many = f.kind === "many";
  const choose = (code: string, on: boolean): void => {
    const order = (f.choices ?? []).map((o) => o.code);
    const next = many ? order.filter((c) => (c === code ? on : a.codes?.includes(c))) : [code];
    settle(chat, f, { state: "", codes: next, text: "" });
  };
  return (
    <>
      {(f.choices ?? []).map((o) => (
        <label class="chip" key={o.code}>
          <input
            type={many ? "checkbox" : "radio"} value={o.code} name={many ? undefined : name} checked={a.codes?.includes(o.code) ?? false}
            onChange={(e) => choose(o.code, e.currentTarget.checked)}
          /><span>{o.label}</span>
        </label>
      ))}
    </>
  );
}

function Written({ chat, f, a, id }: { chat: Chat; f: Asked; a: Answer; id: string }) {
  const type = f.kind === "day" ? "date" : "text";
  const onInput = (e: { currentTarget: { value: string } }): void =>
    write(chat.id, f.id, { state: "", codes: [], text: e.currentTarget.value });
  return f.kind === "long" ? (
    <textarea id={id} rows={4} dir="auto" value={a.text} onInput={onInput} aria-describedby={f.help ? `${id}-h` : undefined} />
  ) : (
    <input
      id={id} type={type} inputMode={f.kind === "number" ? "numeric" : undefined} dir={f.kind === "text" ? "auto" : undefined} autocomplete="off"
      value={a.text} onInput={onInput} aria-describedby={f.help ? `${id}-h` : undefined}
    />
  );
}

/** Two have written in one field: both texts stand here, and she picks. */
function Both({ chat, f, m }: { chat: Chat; f: Asked; m: Mine }) {
  const over = m.over!;
  const texts = f.kind === "text" || f.kind === "long";
  return (
    <div class="clash" role="alert">
      <p class="tiny">{over.by ? rich("desk.record.theirs", { name: <Name>{over.by}</Name>, time: <bdi>{at(over.at)}</bdi> }) : t("desk.record.gone")}</p>
      <p dir="auto">{told(f, over.value) || "—"}</p>
      <p class="tiny">{t("desk.record.yours")}</p>
      <p dir="auto">{told(f, m.value) || "—"}</p>
      <div class="row wrap">
        <button class="btn" type="button" onClick={() => pick(chat.id, f.id, "theirs")}>{t("desk.record.keep_theirs")}</button>
        <button class="btn" type="button" onClick={() => pick(chat.id, f.id, "mine")}>{t("desk.record.keep_mine")}</button>
        {texts && over.value.text && m.value.text ? (
          <button class="btn" type="button" onClick={() => pick(chat.id, f.id, "both")}>{t("desk.record.keep_both")}</button>
        ) : null}
      </div>
    </div>
  );
}

function Held({ chat, f }: { chat: Chat; f: Asked }) {
  const [why, say] = useState("");
  const id = `h-${chat.id}-${f.id}`;
  return (
    <div class="ask">
      <p class="tiny">{t("desk.record.held_how")}</p>
      <div class="field"><label for={id}>{t("desk.record.why")}</label><input id={id} type="text" value={why} onInput={(e) => say(e.currentTarget.value)} /></div>
      <Refusal of="reveal" id={`${chat.id}/${f.id}`} />
      <button class="btn" type="button" disabled={!why.trim()} onClick={() => reveal(chat, f.id, why)}>{t("desk.record.open")}</button>
    </div>
  );
}

/** What is asked, and every way to answer it. */
export function Question({ chat, f, onNext }: { chat: Chat; f: Asked; onNext?: () => void }) {
  const a = answer(chat.id, f.id);
  const m = mine.value.get(`${chat.id}/${f.id}`);
  const id = `q-${chat.id}-${f.id}`;
  const chosen = f.kind === "one" || f.kind === "many";
  if (records.value.get(chat.id)?.cells.get(f.id)?.held) return <Held chat={chat} f={f} />;
  const onKeyDown = (e: KeyboardEvent): void => {
    const area = e.target instanceof HTMLTextAreaElement;
    const line = e.target instanceof HTMLInputElement && e.target.type === "text";
    if (e.isComposing) return;
    if (e.key === "Enter" && onNext && (!area || e.ctrlKey || e.metaKey) && !(e.target instanceof HTMLButtonElement)) {
      e.preventDefault();
      onNext();
    } else if ((e.key === "Delete" || e.key === "Backspace") && !area && !line) {
      e.preventDefault();
      write(chat.id, f.id, { state: "", codes: [], text: "" }, true);
    }
  };
  return (
    <fieldset class="ask" onKeyDown={onKeyDown} aria-describedby={f.help ? `${id}-h` : undefined}>
      <legend class="vh">{f.label}</legend>
      {f.help ? <p class="tiny" id={`${id}-h`}>{f.help}</p> : null}
      {m?.over ? <Both chat={chat} f={f} m={m} /> : null}
      {chosen ? null : <><label class="vh" for={id}>{f.label}</label><Written chat={chat} f={f} a={a} id={id} /></>}
      <div class="chips">
        {chosen ? <><Choices chat={chat} f={f} a={a} /><span class="break" /></> : null}
        {states.map((s) => (
          <label class="chip non" key={s}>
            <input
              type="radio" value={s} name={f.kind === "one" ? `f-${chat.id}-${f.id}` : `s-${chat.id}-${f.id}`} checked={a.state === s}
              onChange={() => settle(chat, f, { state: s, codes: [], text: "" })}
            /><span>{t(`desk.record.${s}`)}</span>
          </label>
        ))}
      </div>
      {m?.trouble ? <p class="refusal" role="alert"><Icon name="alert" small /><span>{reason(m.trouble)}</span></p> : null}
    </fieldset>
  );
}

/** How much of her may be kept, and how to explain it to her. */
function Level({ chat }: { chat: Chat }) {
  const rec = records.value.get(chat.id);
  const [looks, look] = useState("");
  if (!rec) return null;
  const shown = looks || rec.privacy || "confidential";
  const stricter = levels.indexOf(shown) > levels.indexOf(rec.privacy);
  return (
    <div class="ask level">
      <fieldset>
        <legend>{t("desk.privacy.ask")}</legend>
        <div class="chips">
          {levels.map((l) => (
            <label class="chip" key={l}>
              <input type="radio" value={l} name={`lv-${chat.id}`} checked={shown === l} onChange={() => look(l)} /><span>{t(`desk.privacy.${l}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p class="say" dir="auto" lang={rec.sayLang}>{rec.say[shown]}</p>
      <p class="tiny">{t(`desk.privacy.${shown}_what`)}{stricter && shown === "anonymous" ? <> <b>{t("desk.privacy.deletes")}</b></> : null}</p>
      <Refusal of="privacy" id={chat.id} />
      {shown === rec.privacy ? null : (
        <button class="btn" type="button" disabled={isAsked("privacy", chat.id)} onClick={() => setLevel(chat, shown)}>{t("desk.privacy.do")}</button>
      )}
    </div>
  );
}

const paths = ["self", "other", "tip"];

/** For whom she writes, and what becomes of the form if that is put right. */
function Whom({ chat, rec, done }: { chat: Chat; rec: Rec; done: () => void }) {
  const { path } = chat.info.value;
  const [was] = useState(path);
  const [picked, pick] = useState(path);
  const asked = isAsked("path", chat.id);
  useEffect(() => {
    if (path !== was) done();
  }, [path]);
  return (
    <div class="ask whom">
      <fieldset>
        <legend>{t("desk.path.ask")}</legend>
        <div class="chips">
          {paths.map((p) => (
            <label class="chip" key={p}>
              <input type="radio" value={p} name={`pa-${chat.id}`} checked={picked === p} onChange={() => pick(p)} /><span>{t(`desk.reason.${p}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p class="tiny" role="status">{picked === path || asks(picked) === formName(rec) ? "" : t(rec.begun ? "desk.path.stays" : "desk.path.changes")}</p>
      <Refusal of="path" id={chat.id} />
      {picked === path ? null : (
        <button class="btn" type="button" disabled={asked} onClick={() => setPath(chat, picked)}>{t("desk.path.do")}</button>
      )}
    </div>
  );
}

/** The form for a path, as the server names it. */
const asks = (path: string): string => (path === "other" || path === "tip" ? path : "self");
const formName = (rec: Rec): string => rec.form.split("/")[0]!;

function When({ chat }: { chat: Chat }) {
  const open = unsaved(chat.id);
  const rec = records.value.get(chat.id);
  const text = open.some((m) => m.over || m.trouble) ? t("desk.record.choose")
    : open.length ? t(link.value === "live" || open.some((m) => !m.here) ? "desk.record.saving" : "desk.record.here")
    : rec?.at ? t("desk.record.saved", { time: at(rec.at) }) : "";
  return <span class="tiny" role="status">{text}</span>;
}

/** Lands on a question of the form. */
const goTo = (chat: Chat, f: Asked): void => {
  requestAnimationFrame(() => {
    const at_ = document.getElementById(`d-${chat.id}-${f.id}`);
    at_?.querySelector<HTMLElement>("fieldset input:checked, fieldset input, fieldset textarea, .ask input")?.focus();
    at_?.scrollIntoView({ block: "nearest" });
  });
};

/** The form of a contact, once it has come. */
export function CallForm({ of }: { of: Chat }) {
  const rec = records.value.get(of.id);
  const form = formOf(of.id);
  const [head, show] = useState("");
  const whom = useRef<HTMLButtonElement>(null);
  if (!rec || !form) return null;
  const toggle = (what: string): void => show(head === what ? "" : what);
  const path = of.info.value.path || "unknown";
  return (
    <section class="card form" aria-labelledby="rf">
      <header>
        <h2 id="rf">{t("desk.record.title")}</h2>
        <button class="tag" type="button" ref={whom} aria-expanded={head === "whom"} onClick={() => toggle("whom")}>
          <span class="vh">{t("desk.path.ask")} </span>{t(`desk.reason.${path}`)}
        </button>
        <button class="tag info" type="button" aria-expanded={head === "level"} onClick={() => toggle("level")}>
          {t(`desk.privacy.${rec.privacy || "none"}`)}
        </button>
        <When chat={of} />
      </header>
      {head === "whom" ? <Whom chat={of} rec={rec} done={() => {
        show("");
        // What she pressed is gone; whoever types elsewhere goes on there.
        if (!document.activeElement || document.activeElement === document.body || document.activeElement.closest(".whom")) whom.current?.focus();
      }} /> : null}
      {head === "level" ? <Level chat={of} key={rec.privacy} /> : null}
      {head !== "whom" && asks(path) !== formName(rec) ? <p class="tiny in">{t("desk.path.stays")}</p> : null}
      <Sheet of={of} rec={rec} key={rec.form} />
      <Finish chat={of} />
      <Leaves chat={of} />
      {form.draft ? <p class="tiny in">{t("desk.record.draft", { n: form.number })}</p> : null}
    </section>
  );
}

function Sheet({ of, rec }: { of: Chat; rec: Rec }) {
  const [opened, open] = useState("");
  const fields = asking(of.id);
  const [pins] = useState(() => new Set(fields.filter((f) => f.required && empty(answer(of.id, f.id))).map((f) => f.id)));
  useEffect(() => {
    if (begin.value?.contact !== of.id) return;
    begin.value = null;
    const first = lacking(of.id)[0] ?? fields.find((f) => empty(answer(of.id, f.id))) ?? fields[0];
    if (!first) return;
    open(first.id);
    goTo(of, first);
  }, [begin.value]);
  const next = (f: Asked): void => {
    pins.delete(f.id);
    const after = fields[fields.indexOf(f) + 1];
    open(after?.id ?? "");
    if (after) goTo(of, after);
  };
  return (
    <div class="fields">
      {fields.map((f) => {
        const a = answer(of.id, f.id);
        const is = opened === f.id || pins.has(f.id);
        const m = mine.value.get(`${of.id}/${f.id}`);
        const held = rec.cells.get(f.id)?.held;
        const text = held ? t("desk.record.held") : told(f, a);
        return (
          <details
            key={f.id} id={`d-${of.id}-${f.id}`} open={is || m?.over !== undefined}
          >
            <summary onClick={(e) => {
              e.preventDefault();
              pins.delete(f.id);
              open(is ? "" : f.id);
              if (!is) goTo(of, f);
            }}>
              <span class="q">{f.label}</span>
              <span class={`a${text && !a.state && !held ? "" : " none"}`} dir="auto">{text || t(f.required ? "desk.record.needed" : "desk.record.blank")}</span>
            </summary>
            {is || m?.over ? <Question chat={of} f={f} onNext={() => next(f)} /> : null}
          </details>
        );
      })}
    </div>
  );
}

/** A note is a draft until it is saved. */
export function NewNote({ of }: { of: Chat }) {
  const text = notes.value.get(of.id) ?? "";
  return (
    <div class="ask">
      <div class="field">
        <label for={`n-${of.id}`}>{t("desk.record.note")}</label>
        <textarea id={`n-${of.id}`} rows={3} dir="auto" value={text} onInput={(e) => writeDraft(of, e.currentTarget.value, "note")} />
      </div>
      <Refusal of="note" id={of.id} />
      <div class="row"><span class="tiny">{text ? t("desk.record.note_draft") : ""}</span>
        <button class="btn push" type="button" disabled={!text.trim() || isAsked("note", of.id)} onClick={() => saveNote(of, text)}>{t("desk.record.note_save")}</button></div>
    </div>
  );
}
