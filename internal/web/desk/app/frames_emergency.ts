// Made from frame_emergency.go; do not edit.

export interface Calls {
  id: string;
  contact: string;
  version: number;
}

export interface PutCame {
  id: string;
  contact: string;
  version: number;
  of: string;
  came: string;
  note: string;
}

export interface PutDispatch {
  id: string;
  contact: string;
  version: number;
  of: string;
  unit: string;
  number?: string;
  ref?: string;
}

export interface OpenEmergency {
  id: string;
  contact: string;
  code?: string;
  text: string;
  ground: string;
  decision?: string;
  reason: string;
}

export interface EndEmergency {
  id: string;
  contact: string;
  version: number;
  outcome: string;
  note: string;
}

export interface LookEmergency {
  contact: string;
}

export interface AskPlaces {
  contact: string;
  n: number;
  text: string;
}

export interface PutSecond {
  id: string;
  contact: string;
  version: number;
  says: string;
  reason: string;
}

export interface ToSay {
  kind: string;
  text: string;
}

export interface PutSheet {
  id: string;
  contact: string;
  version: number;
  code?: string;
  lines: ToSay[];
  agreed?: boolean;
}

export interface EmergencyRow {
  id: string;
  contact: string;
  handle?: string;
  with?: string;
  state: string;
  ground: string;
  opened_at: number;
  opened_by: string;
  calls?: string;
  confirm_by?: number;
  mine?: boolean;
  version: number;
}

export interface Answers {
  call?: string;
  text?: string;
  police?: string;
  number?: string;
  form?: string;
  hours?: string;
  languages: string[];
  takes: string[];
  medical?: string;
  fire?: string;
  notes?: string;
  made_up?: boolean;
}

export interface PlaceView {
  code: string;
  name: string;
  in: string[];
  fit?: string;
  by?: string;
  near?: boolean;
  who: Answers;
}

export interface SheetLine {
  kind: string;
  text: string;
  back?: boolean;
  kept?: boolean;
}

export interface DispatchView {
  id: string;
  unit: string;
  number?: string;
  ref?: string;
  at: number;
  by: string;
  came?: string;
  came_at?: number;
  note?: string;
}

export interface EmergencyView {
  id: string;
  version: number;
  state: string;
  ground: string;
  reason: string;
  opened_at: number;
  opened_by: string;
  calls?: string;
  called_at?: number;
  place?: PlaceView;
  lines: SheetLine[];
  stays?: string;
  agreed?: boolean;
  may_know?: string;
  heard?: boolean;
  dispatches: DispatchView[];
  confirm_by?: number;
  may?: boolean;
  second?: string;
  second_by?: string;
  second_at?: number;
  second_why?: string;
  ended_at?: number;
  outcome?: string;
  note?: string;
}

export interface EmergenciesFrame {
  contact: string;
  all: EmergencyView[];
  trouble?: string;
}

export interface PlacesFrame {
  contact: string;
  n: number;
  all: PlaceView[];
  none?: boolean;
}
