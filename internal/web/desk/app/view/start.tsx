// The start of a shift: can you hear us? And the question of a quiet night.

import { useState } from "preact/hooks";
import { state } from "../actions";
import { touch } from "../idle";
import { tested } from "../phone";
import { prefer, prefs } from "../prefs";
import { hush, pair, wake } from "../sound";
import { dialog, me } from "../state";
import { t } from "../words";
import { Devices, PhoneTest } from "./call";
import { Icon, Modal, Refusal } from "./parts";

const shut = (): void => {
  hush();
  dialog.value = null;
};

const look = (): void => {
  tested.value = false;
  shut();
};

/** Plays the ring and asks whether it was heard. */
function Test({ heard, silent }: { heard: () => void; silent: () => void }) {
  const [played, play] = useState(0);
  const [missed, miss] = useState(false);
  const sound = (): void => {
    prefer({ sound: true });
    wake();
    pair(0.26);
    play(played + 1);
    miss(false);
  };
  return (
    <>
      <p><button class={`btn big wide${played ? "" : " pri"}`} type="button" onClick={sound}><Icon name="bell" />{t(played ? "desk.sound.again" : "desk.sound.play")}</button></p>
      {played > 0 ? (
        <fieldset>
          <legend>{t("desk.sound.ask")}</legend>
          <div class="pair">
            <button class="btn pri big" type="button" onClick={heard}>{t("desk.sound.yes")}</button>
            <button class="btn big" type="button" onClick={() => miss(true)}>{t("desk.sound.no")}</button>
          </div>
        </fieldset>
      ) : null}
      {missed ? (
        <div class="hints" role="status">
          <ul>
            <li>{t("desk.sound.hint_device")}</li>
            <li>{t("desk.sound.hint_browser")}</li>
            <li>{t("desk.sound.hint_volume")}</li>
          </ul>
        </div>
      ) : null}
      <p><button class="btn bare wide" type="button" onClick={silent}>{t("desk.sound.without")}</button></p>
    </>
  );
}

export function Start() {
  const [phone, ask] = useState(me.value?.phone ?? false);
  const begin = (sound: boolean): void => {
    prefer({ sound });
    state("ready");
    shut();
  };
  return (
    <Modal title={t("desk.start.title", { name: me.value?.name ?? "" })} onClose={look} quiet>
      {phone ? <PhoneTest next={() => ask(false)} /> : (
        <>
          <p>{t("desk.start.how")}</p>
          <Test heard={() => begin(true)} silent={() => begin(false)} />
        </>
      )}
      <Refusal of="state" id="me" />
      <p><button class="btn bare wide" type="button" onClick={look}>{t("desk.start.look")}</button></p>
    </Modal>
  );
}

export function Sound() {
  return (
    <Modal title={t("desk.sound.title")} onClose={shut}>
      <p class="quiet">{t("desk.sound.how")}</p>
      {me.value?.phone ? <Devices /> : null}
      <Test heard={shut} silent={() => {
        prefer({ sound: false });
        shut();
      }} />
      {prefs.value.sound ? null : <p class="tiny">{t("desk.sound.is_off")}</p>}
    </Modal>
  );
}

export function Still() {
  return (
    <Modal title={t("desk.still.title")} onClose={touch}>
      <p>{t("desk.still.how")}</p>
      <p><button class="btn pri big wide" type="button" onClick={touch}>{t("desk.still.yes")}</button></p>
    </Modal>
  );
}
