// The desk as a whole: bar, those who wait, the conversations, what matters beside them.

import { useEffect } from "preact/hooks";
import { room } from "../prefs";
import { advises, chat, locked, me, offers, panes, tab, toast, translates, view, waiting, type Tab } from "../state";
import { asks, thread, threads, type Thread } from "../translate";
import { t } from "../words";
import { Bar, Strips } from "./bar";
import { Pane, Strip } from "./chat";
import { Dialogs } from "./dialogs";
import { later } from "./later";
import { Lock } from "./lock";
import { Icon } from "./parts";
import { Queue } from "./queue";
import { Side } from "./side";
import { look, shown as file } from "../situations";

const Board = later(async () => (await import("./far")).Board);
const Situations = later(async () => (await import("./far")).Situations);
const ThreadPane = later(async () => (await import("./far")).ThreadPane);

function Talks({ most, within }: { most: number; within?: boolean }) {
  const Tag = within ? "section" : "main";
  const all = panes.value;
  const now = chat.value;
  const at = Math.max(0, now ? all.indexOf(now) : 0);
  const lent = [...threads.value.values()];
  const inView = (x: Thread): number => (x.id === thread.value ? 0 : 1);
  const beside = (advises.value ? lent.filter((x) => x.id === thread.value)
    : lent.length > most ? lent.sort((a, b) => inView(a) - inView(b)) : lent).slice(0, most);
  const places = most - beside.length;
  const shown = places <= 0 ? [] : all.length <= places ? all : all.slice(Math.max(0, Math.min(at - places + 1, all.length - places))).slice(0, places);
  return (
    <Tag class={`talks of${Math.max(1, shown.length + beside.length)}`} id={within ? undefined : "talks"} tabIndex={-1} aria-label={t("desk.talks")}>
      {all.length + lent.length > most ? <Strip /> : null}
      {beside.map((x) => <ThreadPane key={x.id} of={x} />)}
      {shown.length + beside.length === 0 ? (
        <section class="empty">
          <Icon name="mark" flip />
          <h2>{t(advises.value ? "desk.empty.title" : "desk.asks.empty")}</h2>
          <p class="quiet">{t(advises.value ? "desk.empty.how" : "desk.asks.empty_how")}</p>
        </section>
      ) : shown.map((c) => <Pane key={c.id} chat={c} nth={all.indexOf(c)} />)}
    </Tag>
  );
}

function Pocket() {
  const tabs: [Tab, string, string, number][] = [
    ["now", "bell", t("desk.tab.now"), offers.value.length + waiting.value.length + asks.value.length],
    ["talk", "chat", t("desk.tab.talk"), panes.value.reduce((sum, c) => sum + c.unread.value, 0)],
    ["record", "shield", t("desk.tab.record"), 0],
  ];
  return (
    <div class="pocket">
      <Bar pocket />
      <Strips />
      {view.value === "situations" ? (
        <div class={`screen${file.value ? " file" : ""}`}><div class="scroll" tabIndex={0}><Situations /></div></div>
      ) : view.value === "board" ? (
        <div class="screen"><div class="scroll" tabIndex={0}><Board /></div></div>
      ) : (
        <main class="screen" id="talks" tabIndex={-1}>
          {tab.value === "talk" ? <Talks most={1} within /> : tab.value === "record" ? <Side /> : <Queue />}
        </main>
      )}
      <nav class="tabs" aria-label={t("desk.nav")}>
        {tabs.map(([id, icon, text, count]) => (
          <button
            key={id} type="button" aria-current={view.value === "desk" && tab.value === id ? "page" : undefined}
            onClick={() => {
              view.value = "desk";
              tab.value = id;
            }}
          ><Icon name={icon} /><span>{text}{count ? <span class="tag">{count}</span> : null}</span></button>
        ))}
        {advises.value ? (
          <button type="button" aria-current={view.value === "situations" ? "page" : undefined} onClick={look}><Icon name="task" /><span>{t("desk.nav.situations")}</span></button>
        ) : null}
        {me.value?.roles.includes("supervisor") ? (
          <button type="button" aria-current={view.value === "board" ? "page" : undefined} onClick={() => { view.value = "board"; }}><Icon name="people" /><span>{t("desk.nav.board")}</span></button>
        ) : null}
      </nav>
    </div>
  );
}

function Toast() {
  const is = toast.value;
  useEffect(() => {
    if (!is) return undefined;
    const timer = setTimeout(() => {
      if (toast.peek() === is) toast.value = null;
    }, 6000);
    return () => clearTimeout(timer);
  }, [is]);
  return <p class={`toast${is ? "" : " vh"}`} role="status">{is?.text ?? ""}</p>;
}

export function App() {
  if (locked.value) return <Lock />;
  if (!me.value) return <p class="joining" role="status"><Icon name="mark" flip />{t("desk.joining")}</p>;
  return (
    <>
      {room.value === "pocket" ? <Pocket /> : view.value === "situations" ? (
        <div class={file.value ? "desk file" : "sup"}><Bar /><Strips /><Situations /></div>
      ) : view.value === "board" || !advises.value && !translates.value ? (
        <div class="sup"><Bar /><Strips /><Board /></div>
      ) : (
        <div class="desk">
          <Bar />
          <Strips />
          <Queue />
          <Talks most={room.value === "wide" ? 3 : 1} />
          <Side />
        </div>
      )}
      <Dialogs />
      <Toast />
    </>
  );
}
