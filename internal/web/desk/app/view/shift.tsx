// The end of a shift: every open conversation is asked about, none is left behind by accident.

import { useEffect, useState } from "preact/hooks";
import { end, handBack, handOver, signOut, sleep, state } from "../actions";
import { notes, write } from "../drafts";
import { chats, dialog, me, people, refusal, type Chat } from "../state";
import { listed, t } from "../words";
import { Modal, Name, Refusal, way } from "./parts";

type What = "" | "back" | "sleep" | "end" | `over:${string}`;

const open = (): Chat[] =>
  [...chats.value.values()].filter((c) => c.info.value.mine && !c.gone.value && (c.info.value.state === "live" || c.info.value.state === "closing"));

function One({ chat, what, choose }: { chat: Chat; what: What; choose: (w: What) => void }) {
  const c = chat.info.value;
  const others = people.value.filter((p) => p.takes && p.id !== me.value?.id && (p.state === "ready" || p.state === "busy"));
  const id = `s-${chat.id}`;
  return (
    <li class="leaving">
      <p class="row"><b><Name>{c.handle}</Name></b><span class="quiet push">{way(c)}</span></p>
      {c.state === "closing" ? <p class="quiet">{t("desk.shift.closing")}</p> : (
        <>
          <div class="field">
            <label class="vh" for={id}>{t("desk.shift.what", { handle: c.handle })}</label>
            <select id={id} value={what} onChange={(e) => choose(e.currentTarget.value as What)}>
              <option value="">{t("desk.shift.choose")}</option>
              <option value="back">{t("desk.do.back")}</option>
              {others.map((p) => <option key={p.id} value={`over:${p.id}`}>{t("desk.shift.over", { name: p.name })}</option>)}
              <option value="sleep">{t("desk.do.sleep")}</option>
              <option value="end">{t("desk.do.end")}</option>
            </select>
          </div>
          {what === "back" || what.startsWith("over:") ? (
            <div class="field">
              <label for={`${id}-n`}>{t("desk.note.next")}</label>
              <textarea id={`${id}-n`} rows={2} dir="auto" value={notes.value.get(chat.id) ?? ""} onInput={(e) => write(chat, e.currentTarget.value, "note")} />
            </div>
          ) : null}
          {c.over ? <p class="note" role="status">{t("desk.shift.asked", { name: c.over.to })}</p> : null}
        </>
      )}
      <Refusal of="handback" id={chat.id} /><Refusal of="handover" id={chat.id} /><Refusal of="sleep" id={chat.id} /><Refusal of="end" id={chat.id} />
    </li>
  );
}

export function Shift() {
  const [choices, choose] = useState<Record<string, What>>({});
  const [going, go] = useState(false);
  const still = open();
  const undecided = still.filter((c) => c.info.value.state === "live" && !choices[c.id]);
  const wrapping = still.filter((c) => c.info.value.state === "closing");

  const leave = (): void => {
    go(true);
    state("away");
    for (const chat of still) {
      const note = notes.peek().get(chat.id) ?? "";
      const what = choices[chat.id] ?? "";
      if (what === "back") handBack(chat, note);
      else if (what === "sleep") sleep(chat);
      else if (what === "end") end(chat);
      else if (what.startsWith("over:")) handOver(chat, what.slice(5), note);
    }
  };
  useEffect(() => {
    if (going && still.length === 0 && !refusal("state", "me")) signOut();
  }, [going, still.length]);

  return (
    <Modal title={t("desk.shift.title")} onClose={() => { dialog.value = null; }} quiet>
      <p class="quiet">{still.length === 0 ? t("desk.shift.nobody") : t("desk.shift.how")}</p>
      <ul class="leavings" role="list">
        {still.map((c) => <One key={c.id} chat={c} what={choices[c.id] ?? ""} choose={(w) => choose({ ...choices, [c.id]: w })} />)}
      </ul>
      {going && still.length > 0 ? <p class="note" role="status">{t("desk.shift.waits", { names: listed(still.map((c) => c.info.value.handle)) })}</p> : null}
      {wrapping.length > 0 && !going ? <p class="quiet">{t("desk.shift.unsaved")}</p> : null}
      <Refusal of="state" id="me" />
      <div class="pair foot-row">
        <button class="btn big" type="button" onClick={() => {
          if (going) state("ready");
          dialog.value = null;
        }}>{t("desk.shift.stay")}</button>
        <button class="btn pri big" type="button" disabled={undecided.length > 0} onClick={going ? signOut : leave}>{t(going ? "desk.shift.now" : "desk.shift.do")}</button>
      </div>
    </Modal>
  );
}
