// A record that is to leave the house takes two people, each with her second factor.

import { useState } from "preact/hooks";
import { approveExport, askExport, fetchExport, join, show } from "../actions";
import { exports_ } from "../exports";
import { isAsked, supervises, type Chat } from "../state";
import { rich, t } from "../words";
import { Name, Refusal } from "./parts";

function Code({ id, code, set }: { id: string; code: string; set: (c: string) => void }) {
  return (
    <div class="field">
      <label for={id}>{t("desk.export.code")}</label>
      <input id={id} type="text" inputMode="numeric" autocomplete="one-time-code" value={code} onInput={(e) => set(e.currentTarget.value)} />
    </div>
  );
}

function Ask({ chat }: { chat: Chat }) {
  const [why, say] = useState("");
  const [code, set] = useState("");
  return (
    <details class="more">
      <summary>{t("desk.export.title")}</summary>
      <div class="ask">
        <p class="tiny">{t("desk.export.how")}</p>
        <div class="field"><label for={`ew-${chat.id}`}>{t("desk.record.why")}</label><input id={`ew-${chat.id}`} type="text" value={why} onInput={(e) => say(e.currentTarget.value)} /></div>
        <Code id={`ec-${chat.id}`} code={code} set={set} />
        <Refusal of="ask_export" id={chat.id} />
        <button class="btn" type="button" disabled={!why.trim() || !code.trim()} onClick={() => {
          askExport(chat, why, code.trim());
          set("");
        }}>{t("desk.export.ask")}</button>
      </div>
    </details>
  );
}

export function Leaves({ chat }: { chat: Chat }) {
  const [code, set] = useState("");
  if (!supervises.value) return null;
  const e = exports_.value.find((x) => x.contact === chat.id);
  if (!e) return <Ask chat={chat} />;
  return (
    <div class="ask leaves">
      <p><b>{e.mine ? t(e.approved ? "desk.export.approved" : "desk.export.waits") : rich("desk.export.asks", { name: <Name>{e.by}</Name> })}</b></p>
      {e.why ? <p class="say" dir="auto">{e.why}</p> : null}
      {e.mine || e.approved ? null : <Code id={`ea-${e.id}`} code={code} set={set} />}
      <Refusal of="approve_export" id={e.id} />
      <Refusal of="fetch_export" id={e.id} />
      {e.mine ? (e.approved ? <button class="btn pri" type="button" disabled={isAsked("fetch_export", e.id)} onClick={() => fetchExport(e)}>{t("desk.export.fetch")}</button> : null)
        : e.approved ? null : <button class="btn" type="button" disabled={!code.trim()} onClick={() => {
          approveExport(e, code.trim());
          set("");
        }}>{t("desk.export.approve")}</button>}
    </div>
  );
}

/** What waits for a second person, for those who have not looked at it yet. */
export function ToLeave() {
  const waits = exports_.value.filter((e) => !e.mine && !e.approved && !e.here);
  if (waits.length === 0) return null;
  return (
    <section class="card" aria-labelledby="tl">
      <header><h2 id="tl">{t("desk.export.second")}</h2></header>
      {waits.map((e) => (
        <p class="in row wrap" key={e.id}>
          {rich("desk.export.of", { name: <Name>{e.by}</Name>, handle: <Name>{e.handle || "—"}</Name> })}
          <button class="btn push" type="button" onClick={() => {
            join(e.contact);
            show(e.contact);
          }}>{t("desk.export.look")}</button>
        </p>
      ))}
    </section>
  );
}
