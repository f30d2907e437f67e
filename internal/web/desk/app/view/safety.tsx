// What keeps her safe: the first thing beside a conversation. Its edge and its words say the same.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { danger, openDialog } from "../actions";
import type { Card, Terms } from "../frames";
import { callHelp } from "../help";
import { alone, cardOf, editing, heard, merged, put, safe, termsOf, ways, withTerms } from "../safety";
import { isCall } from "../phone";
import { isAsked, supervises, type Chat } from "../state";
import { at, dayTime, weekday } from "../time";
import { listed, t } from "../words";
import { Icon, Refusal } from "./parts";

const wayName = (way: string): string => t(`desk.safety.way.${way}`);

/** "10:00 to 12:00, Mo Tu" */
function times(w: Terms): string {
  const hours = w.from || w.to ? t("desk.safety.from_to", { from: dayTime(w.from ?? 0), to: dayTime(w.to ?? 0) }) : "";
  return [hours, w.days.length ? [...w.days].sort().map((d) => weekday(d)).join(" ") : ""].filter(Boolean).join(", ");
}

interface Lead {
  tone: string;
  icon: string;
  text: string;
  how: string;
}

/** The one thing that must be seen in a second. */
function leadOf(c: Chat): Lead {
  const { info: { value: i } } = c;
  const card = cardOf(c);
  const talk = isCall(c);
  const word = (key: string): string => `desk.safety.${key}${talk ? "_call" : ""}`;
  const is = (key: string, tone: string, icon: string, how = t(`desk.safety.${key}_how`)): Lead => ({ tone, icon, text: t(`desk.safety.${key}`), how });
  const says = (key: string, tone: string, icon: string, how = t(word(`${key}_how`))): Lead => ({ tone, icon, text: t(word(key)), how });
  const never = card.ways.filter((w) => w.may === "no").map((w) => wayName(w.way));
  if (i.safety?.old) return says("old", "danger", "alert", t("desk.safety.old_how"));
  if (heard(c)) return is("heard", "danger", "people");
  if (i.danger) return is("danger", "danger", "alert");
  if (card.safe === "no") return is("not_safe", "danger", "alert", t(word("not_safe_how")));
  const allowed = card.ways.filter((w) => w.may === "yes").map((w) => [wayName(w.way), times(w)].filter(Boolean).join(", "));
  const only = allowed.length ? t("desk.safety.only", { ways: allowed.join("; ") }) : t("desk.safety.never_how");
  if (never.length) return { tone: "danger", icon: "phone-off", text: t("desk.safety.never", { ways: listed(never) }), how: only };
  if (i.state !== "live" && (talk || i.state !== "closing")) { // whoever has hung up cannot be asked
    return talk && card.ways.some((w) => w.way === "call" && w.may === "yes") ? is("back", "away", "phone", only) : says("away", "away", "phone-off");
  }
  if (card.safe === "") return says("live", "live", "shield");
  if (card.safe === "unknown") return is("unsure", "away", "shield");
  return says("safe", "live", "shield", allowed.length ? only : t(word("safe_how"), { time: at(card.safe_at ?? 0) }));
}

function Ask({ of }: { of: Chat }) {
  const card = cardOf(of);
  return (
    <fieldset>
      <legend class="vh">{t("desk.safety.ask")}</legend>
      <div class="chips">
        {["yes", "no", "unknown"].map((a) => (
          <label class={a === "unknown" ? "chip non" : "chip"} key={a}>
            <input type="radio" name={`safe-${of.id}`} checked={card.safe === a} disabled={isAsked("safety", of.id)} onChange={() => safe(of, a)} />
            <span>{t(`desk.safety.ask.${a}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const clockOf = (text: string): number => {
  const [h = 0, m = 0] = text.split(":").map(Number);
  return h * 60 + m;
};

/** When a way that she allows is open, and what may be said there. */
export function Allowed({ w, set }: { w: Terms; set: (to: Partial<Terms>) => void }) {
  const way = wayName(w.way);
  const clock = (name: "from" | "to"): JSX.Element => (
    <input
      type="time" aria-label={t(`desk.safety.${name}`, { way })} value={w.from || w.to ? dayTime(w[name] ?? 0) : ""}
      onInput={(e) => set({ [name]: clockOf(e.currentTarget.value) })}
    />
  );
  return (
    <>
      <span class="row">{clock("from")}–{clock("to")}</span>
      <fieldset class="chips">
        <legend class="vh">{t("desk.safety.days", { way })}</legend>
        {[1, 2, 3, 4, 5, 6, 0].map((d) => (
          <label class="chip day" key={d}>
            <input type="checkbox" checked={w.days.includes(d)} onChange={() => set({ days: w.days.includes(d) ? w.days.filter((x) => x !== d) : [...w.days, d].sort() })} />
            <span>{weekday(d)}</span>
          </label>
        ))}
      </fieldset>
      {w.way === "call" ? (
        <label class="check"><input type="checkbox" checked={w.leave === "yes"} onChange={() => set({ leave: w.leave === "yes" ? "no" : "yes" })} /><span>{t("desk.safety.leave")}</span></label>
      ) : null}
      <input type="text" dir="auto" maxLength={400} aria-label={t("desk.safety.say", { way })} placeholder={t("desk.safety.say_short")} value={w.say} onInput={(e) => set({ say: e.currentTarget.value })} />
    </>
  );
}

function Way({ of, card, way, change }: { of: Chat; card: Card; way: string; change: (c: Card) => void }) {
  const w = termsOf(card, way);
  const id = `sw-${of.id}-${way}`;
  const set = (to: Partial<Terms>): void => change(withTerms(card, { ...w, ...to }));
  return (
    <div class="way">
      <label for={id}>{wayName(way)}</label>
      <select id={id} value={w.may} onChange={(e) => set({ may: e.currentTarget.value })}>
        {["", "yes", "no", "unknown"].map((a) => <option key={a} value={a} selected={a === w.may}>{t(`desk.safety.may.${a || "none"}`)}</option>)}
      </select>
      {w.may === "yes" && way !== "page" ? <Allowed w={w} set={set} /> : null}
    </div>
  );
}

const lines = ["name", "cover", "may_know", "promised", "distress"] as const;

function Edit({ of }: { of: Chat }) {
  const now = cardOf(of);
  const [base, setBase] = useState(now);
  const [mine, change] = useState(now);
  if (base !== now) {
    change(merged(base, mine, now));
    setBase(now);
  }
  const save = (e: Event): void => {
    e.preventDefault();
    put(of, mine);
    editing.value = "";
  };
  return (
    <form class="safe-edit" onSubmit={save} onKeyDown={(e) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      editing.value = "";
    }}>
      {ways.map((way) => <Way key={way} of={of} card={mine} way={way} change={change} />)}
      {lines.map((name) => (
        <div class="field" key={name}>
          <label for={`sl-${of.id}-${name}`}>{t(`desk.safety.${name}`)}</label>
          <input id={`sl-${of.id}-${name}`} type="text" dir="auto" maxLength={400} autoComplete="off" value={mine[name]} onInput={(e) => change({ ...mine, [name]: e.currentTarget.value })} />
        </div>
      ))}
      <div class="pair">
        <button class="btn" type="button" onClick={() => { editing.value = ""; }}>{t("desk.cancel")}</button>
        <button class="btn pri" type="submit">{t("desk.safety.save")}</button>
      </div>
    </form>
  );
}

export function SafetyCard({ of }: { of: Chat }) {
  const c = of.info.value;
  const card = cardOf(of);
  const lead = leadOf(of);
  const open = editing.value === of.id;
  const may = c.mine && !c.safety?.old;
  return (
    <section class={`safety ${lead.tone}`} aria-labelledby="sf">
      <h2 class="lead" id="sf"><Icon name={lead.icon} />{lead.text}</h2>
      <p class="how">{lead.how}</p>
      {may && (c.state === "live" || c.state === "closing") && !heard(of) ? <Ask of={of} key={of.id} /> : null}
      <dl class="pairs">
        {isCall(of) ? null : <><dt>{t("desk.safety.page")}</dt><dd>{t(`desk.page.${c.page}`)}</dd></>}
        {lines.map((name) => card[name] ? <><dt>{t(`desk.safety.${name}`)}</dt><dd class={name === "distress" ? "" : "plain"} dir="auto">{card[name]}</dd></> : null)}
        {card.ways.map((w) => w.may === "yes" && w.say ? <><dt>{wayName(w.way)}</dt><dd class="plain" dir="auto">{w.say}</dd></> : null)}
        {isCall(of) && c.state !== "live" ? null : <><dt>{t("desk.safety.cut")}</dt><dd class="plain">{t("desk.safety.cut_how")}</dd></>}
        {c.minor ? <><dt>{t("desk.safety.age")}</dt><dd>{t("desk.safety.minor")}</dd></> : null}
        {c.returning ? <><dt>{t("desk.safety.before")}</dt><dd class="plain">{t("desk.safety.returning")}</dd></> : null}
      </dl>
      <Refusal of="safety" id={of.id} />
      {c.safety?.old && supervises.value ? (
        <button class="btn stop" type="button" onClick={() => openDialog({ kind: "mend", contact: of.id })}>{t("desk.mend")}</button>
      ) : null}
      <Refusal of="alone" id={of.id} />
      {open ? <Edit of={of} /> : may ? (
        <div class="pair">
          <button class="btn" type="button" onClick={() => { editing.value = of.id; }}>{t("desk.safety.change")} <kbd>Alt E</kbd></button>
          <button class="btn" type="button" aria-pressed={heard(of)} disabled={isAsked("alone", of.id)} onClick={() => alone(of)}>{t(heard(of) ? "desk.safety.alone_again" : "desk.safety.alone")} <kbd>F8</kbd></button>
        </div>
      ) : null}
      {c.mine && c.state === "live" && !open ? (
        <div class="pair">
          <button class={`btn${c.danger ? "" : " stop"}`} type="button" disabled={isAsked("mark", of.id)} onClick={() => danger(of, !c.danger)}>
            {t(c.danger ? "desk.do.calm" : "desk.do.danger")} <kbd>Alt G</kbd>
          </button>
          {c.emergency ? null : <button class="btn stop" type="button" onClick={() => callHelp(of.id)}><Icon name="phone" small />{t("desk.do.help")} <kbd>F9</kbd></button>}
        </div>
      ) : null}
    </section>
  );
}
