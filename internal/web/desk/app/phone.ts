// The telephone as the whole desk knows it: how it stands, and what its keys ask for. The part
// that holds the connection and draws the telephone comes later, to those who have one.

import { computed, signal } from "@preact/signals";
import { request } from "./actions";
import type { CallView, NumberFrame, PhoneAnswer, PhoneFrame } from "./frames";
import { answered, locked, me, type Chat } from "./state";

/** How my telephone stands, as the server says. */
export const telephone = signal<PhoneFrame | null>(null);

/** Whoever holds the connection waits here for an answer to its offer. */
export const answer = signal<PhoneAnswer | null>(null);

/** A caller's number, from when it was asked for with a reason until it is hidden. */
export const number = signal<NumberFrame | null>(null);

export const callOf = (contact: string): CallView | undefined => telephone.value?.calls.find((c) => c.contact === contact);

/** The call that I speak in. A person speaks in one at a time. */
export const talking = computed(() => telephone.value?.calls.find((c) => c.how === "talks"));

/** What I hear of a call, whoever speaks in it. */
export const hearing = computed(() => talking.value ?? telephone.value?.calls[0]);

export const isCall = (c: Chat): boolean => c.info.value.channel === "call";

export function phoneCame(frame: PhoneFrame): void {
  telephone.value = frame;
  answered("me");
  for (const c of frame.calls) answered(c.contact);
}

export function numberCame(frame: NumberFrame): void {
  number.value = frame;
  answered(frame.contact);
}

export const mute = (c: CallView): void => request("mute", c.contact, { t: "mute", contact: c.contact, on: !c.muted });
export const hold = (c: CallView): void => request("hold", c.contact, { t: "hold", contact: c.contact, on: !c.held });

/** Does something with the call that I speak in. */
export const onCall = (run: (c: CallView) => void) => (): void => {
  if (talking.value) run(talking.value);
};

/** Whoever speaks is there, whatever her hands do. */
export const speaks = (): boolean => talking.peek() !== undefined;

/** She tries it before her shift. */
export const tested = signal(false);

/**
 * Whether this browser should be her telephone now: while she is here, and a covered desk only goes
 * on with a call.
 */
export const wanted = computed(() =>
  talking.value !== undefined || ((me.value?.phone ?? false) && locked.value === null && (tested.value || me.value?.state !== "away")));
