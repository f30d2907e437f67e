// After the end: what came of it, in one tap. Three minutes that count, more if she wants.

import { useState } from "preact/hooks";
import { end, extend } from "../actions";
import { isAsked, me, type Chat } from "../state";
import { left, second } from "../time";
import { t } from "../words";

export function WrapUp({ chat }: { chat: Chat }) {
  const [outcome, choose] = useState("");
  const [keepOut, keep] = useState(false);
  const until = chat.info.value.wrap_until ?? 0;
  return (
    <div class="wrapup">
      <p class="row wrap">
        <b>{t("desk.wrap.title", { handle: chat.info.value.handle })}</b>
        <span class="quiet">{second.value < until ? t("desk.wrap.left", { time: left(until) }) : t("desk.wrap.free")}</span>
        {second.value < until ? (
          <button class="btn bare push" type="button" disabled={isAsked("extend", chat.id)} onClick={() => extend(chat)}>{t("desk.wrap.more")}</button>
        ) : null}
      </p>
      <fieldset>
        <legend class="quiet">{t("desk.wrap.ask")}</legend>
        <div class="chips">
          {(me.value?.outcomes ?? []).map((code) => (
            <label class="chip" key={code}>
              <input type="radio" name={`out-${chat.id}`} checked={outcome === code} onChange={() => choose(code)} />
              <span>{t(`desk.outcome.${code}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {outcome === "abusive" ? (
        <label class="check"><input type="checkbox" checked={keepOut} onChange={(e) => keep(e.currentTarget.checked)} /><span>{t("desk.wrap.keep_out")}<small>{t("desk.wrap.keep_out_what")}</small></span></label>
      ) : null}
      <button
        class="btn pri wide" type="button" disabled={!outcome || isAsked("end", chat.id)}
        onClick={() => end(chat, outcome, outcome === "abusive" && keepOut)}
      >{t("desk.wrap.save")}</button>
    </div>
  );
}
