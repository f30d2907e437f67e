// Made from frame.go; do not edit.

import type { AskAround, ConsentWords, ConsentsFrame, MendConsents, PutConsent, SayConsent } from "./frames_consent";
import type { AskBefore, BeforeFrame, BeginDecision, ClocksFrame, DecisionsFrame, DutyFrame, OpenDecisions, PutAct, PutLearned } from "./frames_duty";
import type { AskPlaces, Calls, EmergenciesFrame, EmergencyRow, EndEmergency, LookEmergency, OpenEmergency, PlacesFrame, PutCame, PutDispatch, PutSecond, PutSheet } from "./frames_emergency";
import type { AskMachine, AskPhrases, AskTranslator, AsksFrame, Come, EndTranslator, Interpreter, MachineFrame, MessageMark, Pass, PhrasesFrame, PutSentence, PutTranslation, ThreadFrame, Told, Translation, TranslationFrame } from "./frames_interpret";
import type { AskNumber, CallBack, Digit, Hold, Listen, Mute, NumberFrame, PhoneAnswer, PhoneBye, PhoneFrame, PhoneOffer } from "./frames_phone";
import type { AskCover, CoverFrame, FoundFrame, JoinFound, MakePhrase, PhraseFrame, SaidFrame, SheSays } from "./frames_phrase";
import type { OpenProcedure, ProceduresFrame, PutStep, ToSign } from "./frames_procedure";
import type { ApproveExport, AskExport, Clash, ExportFrame, ExportsFrame, FetchExport, Field, FieldSet, FormFrame, Level, RecordFrame, Reveal, Saved, SetPath, Written } from "./frames_record";
import type { Alone, AskIn, Mend, Override, PutSafety, Safety } from "./frames_safety";
import type { Answered, AskNames, AskReading, AskSituations, Attach, DoTask, DoneFrame, DropPart, Forget, GiveReading, Knows, NamesFrame, OpenSituation, PutPart, PutPromise, PutTask, Read, ShowHer, ShowHerFrame, SituationFrame, SituationsFrame, TurnSituation, Unlink, WordsFrame, Write } from "./frames_situation";
export type * from "./frames_consent";
export type * from "./frames_duty";
export type * from "./frames_emergency";
export type * from "./frames_interpret";
export type * from "./frames_phone";
export type * from "./frames_phrase";
export type * from "./frames_procedure";
export type * from "./frames_record";
export type * from "./frames_safety";
export type * from "./frames_situation";

export const version = 1;

export interface Accept {
  offer: string;
  epoch: number;
}

export interface Assign {
  contact: string;
  to: string;
}

export type Cover = {};

export interface Decline {
  offer: string;
}

export interface Draft {
  contact: string;
  place: string;
  n: number;
  text?: string;
}

export interface End {
  contact: string;
  outcome?: string;
  keep_out?: boolean;
}

export interface Extend {
  contact: string;
}

export interface HandBack {
  contact: string;
  note: string;
}

export interface HandOver {
  contact: string;
  to: string;
  note: string;
}

export interface Hello {
  have: Record<string, number>;
  drafts: Record<string, number>;
  lang?: string;
  forms: string[];
}

export interface Join {
  contact: string;
  leave?: boolean;
}

export interface Mark {
  contact: string;
  danger: boolean;
}

export interface Ping {
  idle: number;
}

export interface Seen {
  alert: string;
  let_in?: boolean;
}

export interface Send {
  id: string;
  contact: string;
  text: string;
  phrase?: string;
  edition?: number;
  lang?: string;
  of?: string;
  read?: boolean;
}

export interface Sleep {
  contact: string;
}

export interface State {
  state: string;
}

export interface Take {
  contact: string;
  next?: boolean;
}

export interface Typing {
  contact: string;
}

export interface Undo {
  id: string;
}

export interface Unlock {
  passphrase: string;
}

export interface Ack {
  id: string;
  until: number;
}

export interface Alert {
  id: string;
  kind: string;
  contact: string;
  handle?: string;
  lang?: string;
  channel?: string;
  with?: string;
  at: number;
  seen_at?: number;
  seen_by?: string;
}

export interface AlertFrame {
  alert: Alert;
}

export interface With {
  contact: string;
  handle: string;
  advocate: string;
  channel: string;
  lang: string;
  urgency: number;
  reason: string;
  state: string;
  danger: boolean;
  since: number;
  waits?: number;
  quiet_at?: number;
  readers: string[];
  joined: boolean;
  interpreter?: Interpreter;
}

export interface Today {
  since: number;
  answered: number;
  missed: number;
  middle: number;
}

export interface Board {
  with: With[];
  emergencies: EmergencyRow[];
  signs?: ToSign[];
  today: Today;
}

export interface BoardFrame {
  board: Board;
}

export interface Over {
  to: string;
  until: number;
}

export interface Note {
  at: number;
  by: string;
  text: string;
}

export interface Message {
  id: string;
  seq?: number;
  side: string;
  by?: string;
  text: string;
  at: number;
  sent?: string;
  until?: number;
  mark?: MessageMark;
}

export interface Contact {
  id: string;
  handle: string;
  channel: string;
  lang: string;
  urgency: number;
  reason: string;
  path: string;
  state: string;
  danger: boolean;
  minor: boolean;
  returning: boolean;
  wishes?: string[];
  page: string;
  mine: boolean;
  advocate: string;
  readers: string[];
  began: number;
  quiet_at?: number;
  kept_until?: number;
  wrap_until?: number;
  situation?: string;
  of?: string;
  promised?: number;
  emergency?: number;
  last_seq: number;
  read_seq?: number;
  over?: Over;
  limits?: Told;
  safety?: Safety;
  notes?: Note[];
  messages?: Message[];
  drafts?: Draft[];
  interpreter?: Interpreter;
  translations?: Translation[];
}

export interface ContactFrame {
  contact: Contact;
  gone?: string;
}

export interface Lock {
  ring?: boolean;
}

export interface Link {
  key: string;
  href: string;
}

export interface Limits {
  beat: number;
  undo: number;
  ask: number;
  lock: number;
  wrap: number;
  text: number;
}

export interface Me {
  id: string;
  name: string;
  roles: string[];
  languages: string[];
  state: string;
  load: number;
  capacity: number;
  line: string;
  zone: string;
  spoken: string[];
  draft_key: string;
  outcomes: string[];
  links: Link[];
  limits: Limits;
  machine?: boolean;
  translates: boolean;
  phone?: boolean;
}

export interface MeFrame {
  me: Me;
}

export interface MessageFrame {
  contact: string;
  message: Message;
}

export interface Offer {
  id: string;
  contact: string;
  kind: string;
  epoch: number;
  until: number;
  channel: string;
  lang: string;
  urgency: number;
  reason: string;
  why: string[];
  since: number;
  from?: string;
  note?: string;
}

export interface OfferFrame {
  offer: Offer;
  ended?: string;
}

export interface Person {
  id: string;
  name: string;
  languages: string[];
  takes: boolean;
  state: string;
  load: number;
  capacity: number;
  since?: number;
}

export interface PeopleFrame {
  people: Person[];
}

export interface Pong {
  now: number;
}

export interface Row {
  contact: string;
  channel: string;
  lang: string;
  urgency: number;
  reason: string;
  why: string[];
  state: string;
  since: number;
  fits: boolean;
  offered?: string;
  offer_end?: number;
}

export interface QueueFrame {
  set: Row[];
  gone: string[];
}

export interface Refused {
  of: string;
  id: string;
  why: string;
  key: string;
}

export interface Snapshot {
  now: number;
  me: Me;
  queue: Row[];
  contacts: Contact[];
  people: Person[];
  offers: Offer[];
  alerts: Alert[];
  board?: Board;
}

export interface CallerTyping {
  contact: string;
}

export interface Undone {
  id: string;
}

export type ToServer =
  | ({ t: "accept" } & Accept)
  | ({ t: "act" } & PutAct)
  | ({ t: "alone" } & Alone)
  | ({ t: "answered" } & Answered)
  | ({ t: "approve_export" } & ApproveExport)
  | ({ t: "ask_export" } & AskExport)
  | ({ t: "askin" } & AskIn)
  | ({ t: "assign" } & Assign)
  | ({ t: "before" } & AskBefore)
  | ({ t: "call_back" } & CallBack)
  | ({ t: "calls" } & Calls)
  | ({ t: "came" } & PutCame)
  | ({ t: "come" } & Come)
  | ({ t: "consent" } & PutConsent)
  | ({ t: "consent_around" } & AskAround)
  | ({ t: "consent_mend" } & MendConsents)
  | ({ t: "consent_say" } & SayConsent)
  | ({ t: "cover" } & Cover)
  | ({ t: "cover_words" } & AskCover)
  | ({ t: "decision" } & BeginDecision)
  | ({ t: "decline" } & Decline)
  | ({ t: "digit" } & Digit)
  | ({ t: "dispatch" } & PutDispatch)
  | ({ t: "done" } & DoTask)
  | ({ t: "draft" } & Draft)
  | ({ t: "drop" } & DropPart)
  | ({ t: "emergency" } & OpenEmergency)
  | ({ t: "end" } & End)
  | ({ t: "end_emergency" } & EndEmergency)
  | ({ t: "extend" } & Extend)
  | ({ t: "fetch_export" } & FetchExport)
  | ({ t: "field" } & Field)
  | ({ t: "forget" } & Forget)
  | ({ t: "give" } & GiveReading)
  | ({ t: "handback" } & HandBack)
  | ({ t: "handover" } & HandOver)
  | ({ t: "hello" } & Hello)
  | ({ t: "hold" } & Hold)
  | ({ t: "join" } & Join)
  | ({ t: "join_found" } & JoinFound)
  | ({ t: "knows" } & Knows)
  | ({ t: "learned" } & PutLearned)
  | ({ t: "link" } & Attach)
  | ({ t: "listen" } & Listen)
  | ({ t: "look" } & LookEmergency)
  | ({ t: "machine" } & AskMachine)
  | ({ t: "mark" } & Mark)
  | ({ t: "mend" } & Mend)
  | ({ t: "mute" } & Mute)
  | ({ t: "names" } & AskNames)
  | ({ t: "note" } & Written)
  | ({ t: "notranslator" } & EndTranslator)
  | ({ t: "number" } & AskNumber)
  | ({ t: "open_decisions" } & OpenDecisions)
  | ({ t: "override" } & Override)
  | ({ t: "part" } & PutPart)
  | ({ t: "pass" } & Pass)
  | ({ t: "path" } & SetPath)
  | ({ t: "phone_bye" } & PhoneBye)
  | ({ t: "phone_offer" } & PhoneOffer)
  | ({ t: "phrase" } & MakePhrase)
  | ({ t: "phrases" } & AskPhrases)
  | ({ t: "ping" } & Ping)
  | ({ t: "places" } & AskPlaces)
  | ({ t: "privacy" } & Level)
  | ({ t: "procedure" } & OpenProcedure)
  | ({ t: "promise" } & PutPromise)
  | ({ t: "read" } & Read)
  | ({ t: "reading" } & AskReading)
  | ({ t: "reveal" } & Reveal)
  | ({ t: "safety" } & PutSafety)
  | ({ t: "says" } & SheSays)
  | ({ t: "second" } & PutSecond)
  | ({ t: "seen" } & Seen)
  | ({ t: "send" } & Send)
  | ({ t: "sentence" } & PutSentence)
  | ({ t: "sheet" } & PutSheet)
  | ({ t: "show_her" } & ShowHer)
  | ({ t: "situation" } & OpenSituation)
  | ({ t: "situations" } & AskSituations)
  | ({ t: "sleep" } & Sleep)
  | ({ t: "state" } & State)
  | ({ t: "step" } & PutStep)
  | ({ t: "take" } & Take)
  | ({ t: "task" } & PutTask)
  | ({ t: "translate" } & PutTranslation)
  | ({ t: "translator" } & AskTranslator)
  | ({ t: "turn" } & TurnSituation)
  | ({ t: "typing" } & Typing)
  | ({ t: "undo" } & Undo)
  | ({ t: "unlink" } & Unlink)
  | ({ t: "unlock" } & Unlock)
  | ({ t: "write" } & Write);

export type FromServer =
  | ({ t: "ack" } & Ack)
  | ({ t: "alert" } & AlertFrame)
  | ({ t: "asks" } & AsksFrame)
  | ({ t: "beforehand" } & BeforeFrame)
  | ({ t: "board" } & BoardFrame)
  | ({ t: "clash" } & Clash)
  | ({ t: "clocks" } & ClocksFrame)
  | ({ t: "consent_words" } & ConsentWords)
  | ({ t: "consents" } & ConsentsFrame)
  | ({ t: "contact" } & ContactFrame)
  | ({ t: "cover_words" } & CoverFrame)
  | ({ t: "decisions" } & DecisionsFrame)
  | ({ t: "did" } & DoneFrame)
  | ({ t: "draft" } & Draft)
  | ({ t: "duty" } & DutyFrame)
  | ({ t: "emergencies" } & EmergenciesFrame)
  | ({ t: "export" } & ExportFrame)
  | ({ t: "exports" } & ExportsFrame)
  | ({ t: "fieldset" } & FieldSet)
  | ({ t: "form" } & FormFrame)
  | ({ t: "found" } & FoundFrame)
  | ({ t: "lock" } & Lock)
  | ({ t: "machine" } & MachineFrame)
  | ({ t: "me" } & MeFrame)
  | ({ t: "message" } & MessageFrame)
  | ({ t: "names" } & NamesFrame)
  | ({ t: "number" } & NumberFrame)
  | ({ t: "offer" } & OfferFrame)
  | ({ t: "people" } & PeopleFrame)
  | ({ t: "phone" } & PhoneFrame)
  | ({ t: "phone_answer" } & PhoneAnswer)
  | ({ t: "phrase" } & PhraseFrame)
  | ({ t: "phrases" } & PhrasesFrame)
  | ({ t: "places" } & PlacesFrame)
  | ({ t: "pong" } & Pong)
  | ({ t: "procedures" } & ProceduresFrame)
  | ({ t: "queue" } & QueueFrame)
  | ({ t: "record" } & RecordFrame)
  | ({ t: "refused" } & Refused)
  | ({ t: "said" } & SaidFrame)
  | ({ t: "saved" } & Saved)
  | ({ t: "show_her" } & ShowHerFrame)
  | ({ t: "situation" } & SituationFrame)
  | ({ t: "situations" } & SituationsFrame)
  | ({ t: "snapshot" } & Snapshot)
  | ({ t: "thread" } & ThreadFrame)
  | ({ t: "translation" } & TranslationFrame)
  | ({ t: "typing" } & CallerTyping)
  | ({ t: "undone" } & Undone)
  | ({ t: "words" } & WordsFrame);
