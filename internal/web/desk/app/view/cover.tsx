// Somebody is with her: questions that a yes or a no answers, what this is if someone asks, and
// how to end. One tap sends; four seconds take it back. In a call they are read out.

import { useEffect } from "preact/hooks";
import { write } from "../drafts";
import { askCover, told } from "../found";
import { isCall } from "../phone";
import { alone } from "../safety";
import { send } from "../sends";
import { isAsked, type Chat } from "../state";
import { t } from "../words";
import { Icon, Refusal } from "./parts";

export function CoverWords({ of }: { of: Chat }) {
  const { cover } = told(of);
  useEffect(() => {
    if (!cover) askCover(of);
  }, [of.id]);
  const say = (text: string) => (): void => {
    const draft = of.draft.peek();
    write(of, text);
    send(of);
    if (draft) write(of, draft); // what she was writing stays
  };
  const parts: [string, string[]][] = cover ? [["questions", cover.questions], ["stories", cover.stories], ["endings", cover.endings]] : [];
  return (
    <section class="cover-words" aria-label={t("desk.cover_words.title")}>
      <header class="row">
        <Icon name="people" small /><b>{t("desk.safety.heard")}</b>
        {cover?.draft ? <span class="tiny">{t("desk.cover_words.draft")}</span> : null}
        <button class="btn push" type="button" disabled={isAsked("alone", of.id)} onClick={() => alone(of)}>{t("desk.safety.alone_again")} <kbd>F8</kbd></button>
      </header>
      <Refusal of="cover_words" id={of.id} />
      <div class="scroll" tabIndex={0} role="group" aria-label={t("desk.cover_words.title")}>
        {parts.map(([name, lines]) => (
          <div key={name}>
            <h3>{t(`desk.cover_words.${name}`)}</h3>
            <ul role="list" class={isCall(of) ? "" : "chips"} lang={cover?.lang}>
              {lines.map((line) => <li key={line}>{isCall(of) ? <span dir="auto">{line}</span> : <button class="btn" type="button" dir="auto" onClick={say(line)}>{line}</button>}</li>)}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
