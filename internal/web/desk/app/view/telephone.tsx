// The telephone, as one part that comes to those who have one: beside the conversation, above
// whatever else is looked at, and in the test before the shift.

import { useEffect, useRef } from "preact/hooks";
import { end, request, saveNote, show } from "../actions";
import { notes, write } from "../drafts";
import type { CallView } from "../frames";
import { callOf, hearing, hold, isCall, mute, telephone } from "../phone";
import { prefs, room } from "../prefs";
import { connect, play, silent, standing, without } from "../softphone";
import { chat, chats, isAsked, me, supervises, tab, view, type Chat } from "../state";
import { at, elapsed, length } from "../time";
import { t } from "../words";
import { CallBack, HerNumber } from "./number";
import { Icon, Name, Refusal } from "./parts";

export { start } from "../softphone";
export { PhoneTest, Devices } from "./phone_test";

const bars: Record<string, number> = { clear: 4, weak: 2, bad: 1 };

/** Four bars for the eye; the word beside them says the same. */
function Bars({ of }: { of: string }) {
  const on = bars[of] ?? 0;
  return <span class={`bars${on < 3 ? " weak" : ""}`} aria-hidden="true">{[1, 2, 3, 4].map((n) => <i key={n} class={n <= on ? "on" : ""} />)}</span>;
}

const Leg = ({ name, says, of }: { name: string; says: string; of: string }) => (
  <li class="leg"><b><Name>{name}</Name></b><span class={`push${of === "bad" || of === "gone" ? " weak" : ""}`}>{says}</span><Bars of={of} /></li>
);

const Key = ({ icon, on, keys, busy, onClick, text }: { icon: string; on: boolean; keys: string; busy: boolean; onClick: () => void; text: string }) => (
  <button class="btn key" type="button" aria-pressed={on} aria-keyshortcuts={keys} disabled={busy} onClick={onClick}><Icon name={icon} />{text} <kbd>{keys}</kbd></button>
);

const Keys = ({ c }: { c: CallView }) => (
  <>
    <Key icon="mic" on={c.muted} keys="F2" busy={isAsked("mute", c.contact)} onClick={() => mute(c)} text={t("desk.phone.mute")} />
    <Key icon="hold" on={c.held} keys="F4" busy={isAsked("hold", c.contact)} onClick={() => hold(c)} text={t("desk.phone.hold")} />
  </>
);

const pad = [..."123456789*0#"];

function Keypad({ c }: { c: CallView }) {
  const press = (digit: string): void => request("digit", c.contact, { t: "digit", contact: c.contact, digit });
  return (
    <details class="drop" name="phone">
      <summary><Icon name="keypad" />{t("desk.phone.keypad")}<span class="push" /></summary>
      <div class="in pad" role="group" aria-label={t("desk.phone.keypad")} onKeyDown={(e) => {
        if (e.altKey || e.ctrlKey || e.metaKey || !pad.includes(e.key)) return;
        e.preventDefault();
        press(e.key);
      }}>
        {pad.map((digit) => <button key={digit} class="btn" type="button" onClick={() => press(digit)}>{digit}</button>)}
      </div>
      <Refusal of="digit" id={c.contact} />
    </details>
  );
}

/** In two steps: the first says what will be, the second does it. */
function Ending({ of }: { of: Chat }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const stay = (): void => {
    if (!ref.current) return;
    ref.current.open = false;
    ref.current.querySelector("summary")?.focus();
  };
  return (
    <details class="drop" name="phone" ref={ref} onKeyDown={(e) => {
      if (e.key !== "Escape" || !ref.current?.open) return;
      e.stopPropagation();
      stay();
    }}>
      <summary class="ending"><Icon name="end" />{t("desk.phone.end")}<span class="push" /></summary>
      <div class="in">
        <p class="quiet">{t("desk.phone.end_how")}</p>
        <Refusal of="end" id={of.id} />
        <div class="pair">
          <button class="btn" type="button" onClick={stay}>{t("desk.phone.stay")}</button>
          <button class="btn end" type="button" disabled={isAsked("end", of.id)} onClick={() => end(of)}>{t("desk.end.do")}</button>
        </div>
      </div>
    </details>
  );
}

/** How a supervisor is in a call. The advocate sees it at once. */
function Listening({ of, how }: { of: Chat; how: string }) {
  const be = (to: string): void => request("listen", of.id, { t: "listen", contact: of.id, how: to });
  return (
    <div class="keys three" role="group" aria-label={t("desk.phone.listening")}>
      {["listens", "whispers", "joins"].map((x) => (
        <button key={x} class="btn key" type="button" aria-pressed={how === x} disabled={isAsked("listen", of.id)} onClick={() => be(how === x ? "leaves" : x)}>
          <Icon name={{ listens: "ear", whispers: "chat", joins: "people" }[x]!} />{t(`desk.phone.as.${x}`)}
        </button>
      ))}
    </div>
  );
}

/** What a key means where she answers by keys. */
const meant = (c: CallView, key: string): string => (c.silent ? ({ 1: t("desk.phone.key.yes"), 2: t("desk.phone.key.no") }[key] ?? "") : "");

/** What she pressed while they talk, the newest last. */
function Pressed({ c }: { c: CallView }) {
  if (!c.silent && !c.keys) return null;
  return (
    <div class="pressed" role="log" aria-label={t("desk.phone.keys")}>
      <p class="quiet">{t(c.silent ? "desk.phone.keys_silent" : "desk.phone.keys")}</p>
      <ol role="list" class="row wrap">{[...c.keys].map((key, i) => <li key={i}><kbd>{key}</kbd> {meant(c, key)}</li>)}</ol>
    </div>
  );
}

const title = (c: CallView): string =>
  t(c.how !== "talks" ? `desk.phone.as_title.${c.how}` : c.held ? "desk.phone.held" : c.muted ? "desk.phone.muted" : "desk.phone.on");

/** Beside the conversation: how both are heard, and what can be done. */
export function PhoneCard({ of }: { of: Chat }) {
  const c = callOf(of.id);
  const { mine, state, safety } = of.info.value;
  if (!isCall(of)) return null;
  if (state !== "live") {
    return !safety?.number ? null : (
      <section class="card phone" aria-labelledby="ph">
        <header><Icon name="phone" /><h2 id="ph">{t("desk.phone.back")}</h2></header>
        <HerNumber of={of} />
      </section>
    );
  }
  if (!c && mine) {
    return (
      <section class="card phone" aria-labelledby="ph">
        <header><Icon name="phone" /><h2 id="ph">{t("desk.phone.joining")}</h2></header>
        <div class="in"><p class="quiet" role="status">{t("desk.phone.comfort")}</p><Standing /></div>
        <CallBack of={of} /><HerNumber of={of} /><Ending of={of} />
      </section>
    );
  }
  if (!c) {
    return !supervises.value ? null : (
      <section class="card phone" aria-labelledby="ph">
        <header><Icon name="phone" /><h2 id="ph">{t("desk.phone.theirs")}</h2></header>
        <div class="in"><Listening of={of} how="" /><Refusal of="listen" id={of.id} /></div>
        <HerNumber of={of} />
      </section>
    );
  }
  const mineIs = telephone.value?.fresh ? telephone.value.quality : "gone";
  return (
    <section class={`card phone live${c.held ? " held" : ""}`} aria-labelledby="ph">
      <header>
        <Icon name="phone" />
        <div><h2 id="ph">{title(c)}</h2><p class="tiny">{t("desk.phone.rang", { rang: length(c.rang), time: at(c.since) })}</p></div>
        <time class="timer">{elapsed(c.since)}</time>
      </header>
      <div class="in">
        {silent.value ? <p class="note warn" role="alert"><Icon name="ear" small /><span>{t("desk.phone.silent")}</span><button class="btn" type="button" onClick={play}>{t("desk.phone.hear")}</button></p> : null}
        <ul role="list">
          <Leg name={of.info.value.handle} says={t(`desk.phone.hers.${c.quality}`)} of={c.quality} />
          {mine ? null : <Leg name={of.info.value.advocate} says="" of="" />}
          <Leg name={t("desk.said.you")} says={t(`desk.phone.yours.${mineIs}`)} of={mineIs} />
          {c.ears.map((e) => <li key={e.name} class="leg"><b><Name>{e.name}</Name></b><span class="push">{t(`desk.phone.ear.${e.how}`)}</span></li>)}
        </ul>
        <p class="vh" role="status">{c.quality === "bad" || c.quality === "gone" ? t(`desk.phone.hers.${c.quality}`) : ""} {c.ears.map((e) => `${e.name}: ${t(`desk.phone.ear.${e.how}`)}`).join(", ")}</p>
        <Pressed c={c} />
        {mine ? <div class="keys two"><Keys c={c} /></div> : <Listening of={of} how={c.how} />}
        <Refusal of="mute" id={of.id} /><Refusal of="hold" id={of.id} /><Refusal of="listen" id={of.id} />
      </div>
      {mine ? <><Keypad c={c} /><CallBack of={of} /></> : null}
      {mine || supervises.value ? <HerNumber of={of} /> : null}
      {mine ? <Ending of={of} /> : null}
    </section>
  );
}

/** What keeps the telephone from ringing, and what helps. */
function Standing() {
  const is = standing.value;
  if (is === "up" || is === "off") return null;
  const again = is !== "joining" && is !== "asking";
  return (
    <>
      <span>{t(`desk.phone.is.${is}`)}</span>
      {again ? <button class="btn" type="button" onClick={() => void connect()}>{t(is === "elsewhere" ? "desk.phone.here" : "desk.again")}</button> : null}
    </>
  );
}

const cardInSight = (c: CallView): boolean =>
  view.value === "desk" && chat.value?.id === c.contact && (room.value !== "pocket" || tab.value === "record");

/** Above whatever she looks at, while a call is on and its card is not in sight. A covered desk
 * names nobody. */
export function PhoneStrip({ covered }: { covered?: boolean }) {
  const c = hearing.value;
  if (c && (covered || !cardInSight(c))) {
    const of = chats.value.get(c.contact);
    return (
      <section class="note strip-note phone-strip" aria-label={t("desk.phone.title")}>
        <Icon name="phone" small />
        <b>{title(c)}{of && !covered ? <> · <Name>{of.info.value.handle}</Name></> : null}</b>
        <time class="timer">{elapsed(c.since)}</time>
        {c.quality === "bad" || c.quality === "gone" ? <span class="weak">{t(`desk.phone.hers.${c.quality}`)}</span> : null}
        {c.keys && !covered ? <b><kbd>{c.keys.at(-1)}</kbd> {meant(c, c.keys.at(-1)!)}</b> : null}
        <span class="push" />
        {c.how === "talks" ? <Keys c={c} /> : null}
        {of && !covered ? <button class="btn" type="button" onClick={() => {
          show(c.contact);
          if (room.peek() === "pocket") tab.value = "record";
        }}>{t("desk.phone.to")}</button> : null}
      </section>
    );
  }
  const is = standing.value;
  if (c || covered || !me.value?.phone || !prefs.value.phone || me.value.state === "away" || is === "up" || is === "off" || is === "asking") return null;
  if (is === "joining" && telephone.value?.fresh) return null;
  return (
    <p class={`note strip-note phone-strip${is === "joining" ? "" : " warn"}`} role="status"><Icon name="phone" small /><Standing />
      {is === "joining" ? null : <button class="btn bare" type="button" onClick={without}>{t("desk.phone.without")}</button>}
    </p>
  );
}

/** In the place of messages: what is noted while she speaks, in her words. Enter adds it. */
export function CallTalk({ of }: { of: Chat }) {
  const all = of.info.value.notes ?? [];
  const end = useRef<HTMLDivElement>(null);
  const text = notes.value.get(of.id) ?? "";
  const id = `w-${of.id}`;
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [all.length]);
  const add = (): void => {
    if (text.trim() && !isAsked("note", of.id)) saveNote(of, text);
  };
  return (
    <>
      <div class="notes scroll" role="log" aria-label={t("desk.phone.notes")} tabIndex={0} ref={end}>
        {all.length === 0 ? <p class="quiet in">{t("desk.phone.no_notes")}</p> : (
          <ol role="list">{all.map((x) => <li key={x.at}><time>{at(x.at)}</time><span dir="auto">{x.text}</span></li>)}</ol>
        )}
      </div>
      {of.info.value.mine ? (
        <div class="compose"><div class="box">
          <label class="vh" for={id}>{t("desk.phone.note")}</label>
          <textarea id={id} rows={2} dir="auto" placeholder={t("desk.phone.note")} value={text}
            onInput={(e) => write(of, e.currentTarget.value, "note")}
            onKeyDown={(e) => {
              if (e.isComposing || e.key !== "Enter" || e.shiftKey || e.altKey || e.ctrlKey || e.metaKey) return;
              e.preventDefault();
              add();
            }} />
          <Refusal of="note" id={of.id} />
          <div class="foot"><span class="tiny">{text ? t("desk.record.note_draft") : t("desk.phone.note_keys")}</span>
            <button class="btn pri" type="button" disabled={!text.trim() || isAsked("note", of.id)} onClick={add}>{t("desk.phone.note_add")}</button></div>
        </div></div>
      ) : null}
    </>
  );
}

