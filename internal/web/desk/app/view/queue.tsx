// Who waits: the word of the urgency, its edge, why, in which language, since when.

import { take, takeNext, show } from "../actions";
import type { Row } from "../frames";
import { advises, cutOff, isAsked, me, next, parked, sleeping, waiting, type Chat } from "../state";
import { left, length, second, since } from "../time";
import { t } from "../words";
import { Offers } from "./offer";
import { Asks } from "./translate";
import { ChannelIcon, Icon, Name, Refusal, way, why, whyMore } from "./parts";

const edge = (urgency: number): string => (urgency <= 2 ? ` u${urgency}` : "");

export function Waits({ row }: { row: Row }) {
  return (
    <li class={`wait${edge(row.urgency)}`}>
      <header><h3>{why(row)}</h3><time>{since(row.since)}</time></header>
      <p class="why">{whyMore(row)}</p>
      <footer>
        <ChannelIcon of={row.channel} />{way(row)}
        {row.state === "offered" ? (
          <span class="push tiny">{row.offered ? t("desk.queue.asked", { name: row.offered }) : t("desk.queue.asked_someone")}</span>
        ) : (
          <button class="btn bare go" type="button" disabled={isAsked("take", row.contact)} onClick={() => take(row)}>
            {t("desk.take")}<span class="vh"> {t("desk.take_what", { way: way(row), reason: why(row) })}</span>
          </button>
        )}
      </footer>
      <Refusal of="take" id={row.contact} />
    </li>
  );
}

function Mine({ of, text }: { of: Chat; text: string }) {
  return (
    <li>
      <button class="btn bare wide mine-row" type="button" onClick={() => show(of.id)}>
        <b><Name>{of.info.value.handle}</Name></b><span class="quiet push">{text}</span>
      </button>
    </li>
  );
}

export function Next() {
  const row = next.value;
  const mine = me.value;
  if (!mine) return null;
  const over = mine.load >= mine.capacity;
  return (
    <>
      <button
        class="btn pri wide next" type="button" disabled={!row || isAsked("take", row.contact)}
        onClick={takeNext} aria-keyshortcuts="Alt+N"
      >
        {t("desk.next")}
        <small>{row ? t("desk.next_what", { reason: why(row), way: way(row) }) : t("desk.next_nobody")}</small>
      </button>
      {row && over ? <p class="tiny">{t("desk.next_over", { load: mine.load, capacity: mine.capacity })}</p> : null}
    </>
  );
}

export function Queue() {
  const list = waiting.value;
  if (!advises.value) return <section class="queue" aria-labelledby="as"><div class="scroll" tabIndex={0} role="group" aria-labelledby="as"><Asks /></div></section>;
  const longest = list.reduce((t0, r) => Math.min(t0, r.since), Infinity);
  return (
    <section class="queue" aria-labelledby="q">
      <Offers />
      <Asks />
      <header>
        <div class="row">
          <h2 id="q" tabIndex={-1}>{t("desk.queue.title")}</h2><span class="tag">{list.length}</span>
          {list.length > 0 ? <span class="quiet push">{t("desk.queue.longest", { time: length(second.value - longest) })}</span> : null}
        </div>
        <Next />
      </header>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="q">
        {list.length === 0 ? <p class="quiet nobody">{t("desk.queue.empty")}</p> : null}
        <ol class="waiting" role="list">{list.map((row) => <Waits key={row.contact} row={row} />)}</ol>
      </div>
      {parked.value.length > 0 ? (
        <details class="more">
          <summary><Icon name="lock" small />{t("desk.queue.parked")}<span class="tag push">{parked.value.length}</span></summary>
          <ol class="waiting in" role="list">{parked.value.map((row) => <Waits key={row.contact} row={row} />)}</ol>
        </details>
      ) : null}
      {sleeping.value.length > 0 ? (
        <details class="more">
          <summary><Icon name="moon" small />{t("desk.queue.sleeping")}<span class="tag push">{sleeping.value.length}</span></summary>
          <ul role="list">{sleeping.value.map((c) => <Mine key={c.id} of={c} text={way(c.info.value)} />)}</ul>
        </details>
      ) : null}
      {cutOff.value.length > 0 ? (
        <details class="more">
          <summary><Icon name="clock" small />{t("desk.queue.kept")}<span class="tag push">{cutOff.value.length}</span></summary>
          <ul role="list">
            {cutOff.value.map((c) => (
              <Mine key={c.id} of={c} text={t("desk.left", { time: left(c.info.value.kept_until ?? second.value) })} />
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}
