// Her number. It is kept where she allows to be called back, which shows it to nobody, and it is
// shown to whoever says why: the log and the supervisors know before.

import { useEffect, useState } from "preact/hooks";
import { request } from "../actions";
import type { Terms } from "../frames";
import { number } from "../phone";
import { cardOf, termsOf } from "../safety";
import { isAsked, type Chat } from "../state";
import { t } from "../words";
import { Icon, Refusal } from "./parts";
import { Allowed } from "./safety";

/** What she allows is noted with the number from which she calls. */
export function CallBack({ of }: { of: Chat }) {
  const known = termsOf(cardOf(of), "call");
  const [mine, change] = useState<Terms | null>(null);
  const terms = mine ?? known;
  const kept = of.info.value.safety?.number ?? false;
  if (known.may === "no") return null; // the safety card says so
  return (
    <details class="drop" name="phone">
      <summary><Icon name="undo" flip />{t("desk.phone.back")}<span class="push tiny">{kept ? t("desk.phone.back_kept") : ""}</span></summary>
      <form class="in" onSubmit={(e) => {
        e.preventDefault();
        request("call_back", of.id, { t: "call_back", contact: of.id, terms });
        change(null);
      }}>
        <p class="quiet" role="status">{t(kept ? "desk.phone.back_is" : "desk.phone.back_how")}</p>
        <div class="way"><Allowed w={terms} set={(to) => change({ ...terms, ...to })} /></div>
        <Refusal of="call_back" id={of.id} />
        <button class={`btn wide${kept ? "" : " pri"}`} type="submit" disabled={isAsked("call_back", of.id)}>{t(kept ? "desk.phone.back_again" : "desk.phone.back_do")}</button>
      </form>
    </details>
  );
}

const hide = (): void => { number.value = null; };

/** Shown until she looks away from it: another conversation, a shut drawer, a covered desk. */
export function HerNumber({ of }: { of: Chat }) {
  const [why, explain] = useState("");
  const [code, type] = useState("");
  const is = number.value?.contact === of.id ? number.value.number : "";
  useEffect(() => hide, []);
  return (
    <details class="drop" name="phone" onToggle={(e) => { if (!e.currentTarget.open) hide(); }}>
      <summary><Icon name="key" />{t("desk.phone.number")}<span class="push" /></summary>
      <div class="in">
        <p class="number" role="status">{is ? <bdi dir="ltr">{is}</bdi> : null}</p>
        {is ? <button class="btn wide" type="button" ref={(b) => { if (document.activeElement === document.body) b?.focus(); }} onClick={hide}>{t("desk.phone.number_hide")}</button> : (
          <form class="in" onSubmit={(e) => {
            e.preventDefault();
            request("number", of.id, { t: "number", contact: of.id, why, code });
            type("");
          }}>
            <p class="quiet">{t("desk.phone.number_how")}</p>
            <div class="field">
              <label for={`nw-${of.id}`}>{t("desk.phone.number_why")}</label>
              <textarea id={`nw-${of.id}`} rows={2} dir="auto" required value={why} onInput={(e) => explain(e.currentTarget.value)} />
            </div>
            <div class="field">
              <label for={`nc-${of.id}`}>{t("desk.override.code")}</label>
              <input id={`nc-${of.id}`} type="text" inputMode="numeric" autoComplete="one-time-code" required value={code} onInput={(e) => type(e.currentTarget.value)} />
            </div>
            <Refusal of="number" id={of.id} />
            <button class="btn wide" type="submit" disabled={isAsked("number", of.id)}>{t("desk.phone.number_do")}</button>
          </form>
        )}
      </div>
    </details>
  );
}
