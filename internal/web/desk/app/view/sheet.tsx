// What is read to them: each line is changed where it stands, and what must come back is marked.

import { useState } from "preact/hooks";
import type { SheetLine } from "../frames";
import { clashes, fieldOf, focus, save, type, typedIn, untype, type Of } from "../sheets";
import { isAsked } from "../state";
import { t } from "../words";
import { Icon, Refusal } from "./parts";
import { Places } from "./places";

const naming = ["name", "reach"];

/** One line to read aloud; it is changed where it stands. */
function Line({ contact, e, l, last }: Of & { l: SheetLine; last: boolean }) {
  const x = typedIn(contact, e, l.kind);
  const theirs = clashes(l, x);
  const id = fieldOf(e, l.kind);
  const next = (el: HTMLElement): void => {
    const all = [...(el.closest(".sheet-lines")?.querySelectorAll<HTMLElement>("textarea") ?? [])];
    (all[all.indexOf(el) + 1] ?? el).focus();
  };
  return (
    <li class={l.back ? "back" : undefined}>
      <label for={id}>{t(`desk.help.line.${l.kind}`)}{l.back ? <span class="tag warn">{t("desk.help.back")}</span> : null}</label>
      <textarea
        id={id} rows={1} dir="auto" maxLength={400} autoComplete="off" readOnly={e.state === "ended"} value={x?.text ?? l.text} placeholder={t("desk.help.unknown")}
        onInput={(ev) => type(contact, e, l, ev.currentTarget.value)} onBlur={() => save(contact, e)}
        onKeyDown={(ev) => {
          if (ev.isComposing || ev.key !== "Enter" || ev.shiftKey) return;
          ev.preventDefault();
          if (last) save(contact, e);
          else next(ev.currentTarget);
        }}
      />
      {theirs ? (
        <div class="clash" role="alert">
          <p class="tiny">{t("desk.help.theirs")}</p>
          <p dir="auto">{l.text || t("desk.help.empty")}</p>
          <span class="row wrap">
            <button class="btn" type="button" onClick={() => untype(contact, e, l.kind)}>{t("desk.help.take_theirs")}</button>
            <button class="btn pri" type="button" onClick={() => {
              type(contact, e, l, x?.text ?? "", l.text);
              save(contact, e);
            }}>{t("desk.help.take_mine")}</button>
          </span>
        </div>
      ) : null}
    </li>
  );
}

/** What names her, and why it is not said. */
function Naming({ contact, e }: Of) {
  const held = e.lines.some((l) => l.kept);
  const asks = !e.stays || e.stays === "disagreed";
  return (
    <div class="in">
      {e.stays ? <p class="note"><Icon name="lock" small /><span>{t(`desk.help.stays.${e.stays}`)}{held ? ` ${t("desk.help.held")}` : ""}</span></p> : null}
      {asks && e.state !== "ended" ? (
        <label class="check">
          <input type="checkbox" checked={e.agreed ?? false} disabled={isAsked("sheet", e.id)} onChange={(ev) => save(contact, e, { agreed: ev.currentTarget.checked })} />
          <span>{t("desk.help.agreed")}</span>
        </label>
      ) : null}
    </div>
  );
}

export function Sheet({ contact, e }: Of) {
  const [moving, move] = useState(false);
  const [words, look] = useState("");
  const lines = e.lines.filter((l) => l.kind !== "place" && (!naming.includes(l.kind) || !e.stays));
  const place = e.place;
  return (
    <section aria-labelledby={`rd-${e.id}`}>
      <header class="row"><h3 id={`rd-${e.id}`}>{t("desk.help.read")}</h3>{isAsked("sheet", e.id) ? <span class="tiny" role="status">{t("desk.help.saving")}</span> : null}</header>
      {e.heard ? <p class="note"><Icon name="people" small /><span>{t("desk.help.heard")}</span></p> : null}
      {e.may_know ? <p class="note"><Icon name="shield" small /><span>{t("desk.help.may_know")} <bdi dir="auto">{e.may_know}</bdi></span></p> : null}
      <Refusal of="sheet" id={e.id} />
      <div class="in">
        <p class="row wrap"><span class="quiet">{t("desk.help.line.place")}</span>{place ? <span class="tag warn">{t("desk.help.back")}</span> : null}
          {e.state === "ended" ? null : <button class="btn bare push" id={`ot-${e.id}`} type="button" aria-expanded={moving} onClick={() => {
            move(!moving);
            if (!moving) focus(`mv-${e.id}`);
          }}>{t("desk.help.other_place")}</button>}</p>
        <p class="aloud" dir="auto">{place?.name ?? t("desk.help.no_place")}</p>
        {moving ? <Places contact={contact} id={`mv-${e.id}`} words={words} onWords={look} onChoose={(p) => {
          save(contact, e, { code: p?.code ?? "" });
          move(false);
          look("");
          focus(`ot-${e.id}`);
        }} /> : null}
      </div>
      <ol class="sheet-lines" role="list">{lines.map((l, i) => <Line key={l.kind} contact={contact} e={e} l={l} last={i === lines.length - 1} />)}</ol>
      <Naming contact={contact} e={e} />
    </section>
  );
}
