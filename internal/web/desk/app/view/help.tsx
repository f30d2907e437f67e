// Help from outside, beside the conversation: where she is, who answers there, what is read to them
// and what they read back, who of us calls, whom they have sent. One thing after the other, by the
// keyboard, in letters that can be read aloud at two in the morning.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { decisions } from "../duty";
import type { EmergencyView, PlaceView } from "../frames";
import { emergencies, helping } from "../help";
import { act, dropPlan, focus, open, plan, planOf, recover, type Of } from "../sheets";
import { isAsked, me } from "../state";
import { at, day, elapsed, length } from "../time";
import { listed, t } from "../words";
import { Dispatches } from "./dispatches";
import { Icon, Name, Refusal } from "./parts";
import { Dial, Places, Who } from "./places";
import { Over, Second } from "./second";
import { Sheet } from "./sheet";

/** From one key to "the supervisors are told". */
function Begin({ contact }: { contact: string }) {
  const p = planOf(contact);
  const asked = helping.value;
  const busy = isAsked("emergency", p.id);
  const chosen = p.place !== undefined || p.without === true;
  const demands = (decisions.value.get(contact)?.all ?? []).find((d) => d.demands)?.id; // the law, at once
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
      {e.second === "contested" ? <p class="refusal in"><Icon name="alert" small /><span>{t("desk.help.stopped")}</span></p> : mine ? null : <div class="in">
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
