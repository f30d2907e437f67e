// After the end: what came of it, as the form already says; one press saves. Three minutes that
// count, more if she wants.

import { useEffect, useRef, useState } from "preact/hooks";
import { end, extend, openDialog } from "../actions";
import { asking, lacking, quick, suggested, unsaved } from "../record";
import { isAsked, me, type Chat } from "../state";
import { left, second } from "../time";
import { t } from "../words";
import { Refusal } from "./parts";
import { Question } from "./record";

export function WrapUp({ chat }: { chat: Chat }) {
  const [chosen, choose] = useState("");
  const [keepOut, keep] = useState(false);
  const save = useRef<HTMLButtonElement>(null);
  const until = chat.info.value.wrap_until ?? 0;
  const outcome = chosen || suggested(chat.id);
  const lacks = lacking(chat.id);
  // What was lacking stays in sight while it is being answered.
  const [needs] = useState(() => lacks.map((f) => f.code));
  const asked = asking(chat.id).filter((f) => needs.includes(f.code));
  const clash = unsaved(chat.id).some((m) => m.over || m.trouble);
  const ready = outcome !== "" && lacks.length === 0 && !clash;
  useEffect(() => {
    if (ready) save.current?.focus(); // one key saves
  }, []);
  return (
    <div class="wrapup scroll">
      <p class="row wrap">
        <b>{t("desk.wrap.title", { handle: chat.info.value.handle })}</b>
        <span class="quiet">{second.value < until ? t("desk.wrap.left", { time: left(until) }) : t("desk.wrap.free")}</span>
        {second.value < until ? (
          <button class="btn bare push" type="button" disabled={isAsked("extend", chat.id)} onClick={() => extend(chat)}>{t("desk.wrap.more")}</button>
        ) : null}
      </p>
      {asked.map((f) => (
        <div key={f.id}><p class="quiet">{f.label}</p><Question chat={chat} f={f} /></div>
      ))}
      <fieldset>
        <legend class="quiet">{t("desk.wrap.ask")}</legend>
        <div class="chips">
          {(me.value?.outcomes ?? []).map((code) => (
            <label class="chip" key={code}>
              <input type="radio" value={code} name={`out-${chat.id}`} checked={outcome === code} onChange={() => choose(code)} />
              <span>{t(`desk.outcome.${code}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {outcome === "abusive" ? (
        <label class="check"><input type="checkbox" checked={keepOut} onChange={(e) => keep(e.currentTarget.checked)} /><span>{t("desk.wrap.keep_out")}<small>{t("desk.wrap.keep_out_what")}</small></span></label>
      ) : null}
      <Refusal of="end" id={chat.id} />
      <button
        ref={save} class="btn pri wide" type="button" disabled={!ready || isAsked("end", chat.id)}
        onClick={() => end(chat, outcome, outcome === "abusive" && keepOut)}
      >{t("desk.wrap.save")}</button>
    </div>
  );
}

/** The way from the form to the end: by one press where nobody is left to say goodbye to. */
export function Finish({ chat }: { chat: Chat }) {
  const c = chat.info.value;
  if (!c.mine || c.state !== "live") return null;
  const outcome = suggested(chat.id);
  const direct = quick(chat.id) && outcome !== "" && lacking(chat.id).length === 0;
  return (
    <div class="finish">
      <Refusal of="end" id={chat.id} />
      {direct ? (
        <button class="btn pri wide" type="button" disabled={isAsked("end", chat.id)} onClick={() => end(chat, outcome)}>
          {t("desk.record.finish", { outcome: t(`desk.outcome.${outcome}`) })}
        </button>
      ) : (
        <button class="btn wide" type="button" onClick={() => openDialog({ kind: "end", contact: chat.id })}>{t("desk.do.end")}</button>
      )}
    </div>
  );
}
