// A contact is offered: what it is, two buttons, and how long it still rings, said calmly.

import { accept, decline } from "../actions";
import type { Offer } from "../frames";
import { isAsked, me, offers } from "../state";
import { left, since } from "../time";
import { n, t } from "../words";
import { Icon, Refusal, way, why, whyMore } from "./parts";

/** Somebody is talking with her, or was until her telephone went. */
const isRelief = (o: Offer): boolean => o.kind === "relief";

const thens: Record<string, string> = { handover: "desk.offer.then_stays", relief: "desk.offer.then_relief" };

function whence(o: Offer): string {
  if (isRelief(o)) return t("desk.offer.relief", { name: o.from ?? "" });
  return o.kind === "handover" ? t("desk.offer.from", { name: o.from ?? "" }) : t("desk.offer.for_you", { channel: t(`desk.channel.${o.channel}`) });
}

function One({ offer: o, first }: { offer: Offer; first: boolean }) {
  const busy = isAsked("accept", o.id) || isAsked("decline", o.id);
  const mine = me.value;
  return (
    <article class={`ring${o.urgency === 0 ? " u0" : ""}`} aria-labelledby={`o-${o.id}`}>
      <p class="quiet">{whence(o)}</p>
      <h2 id={`o-${o.id}`}>{t("desk.offer.what", { reason: why(o), way: way(o) })}</h2>
      <p>{isRelief(o) ? t("desk.offer.relief_how") : t("desk.offer.waited", { time: since(o.since) })} {whyMore(o)}</p>
      {o.note ? <blockquote dir="auto">{o.note}</blockquote> : null}
      <div class="pair">
        <button class="btn pri big" type="button" disabled={busy} onClick={() => accept(o)} aria-keyshortcuts={first ? "Alt+A" : undefined}>
          <Icon name={o.channel === "call" ? "phone" : "check"} />{t(o.channel === "call" ? "desk.offer.answer" : "desk.offer.accept")}{first ? <kbd>Alt A</kbd> : null}
        </button>
        <button class="btn big" type="button" disabled={busy} onClick={() => decline(o)} aria-keyshortcuts={first ? "Alt+X" : undefined}>
          {t("desk.offer.decline")}
        </button>
      </div>
      <p class="tiny">
        {t(thens[o.kind] ?? "desk.offer.then", { time: left(o.until), name: o.from ?? "" })}
        {mine && mine.load > mine.capacity ? ` ${t("desk.offer.over")}` : ""}
      </p>
      <Refusal of="accept" id={o.id} />
    </article>
  );
}

export function Offers() {
  const list = offers.value;
  return (
    <section class="offers" aria-label={t("desk.offer.title")}>
      <p class="vh" role="alert">{list[0] && isRelief(list[0]) ? whence(list[0]) : ""} {list[0] ? t("desk.offer.alert", { reason: why(list[0]), way: way(list[0]), n: list.length }) : ""}</p>
      {list.map((o, i) => <One key={o.id} offer={o} first={i === 0} />)}
      {list.length > 1 ? <p class="tiny">{n("desk.offer.count", list.length)}</p> : null}
    </section>
  );
}
