// Made from frame_phone.go; do not edit.

import type { Terms } from "./frames_safety";

export interface CallBack {
  contact: string;
  terms: Terms;
}

export interface Digit {
  contact: string;
  digit: string;
}

export interface Hold {
  contact: string;
  on: boolean;
}

export interface Listen {
  contact: string;
  how: string;
}

export interface Mute {
  contact: string;
  on: boolean;
}

export interface AskNumber {
  contact: string;
  why: string;
  code: string;
}

export interface PhoneBye {
  generation: number;
}

export interface PhoneOffer {
  n: number;
  sdp: string;
}

export interface NumberFrame {
  contact: string;
  number: string;
}

export interface EarView {
  name: string;
  how: string;
}

export interface CallView {
  contact: string;
  how: string;
  since: number;
  rang: number;
  muted: boolean;
  held: boolean;
  quality: string;
  silent: boolean;
  keys: string;
  ears: EarView[];
}

export interface PhoneFrame {
  generation: number;
  fresh: boolean;
  quality: string;
  calls: CallView[];
}

export interface PhoneAnswer {
  n: number;
  generation: number;
  sdp: string;
}
