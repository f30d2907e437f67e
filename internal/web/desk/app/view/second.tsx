// How an emergency ended, and whether it was right: the second person's.

import { useState } from "preact/hooks";
import { act, type Of } from "../sheets";
import { isAsked } from "../state";
import { at, day, left, second, since } from "../time";
import { t } from "../words";
import { Name, Refusal } from "./parts";

const outcomes = ["safe", "moved", "not_found", "refused", "stood_down", "unknown"];

export function Over({ contact, e }: Of) {
  const [outcome, choose] = useState("");
  const [note, say] = useState("");
  return (
    <details class="in">
      <summary>{t("desk.help.over")}</summary>
      <form class="in" onSubmit={(ev) => {
        ev.preventDefault();
        if (outcome) act(e, "end_emergency", (version) => ({ t: "end_emergency", id: e.id, contact, version, outcome, note }), (now) => now.state !== "ended", 0);
      }}>
        <fieldset><legend>{t("desk.help.outcome")}</legend>
          <div class="chips">{outcomes.map((o) => (
            <label class="chip" key={o}><input type="radio" name={`out-${e.id}`} checked={outcome === o} onChange={() => choose(o)} /><span>{t(`desk.help.outcome.${o}`)}</span></label>
          ))}</div></fieldset>
        <div class="field"><label for={`ov-${e.id}`}>{t("desk.help.outcome_note")}</label><textarea id={`ov-${e.id}`} rows={2} dir="auto" maxLength={1000} value={note} onInput={(ev) => say(ev.currentTarget.value)} /></div>
        <Refusal of="end_emergency" id={e.id} />
        <button class="btn end" type="submit" disabled={!outcome || isAsked("end_emergency", e.id)}>{t("desk.help.end")}</button>
      </form>
    </details>
  );
}

export const dueBy = (by: number): string => second.value < by ? t("desk.help.second_until", { time: left(by) }) : t("desk.help.second_late", { time: since(by) });

/** What was not her wish: somebody who had no part in it says whether it was right. */
export function Second({ contact, e }: Of) {
  const [why, say] = useState("");
  const busy = isAsked("second", e.id);
  const put = (says: string): void => act(e, "second", (version) => ({ t: "second", id: e.id, contact, version, says, reason: why }), (now) => !now.second, 0);
  if (e.second) {
    return <p class="in"><span class={e.second === "confirmed" ? "tag ok" : "tag danger"}>{t(`desk.help.second.${e.second}`)}</span> <Name>{e.second_by ?? ""}</Name> <span class="tiny"><bdi>{day.of(e.second_at ?? 0)}, {at(e.second_at ?? 0)}</bdi></span> <bdi dir="auto">{e.second_why}</bdi></p>;
  }
  if (!e.confirm_by) return null;
  return (
    <section class="in" aria-labelledby={`se-${e.id}`}>
      <h3 id={`se-${e.id}`}>{t("desk.help.second")}</h3>
      <p class={second.value < e.confirm_by ? "quiet" : "over"}>{dueBy(e.confirm_by)}</p>
      {e.may ? (
        <>
          <div class="field"><label for={`sw-${e.id}`}>{t("desk.help.second_why")}</label><textarea id={`sw-${e.id}`} rows={2} dir="auto" maxLength={1000} value={why} onInput={(ev) => say(ev.currentTarget.value)} /></div>
          <Refusal of="second" id={e.id} />
          <span class="row wrap">
            <button class="btn pri" type="button" disabled={busy || !why.trim()} onClick={() => put("confirmed")}>{t("desk.help.confirm")}</button>
            <button class="btn stop" type="button" disabled={busy || !why.trim()} onClick={() => put("contested")}>{t("desk.help.contest")}</button>
          </span>
        </>
      ) : <p class="tiny">{t("desk.help.second_how")}</p>}
    </section>
  );
}
