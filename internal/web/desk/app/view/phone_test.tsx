// The test before the shift: does the line hear her? And which device speaks, hears and rings.

import { useEffect, useState } from "preact/hooks";
import { telephone, tested } from "../phone";
import { prefer, prefs } from "../prefs";
import { canChoose, connect, devices, lookDevices, mic, speakInto, standing, without } from "../softphone";
import { canAim, pair, ringThere } from "../sound";
import { t } from "../words";
import { Icon, Refusal } from "./parts";

/** How loud she is, 0 to 1, ten times a second; the loudest so far says whether anything came. */
function useLevel(on: boolean): [number, boolean] {
  const [level, set] = useState(0);
  const [heard, hear] = useState(false);
  const stream = mic.value;
  useEffect(() => {
    hear(false);
    const track = stream?.getAudioTracks()[0]?.clone();
    if (!on || !track) return undefined;
    track.enabled = true; // hers stays shut
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const peak = wave.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      set(Math.min(1, peak * 2));
      if (peak > 0.02) hear(true);
    }, 100);
    return () => {
      clearInterval(timer);
      track.stop();
      void context.close();
    };
  }, [on, stream]);
  return [level, heard];
}

function Choice({ kind, id, label, value, onChoose }: { kind: MediaDeviceKind; id: string; label: string; value: string; onChoose: (id: string) => void }) {
  const these = devices.value.filter((d) => d.kind === kind && d.deviceId !== "default");
  if (these.length === 0) return null;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="btn wide" value={these.some((d) => d.deviceId === value) ? value : ""} onChange={(e) => onChoose(e.currentTarget.value)}>
        <option value="">{t("desk.phone.device_usual")}</option>
        {these.map((d) => <option key={d.deviceId} value={d.deviceId} dir="auto">{d.label || d.deviceId.slice(0, 6)}</option>)}
      </select>
    </div>
  );
}

/** Microphone, headset, and apart from it what rings: a headset on the table is not heard. */
export function Devices() {
  useEffect(() => void lookDevices(), []);
  const { mic: speaks, ear, ring } = prefs.value;
  return (
    <>
      <Choice kind="audioinput" id="dev-mic" label={t("desk.phone.device.mic")} value={speaks} onChoose={(to) => void speakInto(to)} />
      {canChoose ? <Choice kind="audiooutput" id="dev-ear" label={t("desk.phone.device.ear")} value={ear} onChoose={(to) => prefer({ ear: to })} /> : null}
      {canAim ? <Choice kind="audiooutput" id="dev-ring" label={t("desk.phone.device.ring")} value={ring} onChoose={(to) => {
        prefer({ ring: to });
        ringThere();
        pair();
      }} /> : null}
    </>
  );
}

/** Asks for the microphone, shows that it hears and that the line does, and lets her choose. */
export function PhoneTest({ next }: { next: () => void }) {
  const is = standing.value;
  const open = is === "joining" || is === "up";
  const [level, heard] = useLevel(open);
  const fresh = telephone.value?.fresh ?? false;
  useEffect(() => void (open && lookDevices()), [open]);
  const no = (
    <p><button class="btn bare wide" type="button" onClick={() => {
      without();
      next();
    }}>{t("desk.phone.without")}</button></p>
  );
  if (!open) {
    return (
      <>
        <p>{t("desk.phone.test.how")}</p>
        {is === "refused" || is === "none" ? <p class="refusal" role="alert"><Icon name="alert" small /><span>{t(`desk.phone.test.${is}`)}</span></p> : null}
        <Refusal of="phone_offer" id="me" />
        <p><button class="btn pri big wide" type="button" disabled={is === "asking"} onClick={() => {
          prefer({ phone: true });
          tested.value = true;
          if (standing.peek() !== "asking") void connect(); // else it has begun by itself
        }}><Icon name="mic" />{t(is === "asking" ? "desk.phone.test.asking" : "desk.phone.test.try")}</button></p>
        {no}
      </>
    );
  }
  return (
    <>
      <div class="field">
        <label for="level">{t("desk.phone.test.level")}</label>
        <meter id="level" class="level" min={0} max={1} value={level} />
        <p class="tiny" role="status">{t(heard ? "desk.phone.test.heard" : "desk.phone.test.say")} {t(fresh ? "desk.phone.test.fresh" : "desk.phone.test.joining")}</p>
      </div>
      <Refusal of="phone_offer" id="me" />
      <Devices />
      <p><button class={`btn big wide${heard && fresh ? " pri" : ""}`} type="button" onClick={next}>{t(heard && fresh ? "desk.phone.test.good" : "desk.phone.test.anyway")}</button></p>
      {no}
    </>
  );
}
