// Made from frame_consent.go; do not edit.

export interface PutConsent {
  of: string;
  owner: string;
  n: number;
  kind: string;
  id: string;
  for: string;
  say: string;
  who: string;
  what: string[];
  name: string;
  whom: string;
  purpose: string;
  until: number;
  how: string;
  ground: string;
  text: string;
  code: string;
}

export interface AskAround {
  contact: string;
}

export interface MendConsents {
  of: string;
  owner: string;
  reason: string;
  code: string;
}

export interface SayConsent {
  contact: string;
  what: string[];
  name: string;
  purpose: string;
  until: number;
}

export interface ConsentWords {
  contact: string;
  text: string;
}

export interface Consent {
  id: string;
  kind: string;
  state: string;
  for?: string;
  say?: string;
  what: string[];
  name?: string;
  purpose?: string;
  until?: number;
  how?: string;
  ground?: string;
  text?: string;
  by: string;
  at: number;
  second?: string;
  second_at?: number;
  second_by?: number;
  may?: boolean;
  ended_by?: string;
  ended_at?: number;
  why?: string;
}

export interface ConsentMaybeShe {
  contact: string;
  handle: string;
}

export interface ConsentSomeone {
  id: string;
  label: string;
  herself?: string;
  may_be: ConsentMaybeShe[];
}

export interface ConsentGroup {
  owner: string;
  handle: string;
  n: number;
  old?: boolean;
  items: Consent[];
  others: ConsentSomeone[];
}

export interface ConsentsFrame {
  of: string;
  all: ConsentGroup[];
}
