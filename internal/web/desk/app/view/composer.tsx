// Writing to a caller: Enter sends, Shift+Enter breaks the line, four seconds to take it back.

import { useRef } from "preact/hooks";
import { typing, undo, undoCurrent } from "../actions";
import { clear, write } from "../drafts";
import { send, tooLong } from "../sends";
import { open as phrasesOpen, show as showPhrases, sourceOf } from "../phrases";
import { current, me, type Chat } from "../state";
import { exactly, left, second } from "../time";
import { askMachine, helped, toTranslator } from "../translate";
import { n, t } from "../words";
import { Icon } from "./parts";
import { Phrases } from "./phrases";
import { Sentences } from "./translate";

/** The newest message that can still be taken back. */
function Undo({ chat }: { chat: Chat }) {
  const last = chat.pending.value.filter((p) => !p.refused).at(-1);
  if (!last) return null;
  const text = last.until === 0
    ? t("desk.undo.unsent")
    : second.value >= last.until ? t("desk.undo.leaving") : t("desk.undo.leaves", { time: left(last.until) });
  return (
    <p class="undo">
      {text}
      <span class="vh" role="status">{last.until > 0 ? t("desk.undo.said") : ""}</span>
      <button class="btn" type="button" onClick={() => undo(chat, last.id)}>
        <Icon name="undo" small flip />{t("desk.undo")} <kbd>Alt U</kbd>
      </button>
    </p>
  );
}

export function Composer({ chat }: { chat: Chat }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = chat.draft.value;
  const limit = me.value?.limits.text ?? 8192;
  const bytes = new TextEncoder().encode(text).length;
  const over = tooLong(text);
  const id = `w-${chat.id}`;
  const handle = chat.info.value.handle;

  const caret = useRef<[number, number]>([0, 0]);
  const openPhrases = (): void => {
    const field = ref.current;
    if (field) caret.current = [field.selectionStart, field.selectionEnd];
    showPhrases(chat);
  };
  const closePhrases = (): void => {
    phrasesOpen.value = "";
    ref.current?.focus();
  };
  const insert = (phrase: string): void => {
    const [from, to] = caret.current;
    const now = chat.draft.peek();
    const before = now.slice(0, from);
    const after = now.slice(to);
    const put = `${before}${before === "" || /\s$/.test(before) ? "" : "\n"}${phrase}`;
    write(chat, put + (after === "" || /^\s/.test(after) ? "" : "\n") + after);
    closePhrases();
    requestAnimationFrame(() => ref.current?.setSelectionRange(put.length, put.length));
  };

  // With a translator there, words of one's own go to her first; approved ones and hers go out.
  const abroad = helped(chat) && Object.keys(sourceOf(chat, text)).length === 0;
  const go = (): void => {
    const words = text.replace(/\s+$/, "");
    if (!abroad) return send(chat);
    if (words.trim() === "" || over) return;
    toTranslator(chat, words);
    clear(chat);
  };

  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.isComposing) return;
    if (e.key === "/" && /(^|\n)$/.test(text.slice(0, ref.current?.selectionStart ?? 0))) {
      e.preventDefault();
      openPhrases();
      return;
    }
    if (e.key === "Enter" && !e.shiftKey && !e.altKey && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      go();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && abroad) {
      e.preventDefault();
      send(chat);
    } else if (e.key.toLowerCase() === "z" && (e.ctrlKey || e.metaKey) && !e.shiftKey && text === "" && undoCurrent()) {
      e.preventDefault();
    }
  };

  return (
    <div class="compose">
      <Undo chat={chat} />
      <Sentences of={chat} />
      {phrasesOpen.value === chat.id ? <Phrases chat={chat} onPick={insert} onClose={closePhrases} /> : null}
      <div class="box">
        <label class="vh" for={id}>{t("desk.compose.to", { handle })}</label>
        <textarea
          ref={ref} id={id} rows={2} dir="auto" value={text} placeholder={t("desk.compose.to", { handle })}
          aria-describedby={`${id}-h`} aria-invalid={over ? "true" : undefined}
          onInput={(e) => {
            write(chat, e.currentTarget.value);
            if (e.currentTarget.value !== "") typing(chat);
          }}
          onFocus={() => {
            if (current.peek() !== chat.id) current.value = chat.id;
            chat.unread.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
        <div class="foot">
          <button class="btn bare sq" type="button" aria-haspopup="listbox" aria-expanded={phrasesOpen.value === chat.id} onClick={openPhrases}>
            <kbd aria-hidden="true">/</kbd>{t("desk.phrases")}
          </button>
          <span class="tiny" id={`${id}-h`}>
            {over ? <b class="over">{n("desk.compose.over", bytes - limit)}</b>
              : bytes > limit * 0.85 ? n("desk.compose.left", limit - bytes)
              : chat.keptAt.value && text !== "" ? <>{t("desk.compose.kept")}<br /><bdi>{exactly(chat.keptAt.value)}</bdi></>
              : t(abroad ? "desk.compose.keys_translator" : "desk.compose.keys")}
          </span>
          {me.value?.machine && !me.value.languages.includes(chat.info.value.lang) ? (
            <button class="btn" type="button" disabled={over || text.trim() === ""} onClick={() => askMachine(chat, { text: text.trim() })}>{t("desk.machine.ask")}</button>
          ) : null}
          {abroad ? (
            <button class="btn" type="button" disabled={over || text.trim() === ""} onClick={() => {
              send(chat);
              ref.current?.focus();
            }}>{t("desk.compose.as_is")}</button>
          ) : null}
          <button class="btn pri" type="button" disabled={over || text.trim() === ""} onClick={() => {
            go();
            ref.current?.focus();
          }}>{abroad ? t("desk.compose.translate") : t("desk.compose.send")}</button>
        </div>
      </div>
    </div>
  );
}
