// The line's written procedures beside the conversation: a line each, with what is next; opened, its
// steps. They follow the record. Nothing is done or sent by itself, and any step can be done first.

import { useEffect, useRef, useState } from "preact/hooks";
import { request, show } from "../actions";
import { write } from "../drafts";
import type { Procedure, Step } from "../frames";
import { fromPhrase, phrasesOf, put } from "../phrases";
import { oldSteps, procedures } from "../record";
import { tell } from "../socket";
import { chats, isAsked, type Chat } from "../state";
import { ranOut } from "../clocks";
import { at, second } from "../time";
import { tag, t } from "../words";
import { Icon, Name, Refusal } from "./parts";

const states = ["unknown", "not_asked", "declined"];
const over = (s: Step): boolean => s.state === "done" || s.state === "skipped";

/** When a clock runs out, as a time of day; when it has, since when. */
const clock = (due: number): string => t(second.value < due ? "desk.proc.until" : "desk.proc.up", { time: at(due) });

function Phrase({ of, code }: { of: Chat; code: string }) {
  const list = phrasesOf(of);
  const phrase = list?.phrases.find((p) => p.code === code);
  if (!list) return null;
  if (!phrase) return <p class="tiny">{t("desk.proc.no_phrase")}</p>;
  const putIn = (): void => {
    const typed = of.draft.peek().trimEnd();
    write(of, typed === "" ? phrase.text : `${typed}\n${phrase.text}`);
    put(of, phrase.text, fromPhrase(list, phrase));
    show(of.id);
  };
  return (
    <>
      <p dir="auto" lang={list.of}>{phrase.text}</p>
      {phrase.says ? <p class="tiny" dir="auto">{phrase.says}</p> : null}
      <button class="btn" type="button" onClick={putIn}><Icon name="chat" small />{t("desk.proc.put")}</button>
    </>
  );
}

function question(of: Chat, field: string): void {
  const q = document.getElementById(`d-${of.id}-${field}`);
  if (q instanceof HTMLDetailsElement) q.open = true;
  q?.querySelector<HTMLElement>("summary")?.focus();
}

interface Place { of: Chat; p: Procedure; s: Step; did: () => void }

/** What can be done with a step. */
function Doing({ of, p, s, did }: Place) {
  const [why, say] = useState("");
  const busy = isAsked("step", of.id);
  const put = (kind: string, answer = "", reason = ""): void => {
    did();
    request("step", of.id, { t: "step", contact: of.id, procedure: p.name, step: s.id, kind, answer, reason });
  };
  const yesNo = (
    <span class="row wrap">
      {["yes", "no"].map((a) => <button class="btn" type="button" key={a} disabled={busy} onClick={() => put("sign", a)}>{t(`desk.proc.${a}`)}</button>)}
    </span>
  );
  const id = `why-${of.id}-${s.id}`;
  if (s.state === "skipped") return null;
  if (s.state === "done") return s.may ? <><p>{t("desk.proc.confirm")}</p>{yesNo}</> : null;
  return (
    <>
      {s.help ? <p class="quiet" dir="auto">{s.help}</p> : null}
      {s.phrase ? <Phrase of={of} code={s.phrase} /> : null}
      {s.field ? <button class="btn" type="button" onClick={() => question(of, s.field!)}>{t("desk.proc.question")}</button> : null}
      {s.kind === "check" ? (s.may ? yesNo : <p class="tiny">{t("desk.proc.waits", { role: t(`desk.proc.role.${s.sign}`) })}</p>) : (
        <span class="row wrap">
          {s.options?.length ? (
            <>
              {s.options.map((o) => <button class="btn" type="button" key={o.code} disabled={busy} onClick={() => put("mark", o.code)}><span dir="auto">{o.label}</span></button>)}
              {states.map((a) => <button class="btn bare" type="button" key={a} disabled={busy} onClick={() => put("mark", a)}>{t(`desk.record.${a}`)}</button>)}
            </>
          ) : <button class="btn pri" type="button" disabled={busy} onClick={() => put("mark")}><Icon name="check" small />{t("desk.proc.do")}</button>}
        </span>
      )}
      {s.skip ? (
        <form class="field" onSubmit={(e) => {
          e.preventDefault();
          if (why.trim()) put("skip", "", why);
        }}>
          <label for={id}>{t("desk.proc.why")}</label>
          <span class="row">
            <input id={id} type="text" dir="auto" maxLength={240} autocomplete="off" value={why} onInput={(e) => say(e.currentTarget.value)} />
            <button class="btn" type="submit" disabled={busy || !why.trim()}>{t("desk.proc.skip")}</button>
          </span>
        </form>
      ) : null}
    </>
  );
}

/** What came of a step, in a line. */
function Came({ s }: { s: Step }) {
  const answer = s.options?.find((o) => o.code === s.answer)?.label
    ?? (states.includes(s.answer ?? "") ? t(`desk.record.${s.answer}`) : s.answer ? t(`desk.proc.${s.answer}`) : "");
  return (
    <span class="tiny">
      {s.state === "skipped" ? <>{t("desk.proc.skipped")} <span dir="auto">{s.skipped}</span> </> : answer ? <b>{answer} </b> : null}
      {s.by ? <Name>{t("desk.proc.by", { name: s.by, time: at(s.at ?? 0) })}</Name> : null}
      {s.signed ? <> · <Name>{t(`desk.proc.signed_${s.signed}`, { name: s.signed_by ?? "" })}</Name></>
        : s.state === "done" && s.sign && s.kind === "do" ? <> · {t("desk.proc.open", { role: t(`desk.proc.role.${s.sign}`) })}</> : null}
    </span>
  );
}

function Row({ of, p, s, did }: Place) {
  const now = s.state === "next" || s.state === "waiting";
  if (over(s) && !s.may) return <li class="did"><Icon name={s.state === "done" ? "check" : "undo"} small /> <span dir="auto">{s.label}</span> <Came s={s} /></li>;
  return (
    <li aria-current={now ? "step" : undefined}>
      <details open={now || (over(s) && s.may)}>
        <summary><span dir="auto" class={now ? undefined : "quiet"}>{now ? <b>{s.label}</b> : s.label}</span>{s.due ? <> <bdi class="tag warn">{clock(s.due)}</bdi></> : null} {over(s) ? <Came s={s} /> : null}</summary>
        <div class="in"><Doing of={of} p={p} s={s} did={did} /></div>
      </details>
    </li>
  );
}

function Steps({ of, p }: { of: Chat; p: Procedure }) {
  const way = (p.steps ?? []).filter((s) => s.state !== "off");
  const past = (p.steps ?? []).filter((s) => s.state === "off");
  const list = useRef<HTMLOListElement>(null);
  const acted = useRef(false);
  const did = (): void => { acted.current = true; };
  // The key that was pressed is gone with its step: the keyboard goes on with the next one.
  useEffect(() => {
    if (!acted.current || document.activeElement !== document.body) return;
    acted.current = false;
    list.current?.querySelector<HTMLElement>("[aria-current=step] summary")?.focus();
  }, [p.steps]);
  return (
    <>
      <Refusal of="step" id={of.id} />
      <p class="vh" role="status">{p.over ? t("desk.proc.over") : t("desk.proc.next", { step: p.next ?? "" })}</p>
      <ol class="left" role="list" aria-label={p.label} ref={list}>{way.map((s) => <Row key={`${s.id} ${s.state}`} of={of} p={p} s={s} did={did} />)}</ol>
      {past.length ? (
        <details class="in"><summary class="quiet">{t("desk.proc.past")}</summary>
          <ol class="left" role="list" aria-label={t("desk.proc.past")}>{past.map((s) => <Row key={s.id} of={of} p={p} s={s} did={did} />)}</ol>
        </details>
      ) : null}
    </>
  );
}

/** Clocks that have run out in other conversations: said here, beside the one that is read. */
function Elsewhere({ of }: { of: Chat }) {
  const others = [...ranOut.value].filter(([id]) => id !== of.id && chats.value.has(id));
  if (others.length === 0) return null;
  return (
    <ul role="list" aria-label={t("desk.proc.elsewhere")}>
      {others.map(([id, step]) => {
        const handle = chats.value.get(id)!.info.value.handle;
        return <li key={id}><button class="btn bare wide" type="button" onClick={() => show(id)}><span><span class="tag warn">{t("desk.proc.time_up")}</span> <Name>{handle}</Name> <small dir="auto">{step}</small></span></button></li>;
      })}
    </ul>
  );
}

/** An older state of what was done was put back: nothing of it is shown. */
function Old({ of }: { of: Chat }) {
  const may = oldSteps.value.get(of.id);
  return (
    <div class="in">
      <p class="refusal" role="alert"><Icon name="alert" small /><span>{t(may ? "desk.proc.old_you" : "desk.proc.old")}</span></p>
      <Refusal of="step" id={of.id} />
      {may ? <button class="btn" type="button" disabled={isAsked("step", of.id)} onClick={() => request("step", of.id, { t: "step", contact: of.id, procedure: "", step: "", kind: "anew", answer: "", reason: "" })}>{t("desk.proc.anew")}</button> : null}
    </div>
  );
}

export function Procedures({ of }: { of: Chat }) {
  const all = procedures.value.get(of.id) ?? [];
  const [name, set] = useState(() => all.find((p) => p.steps)?.name ?? "");
  const p = all.find((x) => x.name === name);
  const lacks = p !== undefined && !p.steps;
  // Opened anew after the line was lost, too: the server knows of no open one then.
  useEffect(() => {
    if (!lacks) return;
    tell({ t: "procedure", contact: of.id, name });
  }, [lacks, name, all]);
  useEffect(() => {
    if (name) tell({ t: "phrases", contact: of.id, in: tag() });
  }, [name]);
  const open = (to: string): void => {
    set(to);
    if (to === "") tell({ t: "procedure", contact: of.id, name: "" });
  };
  const line = (x: Procedure) => (
    <li key={x.name}>
      <button class="btn bare wide" type="button" aria-expanded={name === x.name} onClick={() => open(name === x.name ? "" : x.name)}>
        <span><b dir="auto">{x.label}</b>{x.draft ? <> <span class="tag warn">{t("desk.proc.draft")}</span></> : null}
          {x.fits || x.begun ? <small dir="auto"> {x.over ? t("desk.proc.over") : t("desk.proc.next", { step: x.next ?? "" })}{x.due ? ` · ${clock(x.due)}` : ""}{x.open ? ` · ${t("desk.proc.to_sign")}` : ""}</small> : null}</span>
      </button>
      {name === x.name ? <Steps of={of} p={x} /> : null}
    </li>
  );
  const near = all.filter((x) => x.fits || x.begun);
  const others = all.filter((x) => !x.fits && !x.begun);
  return (
    <section class="card proc" aria-labelledby="pr">
      <header><h2 id="pr">{t("desk.proc.title")}</h2></header>
      <Elsewhere of={of} />
      {oldSteps.value.has(of.id) ? <Old of={of} /> : null}
      <ul role="list">{near.map(line)}</ul>
      {others.length ? <details class="in"><summary class="quiet">{t("desk.proc.others")}</summary><ul role="list">{others.map(line)}</ul></details> : null}
    </section>
  );
}
