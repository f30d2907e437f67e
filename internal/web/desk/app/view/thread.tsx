// The translator's own desk: what was said, and the field for her words.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Message } from "../frames";
import { isAsked } from "../state";
import { at } from "../time";
import { give, newest, pass, thread, todo, type, typed, wayOf, working, type Item, type Thread } from "../translate";
import { language, n, t } from "../words";
import { Name, Refusal } from "./parts";
import { pairOf } from "./translate";

function Line({ of, m }: { of: Thread; m: Message }) {
  const us = m.side !== "caller";
  const x = newest(of.texts.value, m.id);
  const choose = (): void => {
    if (x && !typed.peek().has(m.id)) type(m.id, x.text);
    of.chosen.value = m.id;
    requestAnimationFrame(() => document.getElementById(`tr-${of.id}`)?.focus());
  };
  if (m.side === "line") return <li class="sys"><span dir="auto">{m.text}</span> <bdi>{at(m.at)}</bdi></li>;
  return (
    <li class={us ? "msg us" : "msg"}>
      <p dir="auto">{m.text}</p>
      {x ? <p class="meant" dir="auto">{x.text}</p> : null}
      <span class="tiny">
        {us ? <Name>{m.by ?? ""}</Name> : <span class="vh">{t("desk.said.caller")}</span>} <bdi>{at(m.at)}</bdi>
        {us ? null : <button class="btn bare" type="button" onClick={choose}>{t(x ? "desk.thread.change" : "desk.thread.do")}</button>}
      </span>
    </li>
  );
}

function Field({ of, item, left }: { of: Thread; item: Item; left: number }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const c = of.info.value;
  const text = typed.value.get(item.id) ?? "";
  const way = wayOf(item.id);
  const into = item.ours ? c.lang : c.ours;
  // The next thing has a field of its own: whoever was writing goes on there, nobody else is disturbed.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) ref.current?.focus();
  }, []);
  return (
    <div class="compose">
      <p class="tiny">{item.ours ? t("desk.thread.sentence", { name: c.advocate }) : t("desk.thread.said")}{left > 1 ? ` · ${n("desk.thread.more", left - 1)}` : ""}</p>
      <blockquote dir="auto">{item.text}</blockquote>
      <div class="box">
        <label class="vh" for={`tr-${of.id}`}>{t("desk.thread.into", { language: language(into) })}</label>
        <textarea
          ref={ref} id={`tr-${of.id}`} rows={2} dir="auto" lang={into} value={text} placeholder={t("desk.thread.into", { language: language(into) })}
          onInput={(e) => type(item.id, e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.isComposing || e.key !== "Enter" || e.shiftKey) return;
            e.preventDefault();
            give(of, item);
          }}
        />
        <div class="foot">
          <span class="tiny">{t("desk.thread.keys")}</span>
          <button class="btn pri" type="button" disabled={text.trim() === "" || isAsked("translate", way)} onClick={() => {
            give(of, item);
            ref.current?.focus();
          }}>{t("desk.thread.give")}</button>
        </div>
      </div>
      <Refusal of="translate" id={way} />
    </div>
  );
}

/** A contact that this person translates. */
export function ThreadPane({ of }: { of: Thread }) {
  const c = of.info.value;
  const item = working(of);
  const left = todo(of).length;
  return (
    <article class="chat" aria-current={thread.value === of.id ? "true" : undefined} aria-labelledby={`t-${of.id}`} onFocusIn={() => { thread.value = of.id; }}>
      <header>
        <div class="row">
          <h2 id={`t-${of.id}`}><Name>{c.handle}</Name></h2>
          <button class="btn bare push" type="button" disabled={isAsked("pass", of.id)} onClick={() => pass(of.id)}>
            {t("desk.thread.leave")}<span class="vh"> <Name>{c.handle}</Name></span>
          </button>
        </div>
        <p class="row"><span class="word">{pairOf(c.lang, c.ours)}</span><span class="quiet push">{t("desk.thread.for", { name: c.advocate })}</span></p>
      </header>
      <Refusal of="pass" id={of.id} />
      <div class="log scroll" role="log" aria-labelledby={`t-${of.id}`} tabIndex={0}>
        <ol role="list">{of.said.value.map((m) => <Line key={m.id} of={of} m={m} />)}</ol>
      </div>
      <p class="typing" role="status">{item ? "" : t("desk.thread.nothing")}</p>
      {item ? <Field key={item.id} of={of} item={item} left={left} /> : null}
    </article>
  );
}
