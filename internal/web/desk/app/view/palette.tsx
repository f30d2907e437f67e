// Find or do: every action by its name, with the keys that do the same.

import { useState } from "preact/hooks";
import { commands, jumps, keysOf, label, type Command } from "../commands";
import { spelled } from "../keys";
import { dialog } from "../state";
import { t } from "../words";
import { Icon, Modal } from "./parts";

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function Palette() {
  const [asked, ask] = useState("");
  const [at, move] = useState(0);
  const all = [...jumps(), ...commands.filter((c) => c.id !== "palette")].filter((c) => c.when());
  const found = all.filter((c) => asked.split(/\s+/).every((word) => plain(label(c)).includes(plain(word))));
  const here = Math.min(at, found.length - 1);
  const run = (c: Command | undefined): void => {
    if (!c) return;
    dialog.value = null;
    // The window gives the focus back first; the action may then set its own.
    setTimeout(c.run);
  };
  const onKeyDown = (e: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      move((here + step + found.length) % Math.max(1, found.length));
    } else if (e.key === "Enter") {
      e.preventDefault();
      run(found[here]);
    }
  };
  return (
    <Modal title={t("desk.find")} onClose={() => { dialog.value = null; }}>
      <div class="field">
        <label class="vh" for="ask">{t("desk.find")}</label>
        <input
          id="ask" type="text" role="combobox" autocomplete="off" autofocus value={asked} placeholder={t("desk.find.hint")}
          aria-expanded="true" aria-controls="found" aria-activedescendant={found[here] ? `f-${found[here].id}` : undefined}
          onInput={(e) => {
            ask(e.currentTarget.value);
            move(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul class="found" id="found" role="listbox" aria-label={t("desk.find")}>
        {found.map((c, i) => (
          <li
            key={c.id} id={`f-${c.id}`} role="option" aria-selected={i === here}
            onClick={() => run(c)} onPointerMove={() => i !== here && move(i)}
          >
            <Icon name={c.icon} /><span>{label(c)}</span>
            {keysOf(c) ? <kbd class="push">{spelled(keysOf(c))}</kbd> : null}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p class="quiet" role="status">{t("desk.find.none")}</p> : null}
    </Modal>
  );
}
