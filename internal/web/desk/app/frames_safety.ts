// Made from frame_safety.go; do not edit.

export interface Alone {
  contact: string;
  heard: boolean;
}

export interface AskIn {
  contact: string;
}

export interface Terms {
  way: string;
  may: string;
  days: number[];
  from?: number;
  to?: number;
  leave: string;
  say: string;
}

export interface Mend {
  contact: string;
  reason: string;
  code: string;
}

export interface Override {
  id: string;
  contact: string;
  text: string;
  reason: string;
  code: string;
}

export interface Card {
  safe: string;
  safe_at?: number;
  ways: Terms[];
  name: string;
  cover: string;
  may_know: string;
  promised: string;
  distress: string;
}

export interface PutSafety {
  contact: string;
  n: number;
  card: Card;
}

export interface Safety {
  n: number;
  old?: boolean;
  card: Card;
  heard?: boolean;
  phrase?: string;
  number?: boolean;
}
