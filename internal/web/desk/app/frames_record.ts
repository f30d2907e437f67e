// Made from frame_record.go; do not edit.

export interface ApproveExport {
  id: string;
  code: string;
}

export interface AskExport {
  contact: string;
  reason: string;
  code: string;
}

export interface FetchExport {
  id: string;
}

export interface Answer {
  state: string;
  codes: string[];
  text: string;
}

export interface Field {
  contact: string;
  field: string;
  base: number;
  value: Answer;
}

export interface Written {
  contact: string;
  note: string;
}

export interface SetPath {
  contact: string;
  path: string;
}

export interface Level {
  contact: string;
  level: string;
}

export interface Reveal {
  contact: string;
  field: string;
  note: string;
}

export interface Choice {
  code: string;
  label: string;
}

export interface Clash {
  contact: string;
  field: string;
  version: number;
  value: Answer;
  by: string;
  at: number;
}

export interface ExportFrame {
  id: string;
  file: string;
}

export interface Export {
  id: string;
  contact: string;
  handle: string;
  by: string;
  mine: boolean;
  here: boolean;
  why?: string;
  at: number;
  approved: boolean;
}

export interface ExportsFrame {
  requests: Export[];
}

export interface FieldSet {
  contact: string;
  field: string;
  version: number;
  value: Answer;
  by: string;
  at: number;
  held?: boolean;
}

export interface When {
  field: string;
  is: string;
  values: string[];
}

export interface Asked {
  id: string;
  code: string;
  block: string;
  kind: string;
  label: string;
  help?: string;
  choices?: Choice[];
  when?: When[];
  class: number;
  required?: boolean;
}

export interface FormFrame {
  name: string;
  number: number;
  lang: string;
  fields: Asked[];
  draft?: boolean;
}

export interface RecordFrame {
  contact: string;
  name: string;
  number: number;
  begun?: boolean;
  privacy: string;
  values: FieldSet[];
  say: Record<string, string>;
  say_lang: string;
}

export interface Saved {
  contact: string;
  field: string;
  version: number;
  at: number;
}
