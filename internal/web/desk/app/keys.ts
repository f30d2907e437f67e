// The keyboard. Combinations need Alt, Ctrl or the command key; the one plain key, "?", works
// only outside of fields, the keys F1 to F12 everywhere. Each may be changed or switched off.

import { showNth } from "./actions";
import { commands, keysOf } from "./commands";
import { dialog, locked } from "./state";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What was pressed, as it is written in the list: "Alt+A", "Mod+K", "?". */
export function pressed(e: KeyboardEvent): string {
  if (["Alt", "Control", "Meta", "Shift", "AltGraph"].includes(e.key)) return "";
  if (e.getModifierState("AltGraph")) return "";
  const mod = mac ? e.metaKey : e.ctrlKey;
  // With Alt held, letters depend on the layout: the key's place counts then.
  const place = /^(?:Key|Digit)(.)$/.exec(e.code)?.[1];
  const key = (e.altKey || mod) && place ? place : e.key.length === 1 ? e.key.toUpperCase() : e.key;
  const plain = e.key.length === 1 && !/[a-z0-9]/i.test(e.key) && !e.altKey && !mod;
  return [mod ? "Mod" : "", e.altKey ? "Alt" : "", e.shiftKey && !plain ? "Shift" : "", key].filter(Boolean).join("+");
}

/** How a combination is shown. */
export const spelled = (keys: string): string => keys.replaceAll("+", " ").replace("Mod", mac ? "⌘" : "Ctrl");

/** How it is told to assistive technology. */
export const aria = (keys: string): string => keys.replace("Mod", mac ? "Meta" : "Control");

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function listen(): void {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.isComposing || locked.value) return;
    const keys = pressed(e);
    if (!keys) return;
    const open = dialog.value;
    if (!/\+|^F\d/.test(keys) && inField(e.target)) return;
    const nth = /^Alt\+([1-9])$/.exec(keys)?.[1];
    if (nth && !open) {
      e.preventDefault();
      return showNth(Number(nth) - 1);
    }
    const command = commands.find((c) => keysOf(c) === keys && c.when());
    // A window has its own keys; only what rings is answered over it.
    const over = open && open.kind !== "still" && command?.id !== "accept" && command?.id !== "decline";
    if (!command || over) return;
    e.preventDefault();
    command.run();
  });
}
