// Help from outside as supervisors see it: on their board, and in a window, whoever has the contact.

import { useEffect } from "preact/hooks";
import { openDialog } from "../actions";
import { emergencies } from "../help";
import { tell } from "../socket";
import { board, chats } from "../state";
import { elapsed, second } from "../time";
import { t } from "../words";
import { shut } from "./dialogs";
import { Help } from "./help";
import { Icon, Modal, Name, Refusal } from "./parts";
import { dueBy } from "./second";

/** A supervisor looks, whoever has the contact, and when nobody has it any more. */
export function HelpDialog({ contact }: { contact: string }) {
  const version = board.value?.emergencies.filter((e) => e.contact === contact).map((e) => e.version).join();
  const here = chats.value.has(contact);
  useEffect(() => {
    if (!here || !emergencies.peek().has(contact)) tell({ t: "look", contact });
  }, [version]);
  const row = board.value?.emergencies.find((e) => e.contact === contact);
  return (
    <Modal title={t("desk.help.of", { handle: row?.handle ?? chats.value.get(contact)?.info.value.handle ?? t("desk.help.closed_one") })} onClose={shut} quiet>
      <Refusal of="look" id={contact} />
      {emergencies.value.has(contact) ? <Help contact={contact} /> : <p class="quiet" role="status">{t("desk.loading")}</p>}
      <button class="btn big" type="button" onClick={shut}>{t("desk.help.shut")}</button>
    </Modal>
  );
}

/** On the board: what goes on, with its clock, and what waits for a second person. */
export function HelpBoard() {
  const all = board.value?.emergencies ?? [];
  if (all.length === 0) return null;
  return (
    <section class="card full help" aria-labelledby="hb">
      <header><h2 id="hb"><Icon name="phone" />{t("desk.help.board")}</h2><span class="tag">{all.length}</span></header>
      <ul class="todo" role="list">{all.map((e) => (
        <li key={e.id} class={e.confirm_by && e.confirm_by <= second.value ? "late" : undefined}>
          <div class="check">
            <span>
              <b>{e.state === "ended" ? t("desk.help.ended") : t("desk.help.on_for", { time: elapsed(e.opened_at) })} · <Name>{e.handle || t("desk.help.closed_one")}</Name></b>
              <small>{t(`desk.help.ground.${e.ground}`)} · {t("desk.help.opened_by", { name: e.opened_by })}{e.state === "ended" ? "" : ` · ${e.calls ? t("desk.help.state.calling", { name: e.calls }) : t("desk.help.state.open")}`}</small>
              {e.confirm_by ? <small class={e.confirm_by <= second.value ? "over" : undefined}>{t("desk.help.second")}: {dueBy(e.confirm_by)}</small> : null}
            </span>
            <button class="btn push" type="button" onClick={() => openDialog({ kind: "help", contact: e.contact })}>{t("desk.help.look")}<span class="vh"> {e.handle}</span></button>
          </div>
        </li>
      ))}</ul>
    </section>
  );
}
