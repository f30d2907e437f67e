// Decisions whose clock runs: for whoever may be somebody's second person. What is decided is not shown
// here; it opens for a reason that stands in the log.

import { useEffect, useState } from "preact/hooks";
import { openDialog, show } from "../actions";
import { clocks, decisions, openDecisions, shutDecisions } from "../duty";
import type { ClockRow } from "../frames";
import { chats, dialog, isAsked } from "../state";
import { left, second } from "../time";
import { t } from "../words";
import { Decisions } from "./duty";
import { Icon, Modal, Name, Refusal } from "./parts";
import { when } from "./rule";

function Row({ r }: { r: ClockRow }) {
  const [of, by] = r.second_by ? ["second", r.second_by] : ["due", r.due ?? 0];
  const over = second.value >= by;
  return (
    <li class={over ? "clock late" : "clock"}>
      <span>
        <b><Name>{r.handle || t("desk.decision.closed")}</Name></b>{r.with ? <span class="quiet"> {t("desk.sit.with", { name: r.with })}</span> : null}
        <small>{t(`desk.decision.${of}${over ? "_over" : ""}`, { time: when(by), left: left(by) })}</small>
      </span>
      <button class="btn push" type="button" onClick={() => (r.here ? show(r.contact) : openDialog({ kind: "decisions", contact: r.contact, handle: r.handle ?? "" }))}>{t("desk.decision.look")}<span class="vh"> {r.handle}</span></button>
    </li>
  );
}

export function Running() {
  const all = clocks.value;
  return all.length === 0 ? null : (
    <section class="card" aria-labelledby="rc">
      <header><Icon name="clock" /><h2 id="rc">{t("desk.decision.running")}</h2><span class="tag">{all.length}</span></header>
      <ul class="todo" role="list">{all.map((r) => <Row key={r.id} r={r} />)}</ul>
    </section>
  );
}

const reasons = ["second", "due", "asked", "other"];

/** What was decided about a contact that is not on this desk. */
export function DecisionsDialog({ contact, handle }: { contact: string; handle: string }) {
  const [why, choose] = useState("");
  const is = decisions.value.get(contact);
  const shut = (): void => { dialog.value = null; };
  useEffect(() => () => {
    if (!chats.peek().has(contact)) shutDecisions(contact);
  }, []);
  return (
    <Modal title={handle ? t("desk.decision.of", { handle }) : t("desk.decision.title")} onClose={shut} wide quiet>
      {is ? <Decisions of={contact} headed /> : (
        <>
          <fieldset><legend>{t("desk.sit.why")}</legend>
            <div class="chips">{reasons.map((r) => <label class="chip" key={r}><input type="radio" name="why-decisions" checked={why === r} onChange={() => choose(r)} /><span>{t(`desk.decision.why.${r}`)}</span></label>)}</div>
          </fieldset>
          <p class="quiet">{t("desk.decision.why_how")}</p>
          <Refusal of="open_decisions" id={contact} />
          <button class="btn pri" type="button" disabled={!why || isAsked("open_decisions", contact)} onClick={() => openDecisions(contact, why)}>{t("desk.sit.open_it")}</button>
        </>
      )}
      <p class="row"><button class="btn" type="button" onClick={shut}>{t("desk.close")}</button></p>
    </Modal>
  );
}
