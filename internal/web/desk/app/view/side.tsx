// Beside the conversation: what keeps her safe comes first, before everything else. What may be
// passed on stands before the call form: behind its forty lines nobody would look for it.

import { heard } from "../safety";
import { duties } from "../duty";
import { emergencies, helping } from "../help";
import { oldSteps, procedures } from "../record";
import { consents } from "../consents";
import { isCall } from "../phone";
import { advises, chat, type Chat } from "../state";
import { at, since } from "../time";
import { language, listed, t } from "../words";
import { Name, way, why } from "./parts";
import { CallForm, NewNote } from "./record";
import { Phrase } from "./phrase";
import { SafetyCard } from "./safety";
import { PhoneCard } from "./call";
import { InSituation } from "./in_situation";
import { later } from "./later";
import { AsksHelp, TranslatorCard } from "./translate";

const Duty = later(async () => (await import("./far")).Duty, true);
const Help = later(async () => (await import("./far")).Help);
const Consents = later(async () => (await import("./far")).Consents, true);
const Procedures = later(async () => (await import("./far")).Procedures, true);

function Facts({ of }: { of: Chat }) {
  const c = of.info.value;
  return (
    <section class="card" aria-labelledby="fa">
      <header><h2 id="fa"><Name>{c.handle}</Name></h2><span class="tiny push">{t("desk.facts.began", { time: at(c.began) })}</span></header>
      <dl class="pairs in">
        {c.reason === "danger" ? null : <><dt>{t("desk.facts.whom")}</dt><dd>{why(c)}</dd></>}
        <dt>{t("desk.facts.way")}</dt><dd>{way(c)}</dd>
        <dt>{t(isCall(of) ? "desk.facts.talks" : "desk.facts.speaks")}</dt><dd>{language(c.lang)}</dd>
        {c.wishes?.length ? <><dt>{t("desk.facts.wishes")}</dt><dd>{listed(c.wishes.map((w) => t(`desk.wish.${w}`)))}</dd></> : null}
        <dt>{t("desk.facts.for")}</dt><dd>{since(c.began)}</dd>
        <dt>{t("desk.facts.with")}</dt><dd><Name>{c.mine ? t("desk.said.you") : c.advocate}</Name></dd>
      </dl>
    </section>
  );
}

function Notes({ of }: { of: Chat }) {
  const notes = of.info.value.notes ?? [];
  return (
    <section class="card" aria-labelledby="no">
      <header><h2 id="no">{t("desk.notes.title")}</h2>{notes.length ? <span class="tag">{notes.length}</span> : null}</header>
      {notes.length === 0 ? <p class="in quiet">{t("desk.notes.none")}</p> : (
        <ol class="left" role="list">
          {notes.map((note) => (
            <li key={note.at}><p dir="auto">{note.text}</p><span class="tiny"><Name>{note.by}</Name> <bdi>{at(note.at)}</bdi></span></li>
          ))}
        </ol>
      )}
      {of.info.value.mine || of.info.value.state === "live" ? <NewNote of={of} /> : null}
    </section>
  );
}

export function Side() {
  const of = chat.value;
  return (
    <aside class="side scroll" id="side" aria-label={t("desk.side")} tabIndex={0}>
      {!advises.value ? <AsksHelp /> : of ? <>{isCall(of) ? <PhoneCard of={of} key={`phone-${of.id}`} /> : null}{emergencies.value.has(of.id) || helping.value?.contact === of.id ? <Help contact={of.id} key={`help-${of.id}`} /> : null}<SafetyCard of={of} />{heard(of) ? null : <><Phrase of={of} key={`phrase-${of.id}`} /><TranslatorCard of={of} first />{procedures.value.get(of.id)?.length || oldSteps.value.has(of.id) ? <Procedures of={of} key={`proc-${of.id}`} /> : null}{duties.value.has(of.id) ? <Duty of={of} key={`duty-${of.id}`} /> : null}{consents.value.has(of.id) ? <Consents of={of.id} chat={of} key={`con-${of.id}`} /> : null}<CallForm of={of} key={`form-${of.id}`} /><TranslatorCard of={of} /><Facts of={of} />{isCall(of) ? null : <Notes of={of} />}<InSituation of={of} /></>}</> : (
        <section class="card"><header><h2>{t("desk.side.none")}</h2></header><p class="in quiet">{t("desk.side.none_how")}</p></section>
      )}
    </aside>
  );
}
