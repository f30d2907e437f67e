// The list of keys. Each can be changed or switched off.

import { useState } from "preact/hooks";
import { commands, keysOf, label, type Command } from "../commands";
import { pressed, spelled } from "../keys";
import { prefer, prefs } from "../prefs";
import { dialog } from "../state";
import { t } from "../words";
import { Modal } from "./parts";

const fixed: [string, string][] = [
  ["Alt+1 … 9", "talk"], ["Enter", "send"], ["Shift+Enter", "newline"], ["Mod+Z", "undo_empty"], ["Escape", "close"],
];

const set = (c: Command, keys: string): void => prefer({ keys: { ...prefs.value.keys, [c.id]: keys } });

export function KeyList() {
  const [changing, change] = useState("");
  const [taken, take] = useState("");
  const record = (c: Command) => (e: KeyboardEvent): void => {
    if (e.key === "Tab") return;
    e.preventDefault();
    e.stopPropagation();
    const keys = pressed(e);
    if (e.key === "Escape") return change("");
    if (!keys || !/\+|^F\d|^\?$/.test(keys)) return;
    const other = commands.find((x) => x !== c && keysOf(x) === keys);
    if (other || /^Alt\+[1-9]$/.test(keys)) return take(other ? label(other) : t("desk.keys.talk"));
    set(c, keys);
    take("");
    change("");
  };
  return (
    <Modal title={t("desk.keys.title")} onClose={() => { dialog.value = null; }} wide>
      <p class="quiet">{t("desk.keys.how")}</p>
      <div class="scroll keys-scroll" tabIndex={0} role="group" aria-label={t("desk.keys.title")}>
        <table class="keys">
          <thead><tr><th scope="col">{t("desk.keys.what")}</th><th scope="col">{t("desk.keys.keys")}</th><th scope="col"><span class="vh">{t("desk.keys.change")}</span></th></tr></thead>
          <tbody>
            {fixed.map(([keys, id]) => <tr key={id}><th scope="row">{t(`desk.keys.${id}`)}</th><td><kbd>{spelled(keys)}</kbd></td><td /></tr>)}
            {commands.map((c) => (
              <tr key={c.id}>
                <th scope="row">{label(c)}</th>
                <td>
                  {changing === c.id
                    ? <input class="record" readOnly autofocus value={t("desk.keys.press")} aria-label={t("desk.keys.press")} onKeyDown={record(c)} onBlur={() => change("")} />
                    : keysOf(c) ? <kbd>{spelled(keysOf(c))}</kbd> : <span class="tiny">{t("desk.keys.off")}</span>}
                </td>
                <td class="acts">
                  <button class="btn bare" type="button" onClick={() => change(c.id)}>{t("desk.keys.change")}<span class="vh"> {label(c)}</span></button>
                  {keysOf(c) ? <button class="btn bare" type="button" onClick={() => set(c, "")}>{t("desk.keys.turn_off")}<span class="vh"> {label(c)}</span></button> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="tiny" role="status">{taken ? t("desk.keys.taken", { name: taken }) : ""}</p>
      <div class="pair">
        <button class="btn" type="button" onClick={() => prefer({ keys: {} })}>{t("desk.keys.reset")}</button>
        <button class="btn" type="button" onClick={() => prefer({ keys: Object.fromEntries(commands.map((c) => [c.id, c.id === "palette" ? c.keys : ""])) })}>{t("desk.keys.all_off")}</button>
        <button class="btn pri" type="button" onClick={() => { dialog.value = null; }}>{t("desk.close")}</button>
      </div>
    </Modal>
  );
}
