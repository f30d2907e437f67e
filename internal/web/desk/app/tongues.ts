// The languages of the desk itself, as the page names them.

import { prefs } from "./prefs";
import { speak, tag, type Tongue } from "./words";

let all: Tongue[] = [];

export const tongues = (): Tongue[] => all;
export const speakTag = (): string => tag();

/** Reads the page's list and loads the language chosen here before, else the page's own. */
export async function learn(list: Tongue[], page: string): Promise<void> {
  all = list;
  const pick = (want: string): Tongue | undefined => all.find((x) => x.tag === want);
  const start = pick(prefs.value.lang) ?? pick(page) ?? all[0];
  if (!start) throw new Error("no language");
  await speak(start);
  prefs.subscribe((p) => {
    const want = pick(p.lang);
    if (want && want.tag !== tag()) void speak(want);
  });
}
