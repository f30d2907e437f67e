// What may be passed on: what she has said, until when and how; what goes without her wish, and who the
// second person is. Asking puts words into the message and sends nothing; taking back takes one press.

import { useEffect, useRef, useState } from "preact/hooks";
import { request } from "../actions";
import { consents, holding, put } from "../consents";
import type { Consent, ConsentGroup, ConsentSomeone } from "../frames";
import { newId } from "../ids";
import { isAsked, supervises, type Chat } from "../state";
import { second } from "../time";
import { listed, n, t } from "../words";
import { Icon, Name, Refusal } from "./parts";
import { when } from "./rule";

const scopes = ["well", "needs", "story", "health", "papers", "others", "place", "name", "reach"];
const purposes = ["shelter", "support", "medical", "legal", "papers", "police", "authority", "family", "line"];
const hows = ["chat", "spoken", "written"];
const grounds = ["danger_now", "duty_at_once", "duty", "may_report", "order"];
const terms = [1, 7, 30, 90, 365];

/** How it stands: what ends by itself ends while one looks at it. */
const standing = (i: Consent): string => (i.state === "holds" && (i.until ?? 0) <= second.value ? "ended" : i.state);
const tones: Record<string, string> = { holds: "ok", signed: "ok", waits: "warn", unsure: "warn", late: "danger", against: "danger" };

/** A line to be filled in. */
function Line(props: { id: string; label: string; value: string; most?: number; code?: boolean; onInput: (text: string) => void }) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <input id={props.id} type="text" dir="auto" maxLength={props.most ?? 200} inputMode={props.code ? "numeric" : undefined} autoComplete={props.code ? "one-time-code" : "off"} value={props.value} onInput={(e) => props.onInput(e.currentTarget.value)} />
    </div>
  );
}

/** Choices side by side: one of them, or several. */
function Chips(props: { legend: string; name: string; of: string[]; words: (code: string) => string; chosen: string[]; many?: boolean; onChoose: (codes: string[]) => void }) {
  const { chosen, many } = props;
  return (
    <fieldset>
      <legend>{props.legend}</legend>
      <div class="chips">{props.of.map((code) => (
        <label class="chip" key={code}>
          <input type={many ? "checkbox" : "radio"} name={props.name} value={code} checked={chosen.includes(code)}
            onChange={() => props.onChoose(many ? (chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code]) : [code])} />
          <span>{props.words(code)}</span>
        </label>
      ))}</div>
    </fieldset>
  );
}

interface Place { of: string; group: ConsentGroup; i: Consent }

/** One press, with a word why. */
function TakeBack({ of, group, i }: Place) {
  const [why, say] = useState("");
  const id = `cb-${i.id}`;
  return (
    <details class="in">
      <summary class="btn"><Icon name="undo" small />{t(i.kind === "give" ? "desk.con.back" : "desk.con.withdraw")}<span class="vh"> {i.name ?? i.say}</span></summary>
      <form onSubmit={(e) => {
        e.preventDefault();
        if (why.trim()) put(of, group, { id: i.id, kind: "revoke", text: why });
      }}>
        <Line id={id} label={t("desk.con.back_why")} value={why} onInput={say} />
        <button class="btn stop" type="submit" disabled={!why.trim() || isAsked("consent", i.id)}>{t("desk.con.back_do")}</button>
      </form>
    </details>
  );
}

/** The second person's answer to what goes without her wish. */
function Answer({ of, group, i }: Place) {
  const [why, say] = useState("");
  const [code, type] = useState("");
  const ready = why.trim() && code.trim() && !isAsked("consent", i.id);
  const answer = (kind: string): void => put(of, group, { id: i.id, kind, text: why, code: code.trim() });
  return (
    <details class="in">
      <summary class="btn">{t("desk.con.answer")}<span class="vh"> {i.name}</span></summary>
      <Line id={`cw-${i.id}`} label={t("desk.con.why")} value={why} onInput={say} />
      <Line id={`cc-${i.id}`} label={t("desk.override.code")} value={code} most={12} code onInput={type} />
      <span class="pair">
        <button class="btn pri" type="button" disabled={!ready} onClick={() => answer("approve")}>{t("desk.con.approve")}</button>
        <button class="btn stop" type="button" disabled={!ready} onClick={() => answer("contest")}>{t("desk.con.contest")}</button>
      </span>
    </details>
  );
}

/** Who said it, for whom, and how. */
function Said({ i, group, named }: { i: Consent; group: ConsentGroup; named: boolean }) {
  const who = i.kind === "override" ? t("desk.con.without", { ground: t(`desk.con.ground.${i.ground}`) })
    : i.kind === "sign" ? t("desk.con.signed_by")
    : i.for ? t("desk.con.for_another", { who: i.say ?? "", handle: group.handle }) : t(named ? "desk.con.herself_in" : "desk.con.herself", { handle: group.handle });
  return <span class="tiny"><bdi dir="auto">{who}</bdi>{i.how ? ` · ${t(`desk.con.how.${i.how}`)}` : ""} · <Name>{t("desk.con.by", { name: i.by, time: when(i.at) })}</Name></span>;
}

function Item({ of, group, i, named }: Place & { named: boolean }) {
  const state = standing(i);
  const open = !i.ended_at && i.kind !== "refuse" && state !== "ended" && state !== "replaced" && state !== "against";
  return (
    <li class={state === "holds" || state === "signed" || state === "waits" ? undefined : "past"}>
      <p><b dir="auto">{i.kind === "sign" ? i.say : i.name}</b>{i.purpose ? <> · {t(`desk.con.for.${i.purpose}`)}</> : null} <span class={`tag ${tones[state] ?? ""}`}>{t(`desk.con.state.${state}`)}</span></p>
      {(i.what ?? []).length ? <p>{listed((i.what ?? []).map((w) => t(`desk.con.what.${w}`)))}</p> : null}
      {i.until && state !== "ended" ? <p class="quiet">{t("desk.con.until", { day: when(i.until) })}</p> : null}
      {i.text ? <p class="quiet" dir="auto">{i.text}</p> : null}
      <Said i={i} group={group} named={named} />
      {i.second ? <span class="tiny"><Name>{t(state === "against" ? "desk.con.contested_by" : "desk.con.approved_by", { name: i.second, time: when(i.second_at ?? 0) })}</Name></span> : null}
      {i.second_by ? <span class="tiny"><b>{t("desk.con.second_by", { time: when(i.second_by) })}</b></span> : null}
      {i.ended_by ? <span class="tiny"><Name>{t("desk.con.ended_by", { name: i.ended_by, time: when(i.ended_at ?? 0) })}</Name></span> : null}
      {i.why ? <span class="tiny" dir="auto">{i.why}</span> : null}
      {i.may ? <Answer of={of} group={group} i={i} /> : null}
      {open ? <TakeBack of={of} group={group} i={i} /> : null}
      <Refusal of="consent" id={i.id} />
    </li>
  );
}

/** Somebody another has spoken for, and who may be she: whoever writes speaks for herself. */
function IsShe({ of, group, s }: { of: string; group: ConsentGroup; s: ConsentSomeone }) {
  const busy = isAsked("consent", s.id);
  const say = (kind: string, who: string): void => put(of, group, { id: s.id, kind, for: s.id, say: s.label, who });
  return (
    <>
      {(s.may_be ?? []).map((m) => (
        <div class="in is" role="group" aria-label={t("desk.con.is_she", { who: s.label, handle: m.handle })} key={m.contact}>
          <p dir="auto"><b>{t("desk.con.is_she", { who: s.label, handle: m.handle })}</b></p>
          <p class="quiet">{t("desk.con.is_she_how")}</p>
          <span class="row wrap">
            <button class="btn pri" type="button" disabled={busy} onClick={() => say("herself", m.contact)}>{t("desk.con.she_is")}</button>
            <button class="btn" type="button" disabled={busy} onClick={() => say("apart", m.contact)}>{t("desk.con.she_is_not")}</button>
          </span>
        </div>
      ))}
      <Refusal of="consent" id={s.id} />
    </>
  );
}

/** What is asked or said: what, to whom, for what, until when; and then, by whom. */
function New({ of, group, chat, groups, done }: { of: string; group: ConsentGroup; chat: Chat | undefined; groups: ConsentGroup[]; done: () => void }) {
  const [id, another] = useState(newId);
  const [name, setName] = useState("");
  const [purpose, setPurpose] = useState("");
  const [what, setWhat] = useState<string[]>([]);
  const [term, setTerm] = useState(30);
  const [how, setHow] = useState("chat");
  const [whose, setWhose] = useState("");
  const [label, setLabel] = useState("");
  const [other] = useState(newId);
  const [words, setWords] = useState("");
  const [ground, setGround] = useState("");
  const [code, setCode] = useState("");
  const waits = useRef(false);
  const busy = isAsked("consent", id);
  const known = (group.others ?? []).filter((s) => !s.herself);
  const until = second.value + term * 86400000 - 60000;
  const ready = name.trim() && purpose && what.length > 0 && (whose !== "new" || label.trim()) && !busy;
  const there = groups.some((g) => (g.items ?? []).some((i) => i.id === id));
  useEffect(() => {
    if (!waits.current || !there) return;
    waits.current = false;
    another(newId());
    done();
  }, [there]);
  const say = (kind: string): void => {
    waits.current = true;
    const for_ = whose === "new" ? other : whose;
    const she = for_ ? { for: for_, say: whose === "new" ? label : known.find((s) => s.id === whose)?.label ?? "" } : {};
    put(of, group, { id, kind, name, purpose, what, text: words, ...(kind === "refuse" ? {} : { until }), ...(kind === "override" ? { ground, code: code.trim() } : { how }), ...she });
  };
  const p = `cn-${of}-${group.owner}`;
  return (
    <div class="in form">
      <Line id={`${p}-to`} label={t("desk.con.to")} value={name} onInput={setName} />
      <div class="field"><label for={`${p}-for`}>{t("desk.con.purpose")}</label>
        <select id={`${p}-for`} value={purpose} onChange={(e) => setPurpose(e.currentTarget.value)}>
          <option value="" />{purposes.map((x) => <option key={x} value={x} selected={x === purpose}>{t(`desk.con.for.${x}`)}</option>)}
        </select></div>
      <Chips legend={t("desk.con.what")} name={`${p}-what`} of={scopes} words={(x) => t(`desk.con.what.${x}`)} chosen={what} many onChoose={setWhat} />
      <Chips legend={t("desk.con.how_long")} name={`${p}-term`} of={terms.map(String)} words={(x) => n("desk.con.days", Number(x))} chosen={[String(term)]} onChoose={([x]) => setTerm(Number(x))} />
      <div class="field"><label for={`${p}-whose`}>{t("desk.con.whose")}</label>
        <select id={`${p}-whose`} value={whose} onChange={(e) => setWhose(e.currentTarget.value)}>
          <option value="">{t("desk.con.whose_own")}</option>
          {known.map((s) => <option key={s.id} value={s.id} selected={s.id === whose}>{s.label}</option>)}
          <option value="new">{t("desk.con.whose_new")}</option>
        </select></div>
      {whose === "new" ? <Line id={`${p}-label`} label={t("desk.con.whose_label")} value={label} most={80} onInput={setLabel} /> : null}
      {chat && !whose ? (
        <button class="btn" type="button" disabled={!ready || isAsked("consent_say", of)} onClick={() => request("consent_say", of, { t: "consent_say", contact: of, what, name, purpose, until })}><Icon name="chat" small />{t("desk.con.ask")}</button>
      ) : null}
      <Refusal of="consent_say" id={of} />
      <Chips legend={t("desk.con.how")} name={`${p}-how`} of={hows} words={(x) => t(`desk.con.how.${x}`)} chosen={[how]} onChoose={([x]) => setHow(x ?? "chat")} />
      <Line id={`${p}-words`} label={t("desk.con.words")} value={words} most={240} onInput={setWords} />
      <span class="pair">
        <button class="btn pri" type="button" disabled={!ready} onClick={() => say("give")}>{t("desk.con.yes")}</button>
        <button class="btn" type="button" disabled={!ready} onClick={() => say("refuse")}>{t("desk.con.no")}</button>
      </span>
      <details class="over">
        <summary class="quiet">{t("desk.con.over")}</summary>
        <p class="quiet">{t("desk.con.over_how")}</p>
        <div class="field"><label for={`${p}-ground`}>{t("desk.con.ground")}</label>
          <select id={`${p}-ground`} value={ground} onChange={(e) => setGround(e.currentTarget.value)}>
            <option value="" />{grounds.map((x) => <option key={x} value={x} selected={x === ground}>{t(`desk.con.ground.${x}`)}</option>)}
          </select></div>
        <p class="tiny">{t("desk.con.over_why")}</p>
        <Line id={`${p}-code`} label={t("desk.override.code")} value={code} most={12} code onInput={setCode} />
        <button class="btn stop" type="button" disabled={!ready || !ground || !words.trim() || !code.trim()} onClick={() => say("override")}>{t("desk.con.over_do")}</button>
      </details>
      <Refusal of="consent" id={id} />
    </div>
  );
}

function Sign({ of, group, done }: { of: string; group: ConsentGroup; done: () => void }) {
  const [id] = useState(newId);
  const [what, say] = useState("");
  const [words, write] = useState("");
  const there = (group.items ?? []).some((i) => i.id === id);
  useEffect(() => { if (there) done(); }, [there]);
  return (
    <form class="in form" onSubmit={(e) => {
      e.preventDefault();
      if (what.trim()) put(of, group, { id, kind: "sign", say: what, text: words });
    }}>
      <Line id={`cs-${group.owner}`} label={t("desk.con.sign_what")} value={what} most={80} onInput={say} />
      <Line id={`ct-${group.owner}`} label={t("desk.con.sign_words")} value={words} most={240} onInput={write} />
      <button class="btn pri" type="submit" disabled={!what.trim() || isAsked("consent", id)}>{t("desk.con.sign_do")}</button>
      <Refusal of="consent" id={id} />
    </form>
  );
}

/** Older ones were put back: nothing counts until she is asked anew. */
function Old({ of, group }: { of: string; group: ConsentGroup }) {
  const [why, say] = useState("");
  const [code, type] = useState("");
  return (
    <div class="in">
      <p class="note" role="alert"><Icon name="alert" small /><span>{t("desk.con.old")}</span></p>
      {supervises.value ? (
        <form class="form" onSubmit={(e) => {
          e.preventDefault();
          request("consent_mend", group.owner, { t: "consent_mend", of, owner: group.owner, reason: why, code: code.trim() });
        }}>
          <Line id={`cm-${group.owner}`} label={t("desk.con.why")} value={why} onInput={say} />
          <Line id={`cd-${group.owner}`} label={t("desk.override.code")} value={code} most={12} code onInput={type} />
          <button class="btn stop" type="submit" disabled={!why.trim() || !code.trim() || isAsked("consent_mend", group.owner)}>{t("desk.con.mend")}</button>
        </form>
      ) : null}
      <Refusal of="consent_mend" id={group.owner} />
    </div>
  );
}

function Group({ of, group, groups, chat, named, aside, sit }: { of: string; group: ConsentGroup; groups: ConsentGroup[]; chat: Chat | undefined; named: boolean; aside: boolean; sit: string | undefined }) {
  const [open, set] = useState("");
  const items = group.items ?? [];
  const button = useRef<HTMLButtonElement>(null);
  const done = (): void => {
    set("");
    button.current?.focus();
  };
  const may = (!aside || group.owner === of) && (!chat || chat.info.value.mine || supervises.value);
  return (
    <div role={named ? "group" : undefined} aria-label={named ? group.handle : undefined}>
      {named ? <h3 class="in">{group.owner === sit ? t("desk.con.situation") : <Name>{group.handle || t("desk.decision.closed")}</Name>}</h3> : null}
      {group.old ? <Old of={of} group={group} /> : (
        <>
          {(group.others ?? []).map((s) => <IsShe key={s.id} of={of} group={group} s={s} />)}
          {items.length ? <ul class="left" role="list">{items.map((i) => <Item key={i.id} of={of} group={group} i={i} named={named} />)}</ul> : <p class="in quiet">{t(group.owner === sit ? "desk.sit.none" : "desk.con.none")}</p>}
          {may ? (
            <div class="in row wrap">
              {group.owner === sit ? null : <button class="btn" type="button" ref={button} aria-expanded={open === "new"} onClick={() => set(open === "new" ? "" : "new")}>{t("desk.con.new")}{named ? <span class="vh"> {group.handle}</span> : null}</button>}
              <button class="btn bare" type="button" aria-expanded={open === "sign"} onClick={() => set(open === "sign" ? "" : "sign")}>{t("desk.con.sign")}{named ? <span class="vh"> {group.handle}</span> : null}</button>
            </div>
          ) : null}
          {open === "new" ? <New of={of} group={group} groups={groups} chat={chat} done={done} /> : open === "sign" ? <Sign of={of} group={group} done={done} /> : null}
        </>
      )}
    </div>
  );
}

const some = (g: ConsentGroup): boolean => (g.items ?? []).length > 0 || Boolean(g.old);

export function Consents({ of, chat }: { of: string; chat?: Chat }) {
  const groups = consents.value.get(of) ?? [];
  const count = holding(groups, second.value);
  const [rest, show] = useState(false);
  const silent = chat ? 0 : groups.filter((g) => g.owner !== of && !some(g)).length;
  const alone = chat?.info.value.situation && groups.length === 1;
  return (
    <section class="card con" aria-labelledby="con">
      <header><h2 id="con">{t("desk.con.title")}</h2>{count ? <span class="tag push" role="status">{n("desk.con.hold", count)}</span> : null}</header>
      {groups.filter((g) => g.owner === of || some(g) || (!chat && rest)).map((g) => <Group key={g.owner} of={of} group={g} groups={groups} chat={g.owner === of ? chat : undefined} named={groups.length > 1 || !chat} aside={Boolean(chat)} sit={chat ? chat.info.value.situation : of} />)}
      {silent ? <p class="in"><button class="btn bare" type="button" aria-expanded={rest} onClick={() => show(!rest)}>{n("desk.con.silent", silent)}</button></p> : null}
      {alone ? <p class="in"><button class="btn bare" type="button" disabled={isAsked("consent_around", of)} onClick={() => request("consent_around", of, { t: "consent_around", contact: of })}><Icon name="people" small />{t("desk.con.around")}</button></p> : null}
      <Refusal of="consent_around" id={of} />
    </section>
  );
}
