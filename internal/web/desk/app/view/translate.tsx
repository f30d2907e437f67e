// Translators: asked for and seen by the advocate beside the conversation; for the translator
// herself, where she is asked.

import { useState } from "preact/hooks";
import type { Ask, Message, Translation } from "../frames";
import { hers } from "../mask";
import { advises, isAsked, me, type Chat } from "../state";
import { at, since } from "../time";
import {
  asks, askTranslator, come, dropMade, dropSentence, made, newest, noTranslator, pass, sendAnswer, sentences, toTranslatorAgain, type Asked,
} from "../translate";
import { sendText } from "../sends";
import { language, n, t } from "../words";
import { ChannelIcon, Icon, Refusal } from "./parts";

export const pairOf = (lang: string, ours: string): string =>
  ours ? t("desk.translator.pair", { lang: language(lang), ours: language(ours) }) : language(lang);

/** In the log: what a message says, in the advocate's language. */
export function Meant({ of, id }: { of: Translation[]; id: string }) {
  const x = newest(of, id);
  const m = made.value.get(id);
  if (!x && m) return <p class="meant" dir="auto"><b class="tiny">{t("desk.machine.unread")}</b> {hers(m.text)}</p>;
  return x ? <p class="meant" dir="auto"><span class="vh">{t("desk.translator.by", { name: x.by })} </span>{hers(x.text)}</p> : null;
}

/** Under a message: whose translation it is. */
export function Origin({ m, spoken }: { m: Message; spoken: Translation[] }) {
  const x = newest(spoken, m.id);
  const by = m.mark?.by ?? (m.side === "caller" ? x?.by : undefined);
  return (
    <>
      {by ? <> · <span>{t("desk.translator.by", { name: by })}</span></> : null}
      {m.mark?.machine ? <> · <span>{t("desk.machine.read")}</span></> : null}
    </>
  );
}

/** Above the composer: sentences on their way to the translator, and back. */
export function Sentences({ of }: { of: Chat }) {
  const list = sentences(of);
  const name = of.info.value.interpreter?.name ?? "";
  const drafts = [...made.value.values()].filter((m) => m.contact === of.id && !m.of);
  if (list.length + drafts.length === 0) return null;
  return (
    <ul class="sentences" role="list" aria-label={t("desk.sentence.title")}>
      {list.map((a) => <Sentence key={a.id} of={of} a={a} name={name} />)}
      {drafts.map((m) => (
        <li key={m.id}>
          <p dir="auto">{m.text}</p>
          <p class="tiny"><b>{t("desk.machine.unread")}</b></p>
          <p class="row wrap">
            <button class="btn" type="button" onClick={() => sendText(of, m.text.trim(), { read: true }) && dropMade(m.id)}>{t("desk.machine.send")}</button>
            <button class="btn bare" type="button" onClick={() => dropMade(m.id)}>{t("desk.sentence.drop")}</button>
          </p>
        </li>
      ))}
    </ul>
  );
}

function Sentence({ of, a, name }: { of: Chat; a: Asked; name: string }) {
  const c = of.info.value;
  return (
    <li class={a.answer ? "back" : ""}>
      {a.answer ? <p dir="auto" lang={c.interpreter?.lang ?? c.lang}>{a.answer.text}</p> : null}
      <p class="meant" dir="auto">{a.text}</p>
      <p class="tiny" role="status">{a.answer ? t("desk.translator.by", { name: a.answer.by }) : t("desk.sentence.waits", { name })}</p>
      <p class="row wrap">
        {a.answer ? (
          <button class="btn pri" type="button" onClick={() => sendAnswer(of, a)}>{t("desk.sentence.send")} <kbd>Alt M</kbd></button>
        ) : null}
        <button class="btn bare" type="button" onClick={() => dropSentence(a.id)}>{t("desk.sentence.drop")}</button>
      </p>
      <Refusal of="sentence" id={a.id} />
      {isAsked("sentence", a.id) || a.answer || of.spoken.value.some((x) => x.id === a.id) ? null : (
        <button class="btn" type="button" onClick={() => toTranslatorAgain(of, a)}>{t("desk.again")}</button>
      )}
    </li>
  );
}

/** Beside the conversation: who translates, or how to ask for somebody. Where it matters it comes first. */
export function TranslatorCard({ of, first }: { of: Chat; first?: boolean }) {
  const c = of.info.value;
  const i = c.interpreter;
  const mine = me.value;
  const needed = !(mine?.languages ?? []).includes(c.lang);
  const matters = needed || i !== undefined;
  if (!c.mine || c.state === "closing" || matters !== (first ?? false)) return null;
  return (
    <section class="card" aria-labelledby="tr">
      <header>
        <h2 id="tr">{t("desk.translator.title")}</h2>
        {i?.state === "here" ? <span class="tag info">{t("desk.translator.here")}</span> : null}
      </header>
      {i ? (
        <div class="in">
          <p role="status">
            {i.state === "here" ? t("desk.translator.is_here", { name: i.name ?? "", time: at(i.since) })
              : i.state === "coming" ? t("desk.translator.coming", { name: i.name ?? "" })
              : i.able > 0 ? n("desk.translator.asked", i.able, { time: since(i.since) }) : t("desk.translator.nobody", { time: since(i.since) })}
          </p>
          <p class="tiny">{pairOf(i.lang, i.ours ?? "")}. {t("desk.translator.reads")}</p>
          <p><button class="btn" type="button" disabled={isAsked("notranslator", of.id)} onClick={() => noTranslator(of.id)}>
            {t(i.state === "here" ? "desk.translator.end" : "desk.translator.not")}
          </button></p>
          <Refusal of="notranslator" id={of.id} />
        </div>
      ) : <AskFor key={of.id + c.lang} of={of} needed={needed} />}
    </section>
  );
}

function AskFor({ of, needed }: { of: Chat; needed: boolean }) {
  const c = of.info.value;
  const mine = me.value;
  const known = (tag: string): boolean => tag !== "" && tag !== "und";
  const own = (mine?.languages ?? []).filter((l) => l !== c.lang);
  const [lang, setLang] = useState(known(c.lang) ? c.lang : "");
  const [ours, setOurs] = useState(own.includes("en") ? "en" : (own[0] ?? ""));
  const hers = [...new Set([c.lang, ...(mine?.spoken ?? []), "fil", "th", "vi", "zh", "ro", "ru", "uk", "hi", "bn", "am"].filter(known))];
  const choice = (id: string, label: string, value: string, from: string[], set: (tag: string) => void) => (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="btn" value={value} onChange={(e) => set(e.currentTarget.value)}>
        {value === "" ? <option value="">{t("desk.translator.choose")}</option> : null}
        {from.map((tag) => <option key={tag} value={tag}>{language(tag)}</option>)}
      </select>
    </div>
  );
  return (
    <div class="in">
      <p class="quiet">{t(needed ? "desk.translator.needed" : "desk.translator.spoken", { language: language(c.lang) })}</p>
      <div class="pair">
        {choice("tr-l", t("desk.translator.hers"), lang, hers, setLang)}
        {choice("tr-o", t("desk.translator.yours"), ours, own, setOurs)}
      </div>
      <p><button
        class={`btn wide${needed ? " pri" : ""}`} type="button" disabled={lang === "" || ours === "" || lang === ours || isAsked("translator", of.id)}
        onClick={() => askTranslator(of.id, lang, ours)}
      ><Icon name="globe" />{t("desk.translator.ask")}</button></p>
      <Refusal of="translator" id={of.id} />
    </div>
  );
}

/** Where this person is asked to translate. */
export function Asks() {
  const list = asks.value;
  if (list.length === 0 && advises.value) return null;
  return (
    <div class="asks">
      <div class="row"><h2 id="as" tabIndex={-1}>{t("desk.asks.title")}</h2><span class="tag">{list.length}</span></div>
      {list.length === 0 ? <p class="quiet nobody">{t("desk.asks.none")}</p> : null}
      <ol class="waiting" role="list">{list.map((a) => <AskRow key={a.contact} a={a} />)}</ol>
    </div>
  );
}

function AskRow({ a }: { a: Ask }) {
  return (
    <li class={`wait${a.danger ? " u0" : " u2"}`}>
      <header><h3>{pairOf(a.lang, a.ours ?? "")}</h3><time>{since(a.since)}</time></header>
      <p class="why">
        {a.danger ? `${t("desk.reason.danger")}. ` : ""}
        {a.mine ? t(a.by ? "desk.asks.opens" : "desk.asks.stand_by") : a.by ? t("desk.asks.by", { name: a.by }) : t("desk.asks.nobody")}
      </p>
      <footer>
        <ChannelIcon of={a.channel} />{t(`desk.channel.${a.channel}`)}
        <button class="btn bare push" type="button" disabled={isAsked("pass", a.contact)} onClick={() => pass(a.contact)}>
          {t("desk.asks.pass")}<span class="vh"> {pairOf(a.lang, a.ours ?? "")}</span>
        </button>
        {a.mine ? null : (
          <button class="btn bare go" type="button" disabled={isAsked("come", a.contact)} onClick={() => come(a.contact)}>
            {t("desk.asks.come")}<span class="vh"> {pairOf(a.lang, a.ours ?? "")}</span>
          </button>
        )}
      </footer>
      <Refusal of="come" id={a.contact} />
      <Refusal of="pass" id={a.contact} />
    </li>
  );
}

/** For who translates and answers nobody: what this desk is. */
export const AsksHelp = () => (
  <section class="card"><header><h2>{t("desk.asks.help")}</h2></header>
    <p class="in quiet">{t("desk.asks.help_reads")}</p>
    <p class="in quiet">{t("desk.asks.help_know")}</p>
  </section>
);
