// The desk: one page for a whole shift, fed by one socket.

import { effect } from "@preact/signals";
import { render } from "preact";
import { watch } from "./alarm";
import { hello, receive } from "./apply";
import { flush } from "./drafts";
import { guard, idle } from "./idle";
import { listen } from "./keys";
import { speaks } from "./phone";
import { applyPrefs } from "./prefs";
import { mask } from "./mask";
import { flushRecord } from "./record";
import { ask, join, link } from "./socket";
import { wakeOnTouch } from "./sound";
import { chat, chats, dialog, me } from "./state";
import { meet } from "./tabs";
import { learn } from "./tongues";
import { App } from "./view/app";
import { bringPhone } from "./view/call";
import { bringAll } from "./view/later";
import { tag } from "./words";

async function start(root: HTMLElement): Promise<void> {
  const given = root.dataset;
  mask();
  applyPrefs();
  await learn(JSON.parse(given["tongues"] ?? "[]"), document.documentElement.lang);
  render(<App />, root);
  watch(document.querySelector<HTMLLinkElement>("link[rel=icon]"));
  listen();
  guard();
  wakeOnTouch();
  meet();
  join(new URL(given["socket"] ?? "socket", location.href).href, given["session"] ?? "session", {
    hello,
    idle,
    receive,
    beat: () => me.peek()?.limits.beat ?? 10000,
    ended: () => location.reload(),
  });
  effect(() => {
    const c = chat.value;
    if (c && !document.hidden) c.unread.value = 0;
  });
  addEventListener("visibilitychange", () => {
    if (document.hidden) {
      flush();
      flushRecord();
    }
    else if (chat.peek()) chat.peek()!.unread.value = 0;
  });
  addEventListener("pagehide", () => {
    flush();
    flushRecord();
  });
  effect(() => {
    // She has said how she begins, or the link is back after what did not come.
    if (me.value && !dialog.value && link.value === "live") setTimeout(bringAll, 1000);
  });
  effect(() => {
    if (me.value?.phone) void bringPhone().then((m) => m.start(given["phone"] ?? ""), () => undefined);
  });
  let spoken = tag();
  effect(() => {
    // Forms come in the language that the desk speaks.
    if (tag() === spoken) return;
    spoken = tag();
    ask();
  });
  addEventListener("beforeunload", (e) => {
    // What has not reached the server is kept here, but closing now would delay it.
    if ([...chats.peek().values()].some((c) => c.pending.peek().some((p) => p.until === 0 && !p.refused)) || speaks()) e.preventDefault();
  });
}

const root = document.getElementById("app");
if (root) void start(root);
