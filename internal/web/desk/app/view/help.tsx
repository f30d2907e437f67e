// Help from outside, beside the conversation: where she is, who answers there, what is read to them
// and what they read back, who of us calls, whom they have sent. One thing after the other, by the
// keyboard, in letters that can be read aloud at two in the morning.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { openDialog } from "../actions";
import { decisions } from "../duty";
import type { Answers, DispatchView, EmergencyView, PlaceView, SheetLine } from "../frames";
import { emergencies, helping, places } from "../help";
import { newId } from "../ids";
import { tell } from "../socket";
import { act, clashes, dropPlan, fieldOf, find, isNewest, open, plan, planOf, recover, save, type, typedIn, untype } from "../sheets";
import { board, chats, isAsked, me } from "../state";
import { at, day, elapsed, left, length, second, since } from "../time";
import { language, listed, n, t } from "../words";
import { shut } from "./dialogs";
import { Icon, Modal, Name, Refusal } from "./parts";

const comes = ["arrived", "not_found", "refused"];
const outcomes = ["safe", "moved", "not_found", "refused", "stood_down", "unknown"];
const naming = ["name", "reach"];

const focus = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};

/** A number as it is dialled, in the letters of a table in every language. */
const Dial = ({ of, big }: { of: string; big?: boolean }) => <b class={big ? "dial" : "nowrap"}><bdi dir="ltr">{of}</bdi></b>;

function Who({ of, rest }: { of: Answers; rest?: boolean }) {
  const more: [string, string | undefined][] = [["medical", of.medical], ["fire", of.fire]];
  return (
    <div class="who-answers">
      {of.made_up ? <p class="note warn" role="note"><Icon name="alert" small /><span>{t("desk.help.made_up")}</span></p> : null}
      {of.call ? <p class="row wrap">{rest ? null : <><span class="quiet">{t("desk.help.call")}</span> <Dial of={of.call} big /></>} <small>{t(`desk.help.text.${of.text || "unsaid"}`)}</small></p> : null}
      {of.police ? (
        <p><bdi dir="auto">{of.police}</bdi>{of.number ? <> <Dial of={of.number} /></> : null}
          <small>{[listed(of.takes.map((x) => t(`desk.channel.${x}`))), of.hours, listed(of.languages.map(language))].filter(Boolean).join(" · ")}</small>
          {of.form ? <small><a href={of.form} target="_blank" rel="noopener noreferrer" dir="ltr">{of.form}</a></small> : null}</p>
      ) : null}
      {more.map(([kind, number]) => number ? <p key={kind}><span class="quiet">{t(`desk.help.${kind}`)}</span> <Dial of={number} /></p> : null)}
      {of.notes ? <p dir="auto">{of.notes}</p> : null}
    </div>
  );
}

/** Rough words, and the places that they may mean: somebody chooses. */
function Places({ contact, words, onWords, onChoose, id }: { contact: string; words: string; onWords: (words: string) => void; onChoose: (p?: PlaceView) => void; id: string }) {
  const [on, move] = useState(0);
  const found = places.value?.contact === contact && words.trim() ? places.value : null;
  const all: (PlaceView | undefined)[] = [...(found?.all ?? []), undefined];
  const here = Math.min(on, all.length - 1);
  useEffect(() => find(contact, words), []);
  return (
    <>
      <div class="field">
        <label for={id}>{t("desk.help.where")}</label>
        <input
          id={id} type="text" role="combobox" dir="auto" autoComplete="off" maxLength={400} value={words} placeholder={t("desk.help.where_hint")}
          aria-expanded="true" aria-controls={`${id}-found`} aria-activedescendant={`${id}-${here}`}
          onInput={(e) => {
            onWords(e.currentTarget.value);
            find(contact, e.currentTarget.value);
            move(0);
          }}
          onKeyDown={(e) => {
            if (e.isComposing) return;
            const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
            if (step) {
              e.preventDefault();
              move((here + step + all.length) % all.length);
            } else if (e.key === "Enter") {
              e.preventDefault();
              // Never one that she has not seen.
              if (e.currentTarget.value.trim() === "" || (found === places.value && isNewest())) onChoose(all[here]);
            }
          }}
        />
      </div>
      {found?.none ? <p class="quiet">{t("desk.help.no_table")}</p> : null}
      <p class="vh" role="status">{found ? n("desk.help.found", found.all.length) : ""}</p>
      <ul class="found" id={`${id}-found`} role="listbox" aria-label={t("desk.help.places")}>
        {all.map((p, i) => (
          <li key={p?.code ?? ""} id={`${id}-${i}`} role="option" aria-selected={i === here} onClick={() => onChoose(p)} onPointerMove={() => i !== here && move(i)}>
            {p ? (
              <span><b dir="auto">{p.name}</b>{p.in.length ? <> <bdi class="quiet">{listed(p.in)}</bdi></> : null}
                <small>{t(`desk.help.fit.${p.fit}`)}{p.by && p.by !== p.name ? <>: <bdi dir="auto">{p.by}</bdi></> : null}</small></span>
            ) : <span>{t("desk.help.without")}</span>}
            {p?.who.call ? <span class="push"><Dial of={p.who.call} /></span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** From one key to "the supervisors are told". */
function Begin({ contact }: { contact: string }) {
  const p = planOf(contact);
  const asked = helping.value;
  const busy = isAsked("emergency", p.id);
  const chosen = p.place !== undefined || p.without === true;
  const demands = (decisions.value.get(contact)?.all ?? []).find((d) => d.urgent && d.state !== "proven")?.id; // the law, at once
  const grounds = demands ? ["wish", "danger", "duty"] : ["wish", "danger"];
  const first = `hp-g-${contact}`;
  const where = `hp-w-${contact}`;
  useLayoutEffect(() => document.getElementById(chosen ? first : where)?.focus(), [asked?.n]);
  const choose = (place?: PlaceView): void => {
    plan(contact, place ? { place, without: false } : { without: true });
    focus(first);
  };
  const again = (): void => {
    const { place: _, ...rest } = planOf(contact);
    dropPlan(contact);
    plan(contact, { ...rest, without: false });
    focus(where);
  };
  const send = (): void => {
    const is = planOf(contact); // a key may come before the page is drawn
    if (is.ground && is.reason.trim() && !busy) open(contact, is.ground === "duty" ? demands : undefined);
  };
  return (
    <section class="card help" aria-labelledby={`hp-${contact}`} onKeyDown={(e) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      helping.value = null;
      focus(`w-${contact}`);
    }}>
      <header><h2 id={`hp-${contact}`}><Icon name="phone" />{t("desk.help.title")}</h2><button class="btn bare push" type="button" onClick={() => { helping.value = null; }}>{t("desk.help.shut")}</button></header>
      <form class="in" onSubmit={(e) => {
        e.preventDefault();
        send();
      }}>
        {chosen ? (
          <div class="well in">
            <p class="row"><b dir="auto">{p.place ? listed([p.place.name, ...p.place.in]) : t("desk.help.no_place")}</b><button class="btn bare push" type="button" onClick={again}>{t("desk.help.other_place")}</button></p>
            {p.words ? <p dir="auto" class="quiet">{p.words}</p> : null}
            {p.place ? <Who of={p.place.who} /> : null}
          </div>
        ) : <Places contact={contact} id={where} words={p.words} onWords={(words) => plan(contact, { words })} onChoose={choose} />}
        {chosen ? (
          <>
            <fieldset>
              <legend>{t("desk.help.ground")}</legend>
              {grounds.map((g, i) => (
                <label class="check" key={g}>
                  <input id={i === 0 ? first : undefined} type="radio" name={`ground-${contact}`} checked={p.ground === g} onChange={() => plan(contact, { ground: g })} />
                  <span><b>{t(`desk.help.ground.${g}`)}</b><small>{t(`desk.help.ground_how.${g}`)}</small></span>
                </label>
              ))}
            </fieldset>
            <div class="field">
              <label for={`hp-r-${contact}`}>{t("desk.help.reason")}</label>
              <textarea id={`hp-r-${contact}`} rows={2} dir="auto" maxLength={1000} value={p.reason} onInput={(e) => plan(contact, { reason: e.currentTarget.value })} onKeyDown={(e) => {
                if (e.isComposing || e.key !== "Enter" || e.shiftKey) return;
                e.preventDefault();
                send();
              }} />
            </div>
            <Refusal of="emergency" id={p.id} />
            <button class="btn end big" type="submit" disabled={busy || !p.ground || !p.reason.trim()}>{t("desk.help.open")}</button>
            <p class="tiny">{t("desk.help.told")}</p>
          </>
        ) : null}
      </form>
    </section>
  );
}

interface Of { contact: string; e: EmergencyView }

/** One line to read aloud; it is changed where it stands. */
function Line({ contact, e, l, last }: Of & { l: SheetLine; last: boolean }) {
  const x = typedIn(contact, e, l.kind);
  const theirs = clashes(l, x);
  const id = fieldOf(e, l.kind);
  const next = (el: HTMLElement): void => {
    const all = [...(el.closest(".sheet-lines")?.querySelectorAll<HTMLElement>("textarea") ?? [])];
    (all[all.indexOf(el) + 1] ?? el).focus();
  };
  return (
    <li class={l.back ? "back" : undefined}>
      <label for={id}>{t(`desk.help.line.${l.kind}`)}{l.back ? <span class="tag warn">{t("desk.help.back")}</span> : null}</label>
      <textarea
        id={id} rows={1} dir="auto" maxLength={400} autoComplete="off" readOnly={e.state === "ended"} value={x?.text ?? l.text} placeholder={t("desk.help.unknown")}
        onInput={(ev) => type(contact, e, l, ev.currentTarget.value)} onBlur={() => save(contact, e)}
        onKeyDown={(ev) => {
          if (ev.isComposing || ev.key !== "Enter" || ev.shiftKey) return;
          ev.preventDefault();
          if (last) save(contact, e);
          else next(ev.currentTarget);
        }}
      />
      {theirs ? (
        <div class="clash" role="alert">
          <p class="tiny">{t("desk.help.theirs")}</p>
          <p dir="auto">{l.text || t("desk.help.empty")}</p>
          <span class="row wrap">
            <button class="btn" type="button" onClick={() => untype(contact, e, l.kind)}>{t("desk.help.take_theirs")}</button>
            <button class="btn pri" type="button" onClick={() => {
              type(contact, e, l, x?.text ?? "", l.text);
              save(contact, e);
            }}>{t("desk.help.take_mine")}</button>
          </span>
        </div>
      ) : null}
    </li>
  );
}

/** What names her, and why it is not said. */
function Naming({ contact, e }: Of) {
  const held = e.lines.some((l) => l.kept);
  const asks = !e.stays || e.stays === "disagreed";
  return (
    <div class="in">
      {e.stays ? <p class="note"><Icon name="lock" small /><span>{t(`desk.help.stays.${e.stays}`)}{held ? ` ${t("desk.help.held")}` : ""}</span></p> : null}
      {asks && e.state !== "ended" ? (
        <label class="check">
          <input type="checkbox" checked={e.agreed ?? false} disabled={isAsked("sheet", e.id)} onChange={(ev) => save(contact, e, { agreed: ev.currentTarget.checked })} />
          <span>{t("desk.help.agreed")}</span>
        </label>
      ) : null}
    </div>
  );
}

function Sheet({ contact, e }: Of) {
  const [moving, move] = useState(false);
  const [words, look] = useState("");
  const lines = e.lines.filter((l) => l.kind !== "place" && (!naming.includes(l.kind) || !e.stays));
  const place = e.place;
  return (
    <section aria-labelledby={`rd-${e.id}`}>
      <header class="row"><h3 id={`rd-${e.id}`}>{t("desk.help.read")}</h3>{isAsked("sheet", e.id) ? <span class="tiny" role="status">{t("desk.help.saving")}</span> : null}</header>
      {e.heard ? <p class="note"><Icon name="people" small /><span>{t("desk.help.heard")}</span></p> : null}
      {e.may_know ? <p class="note"><Icon name="shield" small /><span>{t("desk.help.may_know")} <bdi dir="auto">{e.may_know}</bdi></span></p> : null}
      <Refusal of="sheet" id={e.id} />
      <div class="in">
        <p class="row wrap"><span class="quiet">{t("desk.help.line.place")}</span>{place ? <span class="tag warn">{t("desk.help.back")}</span> : null}
          {e.state === "ended" ? null : <button class="btn bare push" id={`ot-${e.id}`} type="button" aria-expanded={moving} onClick={() => {
            move(!moving);
            if (!moving) focus(`mv-${e.id}`);
          }}>{t("desk.help.other_place")}</button>}</p>
        <p class="aloud" dir="auto">{place?.name ?? t("desk.help.no_place")}</p>
        {moving ? <Places contact={contact} id={`mv-${e.id}`} words={words} onWords={look} onChoose={(p) => {
          save(contact, e, { code: p?.code ?? "" });
          move(false);
          look("");
          focus(`ot-${e.id}`);
        }} /> : null}
      </div>
      <ol class="sheet-lines" role="list">{lines.map((l, i) => <Line key={l.kind} contact={contact} e={e} l={l} last={i === lines.length - 1} />)}</ol>
      <Naming contact={contact} e={e} />
    </section>
  );
}

function Sent({ contact, e, d }: Of & { d: DispatchView }) {
  const [note, say] = useState("");
  const id = `nt-${d.id}`;
  const busy = isAsked("came", e.id);
  return (
    <li>
      <p><b dir="auto">{d.unit}</b> <span class="tiny"><bdi>{at(d.at)}</bdi>{d.ref ? <> · <bdi class="nowrap" dir="auto">{d.ref}</bdi></> : null} · <Name>{d.by}</Name></span></p>
      {d.came ? (
        <p><span class={d.came === "arrived" ? "tag ok" : "tag warn"}>{t(`desk.help.came.${d.came}`)}</span> <span class="tiny"><bdi>{at(d.came_at ?? 0)}</bdi>, {t("desk.help.after", { time: length((d.came_at ?? d.at) - d.at) })}</span>{d.note ? <> <bdi dir="auto">{d.note}</bdi></> : null}</p>
      ) : e.state === "ended" ? <p class="quiet">{t("desk.help.came.unknown")}</p> : (
        <>
          <p class="quiet">{t("desk.help.on_the_way", { time: since(d.at) })}</p>
          <div class="field"><label for={id}>{t("desk.help.came_note")}</label><input id={id} type="text" dir="auto" maxLength={400} autoComplete="off" value={note} onInput={(ev) => say(ev.currentTarget.value)} /></div>
          <span class="row wrap">{comes.map((came) => (
            <button class="btn" type="button" key={came} disabled={busy} onClick={() => act(e, "came", (version) => ({ t: "came", id: e.id, contact, version, of: d.id, came, note }), (now) => now.dispatches.some((x) => x.id === d.id && !x.came))}>{t(`desk.help.came.${came}`)}<span class="vh"> {d.unit}</span></button>
          ))}</span>
        </>
      )}
    </li>
  );
}

function Dispatches({ contact, e }: Of) {
  const [id, another] = useState(newId);
  const [named, name] = useState<string | null>(null);
  const unit = named ?? e.place?.who.police ?? "";
  const [ref, number] = useState("");
  const busy = isAsked("dispatch", e.id);
  const had = useRef(e.dispatches.length);
  useEffect(() => {
    if (e.dispatches.length === had.current) return;
    had.current = e.dispatches.length;
    if (!e.dispatches.some((d) => d.id === id)) return; // a colleague's; what is typed here stays
    another(newId());
    name(null);
    number("");
  }, [e.dispatches.length]);
  return (
    <section aria-labelledby={`ds-${e.id}`}>
      <h3 id={`ds-${e.id}`}>{t("desk.help.sent")}</h3>
      {e.dispatches.length ? <ol class="left" role="list">{e.dispatches.map((d) => <Sent key={d.id} contact={contact} e={e} d={d} />)}</ol> : <p class="quiet in">{t("desk.help.nobody_sent")}</p>}
      <Refusal of="came" id={e.id} />
      {e.state === "ended" ? null : (
        <form class="in" onSubmit={(ev) => {
          ev.preventDefault();
          const called = e.place?.who.call;
          if (unit.trim() && !busy) act(e, "dispatch", (version) => ({ t: "dispatch", id: e.id, contact, version, of: id, unit, ...(called ? { number: called } : {}), ...(ref.trim() ? { ref } : {}) }), (now) => now.dispatches.length === e.dispatches.length);
        }}>
          <div class="field"><label for={`un-${e.id}`}>{t("desk.help.unit")}</label><input id={`un-${e.id}`} type="text" dir="auto" maxLength={200} autoComplete="off" value={unit} onInput={(ev) => name(ev.currentTarget.value)} /></div>
          <div class="field"><label for={`rf-${e.id}`}>{t("desk.help.ref")}</label><input id={`rf-${e.id}`} type="text" dir="auto" maxLength={100} autoComplete="off" value={ref} onInput={(ev) => number(ev.currentTarget.value)} /></div>
          <Refusal of="dispatch" id={e.id} />
          <button class="btn" type="submit" disabled={busy || !unit.trim()}>{t(e.dispatches.length ? "desk.help.send_again" : "desk.help.send")}</button>
        </form>
      )}
    </section>
  );
}

function Over({ contact, e }: Of) {
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

const dueBy = (by: number): string => second.value < by ? t("desk.help.second_until", { time: left(by) }) : t("desk.help.second_late", { time: since(by) });

/** What was not her wish: somebody who had no part in it says whether it was right. */
function Second({ contact, e }: Of) {
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

const stateOf = (e: EmergencyView): string =>
  e.state === "ended" ? t(`desk.help.outcome.${e.outcome}`) : e.dispatches.length && e.state === "sent" ? t("desk.help.state.sent")
    : e.calls ? t(e.calls === me.value?.name ? "desk.help.state.mine" : "desk.help.state.calling", { name: e.calls }) : t("desk.help.state.open");

/** One that goes on. */
function Going({ contact, e }: Of) {
  const mine = e.calls === me.value?.name;
  const busy = isAsked("calls", e.id);
  const call = `cl-${e.id}`;
  const opened = helping.value;
  const was = useRef(mine);
  // Opened just now: the next key says who calls. Called: the next line is what happens.
  useEffect(() => {
    if (opened?.contact !== contact) return;
    focus(mine ? `hg-${e.id}` : call);
    helping.value = null;
  }, [opened?.n]);
  useEffect(() => {
    if (mine && !was.current) focus(`sh-${e.id}-happens`);
    was.current = mine;
  }, [mine]);
  return (
    <section class="card help on" aria-labelledby={`hg-${e.id}`}>
      <header><h2 id={`hg-${e.id}`} tabIndex={-1}><Icon name="phone" />{t("desk.help.on")}</h2><time class="timer push" aria-hidden="true">{elapsed(e.opened_at)}</time>{e.place?.who.call ? <Dial of={e.place.who.call} big /> : null}</header>
      <p class="in" role="status"><b>{stateOf(e)}</b></p>
      {!e.place ? <p class="in">{t("desk.help.no_number")}</p> : (
        <details class="in" open={!e.calls}><summary>{t("desk.help.who")}{e.place.who.made_up ? <span class="tag warn">{t("desk.help.made_up_short")}</span> : null}</summary><Who of={e.place.who} rest /></details>
      )}
      {mine ? null : <div class="in">
        <Refusal of="calls" id={e.id} />
        <button class={`btn big wide ${e.calls ? "" : "end"}`} id={call} type="button" disabled={busy} onClick={() => act(e, "calls", (version) => ({ t: "calls", id: e.id, contact, version }), (now) => now.calls === e.calls)}>{t(e.calls ? "desk.help.i_instead" : "desk.help.i_call", { name: e.calls ?? "" })}</button>
      </div>}
      <p class="in tiny">{t(`desk.help.ground.${e.ground}`)}: <bdi dir="auto">{e.reason}</bdi> · <Name>{e.opened_by}</Name> <bdi>{at(e.opened_at)}</bdi></p>
      {e.may ? <Second contact={contact} e={e} /> : null}
      <Sheet contact={contact} e={e} />
      <Dispatches contact={contact} e={e} />
      {e.may ? null : <Second contact={contact} e={e} />}
      <Over contact={contact} e={e} />
    </section>
  );
}

/** One that is over: what was done, for whoever comes later. */
function Past({ contact, e }: Of) {
  return (
    <section class="card help past" aria-labelledby={`hg-${e.id}`}>
      <header><h2 id={`hg-${e.id}`}><Icon name="phone" />{t("desk.help.was", { day: day.of(e.opened_at) })}</h2><span class="tag push">{t(`desk.help.outcome.${e.outcome}`)}</span></header>
      <p class="in">{t(`desk.help.ground.${e.ground}`)}: <bdi dir="auto">{e.reason}</bdi> <span class="tiny"><Name>{e.opened_by}</Name> <bdi>{at(e.opened_at)}</bdi>, {length((e.ended_at ?? e.opened_at) - e.opened_at)}</span></p>
      {e.note ? <p class="in" dir="auto">{e.note}</p> : null}
      <Second contact={contact} e={e} />
      <details class="in" open={e.may}><summary>{t("desk.help.what_was")}</summary><Sheet contact={contact} e={e} /><Dispatches contact={contact} e={e} /></details>
    </section>
  );
}

/** The emergencies of a contact, and the one that is about to be opened. */
export function Help({ contact }: { contact: string }) {
  const frame = emergencies.value.get(contact);
  const all = frame?.all ?? [];
  const on = all.find((e) => e.state !== "ended");
  const mine = planOf(contact).id;
  useEffect(() => void recover(contact), [contact]);
  useEffect(() => {
    if (all.some((e) => e.id === mine)) dropPlan(contact);
  }, [all, mine]);
  return (
    <>
      {frame?.trouble ? <p class="refusal" role="alert"><Icon name="alert" small /><span>{t(frame.trouble)}</span></p> : null}
      {on ? <Refusal of="emergency" id={mine} /> : null}
      {on ? <Going key={on.id} contact={contact} e={on} /> : helping.value?.contact === contact ? <Begin contact={contact} /> : null}
      {all.filter((e) => e !== on).map((e) => <Past key={e.id} contact={contact} e={e} />)}
    </>
  );
}

/** A supervisor looks, whoever has the contact, and when nobody has it any more. */
export function HelpDialog({ contact }: { contact: string }) {
  const version = board.value?.emergencies.filter((e) => e.contact === contact).map((e) => e.version).join();
  const here = chats.value.has(contact);
  useEffect(() => {
    if (!here || !emergencies.peek().has(contact)) tell({ t: "look", contact });
  }, [version]);
  const row = board.value?.emergencies.find((e) => e.contact === contact);
  return (
    <Modal title={t("desk.help.of", { handle: row?.handle ?? chats.value.get(contact)?.info.value.handle ?? t("desk.help.closed_one") })} onClose={shut} quiet>
      <Refusal of="look" id={contact} />
      {emergencies.value.has(contact) ? <Help contact={contact} /> : <p class="quiet" role="status">{t("desk.loading")}</p>}
      <button class="btn big" type="button" onClick={shut}>{t("desk.help.shut")}</button>
    </Modal>
  );
}

/** On the board: what goes on, with its clock, and what waits for a second person. */
export function HelpBoard() {
  const all = board.value?.emergencies ?? [];
  if (all.length === 0) return null;
  return (
    <section class="card full help" aria-labelledby="hb">
      <header><h2 id="hb"><Icon name="phone" />{t("desk.help.board")}</h2><span class="tag">{all.length}</span></header>
      <ul class="todo" role="list">{all.map((e) => (
        <li key={e.id} class={e.confirm_by && e.confirm_by <= second.value ? "late" : undefined}>
          <div class="check">
            <span>
              <b>{e.state === "ended" ? t("desk.help.ended") : t("desk.help.on_for", { time: elapsed(e.opened_at) })} · <Name>{e.handle || t("desk.help.closed_one")}</Name></b>
              <small>{t(`desk.help.ground.${e.ground}`)} · {t("desk.help.opened_by", { name: e.opened_by })}{e.state === "ended" ? "" : ` · ${e.calls ? t("desk.help.state.calling", { name: e.calls }) : t("desk.help.state.open")}`}</small>
              {e.confirm_by ? <small class={e.confirm_by <= second.value ? "over" : undefined}>{t("desk.help.second")}: {dueBy(e.confirm_by)}</small> : null}
            </span>
            <button class="btn push" type="button" onClick={() => openDialog({ kind: "help", contact: e.contact })}>{t("desk.help.look")}<span class="vh"> {e.handle}</span></button>
          </div>
        </li>
      ))}</ul>
    </section>
  );
}
