// Made from frame_phrase.go; do not edit.

export interface AskCover {
  contact: string;
}

export interface JoinFound {
  contact: string;
}

export interface MakePhrase {
  contact: string;
}

export interface SheSays {
  contact: string;
  text: string;
}

export interface CoverFrame {
  contact: string;
  lang: string;
  draft?: boolean;
  questions: string[];
  stories: string[];
  endings: string[];
}

export interface Earlier {
  contact: string;
  began: number;
  channel: string;
  outcome?: string;
  promised?: string;
}

export interface FoundFrame {
  contact: string;
  earlier: Earlier[];
}

export interface PhraseFrame {
  contact: string;
  text: string;
}

export interface SaidFrame {
  contact: string;
  found: boolean;
  left: number;
}
