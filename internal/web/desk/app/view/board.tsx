// The supervisor's live board: who waits, how long and why; who is with whom; who is here.

import { join, openDialog, seen, show } from "../actions";
import type { Alert, Person, Row, ToSign, With } from "../frames";
import { alerts, board, chats, isAsked, me, parked, people, queue, waiting } from "../state";
import { at, elapsed, left, minutes, length, second, since } from "../time";
import { language, listed, t } from "../words";
import { Running } from "./clocks";
import { ToLeave } from "./export";
import { HelpBoard } from "./help_board";
import { ChannelIcon, Dot, Icon, Name, Refusal, way, why, whyMore } from "./parts";

const edge = (urgency: number, open = false): string | undefined =>
  urgency === 0 ? `u0${open ? " open" : ""}` : urgency <= 2 ? `u${urgency}` : undefined;

function Alarm({ a }: { a: Alert }) {
  const open = !a.seen_at;
  const held = Boolean(a.with);
  const asking = queue.value.get(a.contact)?.offered;
  return (
    <div class={`alarm${open ? " open" : ""}`} role={open ? "alert" : undefined}>
      <Icon name={open ? "alert" : "check"} />
      <div>
        <h2>{t(`desk.alert.${a.kind}${held ? "_with" : ""}`, { handle: a.handle ?? "", with: a.with ?? "" })}</h2>
        <p class="quiet">
          {a.channel ? `${way({ channel: a.channel, lang: a.lang ?? "" })}. ` : ""}
          {asking ? `${t("desk.queue.asked", { name: asking })}. ` : ""}
          {open ? t("desk.alert.open", { time: at(a.at) }) : t(a.seen_by ? "desk.alert.seen" : "desk.alert.seen_by_someone", { name: a.seen_by ?? "", after: length((a.seen_at ?? a.at) - a.at) })}
        </p>
        <Refusal of="seen" id={a.id} />
      </div>
      <time class="timer" aria-hidden="true">{open ? elapsed(a.at) : since(a.at)}</time>
      {open && a.kind === "outside"
        ? <button class="btn" type="button" disabled={isAsked("seen", a.id)} onClick={() => seen(a.id, true)}>{t("desk.alert.let_in")}</button>
        : null}
      {["emergency", "unconfirmed", "put_back"].includes(a.kind) ? <button class="btn" type="button" onClick={() => openDialog({ kind: "help", contact: a.contact })}>{t("desk.help.look")}</button> : null}
      {a.kind === "harm" ? <a class="btn" href={`/harm/${a.contact}`} target="_blank" rel="noopener">{t("desk.board.harm")}<span class="vh"> {t("desk.nav.new_tab")}</span></a> : null}
      {a.kind === "law" ? <a class="btn" href="/legal" target="_blank" rel="noopener">{t("desk.board.law")}<span class="vh"> {t("desk.nav.new_tab")}</span></a> : null}
      {open
        ? <button class="btn end" type="button" disabled={isAsked("seen", a.id)} onClick={() => seen(a.id)}>{t("desk.seen")}</button>
        : held ? <button class="btn" type="button" onClick={() => join(a.contact)}>{t("desk.board.join")}</button> : null}
    </div>
  );
}

function Tiles() {
  const today = board.value?.today;
  const list = waiting.value;
  const urgent = list.filter((r) => r.urgency === 0).length;
  const here = people.value.filter((p) => p.takes && p.state !== "away");
  const seenOnes = alerts.value.filter((a) => a.seen_at);
  const slowest = Math.max(0, ...seenOnes.map((a) => (a.seen_at ?? a.at) - a.at));
  return (
    <section class="card full" aria-labelledby="td">
      <header><h2 id="td">{t("desk.board.since", { time: at(today?.since ?? second.value) })}</h2></header>
      <dl class="tiles">
        <div><dt>{t("desk.board.waiting_now")}</dt><dd>{list.length}</dd><dd class="tiny">{urgent ? t("desk.board.urgent", { n: urgent }) : t("desk.board.none_urgent")}</dd></div>
        <div><dt>{t("desk.board.answered")}</dt><dd>{today?.answered ?? 0}</dd></div>
        <div><dt>{t("desk.board.missed")}</dt><dd>{today?.missed ?? 0}</dd></div>
        <div><dt>{t("desk.board.middle")}</dt><dd>{today && today.middle >= 0 ? minutes(today.middle) : t("desk.board.no_wait")}</dd></div>
        <div><dt>{t("desk.board.cut_off")}</dt><dd>{(board.value?.with ?? []).filter((w) => w.state === "interrupted").length}</dd></div>
        <div><dt>{t("desk.board.here")}</dt><dd>{here.length}</dd><dd class="tiny">{t("desk.board.ready", { n: here.filter((p) => p.state === "ready").length })}</dd></div>
        <div><dt>{t("desk.board.alerts")}</dt><dd>{`${seenOnes.length}/${alerts.value.length}`}</dd><dd class="tiny">{seenOnes.length ? t("desk.board.slowest", { time: length(slowest) }) : ""}</dd></div>
      </dl>
    </section>
  );
}

function WaitingRow({ row }: { row: Row }) {
  const doing = row.state === "offered"
    ? t("desk.board.offered", { name: row.offered ?? "", time: left(row.offer_end ?? second.value) })
    : row.state === "parked" ? t("desk.board.parked") : row.fits ? t("desk.board.next_free") : t("desk.board.no_fit");
  return (
    <tr class={edge(row.urgency, true)}>
      <th scope="row">{why(row)}<small>{whyMore(row)}</small></th>
      <td class="num">{since(row.since)}</td>
      <td><ChannelIcon of={row.channel} /> {t(`desk.channel.${row.channel}`)}<small>{language(row.lang)}</small></td>
      <td><small>{doing}</small><Refusal of="assign" id={row.contact} /></td>
      <td>
        <button class="btn" type="button" disabled={row.state === "offered" || isAsked("assign", row.contact)} onClick={() => openDialog({ kind: "assign", contact: row.contact })}>
          {t("desk.board.assign")}<span class="vh"> {t("desk.next_what", { reason: why(row), way: way(row) })}</span>
        </button>
      </td>
    </tr>
  );
}

function WithRow({ w }: { w: With }) {
  const now = w.state === "closing" ? t("desk.board.wrapping")
    : w.state === "sleeping" ? t("desk.board.sleeps")
    : w.state === "interrupted" ? t("desk.board.cut_off")
    : w.waits ? t("desk.board.she_waits", { time: since(w.waits) })
    : w.quiet_at && w.quiet_at - second.value < 6 * 60000 ? t("desk.board.quiet", { time: left(w.quiet_at) })
    : t("desk.board.answered_her");
  const mine = w.advocate === me.value?.name;
  return (
    <tr class={edge(w.danger ? 0 : w.urgency)}>
      <th scope="row"><Name>{w.advocate}</Name><small>{w.danger ? t("desk.reason.danger") : why(w)}</small></th>
      <td><Name>{w.handle}</Name><small>{way(w)}</small>{w.interpreter ? <small>{
        w.interpreter.state === "asked" ? t("desk.why.translator") : t("desk.translator.with", { name: w.interpreter.name ?? "" })
      }</small> : null}</td>
      <td class="num">{since(w.since)}</td>
      <td><small>{now}{w.readers.length ? ` · ${t("desk.board.readers", { names: listed(w.readers) })}` : ""}</small><Refusal of="join" id={w.contact} /></td>
      <td>
        {mine ? <button class="btn" type="button" onClick={() => show(w.contact)}>{t("desk.board.open")}<span class="vh"> {w.handle}</span></button> : (
          <div class="row acts">
            {w.joined ? <button class="btn" type="button" onClick={() => show(w.contact)}>{t("desk.board.open")}<span class="vh"> {w.handle}</span></button> : null}
            <button class="btn" type="button" aria-pressed={w.joined} disabled={isAsked("join", w.contact)} onClick={() => join(w.contact, w.joined)}>
              {t(w.joined ? "desk.board.joined" : "desk.board.join")}<span class="vh"> {w.advocate}, {w.handle}</span>
            </button>
          </div>
        )}
      </td>
    </tr>
  );
}

/** One press lets in who may sign, and shows the contact. */
function Signs() {
  const all = board.value?.signs ?? [];
  if (all.length === 0) return null;
  const open = (s: ToSign): void => {
    if (!chats.peek().has(s.contact)) join(s.contact);
    show(s.contact);
  };
  return (
    <section class="card" aria-labelledby="sg">
      <header><h2 id="sg">{t("desk.board.signs")}</h2><span class="tag">{all.length}</span></header>
      <ul class="left" role="list">
        {all.map((s) => (
          <li key={s.id} class="row wrap">
            <span><b>{s.may ? t("desk.board.sign_you") : t(`desk.proc.role.${s.role}`)}</b> <Name>{s.handle}</Name><small class="quiet"> <Name>{t("desk.board.sign_by", { name: s.by, time: since(s.since) })}</Name></small></span>
            <button class="btn push" type="button" disabled={isAsked("join", s.contact)} onClick={() => open(s)}>{t("desk.board.open")}<span class="vh"> {s.handle}</span></button>
            <Refusal of="join" id={s.contact} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tongues() {
  const spoken = me.value?.spoken ?? [];
  const asked = new Map<string, number>();
  for (const r of waiting.value) asked.set(r.lang, (asked.get(r.lang) ?? 0) + 1);
  const all = [...new Set([...spoken, ...asked.keys()])].filter((l) => l && l !== "und");
  const can = (l: string, states: string[]): number =>
    people.value.filter((p) => p.takes && p.languages.includes(l) && states.includes(p.state)).length;
  return (
    <section class="card" aria-labelledby="cv">
      <header><h2 id="cv">{t("desk.board.tongues")}</h2><span class="tiny">{t("desk.board.tongues_now")}</span></header>
      <div class="in">
        <table class="cover">
          <caption class="vh">{t("desk.board.tongues_caption")}</caption>
          <thead><tr><th scope="col"><span class="vh">{t("desk.board.language")}</span></th><th scope="col">{t("desk.state.ready")}</th><th scope="col">{t("desk.state.busy")}</th><th scope="col">{t("desk.board.ask")}</th></tr></thead>
          <tbody>
            {all.map((l) => {
              const [ready, busy, ask] = [can(l, ["ready"]), can(l, ["busy"]), asked.get(l) ?? 0];
              return (
                <tr key={l}>
                  <th scope="row">{language(l)}</th>
                  <td class={ready ? "has" : busy ? undefined : "gap"}>{ready || t("desk.board.none")}</td>
                  <td class={busy ? "has" : undefined}>{busy}</td>
                  <td>{ask}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const told = (p: Person): string =>
  p.state === "ready" || p.state === "busy" ? t("desk.load", { load: p.load, capacity: p.capacity })
    : p.since ? t("desk.board.for", { time: since(p.since) }) : "";

function Staff() {
  const all = people.value.filter((p) => p.state !== "away");
  return (
    <section class="card" aria-labelledby="st">
      <header><h2 id="st">{t("desk.board.staff")}</h2><span class="tiny">{t("desk.board.staff_n", { n: all.length })}</span></header>
      {["ready", "busy", "break", "locked"].map((s) => {
        const these = all.filter((p) => p.state === s);
        return these.length === 0 ? null : (
          <section key={s} aria-label={t(`desk.state.${s}`)}>
            <h3 class="state"><Dot state={s} /><span class="cap">{t(`desk.state.${s}`)}</span><span class="tiny">{these.length}</span></h3>
            <ul class="people" role="list">
              {these.map((p) => (
                <li key={p.id}><b><Name>{p.name}</Name></b><span class="quiet">{listed(p.languages.map(language))}</span><span class="quiet push"><bdi>{told(p)}</bdi></span></li>
              ))}
            </ul>
          </section>
        );
      })}
      {all.length === 0 ? <p class="in quiet">{t("desk.nobody_here")}</p> : null}
    </section>
  );
}

export function Board() {
  const shownAlerts = alerts.value.filter((a) => !a.seen_at || second.value - a.at < 30 * 60000);
  const queued = [...waiting.value, ...parked.value];
  const with_ = [...(board.value?.with ?? [])].sort((a, b) => Number(b.danger) - Number(a.danger) || a.advocate.localeCompare(b.advocate) || a.since - b.since);
  return (
    <main class="page board" id="main" tabIndex={-1}>
      <h1 class="vh">{t("desk.nav.board")}</h1>
      {shownAlerts.length > 0 ? (
        <section class="alerts full" aria-label={t("desk.board.alerts")}>{shownAlerts.map((a) => <Alarm key={a.id} a={a} />)}</section>
      ) : null}
      <HelpBoard />
      <Tiles />
      <div class="col">
        <Signs />
        <ToLeave />
        <Running />
        <section class="card" aria-labelledby="wt">
          <header><h2 id="wt">{t("desk.queue.title")}</h2><span class="tag">{queued.length}</span><span class="tiny">{t("desk.board.order")}</span></header>
          {queued.length === 0 ? <p class="in quiet">{t("desk.queue.empty")}</p> : (
            <div class="scroll" tabIndex={0} role="group" aria-labelledby="wt"><table class="grid">
              <thead><tr><th scope="col">{t("desk.board.why")}</th><th scope="col" class="num">{t("desk.board.waits")}</th><th scope="col">{t("desk.board.how")}</th><th scope="col">{t("desk.board.doing")}</th><th scope="col"><span class="vh">{t("desk.board.act")}</span></th></tr></thead>
              <tbody>{queued.map((row) => <WaitingRow key={row.contact} row={row} />)}</tbody>
            </table></div>
          )}
        </section>
        <section class="card" aria-labelledby="wi">
          <header><h2 id="wi">{t("desk.board.with")}</h2><span class="tag">{with_.length}</span><span class="tiny">{t("desk.board.with_how")}</span></header>
          {with_.length === 0 ? <p class="in quiet">{t("desk.board.with_nobody")}</p> : (
            <div class="scroll" tabIndex={0} role="group" aria-labelledby="wi"><table class="grid">
              <thead><tr><th scope="col">{t("desk.board.advocate")}</th><th scope="col">{t("desk.board.with_whom")}</th><th scope="col" class="num">{t("desk.board.for_how_long")}</th><th scope="col">{t("desk.board.now")}</th><th scope="col"><span class="vh">{t("desk.board.act")}</span></th></tr></thead>
              <tbody>{with_.map((w) => <WithRow key={w.contact} w={w} />)}</tbody>
            </table></div>
          )}
        </section>
      </div>
      <div class="col"><Tongues /><Staff /></div>
    </main>
  );
}

