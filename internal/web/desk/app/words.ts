// Every word the desk shows comes from the catalogue, in the reader's language.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface Forms {
  zero?: string;
  one?: string;
  two?: string;
  few?: string;
  many?: string;
  other: string;
}

interface Words {
  tag: string;
  dir: "ltr" | "rtl";
  messages: Record<string, Forms | string>; // a text that counts nothing is one alone
}

const words = signal<Words>({ tag: "en", dir: "ltr", messages: {} });

type Values = Record<string, string | number>;

/** A language of the desk, and where its words lie. */
export interface Tongue {
  tag: string;
  own: string;
  words: string;
  more: string; // the words of what comes later
}

let spoken: Tongue | undefined;
let whole = false;

async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error("no words");
  return (await answer.json()) as T;
}

/** Loads a language and turns the page to it. */
export async function speak(tongue: Tongue): Promise<void> {
  spoken = tongue;
  const had = whole;
  const [is, more] = await Promise.all([read<Words>(tongue.words), had ? read<Words["messages"]>(tongue.more) : {}]);
  if (spoken !== tongue) return; // another was chosen meanwhile
  if (had !== whole) return speak(tongue);
  plural = new Intl.PluralRules(is.tag);
  languageNames = new Intl.DisplayNames([is.tag], { type: "language", fallback: "code" });
  words.value = { ...is, messages: { ...is.messages, ...more } };
  document.documentElement.lang = is.tag;
  document.documentElement.dir = is.dir;
}

/** Loads the words of what comes later too, from now on in each language. */
export async function speakWhole(): Promise<void> {
  const of = spoken;
  if (whole || !of) return;
  const more = await read<Words["messages"]>(of.more);
  whole = true;
  if (spoken !== of || words.value.tag !== of.tag) return speak(spoken ?? of);
  words.value = { ...words.value, messages: { ...words.value.messages, ...more } };
}

let plural = new Intl.PluralRules("en");
let languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => (name in values ? String(values[name]) : `⟦${name}⟧`));

const formsOf = (key: string): Forms | undefined => {
  const is = words.value.messages[key];
  return typeof is === "string" ? { other: is } : is;
};

/** A message of the catalogue. */
export function t(key: string, values: Values = {}): string {
  const forms = formsOf(key);
  return forms ? fill(forms.other, values) : `⟦${key}⟧`;
}

/** A message that counts. */
export function n(key: string, count: number, values: Values = {}): string {
  const forms = formsOf(key);
  if (!forms) return `⟦${key}⟧`;
  const form = forms[plural.select(count) as keyof Forms] ?? forms.other;
  return fill(form, { n: count, ...values });
}

/** A message in which some values are elements of the page. */
export function rich(key: string, values: Record<string, ComponentChildren>): ComponentChildren[] {
  const forms = formsOf(key);
  if (!forms) return [`⟦${key}⟧`];
  return forms.other.split(/(\{\w+\})/g).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name && name in values ? values[name] : part;
  });
}

/** Whether the catalogue has a message. */
export const has = (key: string): boolean => key in words.value.messages;

/** The name of a language in the reader's own. */
export function language(tag: string): string {
  void words.value;
  if (!tag || tag === "und") return t("desk.language.unknown");
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** Several names in one line. */
export const listed = (names: string[]): string => names.join(t("desk.comma"));

/** The tag of the page, for formats of dates. Digits stay those of the mock-ups: 0 to 9. */
export const locale = (): string => `${words.value.tag}-u-nu-latn`;
export const tag = (): string => words.value.tag;
