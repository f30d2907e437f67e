// In the column of a contact: what it is about, and what she waits for.

import { openDialog } from "../actions";
import { open } from "../situations";
import { advises, type Chat } from "../state";
import { day } from "../time";
import { t } from "../words";
import { Name, Refusal } from "./parts";

export function InSituation({ of }: { of: Chat }) {
  const c = of.info.value;
  if (!advises.value) return null;
  return (
    <section class="card" aria-labelledby="insit">
      <header><h2 id="insit">{t("desk.about.one")}</h2>{c.of ? <b class="push"><Name>{c.of}</Name></b> : null}</header>
      <p class="in quiet">{t(c.situation ? "desk.about.in" : "desk.about.in_none")}</p>
      {c.promised ? <p class="in"><b>{t("desk.about.waits", { day: day.of(c.promised) })}</b></p> : null}
      <div class="in row wrap">
        {c.situation ? <button class="btn" type="button" onClick={() => open(c.situation ?? "")}>{t("desk.about.open")} <kbd>Alt K</kbd></button>
          : <button class="btn" type="button" onClick={() => openDialog({ kind: "link", contact: of.id })}>{t("desk.about.link")} <kbd>Alt K</kbd></button>}
        {c.mine ? <button class="btn" type="button" onClick={() => openDialog({ kind: "promise", contact: of.id })}>{t(c.promised ? "desk.about.promise_change" : "desk.about.promise")}</button> : null}
      </div>
      <Refusal of="link" id={of.id} />
    </section>
  );
}
