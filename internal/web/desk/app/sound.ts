// Sounds are made, not loaded: warm tones that rise slowly. Loudness is for the person to set.

import { signal } from "@preact/signals";
import { prefer, prefs } from "./prefs";

let context: AudioContext | undefined;
let ringing: ReturnType<typeof setInterval> | undefined;
let turn = 0;

/** Must follow a press of a key or button: browsers keep a page silent until then. */
export function wake(): boolean {
  try {
    if (!context) {
      context = new AudioContext();
      ringThere();
      context.onstatechange = () => {
        running.value = context?.state === "running";
      };
    }
    if (context.state === "suspended") void context.resume();
    return true;
  } catch {
    return false;
  }
}

const running = signal(false);

/** Whether this browser can ring elsewhere than in the headset. */
export const canAim = "setSinkId" in AudioContext.prototype;

/** Rings on the device that she chose; where it was unplugged, on the usual one. */
export function ringThere(): void {
  const of = context as (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | undefined;
  const { ring: device } = prefs.peek();
  if (canAim && of) of.setSinkId?.(device).catch(() => device && prefer({ ring: "" }));
}

/** Whether a sound would be heard now. */
export const awake = (): boolean => prefs.value.sound && running.value;

/** The first touch of the page wakes the sound after a reload in the middle of a shift. */
export function wakeOnTouch(): void {
  for (const what of ["pointerdown", "keydown"] as const) addEventListener(what, () => void wake(), { once: true });
}

function tone(at: number, pitch: number, lasts: number, loud: number): void {
  if (!context) return;
  const from = context.currentTime + at;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loud, from + 0.04);
  gain.gain.setTargetAtTime(0, from + lasts * 0.55, lasts * 0.2);
  gain.connect(context.destination);
  for (const [over, part] of [[1, 1], [2, 0.18]] as const) {
    const wave = context.createOscillator();
    const share = context.createGain();
    wave.frequency.value = pitch * over;
    share.gain.value = part;
    wave.connect(share).connect(gain);
    wave.start(from);
    wave.stop(from + lasts + 0.3);
  }
}

/** Two warm tones: an offer, a call. */
export function pair(loud = 0.22): void {
  if (!wake() || !prefs.value.sound) return;
  tone(0, 440, 0.5, loud);
  tone(0.42, 554.37, 0.7, loud);
}

/** Three quick ones: danger. */
export function urgent(): void {
  if (!wake() || !prefs.value.sound) return;
  for (const i of [0, 1, 2]) tone(i * 0.24, 659.25, 0.32, 0.26);
}

/** One soft tick: a word in my conversation. */
export function tick(): void {
  if (!wake() || !prefs.value.sound) return;
  tone(0, 784, 0.12, 0.09);
}

/** Rings until told to stop, rising over the first three. */
export function ring(): void {
  if (ringing) return;
  turn = 0;
  const once = (): void => pair(0.1 + 0.08 * Math.min(turn++, 2));
  once();
  ringing = setInterval(once, 2600);
}

export function hush(): void {
  clearInterval(ringing);
  ringing = undefined;
}
