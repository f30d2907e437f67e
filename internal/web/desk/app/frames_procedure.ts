// Made from frame_procedure.go; do not edit.

import type { Choice } from "./frames_record";

export interface OpenProcedure {
  contact: string;
  name: string;
}

export interface PutStep {
  contact: string;
  procedure: string;
  step: string;
  kind: string;
  answer: string;
  reason: string;
}

export interface ToSign {
  id: string;
  contact: string;
  handle: string;
  role: string;
  by: string;
  since: number;
  may?: boolean;
}

export interface Step {
  id: string;
  kind: string;
  label: string;
  help?: string;
  state: string;
  phrase?: string;
  field?: string;
  options?: Choice[];
  due?: number;
  skip?: boolean;
  sign?: string;
  may?: boolean;
  at?: number;
  by?: string;
  answer?: string;
  skipped?: string;
  signed?: string;
  signed_by?: string;
  signed_at?: number;
}

export interface Procedure {
  name: string;
  label: string;
  help?: string;
  draft?: boolean;
  fits?: boolean;
  begun?: number;
  next?: string;
  due?: number;
  over?: boolean;
  open?: number;
  steps?: Step[];
}

export interface ProceduresFrame {
  contact: string;
  all: Procedure[];
  old?: boolean;
  anew?: boolean;
}
