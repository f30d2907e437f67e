// Made from frame_situation.go; do not edit.

import type { Message, Note, Person } from "./frames";

export interface Answered {
  id: string;
}

export interface DoTask {
  id: string;
  again?: boolean;
}

export interface DropPart {
  id: string;
  situation: string;
}

export interface Forget {
  contact: string;
}

export interface GiveReading {
  id: string;
  no?: boolean;
}

export interface Knows {
  id: string;
  person?: string;
}

export interface Attach {
  contact: string;
  situation?: string;
}

export interface AskNames {
  id: string;
  situation: string;
  why: string;
}

export interface PutPart {
  id: string;
  situation: string;
  kind: string;
  about?: string;
  version: number;
  text: string;
  named?: boolean;
  note?: string;
}

export interface PutPromise {
  contact: string;
  until: number;
}

export interface Read {
  contact: string;
  situation: string;
  why: string;
}

export interface AskReading {
  contact: string;
  situation: string;
  why: string;
  note?: string;
}

export interface ShowHer {
  id: string;
}

export interface OpenSituation {
  id: string;
  leave?: boolean;
}

export interface AskSituations {
  leave?: boolean;
}

export interface PutTask {
  id: string;
  situation: string;
  about?: string;
  due: number;
  person?: string;
  text: string;
}

export interface TurnSituation {
  id: string;
  open?: boolean;
  text: string;
}

export interface Unlink {
  contact: string;
  situation: string;
  note: string;
}

export interface Write {
  id: string;
  situation: string;
  kind: string;
  text: string;
}

export interface DoneFrame {
  of: string;
  id: string;
  situation?: string;
}

export interface NamesFrame {
  id: string;
  situation: string;
  text: string;
}

export interface ShowHerFrame {
  id: string;
  contact: string;
  text: string;
}

export interface SafeWay {
  way: string;
  may: string;
  days: number[];
  from: number;
  to: number;
}

export interface PastView {
  handle?: string;
  channel: string;
  lang: string;
  state: string;
  danger?: boolean;
  emergency?: number;
  began: number;
  at: number;
  advocate?: string;
  outcome?: string;
  privacy?: string;
  promised?: string;
  until?: number;
  cover?: string;
  phrase?: boolean;
  given?: boolean;
  safe: SafeWay[];
  here?: boolean;
  reading: string;
  open_till?: number;
}

export interface PartView {
  id: string;
  kind: string;
  about?: string;
  at: number;
  by: string;
  version: number;
  role: string;
  names?: boolean;
  gone?: boolean;
  contact?: PastView;
}

export interface HappeningView {
  id: string;
  kind: string;
  at: number;
  by: string;
  text?: string;
  gone?: boolean;
}

export interface TaskRow {
  id: string;
  situation: string;
  handle: string;
  about?: string;
  due: number;
  person?: string;
  by: string;
  text: string;
  done_at?: number;
  done_by?: string;
  gone?: boolean;
  safe: SafeWay[];
}

export interface SituationView {
  id: string;
  handle: string;
  state: string;
  began: number;
  at: number;
  whole: boolean;
  parts: PartView[];
  timeline: HappeningView[];
  tasks: TaskRow[];
  knows: Person[];
}

export interface SituationFrame {
  id: string;
  situation?: SituationView;
  gone?: string;
}

export interface SituationRow {
  id: string;
  handle: string;
  state: string;
  began: number;
  at: number;
  contacts: number;
  tasks: number;
  next?: number;
  news?: boolean;
  knows?: boolean;
}

export interface RequestRow {
  id: string;
  kind: string;
  contact: string;
  about: string;
  handle: string;
  situation?: string;
  state: string;
  mine: boolean;
  erased?: boolean;
  at: number;
  due: number;
}

export interface ReadingRow {
  id: string;
  contact: string;
  situation: string;
  handle: string;
  by: string;
  at: number;
  why: string;
}

export interface SituationsFrame {
  rows: SituationRow[];
  tasks: TaskRow[];
  requests: RequestRow[];
  readings: ReadingRow[];
}

export interface WordsFrame {
  contact: string;
  messages: Message[];
  notes: Note[];
}
