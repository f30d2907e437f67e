// Where she is, by rough words, and who answers there.

import { useEffect, useState } from "preact/hooks";
import type { Answers, PlaceView } from "../frames";
import { places } from "../help";
import { find, isNewest } from "../sheets";
import { link } from "../socket";
import { language, listed, n, t } from "../words";
import { Icon } from "./parts";

/** A number as it is dialled, in the letters of a table in every language. */
export const Dial = ({ of, big }: { of: string; big?: boolean }) => <b class={big ? "dial" : "nowrap"}><bdi dir="ltr">{of}</bdi></b>;

export function Who({ of, rest }: { of: Answers; rest?: boolean }) {
  const more: [string, string | undefined][] = [["medical", of.medical], ["fire", of.fire]];
  return (
    <div class="who-answers">
      {of.made_up ? <p class="note warn" role="note"><Icon name="alert" small /><span>{t("desk.help.made_up")}</span></p> : null}
      {of.call ? <p class="row wrap">{rest ? null : <><span class="quiet">{t("desk.help.call")}</span> <Dial of={of.call} big /></>} <small>{t(`desk.help.text.${of.text || "unsaid"}`)}</small></p> : null}
      {of.police ? (
        <p><bdi dir="auto">{of.police}</bdi>{of.number ? <> <Dial of={of.number} /></> : null}
          <small>{[listed(of.takes.map((x) => t(`desk.channel.${x}`))), of.hours, listed(of.languages.map(language))].filter(Boolean).join(" · ")}</small>
          {of.form ? <small><a href={of.form} target="_blank" rel="noopener noreferrer" dir="ltr">{of.form}</a></small> : null}</p>
      ) : null}
      {more.map(([kind, number]) => number ? <p key={kind}><span class="quiet">{t(`desk.help.${kind}`)}</span> <Dial of={number} /></p> : null)}
      {of.notes ? <p dir="auto">{of.notes}</p> : null}
    </div>
  );
}

/** Rough words, and the places that they may mean: somebody chooses. */
export function Places({ contact, words, onWords, onChoose, id }: { contact: string; words: string; onWords: (words: string) => void; onChoose: (p?: PlaceView) => void; id: string }) {
  const [on, move] = useState(0);
  const found = places.value?.contact === contact && words.trim() ? places.value : null;
  const all: (PlaceView | undefined)[] = [...(found?.all ?? []), undefined];
  const here = Math.min(on, all.length - 1);
  const live = link.value === "live";
  useEffect(() => {
    if (live) find(contact, words); // what was asked on a line that broke is never answered
  }, [live]);
  return (
    <>
      <div class="field">
        <label for={id}>{t("desk.help.where")}</label>
        <input
          id={id} type="text" role="combobox" dir="auto" autoComplete="off" maxLength={400} value={words} placeholder={t("desk.help.where_hint")}
          aria-expanded="true" aria-controls={`${id}-found`} aria-activedescendant={`${id}-${here}`}
          onInput={(e) => {
            onWords(e.currentTarget.value);
            find(contact, e.currentTarget.value);
            move(0);
          }}
          onKeyDown={(e) => {
            if (e.isComposing) return;
            const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
            if (step) {
              e.preventDefault();
              move((here + step + all.length) % all.length);
            } else if (e.key === "Enter") {
              e.preventDefault();
              // Never one that she has not seen.
              if (e.currentTarget.value.trim() === "" || (found === places.value && isNewest())) onChoose(all[here]);
            }
          }}
        />
      </div>
      {found?.none ? <p class="quiet">{t("desk.help.no_table")}</p> : null}
      <p class="vh" role="status">{found ? n("desk.help.found", found.all.length) : ""}</p>
      <ul class="found" id={`${id}-found`} role="listbox" aria-label={t("desk.help.places")}>
        {all.map((p, i) => (
          <li key={p?.code ?? ""} id={`${id}-${i}`} role="option" aria-selected={i === here} onClick={() => onChoose(p)} onPointerMove={() => i !== here && move(i)}>
            {p ? (
              <span><b dir="auto">{p.name}</b>{p.in.length ? <> <bdi class="quiet">{listed(p.in)}</bdi></> : null}
                <small>{t(`desk.help.fit.${p.fit}`)}{p.by && p.by !== p.name ? <>: <bdi dir="auto">{p.by}</bdi></> : null}</small></span>
            ) : <span>{t("desk.help.without")}</span>}
            {p?.who.call ? <span class="push"><Dial of={p.who.call} /></span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}
