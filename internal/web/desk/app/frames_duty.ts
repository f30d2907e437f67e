// Made from frame_duty.go; do not edit.

import type { Choice } from "./frames_record";

export interface PutAct {
  id: string;
  contact: string;
  seen: number;
  kind: string;
  report?: boolean;
  ground?: string;
  how?: string;
  name?: string;
  note?: string;
}

export interface AskBefore {
  contact: string;
  where: string;
  age: string;
}

export interface BeginDecision {
  id: string;
  contact: string;
  where: string;
}

export interface PutLearned {
  contact: string;
  where: string;
  harms: string[];
  degree: string;
  conditions: string[];
  excuses: string[];
}

export interface OpenDecisions {
  contact: string;
  why: string;
  leave?: boolean;
}

export interface DutyReport {
  list: string;
  to: string[];
  soon: string;
  within?: string;
  urgent?: boolean;
  harms: string[];
  under?: number;
  from?: number;
  requires: string[];
  unless: string[];
  consent?: boolean;
  rules: string[];
  number: number;
  reviewed?: boolean;
}

export interface BeforeFrame {
  contact: string;
  where: string;
  name: string;
  age: string;
  reports: DutyReport[];
  childhood?: boolean;
  parts: Choice[];
  say: string;
  say_lang: string;
  rules: boolean;
  draft?: boolean;
}

export interface ClockRow {
  id: string;
  contact: string;
  handle?: string;
  with?: string;
  here?: boolean;
  due?: number;
  second_by?: number;
}

export interface ClocksFrame {
  rows: ClockRow[];
}

export interface DutyWhy {
  why: string;
  is?: string;
  asks?: string;
}

export interface DutyEntry {
  list: string;
  rule: string;
  kind: string;
  country: string;
  number: number;
  reviewed?: boolean;
  to: string[];
  soon: string;
  soon_in?: string;
  urgent?: boolean;
  latest?: number;
  ours?: number;
  then?: string;
  then_by?: number;
  what?: string;
  who?: string;
  whom?: string;
  form: string;
  without: string[];
  consent?: string;
  penalty?: string;
  conflict?: string;
  notes?: string;
  source: string;
  quality: string;
  not_seen: string[];
  why: DutyWhy[];
  lifts: string[];
}

export interface ActView {
  kind: string;
  at: number;
  by: string;
  report?: boolean;
  ground?: string;
  how?: string;
  to?: string;
  words?: string;
}

export interface DecisionView {
  id: string;
  state: string;
  demands?: boolean;
  due?: number;
  second_by?: number;
  report?: boolean;
  ground?: string;
  by?: string;
  second?: string;
  entries: DutyEntry[];
  acts: ActView[];
  may: string[];
  grounds: string[];
  others: string[];
  alone?: boolean;
}

export interface DecisionsFrame {
  contact: string;
  handle: string;
  all: DecisionView[];
  broken?: boolean;
  gone?: boolean;
}

export interface DutyPlace {
  code: string;
  name: string;
  of: string;
  rules: boolean;
  parts: Choice[];
  first?: number;
  childhood?: boolean;
  entries: DutyEntry[];
}

export interface DutyFrame {
  contact: string;
  where: string;
  said?: boolean;
  unknown?: boolean;
  countries: Choice[];
  learned: PutLearned;
  record: string[];
  degree: string;
  harms: string[];
  degrees: string[];
  conditions: string[];
  excuses: string[];
  places: DutyPlace[];
}
