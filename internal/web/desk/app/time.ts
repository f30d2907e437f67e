// The server's clock, as the desk shows it.

import { computed, signal } from "@preact/signals";
import { locale, t } from "./words";

let ahead = 0;

/** Sets the clock by the server's. */
export const setClock = (now: number): void => {
  ahead = now - Date.now();
  second.value = clock();
};

/** The server's time now, in milliseconds. */
export const clock = (): number => Date.now() + ahead;

/** Moves once a second; what shows a time reads it. */
export const second = signal(Date.now());
const minute = computed(() => Math.floor(second.value / 60000) * 60000);

setInterval(() => {
  second.value = clock();
}, 1000);

/** The line's time zone; until it is known, the browser's. */
export const zone = signal(Intl.DateTimeFormat().resolvedOptions().timeZone);

const hm = (): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone.value });

/** 02:47, by the line's clock. */
export const at = (ms: number): string => hm().format(ms);

/** 02:47:12 */
export const exactly = (ms: number): string =>
  new Intl.DateTimeFormat(locale(), {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone.value,
  }).format(ms);

/** The clock of the bar. */
export const wall = computed(() => at(minute.value));

/** The hour of the line's day, 0 to 23. */
export const hour = computed(() =>
  Number(new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone: zone.value }).format(minute.value)));

/** A length of time in a word: 48 s, 3 min, 2 h. */
export function length(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return t("desk.time.s", { n: s });
  if (s < 5400) return t("desk.time.min", { n: Math.floor(s / 60) });
  if (s < 2 * 86400) return t("desk.time.h", { n: Math.floor(s / 3600) });
  return t("desk.time.d", { n: Math.floor(s / 86400) });
}

/** How long ago, moving with the clock. */
export const since = (ms: number): string => length(second.value - ms);

/** How long still, at least one second. */
export const left = (ms: number): string => length(Math.max(1000, ms - second.value));

/** 10:00, of minutes since the line's midnight. */
export const dayTime = (min: number): string => `${String(Math.floor(min / 60)).padStart(2, "0")}:${String(min % 60).padStart(2, "0")}`;

/** "Mon", of 0 = Sunday. */
export const weekday = (day: number): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2023, 0, 1 + day));

/** 2:41, for how long something has been open. */
export const elapsed = (from: number): string => minutes(second.value - from);

/** 1:20 */
export function minutes(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

const format = (options: Intl.DateTimeFormatOptions) => (ms: number): string =>
  new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone.value }).format(ms);

/** Days, in the reader's language and the line's zone. */
export const day = {
  /** Friday, 20 November */
  of: format({ weekday: "long", day: "numeric", month: "long" }),
  /** Mon, Tue: days of the week, 0 = Sunday; none = every day, which is not said. */
  some: (days: number[] | null): string =>
    (days ?? []).map((d) => new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2026, 10, 1 + d))).join(" "),
};

/** 10:00–12:00, from minutes of the day; all day is not said. */
export const hours = (from: number, to: number): string => {
  const hm = (m: number): string => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
  return from === 0 && to === 0 ? "" : `${hm(from)}–${hm(to)}`;
};
