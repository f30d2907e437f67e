// What the law may ask of what stands in a record: one quiet line that opens. It reports nothing and
// forbids nothing. What we would have to report is answered before she says anything.

import { useState } from "preact/hooks";
import { show } from "../actions";
import { reason } from "../apply";
import { askBefore, before, begin, decisions, duties, learned } from "../duty";
import { write } from "../drafts";
import type { BeforeFrame, Choice, DutyFrame, DutyPlace, DutyReport, PutLearned } from "../frames";
import { isAsked, type Chat } from "../state";
import { listed, n, t } from "../words";
import { Decision } from "./decision";
import { Icon, Refusal } from "./parts";
import { Edition, Entry, mark, word } from "./rule";

/** "within 48 hours", of h48 or d2. */
const within = (span: string): string => n(`desk.duty.within_${span.slice(0, 1)}`, Number(span.slice(1)));

function Where({ of, f, put }: { of: Chat; f: DutyFrame; put: (change: Partial<PutLearned>) => void }) {
  const mine = f.places.find((p) => p.code === f.where);
  const whole = f.where.slice(0, 2);
  const parts = (mine?.parts ?? []).filter((p) => p.code.length > 2);
  const id = `dw-${of.id}`;
  return (
    <div class="where">
      <p class="field"><label for={id}>{t("desk.duty.where")}</label>
        <select id={id} value={whole} onChange={(e) => put({ where: e.currentTarget.value })}>
          <option value="">{t("desk.duty.where_not")}</option>
          {f.countries.map((c) => <option key={c.code} value={c.code}>{c.label}</option>)}
        </select></p>
      {f.unknown ? <p class="note warn"><Icon name="alert" small /><span>{t("desk.duty.unknown")}</span></p> : null}
      {parts.length || f.where.length > 2 ? (
        <p class="field"><label for={`${id}-p`}>{t("desk.duty.part")}</label>
          <select id={`${id}-p`} value={f.where} onChange={(e) => put({ where: e.currentTarget.value })}>
            <option value={whole}>{t("desk.duty.part_not")}</option>
            {f.where.length > 2 && !parts.some((p) => p.code === f.where) ? <option value={f.where}>{mine?.name ?? f.where}</option> : null}
            {parts.map((p) => <option key={p.code} value={p.code}>{p.label}</option>)}
          </select></p>
      ) : null}
    </div>
  );
}

function Ticks({ of, title, area, all, on, put }: { of: string; title: string; area: string; all: string[]; on: string[]; put: (codes: string[]) => void }) {
  return (
    <fieldset><legend>{title}</legend>
      {all.map((code) => (
        <label class="check" key={code}><input type="checkbox" name={`${of}-${area}`} checked={on.includes(code)} onChange={(e) => put(e.currentTarget.checked ? [...on, code] : on.filter((x) => x !== code))} /><span>{word(area, code)}</span></label>
      ))}
    </fieldset>
  );
}

/** What only the law asks, beside what stands in the record. */
function More({ of, f, put }: { of: Chat; f: DutyFrame; put: (change: Partial<PutLearned>) => void }) {
  const said = f.learned;
  const id = `dl-${of.id}`;
  return (
    <details class="in"><summary class="quiet">{t("desk.duty.more")}</summary>
      <p class="quiet">{f.record.length ? t("desk.duty.record", { harms: listed(f.record.map((h) => word("harm", h))) }) : t("desk.duty.record_none")}</p>
      <Ticks of={id} title={t("desk.duty.harms")} area="harm" all={f.harms.filter((h) => !f.record.includes(h))} on={said.harms} put={(harms) => put({ harms })} />
      <p class="field"><label for={id}>{t("desk.duty.degree")}</label>
        <select id={id} value={said.degree} onChange={(e) => put({ degree: e.currentTarget.value })}>
          <option value="">{t("desk.duty.by_record", { is: f.degree ? word("degree", f.degree) : t("desk.duty.nothing_yet") })}</option>
          {f.degrees.map((d) => <option key={d} value={d}>{word("degree", d)}</option>)}
        </select></p>
      <Ticks of={id} title={t("desk.duty.conditions")} area="condition" all={f.conditions} on={said.conditions} put={(conditions) => put({ conditions })} />
      <Ticks of={id} title={t("desk.duty.excuses")} area="excuse" all={f.excuses} on={said.excuses} put={(excuses) => put({ excuses })} />
    </details>
  );
}

function Place({ of, p, begun }: { of: Chat; p: DutyPlace; begun: boolean }) {
  const near = p.entries.filter((e) => e.list in mark);
  const others = p.entries.filter((e) => !(e.list in mark));
  const busy = isAsked("decision", of.id);
  return (
    <section aria-label={p.name}>
      <h3>{t(`desk.duty.of.${p.of}`, { place: p.name })}</h3>
      {!p.rules ? <p class="quiet">{t("desk.duty.no_rules")}</p> : near.length === 0 ? <p class="quiet">{t("desk.duty.none")}</p> : null}
      {p.parts.length ? <p class="note warn"><Icon name="alert" small /><span>{t("desk.duty.parts", { places: listed(p.parts.map((x) => x.label)) })}</span></p> : null}
      {p.childhood ? <p class="note warn"><Icon name="alert" small /><span>{t("desk.duty.childhood")}</span></p> : null}
      <ul class="left" role="list">{near.map((e) => <Entry key={`${e.list} ${e.rule}`} e={e} />)}</ul>
      {others.length ? <details class="in"><summary class="quiet">{t("desk.duty.others", { n: others.length })}</summary><ul class="left" role="list">{others.map((e) => <Entry key={`${e.list} ${e.rule}`} e={e} />)}</ul></details> : null}
      {p.rules && (of.info.value.mine || near.length) ? <button class={`btn${near.length && !begun ? "" : " bare"}`} type="button" disabled={busy} onClick={() => begin(of.id, p.code)}>{t("desk.duty.begin")}<span class="vh"> {p.name}</span></button> : null}
    </section>
  );
}

function Reported({ r }: { r: DutyReport }) {
  const soon = r.within ? within(r.within) : word("soon", r.soon);
  const only = [
    ...(r.under ? [t("desk.duty.if.under", { n: r.under })] : []), ...(r.from ? [t("desk.duty.if.from", { n: r.from })] : []),
    ...r.requires.map((x) => word("condition", x)), ...(r.consent ? [t("desk.duty.if.consent")] : []),
  ];
  return (
    <li>
      <p><span class={`tag ${mark[r.list === "must" ? "due" : r.list] ?? ""}`}>{t(`desk.duty.list.${r.list === "must" ? "due" : r.list}`)}</span> <b dir="auto">{listed(r.to)}</b>{r.list === "must" || r.list === "unclear" ? <> · {soon}</> : null}</p>
      <p class="quiet">{listed(r.harms.map((h) => word("harm", h)))}</p>
      {only.length ? <p class="tiny">{t("desk.duty.only", { if: listed(only) })}</p> : null}
      {r.unless.length ? <p class="tiny">{t("desk.duty.unless", { if: listed(r.unless.map((x) => word("excuse", x))) })}</p> : null}
      <p class="tiny"><Edition number={r.number} reviewed={r.reviewed ?? false} country={r.rules[0]?.slice(0, 2) ?? ""} /> <bdi>{listed(r.rules)}</bdi></p>
    </li>
  );
}

function Says({ of, b }: { of: Chat; b: BeforeFrame }) {
  const putIn = (): void => {
    const typed = of.draft.peek().trimEnd();
    write(of, typed === "" ? b.say : `${typed}\n${b.say}`);
    show(of.id);
  };
  return (
    <>
      <p class="said well" dir="auto" lang={b.say_lang}>{b.say}</p>
      {b.draft ? <p class="tiny">{t("desk.duty.say_draft")}</p> : null}
      {of.info.value.mine ? <button class="btn" type="button" onClick={putIn}><Icon name="chat" small />{t("desk.duty.put")}</button> : null}
      {b.parts.length ? <p class="note warn"><Icon name="alert" small /><span>{t("desk.duty.parts", { places: listed(b.parts.map((x) => x.label)) })}</span></p> : null}
      <ul class="left" role="list">{b.reports.map((r, i) => <Reported key={i} r={r} />)}</ul>
    </>
  );
}

const ages = ["not_said", "under_18", "adult"];

/** "What would you have to report about me?", before she says anything. */
function Beforehand({ of, f }: { of: Chat; f: DutyFrame }) {
  const b = before.value.get(of.id);
  const line = f.places.find((p) => p.of !== "her");
  const [age, setAge] = useState(of.info.value.minor ? "under_18" : "not_said");
  const [where, setWhere] = useState("");
  const place = where || f.where || (line?.code ?? "");
  const all: Choice[] = [...f.countries, ...[line, ...f.places].filter((p) => p && !f.countries.some((c) => c.code === p.code)).map((p) => ({ code: p!.code, label: p!.name }))];
  const seen = new Map([...all, ...(b?.parts ?? [])].map((c) => [c.code, c]));
  const id = `db-${of.id}`;
  return (
    <details class="in"><summary><b>{t("desk.duty.before")}</b></summary>
      <p class="quiet">{t("desk.duty.before_how")}</p>
      <form class="safe-edit" onSubmit={(e) => {
        e.preventDefault();
        if (place) askBefore(of.id, place, age);
      }}>
        <p class="field"><label for={`${id}-a`}>{t("desk.duty.age")}</label>
          <select id={`${id}-a`} value={age} onChange={(e) => setAge(e.currentTarget.value)}>{ages.map((a) => <option key={a} value={a}>{t(`desk.duty.age.${a}`)}</option>)}</select></p>
        <p class="field"><label for={`${id}-w`}>{t("desk.duty.where")}</label>
          <select id={`${id}-w`} value={place} onChange={(e) => setWhere(e.currentTarget.value)}>
            <option value="">{t("desk.duty.where_not")}</option>
            {[...seen.values()].map((c) => <option key={c.code} value={c.code}>{c.label}</option>)}
          </select></p>
        <button class="btn pri" type="submit" disabled={!place || isAsked("before", of.id)}>{t("desk.duty.answer")}</button>
      </form>
      <Refusal of="before" id={of.id} />
      <div role="status">{b ? <Says of={of} b={b} /> : null}</div>
    </details>
  );
}

export function Duty({ of }: { of: Chat }) {
  const f = duties.value.get(of.id);
  const d = decisions.value.get(of.id);
  if (!f) return null;
  const put = (change: Partial<PutLearned>): void => learned({ ...f.learned, contact: of.id, ...change });
  const count = (...lists: string[]): number => new Set(f.places.flatMap((p) => p.entries).filter((e) => lists.includes(e.list)).map((e) => e.rule)).size;
  const [due, look, open] = [count("due"), count("unclear", "counsel", "check", "warnings"), (d?.all ?? []).filter((x) => x.due || x.second_by || x.state === "due" || x.state === "contested").length];
  return (
    <section class="card proc duty" aria-labelledby="du">
      <details>
        <summary>
          <h2 id="du">{t("desk.duty.title")}</h2>
          <span class="row wrap" role="status">
            {due ? <span class="tag danger">{t("desk.duty.n_due", { n: due })}</span> : null}
            {look ? <span class="tag warn">{t("desk.duty.n_look", { n: look })}</span> : null}
            {open ? <span class="tag info">{t("desk.duty.n_open", { n: open })}</span> : null}
            {d?.broken ? <span class="tag danger">{t("desk.duty.broken")}</span> : null}
            {!due && !look && !open && !d?.broken ? <span class="tiny">{t("desk.duty.quiet")}</span> : null}
          </span>
        </summary>
        <div class="in">
          <p class="tiny">{t("desk.duty.may")}</p>
          {open ? null : <Beforehand of={of} f={f} />}
          {d ? <Decisions of={d.contact} /> : null}
          <Refusal of="decision" id={of.id} />
          {open ? <Beforehand of={of} f={f} /> : null}
          <Where of={of} f={f} put={put} />
          <Refusal of="learned" id={of.id} />
          {f.places.map((p) => <Place key={p.code} of={of} p={p} begun={open > 0} />)}
          <More of={of} f={f} put={put} />
        </div>
      </details>
    </section>
  );
}

/** What was decided about a contact. */
export function Decisions({ of, headed }: { of: string; headed?: boolean }) {
  const d = decisions.value.get(of);
  if (!d) return null;
  if (d.broken) return <p class="refusal" role="alert"><Icon name="alert" small /><span>{reason({ of: "", id: "", why: "internal", key: "policy.put_back" })}</span></p>;
  if (d.gone) return <p class="quiet">{t("desk.decision.shut")}</p>;
  return d.all.length === 0 ? <p class="quiet">{t("desk.decision.none")}</p> : (
    <section aria-label={t("desk.decision.title")}>
      {headed ? null : <h3>{t("desk.decision.title")}</h3>}
      {d.all.map((x) => <Decision key={x.id} contact={of} d={x} />)}
    </section>
  );
}
