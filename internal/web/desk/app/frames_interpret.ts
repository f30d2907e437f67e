// Made from frame_interpret.go; do not edit.

import type { Message } from "./frames";

export interface Come {
  contact: string;
}

export interface AskMachine {
  id: string;
  contact: string;
  of?: string;
  text?: string;
}

export interface EndTranslator {
  contact: string;
}

export interface Pass {
  contact: string;
}

export interface AskPhrases {
  contact: string;
  in: string;
}

export interface PutSentence {
  id: string;
  contact: string;
  text: string;
}

export interface PutTranslation {
  id: string;
  contact: string;
  about: string;
  text: string;
}

export interface AskTranslator {
  contact: string;
  lang: string;
  ours: string;
}

export interface Ask {
  contact: string;
  lang: string;
  ours?: string;
  channel: string;
  since: number;
  by?: string;
  mine: boolean;
  danger: boolean;
}

export interface AsksFrame {
  asks: Ask[];
}

export interface Interpreter {
  state: string;
  name?: string;
  by?: string;
  lang: string;
  ours?: string;
  since: number;
  able: number;
}

export interface Told {
  kind: string;
  number: number;
  lang: string;
  at: number;
  by?: string;
}

export interface MessageMark {
  phrase?: string;
  by?: string;
  machine?: boolean;
  said?: string;
}

export interface Translation {
  id: string;
  n: number;
  kind: string;
  about?: string;
  by: string;
  at: number;
  text: string;
}

export interface MachineFrame {
  id: string;
  contact: string;
  of?: string;
  text: string;
}

export interface Phrase {
  code: string;
  group: string;
  text: string;
  says?: string;
}

export interface PhrasesFrame {
  lang: string;
  of: string;
  in: string;
  number: number;
  draft: boolean;
  phrases: Phrase[];
}

export interface ThreadFrame {
  contact: string;
  handle: string;
  lang: string;
  ours: string;
  advocate: string;
  state: string;
  messages: Message[];
  translations: Translation[];
  whole?: boolean;
  gone?: boolean;
}

export interface TranslationFrame {
  contact: string;
  translation: Translation;
}
