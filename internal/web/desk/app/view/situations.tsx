// The list: what is to be done, what callers have asked, the situations. And the windows in which
// something of a situation is changed.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { request, show, take } from "../actions";
import type { PartView, RequestRow, SituationRow } from "../frames";
import { newId } from "../ids";
import { give, late, link, list, look, news, open, promise, shown, shut, toForm } from "../situations";
import { tell } from "../socket";
import { chats, isAsked, queue, supervises, view, type Chat } from "../state";
import { at, day, second } from "../time";
import { n, t } from "../words";
import { Running } from "./clocks";
import { Foot, shut as closeDialog, useAnswer } from "./dialogs";
import { Icon, Modal, Name, Refusal } from "./parts";
import { assignees, File, Task } from "./situation";

function Row({ row }: { row: SituationRow }) {
  return (
    <tr class={row.next && late(row.next) ? "u1" : undefined}>
      <th scope="row"><Name>{row.handle}</Name>{row.news ? <> <span class="tag info">{t("desk.sit.news")}</span></> : null}<small>{t(row.state === "open" ? "desk.sit.since" : "desk.sit.closed_since", { day: day.of(row.state === "open" ? row.began : row.at) })}</small></th>
      <td>{n("desk.sit.contacts", row.contacts)}</td>
      <td>{row.tasks ? <>{n("desk.sit.todo", row.tasks)}{row.next ? <small>{day.of(row.next)}, {at(row.next)}</small> : null}</> : <span class="quiet">{t("desk.sit.no_tasks")}</span>}</td>
      <td>{row.knows ? <span class="quiet">{t("desk.sit.you_know")}</span> : <button class="btn" type="button" onClick={() => open(row.id)}>{t("desk.about.open")}<span class="vh"> {row.handle}</span></button>}</td>
    </tr>
  );
}

/** Erases what we wrote about somebody. It cannot be undone, so it is asked once more, in the same
 * place: the focus goes to what keeps it, and comes back to what was pressed. */
function Erase({ id, handle }: { id: string; handle: string | undefined }) {
  const [sure, ask] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  const busy = isAsked("forget", id);
  useLayoutEffect(() => {
    if (sure) keep.current?.focus();
    else if (was.current) first.current?.focus();
    was.current = sure;
  }, [sure]);
  const whose = <span class="vh"> {handle || t("desk.sit.closed_one")}</span>;
  if (!sure) return <button ref={first} class="btn stop" type="button" disabled={busy} onClick={() => ask(true)}>{t("desk.sit.forget")}{whose}</button>;
  return (
    <span class="row" role="group" aria-label={t("desk.sit.forget")} aria-describedby={`once-${id}`} onKeyDown={(e) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      ask(false);
    }}>
      <small id={`once-${id}`}>{t("desk.sit.forget_once")}</small>
      <button class="btn end" type="button" disabled={busy} onClick={() => request("forget", id, { t: "forget", contact: id })}>{t("desk.sit.forget_do")}{whose}</button>
      <button ref={keep} class="btn" type="button" disabled={busy} onClick={() => ask(false)}>{t("desk.sit.forget_keep")}</button>
    </span>
  );
}

function Request({ of }: { of: RequestRow }) {
  const row = queue.value.get(of.contact);
  const here = chats.value.has(of.contact);
  return (
    <li class={late(of.due) ? "late" : undefined}>
      <div class="check">
        <span>
          <b>{t(`desk.sit.asks.${of.kind}`)}</b>
          <small><Name>{of.handle || t("desk.sit.closed_one")}</Name> · {late(of.due) ? t("desk.sit.overdue", { day: day.of(of.due) }) : t("desk.sit.until", { day: day.of(of.due) })}</small>
        </span>
        <span class="row push">
          {here ? <button class="btn" type="button" onClick={() => show(of.contact)}>{t("desk.sit.go")}</button>
            : row ? <button class="btn" type="button" disabled={isAsked("take", of.contact)} onClick={() => take(row)}>{t("desk.sit.take")}</button>
            : of.state === "sleeping" ? <button class="btn" type="button" disabled={isAsked("take", of.contact)} onClick={() => request("take", of.contact, { t: "take", contact: of.contact })}>{t("desk.sit.take")}</button> : null}
          {here && of.kind === "show" ? <button class="btn" type="button" disabled={isAsked("show_her", of.id)} onClick={() => request("show_her", of.id, { t: "show_her", id: of.id })}>{t("desk.sit.show_her")}</button> : null}
          {of.kind === "correct" && chats.value.has(of.about) ? <button class="btn" type="button" onClick={() => toForm(of.about)}>{t("desk.sit.to_form")}</button> : null}
          {of.kind === "erase" && of.erased ? <span class="quiet">{t("desk.sit.forgotten")}</span>
            : of.kind === "erase" && supervises.value ? <Erase id={of.about} handle={of.handle} /> : null}
          {of.kind === "promise" ? null : <button class="btn" type="button" disabled={isAsked("answered", of.id)} onClick={() => request("answered", of.id, { t: "answered", id: of.id })}>{t("desk.sit.answered")}<span class="vh"> {t(`desk.sit.asks.${of.kind}`)}</span></button>}
        </span>
      </div>
      <Refusal of="answered" id={of.id} /><Refusal of="show_her" id={of.id} /><Refusal of="forget" id={of.about} /><Refusal of="take" id={of.contact} />
    </li>
  );
}

function List() {
  const all = list.value;
  const tasks = all?.tasks ?? [];
  const requests = all?.requests ?? [];
  const readings = all?.readings ?? [];
  const overdue = tasks.filter((x) => late(x.due)).length + requests.filter((x) => late(x.due)).length;
  return (
    <main class="page board" id="main" tabIndex={-1}>
      <h1 class="vh">{t("desk.nav.situations")}</h1>
      {shut.value ? (
        <p class="note full" role="alert"><Icon name="lock" small /><span>{t(`desk.sit.shut.${shut.value}`)}</span><button class="btn" type="button" onClick={look}>{t("desk.dismiss")}</button></p>
      ) : null}
      <div class="col">
        <section class="card" aria-labelledby="sits">
          <header><h2 id="sits">{t("desk.nav.situations")}</h2>{news.value ? <span class="tag info">{n("desk.sit.news_n", news.value)}</span> : null}<span class="tiny">{t("desk.sit.nobody_owns_short")}</span></header>
          {!all ? <p class="in quiet" role="status">{t("desk.loading")}</p> : (all.rows ?? []).length === 0 ? <p class="in quiet">{t("desk.sit.no_situations")}</p> : (
            <div class="scroll" tabIndex={0} role="group" aria-labelledby="sits"><table class="grid">
              <thead><tr><th scope="col">{t("desk.sit.name")}</th><th scope="col">{t("desk.sit.only.contact")}</th><th scope="col">{t("desk.sit.tasks")}</th><th scope="col"><span class="vh">{t("desk.board.act")}</span></th></tr></thead>
              <tbody>{(all.rows ?? []).map((r) => <Row key={r.id} row={r} />)}</tbody>
            </table></div>
          )}
        </section>
      </div>
      <div class="col">
        <Running />
        <section class="card" aria-labelledby="todo">
          <header><Icon name="task" /><h2 id="todo">{t("desk.sit.tasks")}</h2>{overdue ? <span class="tag warn">{n("desk.sit.overdue_n", overdue)}</span> : null}</header>
          {tasks.length === 0 ? <p class="in quiet">{t("desk.sit.no_tasks")}</p> : <ul class="todo" role="list">{tasks.map((x) => <Task key={x.id} task={x} named />)}</ul>}
        </section>
        {requests.length ? (
          <section class="card" aria-labelledby="rq">
            <header><h2 id="rq">{t("desk.sit.requests")}</h2><span class="tag">{requests.length}</span></header>
            <p class="in quiet">{t("desk.sit.requests_how")}</p>
            <ul class="todo" role="list">{requests.map((r) => <Request key={r.id} of={r} />)}</ul>
          </section>
        ) : null}
        {supervises.value && readings.length ? (
          <section class="card" aria-labelledby="rd">
            <header><Icon name="lock" /><h2 id="rd">{t("desk.sit.readings")}</h2><span class="tag">{readings.length}</span></header>
            <ul class="todo" role="list">{readings.map((r) => (
              <li key={r.id}><div class="check"><span><b>{t("desk.sit.wants", { name: r.by, handle: r.handle })}</b><small><bdi dir="auto">{reason(r.why)}</bdi></small></span>
                <span class="row push"><button class="btn" type="button" disabled={isAsked("give", r.id)} onClick={() => give(r.id, true)}>{t("desk.sit.refuse")}</button><button class="btn pri" type="button" disabled={isAsked("give", r.id)} onClick={() => give(r.id, false)}>{t("desk.sit.give")}</button></span></div>
                <Refusal of="give" id={r.id} /></li>
            ))}</ul>
          </section>
        ) : null}
      </div>
    </main>
  );
}

const reason = (why: string): string => {
  const [code = "", ...rest] = why.split(": ");
  return [t(`desk.why_open.${code}`), ...rest].join(": ");
};

export const Situations = () => (shown.value ? <File /> : <List />);

export function LinkDialog({ chat }: { chat: Chat }) {
  const [to, choose] = useState("");
  const [busy, sent] = useAnswer("link", chat.id);
  useEffect(() => {
    // The list is there for as long as this window is.
    if (view.peek() === "situations") return undefined;
    tell({ t: "situations" });
    return () => {
      if (view.peek() !== "situations") tell({ t: "situations", leave: true });
    };
  }, []);
  const open_ = (list.value?.rows ?? []).filter((r) => r.state === "open" && !r.knows);
  return (
    <Modal title={t("desk.sit.link_title", { handle: chat.info.value.handle })} onClose={closeDialog} quiet>
      <p class="quiet">{t("desk.sit.link_how")}</p>
      <fieldset>
        <legend>{t("desk.sit.which")}</legend>
        <ul class="who" role="list">
          <li><label class="check"><input type="radio" name="sit" checked={to === ""} onChange={() => choose("")} /><span><b>{t("desk.sit.new")}</b></span></label></li>
          {open_.map((r) => (
            <li key={r.id}><label class="check"><input type="radio" name="sit" checked={to === r.id} onChange={() => choose(r.id)} /><span><b><Name>{r.handle}</Name></b> <small>{n("desk.sit.contacts", r.contacts)}, {t("desk.sit.since", { day: day.of(r.began) })}</small></span></label></li>
          ))}
        </ul>
      </fieldset>
      <Refusal of="link" id={chat.id} />
      <Foot><button class="btn pri big" type="button" disabled={busy} onClick={() => {
        sent();
        link(chat.id, to);
      }}>{t("desk.about.link")}</button></Foot>
    </Modal>
  );
}

export function PromiseDialog({ chat }: { chat: Chat }) {
  const [days, choose] = useState(7);
  const [busy, sent] = useAnswer("promise", chat.id);
  const until = second.value + days * 86400000;
  const had = chat.info.value.promised ?? 0;
  return (
    <Modal title={t("desk.sit.promise_title", { handle: chat.info.value.handle })} onClose={closeDialog} quiet>
      <p class="quiet">{t("desk.sit.promise_how")}</p>
      <fieldset>
        <legend>{t("desk.sit.promise_until")}</legend>
        <div class="chips">{[1, 3, 7, 14, 30].map((d) => (
          <label class="chip" key={d}><input type="radio" name="days" checked={days === d} onChange={() => choose(d)} /><span>{day.of(second.value + d * 86400000)}</span></label>
        ))}</div>
      </fieldset>
      <Refusal of="promise" id={chat.id} />
      <Foot>
        {had ? <button class="btn big" type="button" disabled={busy} onClick={() => {
          sent();
          promise(chat.id, 0);
        }}>{t("desk.sit.promise_over")}</button> : null}
        <button class="btn pri big" type="button" disabled={busy} onClick={() => {
          sent();
          promise(chat.id, Math.min(until, Date.now() + 30 * 86400000 - 60000));
        }}>{t("desk.sit.promise_do")}</button>
      </Foot>
    </Modal>
  );
}

/** The windows of a situation that is shown: each has one text, and some have more. */
export type Change =
  | { kind: "part" | "unlink"; situation: string; part: PartView }
  | { kind: "note" | "summary" | "task" | "turn" | "knows"; situation: string };

const frameOf: Record<Change["kind"], string> = { part: "part", unlink: "unlink", note: "write", summary: "write", task: "task", turn: "turn", knows: "knows" };

export function ChangeDialog({ of }: { of: Change }) {
  const sit = shown.value;
  const part = "part" in of ? of.part : undefined;
  const summary = of.kind === "summary" ? (sit?.timeline ?? []).find((h) => h.kind === "summary")?.text ?? "" : "";
  const [id] = useState(part?.id || (of.kind === "turn" || of.kind === "knows" ? of.situation : newId()));
  const [text, write] = useState(part && of.kind === "part" ? part.role : summary);
  const [named, name] = useState("");
  const [about, choose] = useState("");
  const [person, give_] = useState("");
  const [due, when] = useState("");
  const [busy, sent] = useAnswer(frameOf[of.kind], id);
  if (!sit || sit.id !== of.situation) return null;
  const isNew = of.kind === "part" && part?.id === "";
  const reopen = of.kind === "turn" && sit.state === "closed";
  const key = reopen ? "reopen" : of.kind === "part" ? (isNew ? `add_${part?.kind}` : "change_part") : of.kind;
  const contacts = (sit.parts ?? []).filter((p) => p.kind === "contact" && !p.gone);
  const ask = (): void => {
    sent();
    const at_ = of.situation;
    switch (of.kind) {
      case "part": return request("part", id, { t: "part", id, situation: at_, kind: part?.kind ?? "", version: part?.version ?? 0, text, ...(isNew && about ? { about } : {}), ...(named ? { named: true, note: named } : {}) });
      case "unlink": return request("unlink", id, { t: "unlink", contact: id, situation: at_, note: text });
      case "task": return request("task", id, { t: "task", id, situation: at_, due: Date.parse(due), text, ...(about ? { about } : {}), ...(person ? { person } : {}) });
      case "turn": return request("turn", id, reopen ? { t: "turn", id, open: true, text } : { t: "turn", id, text });
      case "knows": return request("knows", id, { t: "knows", id });
      default: return request("write", id, { t: "write", id, situation: at_, kind: of.kind, text });
    }
  };
  return (
    <Modal title={t(`desk.sit.title.${key}`, { handle: sit.handle })} onClose={closeDialog} quiet>
      <p class="quiet">{t(`desk.sit.how.${key}`)}</p>
      {of.kind === "knows" ? null : (
        <div class="field"><label for="sit-text">{t(`desk.sit.label.${key}`)}</label><textarea id="sit-text" rows={of.kind === "summary" ? 6 : 3} dir="auto" value={text} onInput={(e) => write(e.currentTarget.value)} /></div>
      )}
      {of.kind === "part" && sit.whole ? (
        <div class="field"><label for="sit-names">{t("desk.sit.label.names")}</label><textarea id="sit-names" rows={2} dir="auto" value={named} onInput={(e) => name(e.currentTarget.value)} /><p class="tiny">{t("desk.sit.names_hint")}</p></div>
      ) : null}
      {isNew || of.kind === "task" ? (
        <div class="field"><label for="sit-about">{t(of.kind === "task" ? "desk.sit.label.about_task" : "desk.sit.label.about")}</label>
          <select id="sit-about" value={about} onChange={(e) => choose(e.currentTarget.value)}>
            <option value="">{t(of.kind === "task" ? "desk.sit.about_all" : part?.kind === "person" ? "desk.sit.about_none" : "desk.sit.about_nobody")}</option>
            {contacts.map((p) => <option key={p.id} value={p.id}>{p.role || p.contact?.handle || day.of(p.contact?.began ?? 0)}</option>)}
          </select></div>
      ) : null}
      {of.kind === "task" ? (
        <>
          <div class="field"><label for="sit-due">{t("desk.sit.label.due")}</label><input id="sit-due" type="datetime-local" value={due} onInput={(e) => when(e.currentTarget.value)} /></div>
          <div class="field"><label for="sit-who">{t("desk.sit.label.who")}</label>
            <select id="sit-who" value={person} onChange={(e) => give_(e.currentTarget.value)}><option value="">{t("desk.sit.whoever")}</option>{assignees().map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}</select></div>
        </>
      ) : null}
      <Refusal of={frameOf[of.kind]} id={id} />
      <Foot><button class={`btn big ${of.kind === "unlink" || of.kind === "knows" ? "end" : "pri"}`} type="button" disabled={busy || (of.kind !== "knows" && !text.trim()) || (of.kind === "task" && !due)} onClick={ask}>{t(`desk.sit.do.${key}`)}</button></Foot>
    </Modal>
  );
}
