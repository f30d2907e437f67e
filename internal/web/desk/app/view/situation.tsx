// A situation: head, people and places · timeline · what is to be done. What was said and written
// stays closed until somebody gives a reason.

import { useState } from "preact/hooks";
import { openDialog, request, show } from "../actions";
import type { HappeningView, PartView, SafeWay, SituationView, TaskRow } from "../frames";
import { hers } from "../mask";
import { askNames, askWords, done, late, look, names, read, readWords, shown } from "../situations";
import { isAsked, people, refusal, supervises } from "../state";
import { at, day, elapsed, hours } from "../time";
import { listed, n, t } from "../words";
import { Consents } from "./consent";
import { ChannelIcon, Icon, Name, Refusal, way } from "./parts";
import { when } from "./rule";

const reasons = ["now", "due", "asked", "other"];

/** Asks why something closed is to be opened. */
function Reason(props: { what: string; how: string; id: string; of: string; busy: boolean; onOpen: (why: string) => void }) {
  const [why, choose] = useState("");
  return (
    <details class="sealed">
      <summary class="btn"><Icon name="lock" small />{t("desk.sit.open_reason")}<span class="vh">: {props.what}</span></summary>
      <div class="reason well">
        <fieldset>
          <legend>{t("desk.sit.why")}</legend>
          <div class="chips">
            {reasons.map((r) => (
              <label class="chip" key={r}><input type="radio" name={`why-${props.of}-${props.id}`} checked={why === r} onChange={() => choose(r)} /><span>{t(`desk.why_open.${r}`)}</span></label>
            ))}
          </div>
        </fieldset>
        <p class="quiet">{props.how}</p>
        <Refusal of={props.of} id={props.id} />
        <button class="btn pri" type="button" disabled={!why || props.busy} onClick={() => props.onOpen(why)}>{t("desk.sit.open_it")}</button>
      </div>
    </details>
  );
}

/** "By text, 10:00–12:00, Monday to Friday" */
export function safe(ways: SafeWay[] | null): string {
  const good = (ways ?? []).filter((w) => w.may === "yes");
  if (good.length === 0) return t("desk.sit.no_way");
  return listed(good.map((w) => [t(`desk.sit.by.${w.way}`), hours(w.from, w.to), day.some(w.days)].filter(Boolean).join(" ")));
}

function Person({ of, part }: { of: SituationView; part: PartView }) {
  const c = part.contact;
  const name = part.kind === "contact" && c?.handle ? c.handle : part.kind === "contact" && c ? way(c) : t(`desk.sit.kind.${part.kind}`);
  return (
    <li>
      <Icon name={part.kind === "place" ? "pin" : "person"} />
      <div>
        <b><Name>{part.role || part.gone ? null : name}</Name><bdi dir="auto">{part.gone ? t("desk.sit.gone") : part.role}</bdi></b>
        {part.role ? <small><Name>{name}</Name></small> : null}
        {names.value.has(part.id) ? <p class="named" dir="auto">{names.value.get(part.id)}</p> : null}
        <div class="row wrap">
          {of.state === "open" && !part.gone ? (
            <button class="btn bare" type="button" onClick={() => openDialog({ kind: "part", situation: of.id, part })}>{t("desk.sit.change")}<span class="vh"> {part.role || name}</span></button>
          ) : null}
          {of.state === "open" && part.kind === "contact" ? (
            <button class="btn bare" type="button" onClick={() => openDialog({ kind: "unlink", situation: of.id, part })}>{t("desk.sit.unlink")}<span class="vh"> {part.role || name}</span></button>
          ) : null}
          {of.state === "open" && part.kind !== "contact" ? (
            <button class="btn bare" type="button" onClick={() => request("drop", part.id, { t: "drop", id: part.id, situation: of.id })}>{t("desk.sit.drop")}<span class="vh"> {part.role}</span></button>
          ) : null}
        </div>
        <Refusal of="drop" id={part.id} />
        {part.names && !part.gone && of.whole && !names.value.has(part.id) ? (
          <Reason what={part.role} how={t("desk.sit.names_how")} id={part.id} of="names" busy={isAsked("names", part.id)} onOpen={(why) => askNames(of.id, part.id, why)} />
        ) : null}
      </div>
    </li>
  );
}

/** What keeps her safe, of each contact in it, before everything else. */
function Safe({ part }: { part: PartView }) {
  const c = part.contact;
  if (!c || (!c.promised && !c.cover && !c.phrase && (c.safe ?? []).length === 0)) return null;
  const never = (c.safe ?? []).filter((w) => w.may === "no").map((w) => t(`desk.sit.by.${w.way}`));
  return (
    <section class={`safety ${never.length ? "danger" : "live"}`}>
      <h2 class="lead"><Icon name={never.length ? "phone-off" : "shield"} />{never.length ? t("desk.sit.never", { ways: listed(never) }) : t("desk.sit.reach")}</h2>
      <p class="how">{safe(c.safe)}</p>
      <dl class="pairs one">
        {c.phrase ? <><dt>{t("desk.sit.phrase")}</dt><dd>{t(c.given ? "desk.sit.phrase_given" : "desk.sit.phrase_not")}</dd></> : null}
        {c.cover ? <><dt>{t("desk.sit.cover")}</dt><dd class="plain" dir="auto">{c.cover}</dd></> : null}
        {c.promised ? <><dt>{t("desk.sit.promised")}</dt><dd class="plain" dir="auto">{c.promised}</dd></> : null}
      </dl>
    </section>
  );
}

function Head({ of }: { of: SituationView }) {
  const parts = of.parts ?? [];
  const of_ = (kind: string): PartView[] => parts.filter((p) => (kind === "place" ? p.kind === "place" : p.kind !== "place"));
  const add = (kind: string): void => openDialog({ kind: "part", situation: of.id, part: { id: "", kind, at: 0, by: "", version: 0, role: "" } });
  return (
    <section class="queue head scroll" aria-labelledby="who" tabIndex={0}>
      <div class="title">
        <p class="tiny">{t(of.state === "open" ? "desk.sit.since" : "desk.sit.closed_since", { day: day.of(of.state === "open" ? of.began : of.at) })}</p>
        <h1 id="who"><Name>{of.handle}</Name></h1>
        <p class="row wrap">
          {parts.some((p) => p.contact?.danger) ? <span class="tag danger"><Icon name="alert" small />{t("desk.reason.danger")}</span> : null}
          {parts.map((p) => p.contact?.emergency ? <span class="tag danger" key={p.id}><Icon name="phone" small />{t("desk.help_on", { time: elapsed(p.contact.emergency) })}</span> : null)}
          {[...new Set(parts.map((p) => p.contact?.privacy).filter(Boolean))].map((p) => <span class="tag info" key={p}>{t(`desk.sit.privacy.${p}`)}</span>)}
        </p>
        <button class="btn" type="button" onClick={look}><Icon name="undo" small flip />{t("desk.sit.all")}</button>
      </div>
      {parts.map((p) => <Safe key={p.id} part={p} />)}
      {["person", "place"].map((kind) => (
        <section key={kind} aria-labelledby={`h-${kind}`}>
          <header class="row"><h2 id={`h-${kind}`}>{t(`desk.sit.${kind}s`)}</h2>{of.state === "open" ? <button class="btn push" type="button" onClick={() => add(kind)}>{t("desk.sit.add")}<span class="vh"> {t(`desk.sit.kind.${kind}`)}</span></button> : null}</header>
          {of_(kind).length === 0 ? <p class="quiet in">{t("desk.sit.none")}</p> : <ul class="plain" role="list">{of_(kind).map((p) => <Person key={p.id} of={of} part={p} />)}</ul>}
        </section>
      ))}
    </section>
  );
}

interface Line {
  id: string;
  at: number;
  kind: "contact" | "did" | "note";
  part?: PartView;
  did?: HappeningView;
}

function Past({ of, part }: { of: SituationView; part: PartView }) {
  const c = part.contact;
  if (!c) return null;
  const words = read.value.get(part.id);
  return (
    <div>
      <h4>{t(c.state === "closed" || c.state === "erased" ? "desk.sit.was" : "desk.sit.goes_on", { way: way(c) })}</h4>
      <p class="quiet"><bdi dir="auto">{[part.role, c.advocate ? t("desk.sit.with", { name: c.advocate }) : "", c.outcome ? t(`desk.outcome.${c.outcome}`) : ""].filter(Boolean).join(" · ")}</bdi></p>
      {c.state === "erased" ? <p class="quiet">{t("desk.sit.erased")}</p> : null}
      {c.here ? <button class="btn" type="button" onClick={() => show(part.id)}>{t("desk.sit.go")}</button> : null}
      {words ? (
        <div class="well words">
          {(words.messages ?? []).length === 0 ? <p class="quiet">{t("desk.sit.no_words")}</p> : (
            <ol role="list">{(words.messages ?? []).map((m) => (
              <li key={m.id}><p dir="auto">{m.side === "caller" ? hers(m.text) : m.text}</p><span class="tiny"><Name>{m.side === "caller" ? t("desk.said.caller") : m.by || t("desk.sit.line")}</Name> <bdi>{at(m.at)}</bdi></span></li>
            ))}</ol>
          )}
          {(words.notes ?? []).map((x) => <p key={x.at} class="note-of" dir="auto">{x.text} <span class="tiny"><Name>{x.by}</Name></span></p>)}
        </div>
      ) : c.reading === "open" ? (
        <Reason what={day.of(c.began)} how={c.open_till ? t("desk.sit.read_given", { time: at(c.open_till) }) : t("desk.sit.read_how")} id={part.id} of="read" busy={isAsked("read", part.id)} onOpen={(why) => readWords(of.id, part.id, why)} />
      ) : c.reading === "asked" ? <p class="quiet"><Icon name="clock" small /> {t("desk.sit.asked")}</p>
      : c.reading === "shut" ? (
        <Reason what={day.of(c.began)} how={t("desk.sit.read_ask")} id={part.id} of="reading" busy={isAsked("reading", part.id)} onOpen={(why) => askWords(of.id, part.id, why)} />
      ) : null}
      {c.state === "closed" || !c.here ? <button class="btn bare" type="button" onClick={() => openDialog({ kind: "decisions", contact: part.id, handle: c.handle })}>{t("desk.decision.open")}<span class="vh"> {day.of(c.began)}</span></button> : null}
      {supervises.value && c.state === "closed" && of.whole && refusal("forget", part.id) ? <Refusal of="forget" id={part.id} /> : null}
    </div>
  );
}

const icons: Record<string, string> = { note: "form", summary: "transfer", linked: "person", unlinked: "undo", closed: "end", opened: "undo", done: "check" };

function Timeline({ of }: { of: SituationView }) {
  const [only, choose] = useState("all");
  const lines: Line[] = [
    ...(of.parts ?? []).filter((p) => p.contact).map((p): Line => ({ id: p.id, at: p.contact?.began ?? p.at, kind: "contact", part: p })),
    ...(of.timeline ?? []).map((h): Line => ({ id: h.id, at: h.at, kind: h.kind === "note" || h.kind === "summary" ? "note" : "did", did: h })),
    ...(of.tasks ?? []).filter((x) => x.done_at).map((x): Line => ({ id: x.id, at: x.done_at ?? 0, kind: "did", did: { id: x.id, kind: "done", at: x.done_at ?? 0, by: x.done_by ?? "", text: x.text } })),
  ].sort((a, b) => b.at - a.at);
  const these = lines.filter((l) => only === "all" || l.kind === only);
  const days = new Map<string, Line[]>();
  for (const l of these) days.set(day.of(l.at), [...(days.get(day.of(l.at)) ?? []), l]);
  const summary = (of.timeline ?? []).find((h) => h.kind === "summary");
  return (
    <main class="line" id="main" tabIndex={-1}>
      <header>
        <h2>{t("desk.sit.timeline")}</h2>
        <div class="chips" role="group" aria-label={t("desk.sit.show")}>
          {["all", "contact", "did", "note"].map((x) => (
            <label class="chip" key={x}><input type="radio" name="show" checked={only === x} onChange={() => choose(x)} /><span>{t(`desk.sit.only.${x}`)}{x === "contact" ? ` ${lines.filter((l) => l.kind === x).length}` : ""}</span></label>
          ))}
        </div>
        {of.state === "open" ? <button class="btn push" type="button" onClick={() => openDialog({ kind: "note", situation: of.id })}><Icon name="form" small />{t("desk.sit.note")}</button> : null}
      </header>
      <div class="events scroll" tabIndex={0} role="group" aria-label={t("desk.sit.timeline")}>
        <p class="note inset"><Icon name="lock" small /><span>{t("desk.sit.heads")}</span></p>
        <section class="summary" aria-labelledby="su">
          <header class="row"><h3 id="su">{t("desk.sit.summary")}</h3>{of.state === "open" ? <button class="btn push" type="button" onClick={() => openDialog({ kind: "summary", situation: of.id })}>{t("desk.sit.change")}<span class="vh"> {t("desk.sit.summary")}</span></button> : null}</header>
          {summary ? <p dir="auto">{summary.text} <span class="tiny"><Name>{summary.by}</Name> <bdi>{day.of(summary.at)}, {at(summary.at)}</bdi></span></p> : <p class="quiet">{t("desk.sit.no_summary")}</p>}
        </section>
        {[...days].map(([title, of_]) => (
          <section key={title}><h3>{title}</h3>
            <ol role="list">{of_.map((l) => (
              <li key={l.id} class={l.part?.contact?.danger ? "u0" : undefined}>
                <time>{at(l.at)}</time>
                {l.part ? <ChannelIcon of={l.part.contact?.channel ?? ""} /> : <Icon name={icons[l.did?.kind ?? ""] ?? "check"} />}
                {l.part ? <Past of={of} part={l.part} /> : l.did ? (
                  <div><h4>{t(`desk.sit.did.${l.did.kind}`)}</h4>
                    <p class="quiet"><Name>{l.did.by}</Name>{l.did.gone ? ` · ${t("desk.sit.gone")}` : ""}</p>{l.did.text ? <p dir="auto">{l.did.text}</p> : null}</div>
                ) : null}
              </li>
            ))}</ol></section>
        ))}
      </div>
    </main>
  );
}

export function Task({ task, named }: { task: TaskRow; named?: boolean }) {
  const over = !task.done_at && late(task.due);
  return (
    <li class={over ? "late" : undefined}>
      <label class="check">
        <input type="checkbox" checked={Boolean(task.done_at)} disabled={isAsked("done", task.id)} onChange={() => done(task)} />
        <span>
          <b dir="auto">{task.gone ? t("desk.sit.gone") : task.text}</b>
          <small>{named ? <><Name>{task.handle}</Name> · </> : null}{over ? t("desk.sit.overdue", { day: day.of(task.due) }) : when(task.due)}
            {task.about ? ` · ${safe(task.safe)}` : ""}{task.person ? <> · <Name>{task.person}</Name></> : null}</small>
        </span>
      </label>
      <Refusal of="done" id={task.id} />
    </li>
  );
}

function Todo({ of }: { of: SituationView }) {
  const tasks = (of.tasks ?? []).filter((x) => !x.done_at);
  const knows = of.knows ?? [];
  return (
    <aside class="side scroll" id="side" aria-label={t("desk.sit.side")} tabIndex={0}>
      <section class="card" aria-labelledby="tk">
        <header><Icon name="task" /><h2 id="tk">{t("desk.sit.tasks")}</h2>{of.state === "open" ? <button class="btn push" type="button" onClick={() => openDialog({ kind: "task", situation: of.id })}>{t("desk.sit.add")}<span class="vh"> {t("desk.sit.task")}</span></button> : null}</header>
        {tasks.length === 0 ? <p class="in quiet">{t("desk.sit.no_tasks")}</p> : <ul class="todo" role="list">{tasks.map((x) => <Task key={x.id} task={x} />)}</ul>}
      </section>
      <Consents of={of.id} key={`con-${of.id}`} />
      <section class="card" aria-labelledby="kn">
        <header><Icon name="lock" /><h2 id="kn">{t("desk.sit.who_may")}</h2></header>
        <p class="in quiet">{t("desk.sit.nobody_owns")}</p>
        {knows.length ? (
          <ul class="people" role="list">{knows.map((p) => (
            <li key={p.id}><span>{t("desk.sit.closed_to", { name: p.name })}</span>
              {supervises.value ? <button class="btn push" type="button" onClick={() => request("knows", of.id, { t: "knows", id: of.id, person: p.id })}>{t("desk.sit.lift")}<span class="vh"> {p.name}</span></button> : null}</li>
          ))}</ul>
        ) : null}
        <div class="in"><button class="btn wide" type="button" onClick={() => openDialog({ kind: "knows", situation: of.id })}>{t("desk.sit.knows")}</button></div>
        <Refusal of="knows" id={of.id} />
      </section>
      <div class="in pair">
        {of.state === "open" ? <button class="btn" type="button" onClick={() => openDialog({ kind: "turn", situation: of.id })}>{t("desk.sit.close")}</button>
          : <button class="btn" type="button" onClick={() => openDialog({ kind: "turn", situation: of.id })}>{t("desk.sit.reopen")}</button>}
      </div>
    </aside>
  );
}

export function File() {
  const of = shown.value;
  return of ? <><Head of={of} /><Timeline of={of} /><Todo of={of} /></> : null;
}

export const count = (of: SituationView): string => n("desk.sit.contacts", (of.parts ?? []).filter((p) => p.kind === "contact").length);
export const assignees = (): { id: string; name: string }[] => people.value.filter((p) => p.takes).map((p) => ({ id: p.id, name: p.name }));
