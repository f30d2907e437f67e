// By which words she is found again. The same line for everybody: what it answers to a stranger
// and to somebody whose words are others is the same.

import { useState } from "preact/hooks";
import { draw, forgetDrawn, joinFound, says, told } from "../found";
import { isAsked, refusal, type Chat } from "../state";
import { at } from "../time";
import { n, t } from "../words";
import { Icon, Refusal } from "./parts";

const date = (ms: number): string => `${new Date(ms).toISOString().slice(0, 10)} ${at(ms)}`;

export function Phrase({ of }: { of: Chat }) {
  const [text, type] = useState("");
  const { drawn, said, found } = told(of);
  const c = of.info.value;
  if (!c.mine || c.state !== "live") return null;
  const over = refusal("says", of.id)?.key === "safety.tries"; // a supervisor goes on
  const state = c.safety?.phrase ?? "";
  return (
    <section class="card phrase" aria-labelledby="ps">
      <header><h2 id="ps">{t("desk.phrase.title")}</h2>{state ? <span class="tag">{t(`desk.phrase.${state}`)}</span> : null}{drawn ? null : <button class="btn bare push" type="button" disabled={isAsked("phrase", of.id)} onClick={() => draw(of)}>{t(state ? "desk.phrase.again" : "desk.phrase.draw")}</button>}</header>
      <div class="in">
        {drawn ? (
          <div class="drawn" role="status">
            <p class="quiet">{t("desk.phrase.once")}</p>
            <p class="words" dir="auto"><b>{drawn}</b></p>
            <button class="btn pri wide" type="button" onClick={() => forgetDrawn(of)}>{t("desk.phrase.told")}</button>
          </div>
        ) : null}
        {over ? null : <form onSubmit={(e) => {
          e.preventDefault();
          if (text.trim() === "") return;
          says(of, text);
          type("");
        }}>
          <div class="field">
            <label for="says">{t("desk.phrase.says")}</label>
            <span class="row">
              <input id="says" type="text" dir="auto" maxLength={200} autoComplete="off" spellcheck={false} value={text} onInput={(e) => type(e.currentTarget.value)} />
              <button class="btn" type="submit" disabled={isAsked("says", of.id)}>{t("desk.phrase.look")}</button>
            </span>
          </div>
        </form>}
        <Refusal of="says" id={of.id} />
        <Refusal of="phrase" id={of.id} />
        <Refusal of="join_found" id={of.id} />
        <div role="status">
          {said && !said.found ? <p>{t("desk.phrase.nothing")} {n("desk.phrase.left", said.left)}</p> : null}
          {said?.found && !found ? <p>{t("desk.phrase.found")}</p> : null}
        </div>
        {said?.found && !found ? (
          <button class="btn pri wide" type="button" disabled={isAsked("join_found", of.id)} onClick={() => joinFound(of)}><Icon name="people" small />{t("desk.phrase.join")}</button>
        ) : null}
        {found ? (
          <>
            <p>{n("desk.phrase.earlier", found.earlier.length)}</p>
            <ol class="left" role="list">
              {found.earlier.map((e) => (
                <li key={e.contact}>
                  <bdi>{date(e.began)}</bdi> · {t(`desk.channel.${e.channel}`)}{e.outcome ? ` · ${t(`desk.outcome.${e.outcome}`)}` : ""}
                  {e.promised ? <p dir="auto"><b>{t("desk.safety.promised")}</b> {e.promised}</p> : null}
                </li>
              ))}
            </ol>
          </>
        ) : null}
      </div>
    </section>
  );
}
