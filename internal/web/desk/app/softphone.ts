// The telephone itself: a microphone, a headset and one standing connection to the line for the
// whole shift, so that a call that rings is answered by one press. Its sound goes beside the page:
// whatever is drawn, it goes on. The microphone is open only while she speaks in a call.

import { effect, signal } from "@preact/signals";
import { answer, hearing, talking, telephone, tested, wanted } from "./phone";
import { prefer, prefs } from "./prefs";
import { line, link, tell } from "./socket";
import { lost, me } from "./state";
import { ringThere } from "./sound";
import { leads } from "./tabs";

/**
 * off: she wants none · asking: the browser asks for the microphone · refused: it may not be used ·
 * none: there is none · joining: on its way · up: connected · elsewhere: another page is her telephone
 */
export type Standing = "off" | "asking" | "refused" | "none" | "joining" | "up" | "elsewhere";
export const standing = signal<Standing>("off");

/** The sound of the line waits for a press: browsers keep a page silent until then. */
export const silent = signal(false);

/** The microphone, while this browser is her telephone. */
export const mic = signal<MediaStream | undefined>(undefined);

const ear = new Audio();
let asked = 0; // how often a microphone was asked for or let go
let pc: RTCPeerConnection | undefined;
let generation = 0;
let offered = 0;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks for the microphone that she chose, or any. One that comes when it is not wanted any more is shut. */
async function openMic(): Promise<MediaStream | undefined> {
  const wants = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const of = (deviceId: ConstrainDOMString | undefined): Promise<MediaStream> =>
    navigator.mediaDevices.getUserMedia({ audio: deviceId ? { ...wants, deviceId } : wants });
  closeMic();
  const n = asked;
  try {
    const { mic: chosen } = prefs.peek();
    const got = await of(chosen ? { exact: chosen } : undefined).catch((e: unknown) => {
      if (chosen && e instanceof OverconstrainedError) return of(undefined); // it was unplugged
      throw e;
    });
    if (n !== asked) {
      for (const track of got.getTracks()) track.stop();
      return undefined;
    }
    const track = got.getAudioTracks()[0]!;
    track.enabled = false;
    track.onended = again; // unplugged
    mic.value = got;
    return got;
  } catch (e) {
    if (n === asked) standing.value = e instanceof DOMException && e.name === "NotFoundError" ? "none" : "refused";
    return undefined;
  }
}

function closeMic(): void {
  asked++;
  for (const track of mic.peek()?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
  mic.value = undefined;
}

/** Connects, in place of whatever there was. */
export async function connect(): Promise<void> {
  clearTimeout(timer);
  const n = ++offered;
  drop();
  if (!mic.peek()) standing.value = "asking";
  const stream = mic.peek() ?? await openMic();
  if (!stream || n !== offered) return;
  standing.value = "joining";
  const mine = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc = mine;
  const way = mine.addTransceiver(stream.getAudioTracks()[0]!, { direction: "sendrecv" });
  const ours = RTCRtpReceiver.getCapabilities("audio")?.codecs.filter((c) => /\/pcm[ua]$/i.test(c.mimeType)) ?? [];
  if (ours.length) way.setCodecPreferences(ours);
  mine.ontrack = (e) => {
    ear.srcObject = new MediaStream([e.track]);
    play();
  };
  mine.onconnectionstatechange = () => {
    if (pc !== mine) return;
    if (mine.connectionState === "connected") {
      standing.value = "up";
      tries = 0;
    } else if (mine.connectionState === "failed" || mine.connectionState === "disconnected" || mine.connectionState === "closed") again();
  };
  await mine.setLocalDescription();
  if (pc !== mine) return;
  if (!tell({ t: "phone_offer", n, sdp: mine.localDescription!.sdp })) return; // the line's return tries again
  timer = setTimeout(again, 8000);
}

/** Tries again soon, not all at once. */
function again(): void {
  clearTimeout(timer);
  if (standing.peek() === "off") return;
  drop();
  standing.value = "joining";
  if (!mic.peek()?.active) closeMic();
  timer = setTimeout(() => void connect(), Math.min(5000, 250 * 2 ** tries++));
}

function drop(): void {
  const was = pc;
  pc = undefined;
  generation = 0;
  if (was) was.onconnectionstatechange = null;
  was?.close();
  ear.srcObject = null;
}

/** Lets the telephone go, and the microphone with it. */
function hangUp(to: Standing = "off"): void {
  clearTimeout(timer);
  offered++;
  if (generation) tell({ t: "phone_bye", generation });
  drop();
  closeMic();
  standing.value = to;
}

/** She wants none today, in this browser. */
export function without(): void {
  prefer({ phone: false });
  hangUp();
}

export function play(): void {
  void ear.play().then(() => { silent.value = false; }, (e: unknown) => {
    if (e instanceof DOMException && e.name === "NotAllowedError") silent.value = true;
  });
}

/** The devices that there are; their names stand there once the microphone may be used. */
export const devices = signal<MediaDeviceInfo[]>([]);
export async function lookDevices(): Promise<void> {
  devices.value = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.deviceId !== "" && d.deviceId !== "communications");
}

/** Whether this browser can send its sounds to different devices. */
export const canChoose = "setSinkId" in ear;

async function listenOn(device: string): Promise<void> {
  if (!canChoose) return;
  try {
    await ear.setSinkId(device);
  } catch {
    if (device) prefer({ ear: "" }); // it was unplugged
  }
}

/** Another microphone, at once, also in a call. None is opened for it where none is open. */
export async function speakInto(device: string): Promise<void> {
  prefer({ mic: device });
  if (!mic.peek()) return;
  const sender = pc?.getSenders()[0];
  const stream = await openMic();
  if (stream) await sender?.replaceTrack(stream.getAudioTracks()[0]!);
}

const speaking = (): boolean => {
  const c = hearing.value;
  return c !== undefined && !c.muted && !c.held && c.how !== "listens";
};

let started = false;

/** Begins, once. The telephone's style comes with it. */
export function start(style: string): void {
  if (started) return;
  started = true;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = style;
  document.head.append(sheet);
  navigator.mediaDevices?.addEventListener("devicechange", () => {
    void lookDevices();
    ringThere();
  });
  // What the server says is open is open here: never more.
  effect(() => {
    const on = speaking();
    for (const track of mic.value?.getAudioTracks() ?? []) track.enabled = on;
  });
  effect(() => void listenOn(prefs.value.ear));
  effect(() => {
    if (me.value?.state !== "away") tested.value = false; // once she is here, the test is over
  });
  effect(() => {
    const a = answer.value;
    if (!a || a.n !== offered || !pc) return;
    generation = a.generation;
    void pc.setRemoteDescription({ type: "answer", sdp: a.sdp }).then(() => clearTimeout(timer), again);
  });
  // It stands where she wants it and this tab leads; what another page has taken is left to it.
  effect(() => {
    const on = wanted.value && prefs.value.phone && leads.value;
    const is = standing.peek();
    if (!on && is !== "off" && !talking.peek()) hangUp();
    else if (on && is === "off" && link.value === "live") void connect();
  });
  // The server's word on which connection counts: 0 is one that it lost.
  effect(() => {
    const now = telephone.value?.generation;
    if (now === undefined || !generation || now === generation) return;
    if (now > generation) {
      generation = 0; // it is not ours to let go
      hangUp("elsewhere");
    } else again();
  });
  let on = line;
  effect(() => {
    if (link.value !== "live" || line === on) return;
    on = line;
    lost("phone_offer", "me");
    if (standing.peek() === "joining") void connect();
  });
  for (const what of ["pointerdown", "keydown"] as const) addEventListener(what, () => { if (silent.peek()) play(); });
  addEventListener("pagehide", () => drop());
}
