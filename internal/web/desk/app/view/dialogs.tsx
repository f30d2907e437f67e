// The windows over the desk: giving a contact away, ending it, giving one to somebody.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { assign, end, handBack, handOver, take } from "../actions";
import { reason as said } from "../apply";
import { clear, notes, write } from "../drafts";
import { mend } from "../safety";
import { isCall } from "../phone";
import { override } from "../sends";
import { asked, chats, dialog, me, people, queue, refusals, type Chat } from "../state";
import { t } from "../words";
import { KeyList } from "./keylist";
import { later } from "./later";
import { Palette } from "./palette";
import { Icon, Modal, People, Refusal, way, why } from "./parts";
import { Shift } from "./shift";
import { Sound, Start, Still } from "./start";

const ChangeDialog = later(async () => (await import("./far")).ChangeDialog);
const DecisionsDialog = later(async () => (await import("./far")).DecisionsDialog);
const HelpDialog = later(async () => (await import("./far")).HelpDialog);
const LinkDialog = later(async () => (await import("./far")).LinkDialog);
const PromiseDialog = later(async () => (await import("./far")).PromiseDialog);

export const shut = (): void => {
  dialog.value = null;
};

/** Closes the window once the server has said yes; a no stays in it, with the words kept. */
export function useAnswer(of: string, id: string, done?: () => void): [boolean, () => void] {
  const waits = useRef(false);
  const key = `${of}:${id}`;
  const busy = asked.value.has(key);
  void refusals.value;
  useEffect(() => {
    // What stands now counts, not what stood when this was drawn.
    if (!waits.current || asked.peek().has(key)) return;
    waits.current = false;
    if (refusals.peek().has(key)) return;
    done?.();
    shut();
  });
  return [busy, () => {
    waits.current = true;
  }];
}

function NoteField({ chat, label }: { chat: Chat; label: string }) {
  return (
    <div class="field">
      <label for="note">{label}</label>
      <textarea id="note" rows={4} dir="auto" value={notes.value.get(chat.id) ?? ""} onInput={(e) => write(chat, e.currentTarget.value, "note")} />
      <p class="tiny">{t("desk.note.hint")}</p>
    </div>
  );
}

export const Foot = ({ children }: { children: ComponentChildren }) => (
  <div class="pair foot-row"><button class="btn big" type="button" onClick={shut}>{t("desk.cancel")}</button>{children}</div>
);

function Back({ chat }: { chat: Chat }) {
  const [busy, sent] = useAnswer("handback", chat.id);
  const handle = chat.info.value.handle;
  return (
    <Modal title={t("desk.back.title", { handle })} onClose={shut} quiet>
      <p class="quiet">{t("desk.back.how")}</p>
      <NoteField chat={chat} label={t("desk.note.next")} />
      <Refusal of="handback" id={chat.id} />
      <Foot>
        <button class="btn pri big" type="button" disabled={busy} onClick={() => {
          sent();
          handBack(chat, notes.peek().get(chat.id) ?? "");
        }}>{t("desk.back.do")}</button>
      </Foot>
    </Modal>
  );
}

function Over({ chat }: { chat: Chat }) {
  const [to, choose] = useState("");
  const [busy, sent] = useAnswer("handover", chat.id, () => clear(chat, "note"));
  const { handle, lang } = chat.info.value;
  const others = people.value.filter((p) => p.takes && p.id !== me.value?.id && (p.state === "ready" || p.state === "busy" || p.state === "break"));
  return (
    <Modal title={t("desk.over.title", { handle })} onClose={shut} quiet>
      <p class="quiet">{t("desk.over.how")}</p>
      <NoteField chat={chat} label={t("desk.note.colleague")} />
      <fieldset>
        <legend>{t("desk.over.whom")}</legend>
        {others.length === 0 ? <p class="quiet">{t("desk.over.nobody")}</p> : <People of={others} lang={lang} name="to" chosen={to} onChoose={choose} />}
      </fieldset>
      <Refusal of="handover" id={chat.id} />
      <Foot>
        <button class="btn pri big" type="button" disabled={busy || to === ""} onClick={() => {
          sent();
          handOver(chat, to, notes.peek().get(chat.id) ?? "");
        }}>{t("desk.over.do")}</button>
      </Foot>
    </Modal>
  );
}

function End({ chat }: { chat: Chat }) {
  const [busy, sent] = useAnswer("end", chat.id);
  const waits = chat.pending.value.length > 0;
  return (
    <Modal title={t("desk.end.title", { handle: chat.info.value.handle })} onClose={shut}>
      <p>{t(isCall(chat) ? "desk.end.call" : "desk.end.how")}</p>
      {waits ? <p class="quiet">{t("desk.end.sends_first")}</p> : null}
      {chat.info.value.emergency ? <p class="note warn"><Icon name="phone" small /><span>{t("desk.end.help")}</span></p> : null}
      {chat.draft.value.trim() ? <p class="quiet">{t("desk.end.draft")}</p> : null}
      <Refusal of="end" id={chat.id} />
      <Foot>
        <button class="btn end big" type="button" disabled={busy} onClick={() => {
          sent();
          end(chat);
        }}>{t("desk.end.do")}</button>
      </Foot>
    </Modal>
  );
}

function Assign({ contact }: { contact: string }) {
  const [to, choose] = useState("");
  const [busy, sent] = useAnswer("assign", contact);
  const row = queue.value.get(contact);
  useEffect(() => {
    if (!row && !busy) shut();
  }, [row, busy]);
  if (!row) return null;
  const these = people.value.filter((p) => p.takes && p.state !== "away");
  return (
    <Modal title={t("desk.assign.title")} onClose={shut}>
      <p class="quiet">{t("desk.next_what", { reason: why(row), way: way(row) })}</p>
      <fieldset>
        <legend class="vh">{t("desk.over.whom")}</legend>
        {these.length === 0 ? <p class="quiet">{t("desk.nobody_here")}</p> : <People of={these} lang={row.lang} name="to" chosen={to} onChoose={choose} />}
      </fieldset>
      <Refusal of="assign" id={contact} />
      <Foot>
        <button class="btn pri big" type="button" disabled={busy || to === ""} onClick={() => {
          sent();
          assign(contact, to);
        }}>{t("desk.assign.do")}</button>
      </Foot>
      <p><button class="btn bare wide" type="button" onClick={() => {
        take(row);
        shut();
      }}>{t("desk.assign.self")}</button></p>
    </Modal>
  );
}

function Answers(props: { title: string; how: string; do: string; quote?: string; refused: ComponentChildren; busy: boolean; onSend: (reason: string, code: string) => void }) {
  const [reason, explain] = useState("");
  const [code, type] = useState("");
  return (
    <Modal title={props.title} onClose={shut} quiet>
      <p>{props.how}</p>
      {props.quote ? <blockquote class="quiet" dir="auto">{props.quote}</blockquote> : null}
      <form onSubmit={(e) => {
        e.preventDefault();
        props.onSend(reason, code);
        type("");
      }}>
        <div class="field">
          <label for="reason">{t("desk.override.reason")}</label>
          <textarea id="reason" rows={2} dir="auto" required value={reason} onInput={(e) => explain(e.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="code">{t("desk.override.code")}</label>
          <input id="code" type="text" inputMode="numeric" autoComplete="one-time-code" required value={code} onInput={(e) => type(e.currentTarget.value)} />
        </div>
        {props.refused}
        <Foot><button class="btn end big" type="submit" disabled={props.busy}>{props.do}</button></Foot>
      </form>
    </Modal>
  );
}

function Override({ chat, message }: { chat: Chat; message: string }) {
  const p = chat.pending.value.find((x) => x.id === message);
  useEffect(() => {
    if (!p || p.until > 0) shut(); // it is on its way
  }, [p]);
  if (!p) return null;
  return (
    <Answers
      title={t("desk.override.title")} how={t("desk.override.how")} do={t("desk.override.do")} quote={p.text} busy={p.refused === undefined}
      refused={p.refused ? <p class="refusal" role="alert"><Icon name="alert" small /><span>{said(p.refused)}</span></p> : null}
      onSend={(reason, code) => override(chat, message, reason, code)}
    />
  );
}

function MendRules({ chat }: { chat: Chat }) {
  const [busy, sent] = useAnswer("mend", chat.id);
  return (
    <Answers
      title={t("desk.mend")} how={t("desk.mend.how")} do={t("desk.mend.do")} busy={busy} refused={<Refusal of="mend" id={chat.id} />}
      onSend={(reason, code) => {
        sent();
        mend(chat, reason, code);
      }}
    />
  );
}

export function Dialogs() {
  const d = dialog.value;
  if (!d) return null;
  switch (d.kind) {
    case "start": return <Start />;
    case "sound": return <Sound />;
    case "palette": return <Palette />;
    case "keys": return <KeyList />;
    case "shift": return <Shift />;
    case "still": return <Still />;
    case "decisions": return <DecisionsDialog key={d.contact} contact={d.contact} handle={d.handle} />;
    case "help": return <HelpDialog key={d.contact} contact={d.contact} />;
    case "assign": return <Assign key={d.contact} contact={d.contact} />;
    default: {
      if ("situation" in d) return <ChangeDialog key={d.kind} of={d} />;
      const chat = chats.value.get(d.contact);
      if (!chat) return null;
      const key = `${d.kind}-${d.contact}`;
      if (d.kind === "back") return <Back key={key} chat={chat} />;
      if (d.kind === "mend") return <MendRules key={key} chat={chat} />;
      if (d.kind === "override") return <Override key={key} chat={chat} message={d.message} />;
      if (d.kind === "link") return <LinkDialog key={key} chat={chat} />;
      if (d.kind === "promise") return <PromiseDialog key={key} chat={chat} />;
      if (d.kind === "over") return <Over key={key} chat={chat} />;
      return <End key={key} chat={chat} />;
    }
  }
}
