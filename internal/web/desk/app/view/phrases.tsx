// The list of approved phrases, opened by "/" in the composer: found by a few letters in either
// language, chosen by arrow and Enter, put into the composer and sent by nobody but the advocate.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Phrase, Told } from "../frames";
import { namesIt } from "../mask";
import { found, fromPhrase, open, phrasesOf, put, show } from "../phrases";
import { heard } from "../safety";
import type { Chat } from "../state";
import { at } from "../time";
import { language, t } from "../words";
import { Icon, Name } from "./parts";

const groupName = (code: string): string => t(`desk.phrases.group.${code}`);

/** Phrases in a row that stand in one group. */
function groups(list: Phrase[]): [string, Phrase[]][] {
  const out: [string, Phrase[]][] = [];
  for (const p of list) {
    const last = out.at(-1);
    if (last && last[0] === p.group) last[1].push(p);
    else out.push([p.group, [p]]);
  }
  return out;
}

export function Phrases({ chat, onPick, onClose }: { chat: Chat; onPick: (text: string) => void; onClose: () => void }) {
  const [asked, ask] = useState("");
  const [moved, move] = useState(0);
  const ref = useRef<HTMLInputElement>(null);
  const list = phrasesOf(chat);
  const c = chat.info.value;
  const all = list ? found(list, asked, c.limits !== undefined, groupName).filter((p) => !heard(chat) || !namesIt(p.text)) : [];
  const here = Math.min(moved, all.length - 1);
  const id = `ph-${chat.id}`;
  const optionId = (p: Phrase): string => `${id}-${p.code}`;

  useEffect(() => ref.current?.focus(), []);
  useEffect(() => {
    const now = all[here];
    if (now) document.getElementById(optionId(now))?.scrollIntoView({ block: "nearest" });
  });

  const pick = (p: Phrase | undefined): void => {
    if (!p || !list) return;
    put(chat, p.text, fromPhrase(list, p));
    onPick(p.text);
  };
  const onKeyDown = (e: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      move((here + step + all.length) % Math.max(1, all.length));
    } else if (e.key === "Enter" && !e.isComposing) {
      e.preventDefault();
      pick(all[here]);
    } else if (e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      onClose();
    }
  };

  return (
    <div class="phrases" onFocusOut={(e) => {
      if (e.relatedTarget instanceof Node && !e.currentTarget.contains(e.relatedTarget)) open.value = "";
    }}>
      <div class="in field">
        <label class="vh" for={id}>{t("desk.phrases.search")}</label>
        <input
          ref={ref} id={id} type="text" role="combobox" autocomplete="off" value={asked} placeholder={t("desk.phrases.search")}
          aria-expanded="true" aria-autocomplete="list" aria-controls={`${id}-l`}
          aria-activedescendant={all[here] ? optionId(all[here]) : undefined}
          onInput={(e) => {
            ask(e.currentTarget.value);
            move(0);
          }}
          onKeyDown={onKeyDown}
        />
        {list && list.of === "" ? <p class="tiny" role="status">{t("desk.phrases.empty", { language: language(c.lang) })}</p> : null}
        {list && list.of !== "" && list.of !== c.lang ? (
          <p class="tiny" role="status">{t("desk.phrases.other", { language: language(c.lang), other: language(list.of) })}</p>
        ) : null}
      </div>
      <div class="scroll" id={`${id}-l`} role="listbox" aria-label={t("desk.phrases.for", { handle: c.handle })}>
        {groups(all).map(([group, some]) => (
          <div key={group} role="group" aria-labelledby={`${id}-g-${group}`}>
            <p class="tiny" id={`${id}-g-${group}`}>
              {groupName(group)}{group === "limits" && c.limits ? ` · ${limits(c.limits)}` : ""}
            </p>
            {some.map((p) => (
              <div
                key={p.code} id={optionId(p)} role="option" aria-selected={all[here] === p}
                onPointerDown={(e) => e.preventDefault()} onClick={() => pick(p)}
                onPointerMove={() => all[here] !== p && move(all.indexOf(p))}
              >
                <span dir="auto" lang={list?.of}>{p.text}</span>
                {p.says ? <span class="tiny" dir="auto">{p.says}</span> : null}
              </div>
            ))}
          </div>
        ))}
      </div>
      {list && all.length === 0 && list.of !== "" ? <p class="in tiny" role="status">{t("desk.phrases.none")}</p> : null}
      {list && list.of !== "" ? (
        <p class="in tiny">{t(list.draft ? "desk.phrases.draft" : "desk.phrases.edition", { number: list.number })}</p>
      ) : null}
    </div>
  );
}

/** Who told her what stays with us, when and by which words. */
const limits = (told: Told): string => t(told.by ? "desk.limits.told" : "desk.limits.page", { time: at(told.at), number: told.number });

/** In the log: when she was told what stays with us and what does not. */
export const LimitsTold = ({ told }: { told: Told }) => (
  <li class="sys"><Icon name="check" small />{limits(told)}</li>
);

/** In the log: that she has not been told. */
export function LimitsNot({ chat }: { chat: Chat }) {
  const c = chat.info.value;
  if (c.limits || !c.mine || c.state !== "live" || chat.gone.value !== "") return null;
  return (
    <li class="sys">
      {t("desk.limits.not")}{" "}
      <button class="btn bare" type="button" onClick={() => show(chat)}>
        {t("desk.limits.tell")}<span class="vh"> <Name>{c.handle}</Name></span>
      </button>
    </li>
  );
}
