// Everything that can be done, once: the palette lists it, the keyboard reaches it.

import * as act from "./actions";
import { alone, editing, heard, safe } from "./safety";
import { advises, chat, current, cutOff, next, offers, openAlerts, panes, sleeping, supervises, tab, view, me } from "./state";
import { consents } from "./consents";
import { duties } from "./duty";
import { show as phrases } from "./phrases";
import { callHelp } from "./help";
import { hold, mute, onCall, talking } from "./phone";
import { begin, formOf } from "./record";
import { dark, prefer, prefs } from "./prefs";
import { look, open } from "./situations";
import { sendFirstAnswer, sentences } from "./translate";
import { t } from "./words";

export interface Command {
  id: string; // also the key of its text: desk.do.<id>
  keys: string; // the combination it comes with, "" for none
  icon: string;
  label?: () => string;
  when: () => boolean;
  run: () => void;
}

const held = (): boolean => chat.value !== undefined && chat.value.info.value.mine && chat.value.gone.value === "";
const live = (): boolean => held() && chat.value?.info.value.state === "live";
const focus = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};
/** To what stands beside the conversation. */
const beside = (what: string, first?: (el: HTMLElement) => void): void => {
  tab.value = "record";
  requestAnimationFrame(() => {
    const el = document.querySelector<HTMLElement>(what);
    if (!el) return;
    first?.(el);
    el.focus();
  });
};
const onChat = (run: (c: NonNullable<typeof chat.value>) => void) => (): void => {
  if (chat.value) run(chat.value);
};

export const commands: Command[] = [
  { id: "palette", keys: "Mod+K", icon: "search", when: () => true, run: () => act.openDialog({ kind: "palette" }) },
  { id: "keys", keys: "?", icon: "keypad", when: () => true, run: () => act.openDialog({ kind: "keys" }) },
  { id: "accept", keys: "Alt+A", icon: "check", when: () => offers.value.length > 0, run: act.acceptFirst },
  { id: "decline", keys: "Alt+X", icon: "undo", when: () => offers.value.length > 0, run: act.declineFirst },
  { id: "next", keys: "Alt+N", icon: "chat", when: () => next.value !== undefined, run: act.takeNext },
  { id: "undo", keys: "Alt+U", icon: "undo", when: () => (chat.value?.pending.value.length ?? 0) > 0, run: () => void act.undoCurrent() },
  {
    id: "danger", keys: "Alt+G", icon: "alert", when: live,
    label: () => t(chat.value?.info.value.danger ? "desk.do.calm" : "desk.do.danger"),
    run: onChat((c) => act.danger(c, !c.info.value.danger)),
  },
  { id: "help", keys: "F9", icon: "phone", when: () => chat.value !== undefined && chat.value.gone.value === "", run: onChat((c) => callHelp(c.id)) },
  { id: "safe", keys: "Alt+Y", icon: "shield", when: live, run: onChat((c) => safe(c, "yes")) },
  { id: "unsafe", keys: "Alt+J", icon: "alert", when: live, run: onChat((c) => safe(c, "no")) },
  {
    id: "alone", keys: "F8", icon: "people", when: held,
    label: () => t(chat.value && heard(chat.value) ? "desk.do.alone_again" : "desk.do.alone"),
    run: onChat(alone),
  },
  {
    id: "safety", keys: "Alt+E", icon: "form", when: held,
    run: onChat((c) => {
      tab.value = "record";
      editing.value = c.id;
      focus(`sw-${c.id}-page`);
    }),
  },
  { id: "over", keys: "Alt+O", icon: "transfer", when: live, run: onChat((c) => act.openDialog({ kind: "over", contact: c.id })) },
  { id: "back", keys: "Alt+B", icon: "undo", when: live, run: onChat((c) => act.openDialog({ kind: "back", contact: c.id })) },
  { id: "sleep", keys: "", icon: "moon", when: live, run: onChat(act.sleep) },
  { id: "end", keys: "Alt+W", icon: "end", when: () => held() && chat.value?.info.value.state !== "closing", run: onChat((c) => act.openDialog({ kind: "end", contact: c.id })) },
  {
    id: "write", keys: "Alt+C", icon: "send", when: () => panes.value.length > 0,
    run: onChat((c) => act.show(c.id)),
  },
  { id: "answer", keys: "Alt+M", icon: "globe", when: () => chat.value !== undefined && sentences(chat.value).some((a) => a.answer), run: onChat(sendFirstAnswer) },
  {
    id: "translator", keys: "Alt+Z", icon: "globe", when: live,
    run: () => beside("#tr-l, [aria-labelledby=tr] button"),
  },
  { id: "phrases", keys: "Alt+H", icon: "chat", when: live, run: onChat((c) => {
    act.show(c.id);
    phrases(c);
  }) },
  {
    id: "queue", keys: "Alt+Q", icon: "people", when: () => advises.value,
    run: () => {
      view.value = "desk";
      tab.value = "now";
      focus("q");
    },
  },
  {
    id: "side", keys: "Alt+S", icon: "shield", when: () => panes.value.length > 0,
    run: () => {
      tab.value = "record";
      focus("side");
    },
  },
  {
    id: "form", keys: "Alt+I", icon: "form", when: () => chat.value !== undefined && formOf(chat.value.id) !== undefined,
    run: onChat((c) => {
      tab.value = "record";
      begin.value = { contact: c.id };
    }),
  },
  {
    id: "law", keys: "", icon: "form", when: () => chat.value !== undefined && duties.value.has(chat.value.id),
    run: () => beside(".duty summary", (el) => el.parentElement!.setAttribute("open", "")),
  },
  { id: "consents", keys: "", icon: "check", when: () => chat.value !== undefined && consents.value.has(chat.value.id), run: () => beside(".side .con button") },
  {
    id: "situations", keys: "Alt+T", icon: "task", when: () => advises.value,
    label: () => t(view.value === "situations" ? "desk.do.desk" : "desk.do.situations"),
    run: () => {
      if (view.value === "situations") view.value = "desk";
      else look();
    },
  },
  {
    id: "situation", keys: "Alt+K", icon: "person", when: held,
    run: onChat((c) => {
      const at = c.info.value.situation;
      if (at) open(at);
      else act.openDialog({ kind: "link", contact: c.id });
    }),
  },
  {
    id: "board", keys: "Alt+V", icon: "people", when: () => supervises.value,
    label: () => t(view.value === "board" ? "desk.do.desk" : "desk.do.board"),
    run: () => {
      view.value = view.value === "board" ? "desk" : "board";
    },
  },
  {
    id: "seen", keys: "Alt+R", icon: "bell", when: () => supervises.value && openAlerts.value.length > 0,
    run: () => {
      const first = openAlerts.value.at(-1);
      if (first) act.seen(first.id);
    },
  },
  {
    id: "break", keys: "Alt+P", icon: "clock", when: () => me.value?.state !== "away",
    label: () => t(me.value?.state === "break" ? "desk.do.ready" : "desk.do.break"),
    run: act.toggleReady,
  },
  { id: "mute", keys: "F2", icon: "mic", when: () => talking.value !== undefined, run: onCall(mute) },
  { id: "hold", keys: "F4", icon: "hold", when: () => talking.value !== undefined, run: onCall(hold) },
  { id: "sound", keys: "", icon: "bell", when: () => true, run: () => act.openDialog({ kind: "sound" }) },
  {
    id: "theme", keys: "", icon: "moon", when: () => true,
    label: () => t(dark() ? "desk.do.light" : "desk.do.dark"),
    run: () => prefer({ theme: dark() ? "light" : "dark" }),
  },
  { id: "cover", keys: "Alt+L", icon: "lock", when: () => true, run: act.lock },
  { id: "shift", keys: "", icon: "key", when: () => true, run: () => act.openDialog({ kind: "shift" }) },
];

export const label = (c: Command): string => c.label?.() ?? t(`desk.do.${c.id}`);

/** The combination of a command as this person has it; "" is off. */
export const keysOf = (c: Command): string => prefs.value.keys[c.id] ?? c.keys;

/** The palette lists the conversations too. */
export function jumps(): Command[] {
  return [...panes.value, ...sleeping.value, ...cutOff.value].map((c, i) => ({
    id: `go-${c.id}`,
    keys: panes.value[i] === c && i < 9 ? `Alt+${i + 1}` : "",
    icon: "chat",
    label: () => t("desk.do.go", { handle: c.info.value.handle }),
    when: () => current.value !== c.id,
    run: () => act.show(c.id),
  }));
}
