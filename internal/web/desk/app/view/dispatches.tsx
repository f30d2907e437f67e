// Whom they have sent, and what came of it: as often as it takes.

import { useEffect, useRef, useState } from "preact/hooks";
import type { DispatchView } from "../frames";
import { newId } from "../ids";
import { act, type Of } from "../sheets";
import { isAsked } from "../state";
import { at, length, since } from "../time";
import { t } from "../words";
import { Name, Refusal } from "./parts";

const comes = ["arrived", "not_found", "refused"];

function Sent({ contact, e, d }: Of & { d: DispatchView }) {
  const [note, say] = useState("");
  const id = `nt-${d.id}`;
  const busy = isAsked("came", e.id);
  return (
    <li>
      <p><b dir="auto">{d.unit}</b> <span class="tiny"><bdi>{at(d.at)}</bdi>{d.ref ? <> · <bdi class="nowrap" dir="auto">{d.ref}</bdi></> : null} · <Name>{d.by}</Name></span></p>
      {d.came ? (
        <p><span class={d.came === "arrived" ? "tag ok" : "tag warn"}>{t(`desk.help.came.${d.came}`)}</span> <span class="tiny"><bdi>{at(d.came_at ?? 0)}</bdi>, {t("desk.help.after", { time: length((d.came_at ?? d.at) - d.at) })}</span>{d.note ? <> <bdi dir="auto">{d.note}</bdi></> : null}</p>
      ) : e.state === "ended" ? <p class="quiet">{t("desk.help.came.unknown")}</p> : (
        <>
          <p class="quiet">{t("desk.help.on_the_way", { time: since(d.at) })}</p>
          <div class="field"><label for={id}>{t("desk.help.came_note")}</label><input id={id} type="text" dir="auto" maxLength={400} autoComplete="off" value={note} onInput={(ev) => say(ev.currentTarget.value)} /></div>
          <span class="row wrap">{comes.map((came) => (
            <button class="btn" type="button" key={came} disabled={busy} onClick={() => act(e, "came", (version) => ({ t: "came", id: e.id, contact, version, of: d.id, came, note }), (now) => now.dispatches.some((x) => x.id === d.id && !x.came))}>{t(`desk.help.came.${came}`)}<span class="vh"> {d.unit}</span></button>
          ))}</span>
        </>
      )}
    </li>
  );
}

export function Dispatches({ contact, e }: Of) {
  const [id, another] = useState(newId);
  const [named, name] = useState<string | null>(null);
  const unit = named ?? e.place?.who.police ?? "";
  const [ref, number] = useState("");
  const busy = isAsked("dispatch", e.id);
  const had = useRef(e.dispatches.length);
  useEffect(() => {
    if (e.dispatches.length === had.current) return;
    had.current = e.dispatches.length;
    if (!e.dispatches.some((d) => d.id === id)) return; // a colleague's; what is typed here stays
    another(newId());
    name(null);
    number("");
  }, [e.dispatches.length]);
  return (
    <section aria-labelledby={`ds-${e.id}`}>
      <h3 id={`ds-${e.id}`}>{t("desk.help.sent")}</h3>
      {e.dispatches.length ? <ol class="left" role="list">{e.dispatches.map((d) => <Sent key={d.id} contact={contact} e={e} d={d} />)}</ol> : <p class="quiet in">{t("desk.help.nobody_sent")}</p>}
      <Refusal of="came" id={e.id} />
      {e.state === "ended" || e.second === "contested" ? null : (
        <form class="in" onSubmit={(ev) => {
          ev.preventDefault();
          const called = e.place?.who.call;
          if (unit.trim() && !busy) act(e, "dispatch", (version) => ({ t: "dispatch", id: e.id, contact, version, of: id, unit, ...(called ? { number: called } : {}), ...(ref.trim() ? { ref } : {}) }), (now) => now.dispatches.length === e.dispatches.length);
        }}>
          <div class="field"><label for={`un-${e.id}`}>{t("desk.help.unit")}</label><input id={`un-${e.id}`} type="text" dir="auto" maxLength={200} autoComplete="off" value={unit} onInput={(ev) => name(ev.currentTarget.value)} /></div>
          <div class="field"><label for={`rf-${e.id}`}>{t("desk.help.ref")}</label><input id={`rf-${e.id}`} type="text" dir="auto" maxLength={100} autoComplete="off" value={ref} onInput={(ev) => number(ev.currentTarget.value)} /></div>
          <Refusal of="dispatch" id={e.id} />
          <button class="btn" type="submit" disabled={busy || !unit.trim()}>{t(e.dispatches.length ? "desk.help.send_again" : "desk.help.send")}</button>
        </form>
      )}
    </section>
  );
}
