// A decision about a duty: what the rules said that day, act by act what people did, and what can be done
// now. What is typed stays until it is taken, also when somebody else was there first.

import { useEffect, useRef, useState } from "preact/hooks";
import { act, typed, type } from "../duty";
import type { ActView, DecisionView } from "../frames";
import { isAsked, me } from "../state";
import { left, second } from "../time";
import { listed, t } from "../words";
import { Icon, Name, Refusal } from "./parts";
import { Entry, when } from "./rule";

/** A clock that is seen running, or since when it has run out. */
function Clock({ of, by }: { of: string; by: number }) {
  const over = second.value >= by;
  return <p class={over ? "over" : "row"}><Icon name="clock" small /> <span>{t(`desk.decision.${of}${over ? "_over" : ""}`, { time: when(by), left: left(by) })}</span></p>;
}

const needs: Record<string, boolean> = { decide: true, counsel: true, contest: true, send: true, prove: true, feedback: true };

function Came({ a }: { a: ActView }) {
  const what = a.kind === "decide" ? t(a.report ? "desk.decision.to_report" : "desk.decision.not_to_report", { ground: t(`desk.decision.ground.${a.ground}`) })
    : a.kind === "send" ? t(`desk.decision.sent.${a.how}`, { whom: a.to ?? "" }) : t(`desk.decision.did.${a.kind}`);
  return (
    <li>
      <b dir="auto">{what}</b>
      {a.words ? <p dir="auto">{a.words}</p> : null}
      <span class="tiny"><Name>{a.by}</Name> · <bdi>{when(a.at)}</bdi></span>
    </li>
  );
}

/** What is printed, and read out over the telephone: drawn from the act, with no name of hers but what somebody typed. */
function Sheet({ d, a, shut }: { d: DecisionView; a: ActView; shut: () => void }) {
  return (
    <article class="print well" aria-label={t("desk.decision.sheet")}>
      <h4>{t("desk.decision.sheet")}</h4>
      <dl class="pairs one">
        <dt>{t("desk.decision.whom")}</dt><dd dir="auto">{a.to}</dd>
        <dt>{t("desk.decision.from")}</dt><dd><Name>{me.value?.line}</Name>, <Name>{a.by}</Name></dd>
        <dt>{t("desk.decision.day")}</dt><dd><bdi>{when(a.at)}</bdi></dd>
        <dt>{t("desk.decision.law")}</dt><dd class="plain" dir="auto">{listed(d.entries.filter((e) => e.list === "due").map((e) => e.source))}</dd>
        <dt>{t("desk.decision.number")}</dt><dd><bdi>{d.id.slice(-8)}</bdi></dd>
      </dl>
      <p class="said" dir="auto">{a.words}</p>
      <p class="row wrap aside">
        {a.how === "print" ? <button class="btn pri" type="button" onClick={() => print()}>{t("desk.decision.print")}</button> : <span class="quiet">{t("desk.decision.read_how")}</span>}
        <button class="btn" type="button" onClick={shut}>{t("desk.decision.sheet_shut")}</button>
      </p>
    </article>
  );
}

const none = { kind: "", answer: "", ground: "", how: "print", name: "", note: "" };

function Doing({ contact, d }: { contact: string; d: DecisionView }) {
  const is = typed.value.get(d.id) ?? none;
  const put = (change: Partial<typeof none>): void => type(d.id, { ...is, ...change });
  const id = `dd-${d.id}`;
  const keys = useRef<HTMLParagraphElement>(null);
  // The key that was pressed is gone with its form: the keyboard goes on with what can be done next.
  const acts = useRef(d.acts.length);
  useEffect(() => {
    if (acts.current !== d.acts.length && document.activeElement === document.body) keys.current?.querySelector("button")?.focus();
    acts.current = d.acts.length;
  }, [d.acts.length]);
  const grounds = is.answer === "yes" ? d.grounds : is.answer === "no" ? d.others : [];
  const ready = (!needs[is.kind] || is.note.trim() !== "") && (is.kind !== "decide" || is.ground !== "") && (is.kind !== "send" || is.name.trim() !== "");
  return (
    <>
      <p class="row wrap" role="group" ref={keys} aria-label={t("desk.decision.do")}>
        {d.may.map((k) => <button class={`btn${k === "confirm" || k === "send" || k === "decide" ? " pri" : ""}`} type="button" key={k} aria-expanded={is.kind === k} onClick={() => put({ kind: is.kind === k ? "" : k })}>{t(`desk.decision.act.${k}`)}</button>)}
      </p>
      <Refusal of="act" id={d.id} />
      {d.may.includes(is.kind) ? (
        <form class="safe-edit" onSubmit={(e) => {
          e.preventDefault();
          if (!ready) return;
          act({
            id: d.id, contact, seen: d.acts.length, kind: is.kind, note: is.note, ...(is.kind === "decide" ? { report: is.answer === "yes", ground: is.ground } : {}),
            ...(is.kind === "send" ? { how: is.how, name: is.name } : {}),
          });
        }}>
          {is.kind === "decide" ? (
            <>
              <fieldset><legend>{t("desk.decision.report")}</legend>
                <div class="chips">{["yes", "no"].map((a) => <label class="chip" key={a}><input type="radio" name={`${id}-r`} checked={is.answer === a} onChange={() => put({ answer: a, ground: "" })} /><span>{t(`desk.decision.${a}`)}</span></label>)}</div>
              </fieldset>
              {grounds.length ? (
                <fieldset><legend>{t("desk.decision.ground")}</legend>
                  {grounds.map((g) => <label class="check" key={g}><input type="radio" name={`${id}-g`} checked={is.ground === g} onChange={() => put({ ground: g })} /><span>{t(`desk.decision.ground.${g}`)}{g === "danger_now" || g === "duty_at_once" ? <small>{t("desk.decision.alone")}</small> : null}</span></label>)}
                </fieldset>
              ) : null}
            </>
          ) : null}
          {is.kind === "send" ? (
            <>
              {d.alone ? <p class="note warn"><Icon name="alert" small /><span>{t("desk.decision.alone_how")}</span></p> : null}
              <p class="field"><label for={`${id}-t`}>{t("desk.decision.whom")}</label><input id={`${id}-t`} type="text" dir="auto" autocomplete="off" maxLength={400} value={is.name} onInput={(e) => put({ name: e.currentTarget.value })} /></p>
              <fieldset><legend>{t("desk.decision.how")}</legend>
                <div class="chips">{["print", "read_back"].map((h) => <label class="chip" key={h}><input type="radio" name={`${id}-h`} checked={is.how === h} onChange={() => put({ how: h })} /><span>{t(`desk.decision.how.${h}`)}</span></label>)}</div>
              </fieldset>
            </>
          ) : null}
          <p class="field"><label for={`${id}-w`}>{t(`desk.decision.words.${is.kind}`)}</label>
            <textarea id={`${id}-w`} dir="auto" rows={3} maxLength={2000} value={is.note} onInput={(e) => put({ note: e.currentTarget.value })} /></p>
          <button class="btn pri" type="submit" disabled={!ready || isAsked("act", d.id)}>{t(`desk.decision.save.${is.kind}`)}</button>
        </form>
      ) : null}
    </>
  );
}

export function Decision({ contact, d }: { contact: string; d: DecisionView }) {
  const [sheet, open] = useState(-1);
  const sent = d.acts.reduce((at, a, i) => (a.kind === "send" ? i : at), -1);
  const shown = d.acts[sheet];
  return (
    <article class="well decision" aria-label={t(`desk.decision.state.${d.state}`)}>
      <p class="row wrap"><span class={`tag ${d.state === "due" || d.state === "contested" ? "danger" : d.second_by ? "warn" : "info"}`}>{t(`desk.decision.state.${d.state}`)}</span>
        {d.ground ? <span>{t(d.report ? "desk.decision.to_report" : "desk.decision.not_to_report", { ground: t(`desk.decision.ground.${d.ground}`) })}</span> : null}</p>
      {d.due ? <Clock of="due" by={d.due} /> : null}
      {d.second_by ? <Clock of="second" by={d.second_by} /> : null}
      <details><summary class="quiet">{t("desk.decision.said", { time: when(d.acts[0]?.at ?? 0) })}</summary>
        {d.entries.length ? <ul class="left" role="list">{d.entries.map((e) => <Entry key={`${e.list} ${e.rule}`} e={e} />)}</ul> : <p class="quiet">{t("desk.decision.said_none")}</p>}
      </details>
      <ol class="left" role="list" aria-label={t("desk.decision.acts")}>{d.acts.map((a, i) => <Came key={i} a={a} />)}</ol>
      {sent >= 0 && sheet < 0 ? <button class="btn" type="button" onClick={() => open(sent)}><Icon name="form" small />{t("desk.decision.sheet_open")}</button> : null}
      {shown ? <Sheet d={d} a={shown} shut={() => open(-1)} /> : null}
      <Doing contact={contact} d={d} />
    </article>
  );
}
