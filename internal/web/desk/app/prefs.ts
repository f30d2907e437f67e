// What this browser remembers of the person's taste. Nothing of a caller is in it.

import { effect, signal } from "@preact/signals";
import { hour } from "./time";

export type Theme = "clock" | "light" | "dark";

interface Prefs {
  theme: Theme;
  dim: boolean;
  size: number; // percent of the browser's own letters
  sound: boolean;
  keys: Record<string, string>; // action: combination, "" for off
  lang: string;
  phone: boolean; // this browser is her telephone
  mic: string; // devices, "" for the usual ones
  ear: string;
  ring: string;
}

const place = "freeline.desk";

function read(): Prefs {
  const base: Prefs = { theme: "clock", dim: false, size: 100, sound: true, keys: {}, lang: "", phone: false, mic: "", ear: "", ring: "" };
  try {
    return { ...base, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Prefs>) };
  } catch {
    return base;
  }
}

export const prefs = signal<Prefs>(read());

export function prefer(change: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...change };
  try {
    localStorage.setItem(place, JSON.stringify(prefs.value));
  } catch {
    // A browser that keeps nothing still works for this shift.
  }
}

/** Dark from 20 to 6 h by the line's clock, unless she chose. */
export const dark = (): boolean => {
  const { theme } = prefs.value;
  return theme === "dark" || (theme === "clock" && (hour.value >= 20 || hour.value < 6));
};

export type Room = "wide" | "middle" | "pocket";

/** How much room there is, measured in the reader's own letters. */
export const room = signal<Room>("wide");

const measure = (): void => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const wide = innerWidth / rem;
  room.value = wide >= 75 ? "wide" : wide >= 50 ? "middle" : "pocket";
};

export function applyPrefs(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = dark() ? "dark" : "light";
  });
  effect(() => {
    document.documentElement.toggleAttribute("data-dim", prefs.value.dim);
    document.documentElement.style.fontSize = prefs.value.size === 100 ? "" : `${prefs.value.size}%`;
    measure();
  });
  addEventListener("resize", measure);
}
