// A rule of law that fits, in the words of whoever read it.

import type { DutyEntry } from "../frames";
import { at, day } from "../time";
import { has, listed, t } from "../words";

export const mark: Record<string, string> = { due: "danger", unclear: "warn", counsel: "warn", check: "warn", warnings: "warn" };
export const word = (of: string, code: string): string => {
  const key = `desk.duty.${of}.${code === "*" ? "any" : code}`;
  return has(key) ? t(key) : code.replaceAll("_", " ");
};
export const when = (ms: number): string => listed([day.of(ms), at(ms)]);

export const Edition = ({ number, reviewed, country }: { number: number; reviewed: boolean; country: string }) => (
  <span class={`tag${reviewed ? "" : " warn"}`}>{t(reviewed ? "desk.duty.edition" : "desk.duty.draft", { country, n: number })}</span>
);

/** Why a rule fits, a condition each. */
const reason = (w: { why: string; is?: string; asks?: string }): string => {
  const of: Record<string, string> = { role: "role", harm: "harm", harm_unclear: "harm", degree: "degree", condition: "condition", need: "need", status: "standing" };
  const area = of[w.why];
  return t(`desk.duty.why.${w.why}`, { is: area && w.is ? word(area, w.is) : (w.is ?? ""), asks: w.why === "degree" ? word("degree", w.asks ?? "") : (w.asks ?? "") });
};

function Row({ k, children }: { k: string; children: string | undefined }) {
  return children ? <><dt>{t(`desk.duty.row.${k}`)}</dt><dd class="plain" dir="auto">{children}</dd></> : null;
}

/** A rule that fits, in the words of whoever read it. */
export function Entry({ e, open }: { e: DutyEntry; open?: boolean }) {
  const soon = e.urgent ? t("desk.duty.soon.immediately") : e.soon_in || word("soon", e.soon);
  return (
    <li>
      <details open={open ?? false}>
        <summary>
          <span class={`tag ${mark[e.list] ?? ""}`}>{t(`desk.duty.list.${e.list}`)}</span>{" "}
          <bdi dir="auto">{e.to.length ? listed(e.to) : word("kind", e.kind)}</bdi>
          {e.list === "due" || e.list === "unclear" ? <small><bdi>{soon}</bdi>{e.latest ? ` · ${t("desk.duty.latest", { time: when(e.latest) })}` : e.ours ? ` · ${t("desk.duty.ours", { time: when(e.ours) })}` : ""}</small> : null}
        </summary>
        <div class="in">
          {e.list === "check" ? <p>{t("desk.duty.check_how")}</p> : null}
          {e.list === "lifted" ? <p>{t("desk.duty.lifted_how", { what: listed(e.lifts.map((x) => word("excuse", x))) })}</p> : null}
          <dl class="pairs one">
            <Row k="what">{e.what}</Row><Row k="whom">{e.whom}</Row><Row k="who">{e.who}</Row><Row k="soon">{e.soon_in}</Row>
            <Row k="then">{e.then ? `${e.then}${e.then_by ? ` (${when(e.then_by)})` : ""}` : ""}</Row>
            <Row k="form">{e.form ? word("form", e.form) : ""}</Row><Row k="without">{e.without.join("; ")}</Row><Row k="consent">{e.consent}</Row><Row k="penalty">{e.penalty}</Row>
            <Row k="conflict">{e.conflict}</Row><Row k="notes">{e.notes}</Row>
            <Row k="source">{`${e.source} (${word("quality", e.quality)})`}</Row><Row k="not_seen">{e.not_seen.join(", ")}</Row>
          </dl>
          {e.why.length ? <><h4>{t("desk.duty.why")}</h4>{e.why.map((w, i) => <p class="tiny" key={i}>{reason(w)}</p>)}</> : null}
          <p class="tiny"><Edition number={e.number} reviewed={e.reviewed ?? false} country={e.country} /> <bdi>{e.rule}</bdi></p>
        </div>
      </details>
    </li>
  );
}
