// One conversation: who, how urgent, what was said, and the way to answer.

import { Fragment } from "preact";
import { danger, join, openDialog, show, sleep } from "../actions";
import { drop, reason } from "../apply";
import { keysOf, commands } from "../commands";
import type { Message, Translation } from "../frames";
import { spelled } from "../keys";
import { callHelp } from "../help";
import { hers } from "../mask";
import { isCall } from "../phone";
import { askIn, heard } from "../safety";
import { again, undo } from "../sends";
import { current, isAsked, me, panes, supervises, type Chat, type Pending } from "../state";
import { at, elapsed, left, second, since } from "../time";
import { askMachine, thread, threads } from "../translate";
import { listed, n, rich, t } from "../words";
import { CallTalk } from "./call";
import { Composer } from "./composer";
import { CoverWords } from "./cover";
import { LimitsNot, LimitsTold } from "./phrases";
import { Meant, Origin } from "./translate";
import { Icon, Item, Menu, Name, Refusal, way, why } from "./parts";
import { WrapUp } from "./wrapup";

const keysFor = (id: string): string => {
  const c = commands.find((x) => x.id === id);
  return c ? spelled(keysOf(c)) : "";
};

function More({ chat }: { chat: Chat }) {
  const c = chat.info.value;
  return (
    <Menu push label={<><Icon name="more" />{t("desk.more")}<span class="vh"> {t("desk.more_for", { handle: c.handle })}</span></>}>
      <Item icon="phone" stop keys={keysFor("help")} onClick={() => callHelp(chat.id)}>{t("desk.do.help")}</Item>
      <Item icon="alert" keys={keysFor("danger")} onClick={() => danger(chat, !c.danger)}>
        {t(c.danger ? "desk.do.calm" : "desk.do.danger")}
      </Item>
      <Item icon="people" onClick={() => askIn(chat)}>{t("desk.askin")}</Item>
      {c.state === "live" ? (
        <>
          <Item icon="transfer" flip keys={keysFor("over")} onClick={() => openDialog({ kind: "over", contact: chat.id })}>{t("desk.do.over")}</Item>
          <Item icon="undo" flip keys={keysFor("back")} onClick={() => openDialog({ kind: "back", contact: chat.id })}>{t("desk.do.back")}</Item>
          <Item icon="moon" onClick={() => sleep(chat)}>{t("desk.do.sleep")}</Item>
        </>
      ) : null}
      <Item icon="end" stop keys={keysFor("end")} onClick={() => openDialog({ kind: "end", contact: chat.id })}>{t("desk.do.end")}</Item>
    </Menu>
  );
}

function Said({ m, reads, isMe, spoken, ask }: { m: Message; reads: number; isMe: boolean; spoken: Translation[]; ask: ((id: string) => void) | undefined }) {
  if (m.side === "line") {
    return <li class="sys"><Icon name="check" small /><span dir="auto">{m.text}</span> <bdi>{at(m.at)}</bdi></li>;
  }
  const us = m.side === "advocate";
  const became = us && (m.seq ?? 0) <= reads ? t("desk.sent.read") : us && m.sent && m.sent !== "no" ? t(`desk.sent.${m.sent}`) : "";
  return (
    <li class={us ? "msg us" : "msg"}>
      <p dir="auto">{us ? m.text : hers(m.text)}</p>
      {m.mark?.said ? <p class="meant" dir="auto">{m.mark.said}</p> : <Meant of={spoken} id={m.id} />}
      <span class="tiny">
        {us ? <Name>{isMe ? t("desk.said.you") : (m.by ?? "")}</Name> : <span class="vh">{t("desk.said.caller")}</span>}{" "}
        <bdi>{at(m.at)}</bdi>{became ? ` · ${became}` : ""}<Origin m={m} spoken={spoken} />
        {!us && ask ? <button class="btn bare" type="button" onClick={() => ask(m.id)}>{t("desk.machine.ask")}</button> : null}
      </span>
    </li>
  );
}

function Later({ chat, p }: { chat: Chat; p: Pending }) {
  return (
    <li class={`msg us later${p.refused ? " refused" : ""}`}>
      <p dir="auto">{p.text}</p>
      {p.refused ? (
        <span class="tiny trouble" role="alert">
          <Icon name="alert" small /> {reason(p.refused)}
          <span class="row wrap">
            <button class="btn" type="button" onClick={() => again(chat, p.id)}>{t("desk.again")}</button>
            <button class="btn" type="button" onClick={() => undo(chat, p.id)}>{t("desk.put_back")}</button>
            {!p.refused.key.startsWith("safety.") ? null : supervises.value ? (
              <button class="btn" type="button" onClick={() => openDialog({ kind: "override", contact: chat.id, message: p.id })}>{t("desk.override")}</button>
            ) : (
              <button class="btn" type="button" disabled={isAsked("askin", chat.id)} onClick={() => askIn(chat)}>{t("desk.askin")}</button>
            )}
          </span>
        </span>
      ) : <span class="vh">{t("desk.said.waits")}</span>}
    </li>
  );
}

function Log({ chat }: { chat: Chat }) {
  const said = chat.said.value;
  const shown = said.slice(-chat.shown.value);
  const reads = chat.info.value.read_seq ?? 0;
  const name = me.value?.name;
  const limits = chat.info.value.limits;
  const foreign = me.value?.machine && chat.info.value.mine && !me.value.languages.includes(chat.info.value.lang);
  const ask = foreign ? (of: string): void => askMachine(chat, { of }) : undefined;
  return (
    <div class="log scroll" role="log" aria-labelledby={`c-${chat.id}`} tabIndex={0}>
      <ol role="list">
        {said.length > shown.length ? (
          <li class="sys">
            <button class="btn bare" type="button" onClick={() => { chat.shown.value += 200; }}>
              {n("desk.earlier", said.length - shown.length)}
            </button>
          </li>
        ) : null}
        {limits && (!limits.by || !shown.some((m) => m.at === limits.at)) ? <LimitsTold told={limits} /> : null}
        {shown.map((m) => (
          <Fragment key={m.id}>
            <Said m={m} reads={reads} isMe={m.by === name} spoken={chat.spoken.value} ask={ask} />
            {limits?.by && m.at === limits.at ? <LimitsTold told={limits} /> : null}
          </Fragment>
        ))}
        <LimitsNot chat={chat} />
        {chat.pending.value.map((p) => <Later key={p.id} chat={chat} p={p} />)}
      </ol>
    </div>
  );
}

function Line({ chat }: { chat: Chat }) {
  const c = chat.info.value;
  const lastSaid = chat.said.value.at(-1);
  let text = "";
  if (c.state === "sleeping") text = t("desk.line.sleeping");
  else if (c.state === "interrupted") text = t("desk.line.cut_off");
  else if (c.state === "live" && second.value < chat.typing.value) text = t("desk.line.writing");
  else if (c.state === "live" && lastSaid?.side === "caller" && chat.pending.value.length === 0 && second.value - lastSaid.at > 60000) {
    text = t("desk.line.waits", { time: since(lastSaid.at) });
  }
  return <p class="typing" role="status">{text}</p>;
}

function Notices({ chat }: { chat: Chat }) {
  const c = chat.info.value;
  const quietSoon = c.quiet_at !== undefined && c.state === "live" && c.quiet_at - second.value < 5 * 60000;
  return (
    <>
      {c.readers.length > 0 ? (
        <p class="note"><Icon name="people" small /><span>{rich("desk.readers", { names: <b><Name>{listed(c.readers)}</Name></b> })}</span></p>
      ) : null}
      {c.over ? (
        <p class="note" role="status"><Icon name="transfer" small flip /><span>{t("desk.over.asked", { name: c.over.to, time: left(c.over.until) })}</span></p>
      ) : null}
      {quietSoon ? <p class="note"><Icon name="moon" small /><span>{t("desk.quiet", { time: left(c.quiet_at ?? 0) })}</span></p> : null}
      {c.mine && c.state === "sleeping" ? <p class="note"><Icon name="moon" small /><span>{t("desk.asleep")}</span></p> : null}
      {c.state === "interrupted" ? <p class="note"><Icon name="clock" small /><span>{t(isCall(chat) ? "desk.phone.cut_off" : "desk.cut_off", { time: left(c.kept_until ?? 0) })}</span></p> : null}
      {c.mine && isCall(chat) && c.state === "live" && c.safety?.phrase === "set" ? <p class="note warn" role="status"><Icon name="shield" small /><span>{t("desk.phone.who")}</span></p> : null}
      <Refusal of="mark" id={chat.id} />
      <Refusal of="askin" id={chat.id} />
      <Refusal of="sleep" id={chat.id} />
      <Refusal of="end" id={chat.id} />
      <Refusal of="extend" id={chat.id} />
      <Refusal of="draft" id={chat.id} />
      <Refusal of="join" id={chat.id} />
      <Refusal of="handback" id={chat.id} />
      <Refusal of="handover" id={chat.id} />
    </>
  );
}

export function Pane({ chat, nth }: { chat: Chat; nth: number }) {
  const c = chat.info.value;
  const now = current.value === chat.id || (panes.value.length === 1);
  const gone = chat.gone.value;
  return (
    <article
      class={`chat${c.danger ? " u0" : ""}`} aria-current={now ? "true" : undefined} aria-labelledby={`c-${chat.id}`}
      onClick={() => { if (current.peek() !== chat.id) current.value = chat.id; }}
    >
      <header>
        <div class="row">
          <h2 id={`c-${chat.id}`}><Name>{c.handle}</Name></h2>
          {nth < 9 ? <kbd>Alt {nth + 1}</kbd> : null}
          {chat.unread.value > 0 && !now ? <span class="tag info">{n("desk.unread", chat.unread.value)}</span> : null}
          {c.mine && c.state !== "closing" && !gone ? <More chat={chat} /> : null}
          {!c.mine ? (
            <button class="btn bare push" type="button" disabled={isAsked("join", chat.id)} onClick={() => join(chat.id, true)}>{t("desk.read_leave")}</button>
          ) : null}
        </div>
        <p class="row">
          <span class="word">
            {c.danger ? <><Icon name="alert" small /> {t("desk.reason.danger")}</> : why(c)}
          </span>
          {c.emergency ? <span class="tag danger nowrap"><Icon name="phone" small />{t("desk.help_on", { time: elapsed(c.emergency) })}</span> : null}
          <span class="quiet push nowrap">{t("desk.way_since", { way: way(c), time: since(c.began) })}</span>
        </p>
      </header>
      <Notices chat={chat} />
      {gone ? (
        <p class="note gone" role="alert">
          <Icon name="alert" small />
          <span>{t(`desk.gone.${gone}`, { handle: c.handle })} {t("desk.gone_kept")}</span>
          <button class="btn" type="button" onClick={() => drop(chat.id)}>{t("desk.gone_close")}</button>
        </p>
      ) : null}
      {!c.mine ? <p class="note"><Icon name="people" small /><span>{t("desk.reading", { name: c.advocate })}</span></p> : null}
      {isCall(chat) ? <CallTalk of={chat} /> : <><Log chat={chat} /><Line chat={chat} /></>}
      {gone ? (
        <div class="compose"><div class="box">
          <label class="vh" for={`w-${chat.id}`}>{t("desk.gone_words")}</label>
          <textarea id={`w-${chat.id}`} rows={2} dir="auto" readOnly value={[...chat.pending.value.map((p) => p.text), chat.draft.value].filter(Boolean).join("\n")} />
        </div></div>
      ) : c.mine && c.state === "closing" ? <WrapUp chat={chat} />
        : c.mine ? <>{heard(chat) ? <CoverWords of={chat} /> : null}{isCall(chat) ? null : <Composer chat={chat} />}</> : null}
    </article>
  );
}

export const Strip = () => (
  <nav class="strip" aria-label={t("desk.talks")}>
    <ul role="list">
      {panes.value.map((c, i) => (
        <li key={c.id}>
          <button
            class={`btn bare${c.info.value.danger ? " u0" : ""}`} type="button"
            aria-current={current.value === c.id ? "true" : undefined} onClick={() => {
              thread.value = "";
              show(c.id);
            }}
          >
            <b><Name>{c.info.value.handle}</Name></b>
            {i < 9 ? <kbd>Alt {i + 1}</kbd> : null}
            {c.info.value.danger ? <><Icon name="alert" small /><span class="vh">{t("desk.reason.danger")}</span></> : null}
            {c.unread.value > 0 ? <span class="tag info">{n("desk.unread", c.unread.value)}</span> : null}
          </button>
        </li>
      ))}
      {[...threads.value.values()].map((x) => (
        <li key={x.id}>
          <button class="btn bare" type="button" aria-current={thread.value === x.id ? "true" : undefined} onClick={() => { thread.value = x.id; }}>
            <Icon name="globe" small /><b><Name>{x.info.value.handle}</Name></b>
          </button>
        </li>
      ))}
    </ul>
  </nav>
);

