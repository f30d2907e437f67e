// Made from frame.go; do not edit.

export const version = 1;

export interface Accept {
  offer: string;
  epoch: number;
}

export interface Alone {
  contact: string;
  heard: boolean;
}

export interface Answered {
  id: string;
}

export interface ApproveExport {
  id: string;
  code: string;
}

export interface AskExport {
  contact: string;
  reason: string;
  code: string;
}

export interface AskIn {
  contact: string;
}

export interface Assign {
  contact: string;
  to: string;
}

export interface Come {
  contact: string;
}

export type Cover = {};

export interface AskCover {
  contact: string;
}

export interface Decline {
  offer: string;
}

export interface DoTask {
  id: string;
  again?: boolean;
}

export interface Draft {
  contact: string;
  place: string;
  n: number;
  text?: string;
}

export interface DropPart {
  id: string;
  situation: string;
}

export interface End {
  contact: string;
  outcome?: string;
  keep_out?: boolean;
}

export interface Extend {
  contact: string;
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

export interface Forget {
  contact: string;
}

export interface GiveReading {
  id: string;
  no?: boolean;
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

export interface JoinFound {
  contact: string;
}

export interface Knows {
  id: string;
  person?: string;
}

export interface Attach {
  contact: string;
  situation?: string;
}

export interface AskMachine {
  id: string;
  contact: string;
  of?: string;
  text?: string;
}

export interface Mark {
  contact: string;
  danger: boolean;
}

export interface Mend {
  contact: string;
  reason: string;
  code: string;
}

export interface AskNames {
  id: string;
  situation: string;
  why: string;
}

export interface Written {
  contact: string;
  note: string;
}

export interface EndTranslator {
  contact: string;
}

export interface Override {
  id: string;
  contact: string;
  text: string;
  reason: string;
  code: string;
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

export interface Pass {
  contact: string;
}

export interface MakePhrase {
  contact: string;
}

export interface AskPhrases {
  contact: string;
  in: string;
}

export interface Ping {
  idle: number;
}

export interface Level {
  contact: string;
  level: string;
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

export interface Reveal {
  contact: string;
  field: string;
  note: string;
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

export interface SheSays {
  contact: string;
  text: string;
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

export interface PutSentence {
  id: string;
  contact: string;
  text: string;
}

export interface OpenSituation {
  id: string;
  leave?: boolean;
}

export interface AskSituations {
  leave?: boolean;
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

export interface PutTask {
  id: string;
  situation: string;
  about?: string;
  due: number;
  person?: string;
  text: string;
}

export interface PutTranslation {
  id: string;
  contact: string;
  about: string;
  text: string;
}

export interface AskTranslator {
  contact: string;
  lang: string;
  ours: string;
}

export interface TurnSituation {
  id: string;
  open?: boolean;
  text: string;
}

export interface Typing {
  contact: string;
}

export interface Undo {
  id: string;
}

export interface Unlink {
  contact: string;
  situation: string;
  note: string;
}

export interface Unlock {
  passphrase: string;
}

export interface Write {
  id: string;
  situation: string;
  kind: string;
  text: string;
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

export interface Ask {
  contact: string;
  lang: string;
  ours?: string;
  channel: string;
  since: number;
  by?: string;
  mine: boolean;
  danger: boolean;
}

export interface AsksFrame {
  asks: Ask[];
}

export interface Interpreter {
  state: string;
  name?: string;
  by?: string;
  lang: string;
  ours?: string;
  since: number;
  able: number;
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
  today: Today;
}

export interface BoardFrame {
  board: Board;
}

export interface Clash {
  contact: string;
  field: string;
  version: number;
  value: Answer;
  by: string;
  at: number;
}

export interface Over {
  to: string;
  until: number;
}

export interface Told {
  kind: string;
  number: number;
  lang: string;
  at: number;
  by?: string;
}

export interface Safety {
  n: number;
  old?: boolean;
  card: Card;
  heard?: boolean;
  phrase?: string;
}

export interface Note {
  at: number;
  by: string;
  text: string;
}

export interface MessageMark {
  phrase?: string;
  by?: string;
  machine?: boolean;
  said?: string;
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

export interface Translation {
  id: string;
  n: number;
  kind: string;
  about?: string;
  by: string;
  at: number;
  text: string;
}

export interface Contact {
  id: string;
  handle: string;
  channel: string;
  lang: string;
  urgency: number;
  reason: string;
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

export interface CoverFrame {
  contact: string;
  lang: string;
  draft?: boolean;
  questions: string[];
  stories: string[];
  endings: string[];
}

export interface DoneFrame {
  of: string;
  id: string;
  situation?: string;
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

export interface Choice {
  code: string;
  label: string;
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

export interface Lock {
  ring?: boolean;
}

export interface MachineFrame {
  id: string;
  contact: string;
  of?: string;
  text: string;
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
}

export interface MeFrame {
  me: Me;
}

export interface MessageFrame {
  contact: string;
  message: Message;
}

export interface NamesFrame {
  id: string;
  situation: string;
  text: string;
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

export interface PhraseFrame {
  contact: string;
  text: string;
}

export interface Phrase {
  code: string;
  group: string;
  text: string;
  says?: string;
}

export interface PhrasesFrame {
  lang: string;
  of: string;
  in: string;
  number: number;
  draft: boolean;
  phrases: Phrase[];
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

export interface RecordFrame {
  contact: string;
  name: string;
  number: number;
  privacy: string;
  values: FieldSet[];
  say: Record<string, string>;
  say_lang: string;
}

export interface Refused {
  of: string;
  id: string;
  why: string;
  key: string;
}

export interface SaidFrame {
  contact: string;
  found: boolean;
  left: number;
}

export interface Saved {
  contact: string;
  field: string;
  version: number;
  at: number;
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

export interface ThreadFrame {
  contact: string;
  handle: string;
  lang: string;
  ours: string;
  advocate: string;
  state: string;
  messages: Message[];
  translations: Translation[];
  whole?: boolean;
  gone?: boolean;
}

export interface TranslationFrame {
  contact: string;
  translation: Translation;
}

export interface CallerTyping {
  contact: string;
}

export interface Undone {
  id: string;
}

export interface WordsFrame {
  contact: string;
  messages: Message[];
  notes: Note[];
}

export type ToServer =
  | ({ t: "accept" } & Accept)
  | ({ t: "alone" } & Alone)
  | ({ t: "answered" } & Answered)
  | ({ t: "approve_export" } & ApproveExport)
  | ({ t: "ask_export" } & AskExport)
  | ({ t: "askin" } & AskIn)
  | ({ t: "assign" } & Assign)
  | ({ t: "come" } & Come)
  | ({ t: "cover" } & Cover)
  | ({ t: "cover_words" } & AskCover)
  | ({ t: "decline" } & Decline)
  | ({ t: "done" } & DoTask)
  | ({ t: "draft" } & Draft)
  | ({ t: "drop" } & DropPart)
  | ({ t: "end" } & End)
  | ({ t: "extend" } & Extend)
  | ({ t: "fetch_export" } & FetchExport)
  | ({ t: "field" } & Field)
  | ({ t: "forget" } & Forget)
  | ({ t: "give" } & GiveReading)
  | ({ t: "handback" } & HandBack)
  | ({ t: "handover" } & HandOver)
  | ({ t: "hello" } & Hello)
  | ({ t: "join" } & Join)
  | ({ t: "join_found" } & JoinFound)
  | ({ t: "knows" } & Knows)
  | ({ t: "link" } & Attach)
  | ({ t: "machine" } & AskMachine)
  | ({ t: "mark" } & Mark)
  | ({ t: "mend" } & Mend)
  | ({ t: "names" } & AskNames)
  | ({ t: "note" } & Written)
  | ({ t: "notranslator" } & EndTranslator)
  | ({ t: "override" } & Override)
  | ({ t: "part" } & PutPart)
  | ({ t: "pass" } & Pass)
  | ({ t: "phrase" } & MakePhrase)
  | ({ t: "phrases" } & AskPhrases)
  | ({ t: "ping" } & Ping)
  | ({ t: "privacy" } & Level)
  | ({ t: "promise" } & PutPromise)
  | ({ t: "read" } & Read)
  | ({ t: "reading" } & AskReading)
  | ({ t: "reveal" } & Reveal)
  | ({ t: "safety" } & PutSafety)
  | ({ t: "says" } & SheSays)
  | ({ t: "seen" } & Seen)
  | ({ t: "send" } & Send)
  | ({ t: "sentence" } & PutSentence)
  | ({ t: "situation" } & OpenSituation)
  | ({ t: "situations" } & AskSituations)
  | ({ t: "sleep" } & Sleep)
  | ({ t: "state" } & State)
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
  | ({ t: "board" } & BoardFrame)
  | ({ t: "clash" } & Clash)
  | ({ t: "contact" } & ContactFrame)
  | ({ t: "cover_words" } & CoverFrame)
  | ({ t: "did" } & DoneFrame)
  | ({ t: "draft" } & Draft)
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
  | ({ t: "offer" } & OfferFrame)
  | ({ t: "people" } & PeopleFrame)
  | ({ t: "phrase" } & PhraseFrame)
  | ({ t: "phrases" } & PhrasesFrame)
  | ({ t: "pong" } & Pong)
  | ({ t: "queue" } & QueueFrame)
  | ({ t: "record" } & RecordFrame)
  | ({ t: "refused" } & Refused)
  | ({ t: "said" } & SaidFrame)
  | ({ t: "saved" } & Saved)
  | ({ t: "situation" } & SituationFrame)
  | ({ t: "situations" } & SituationsFrame)
  | ({ t: "snapshot" } & Snapshot)
  | ({ t: "thread" } & ThreadFrame)
  | ({ t: "translation" } & TranslationFrame)
  | ({ t: "typing" } & CallerTyping)
  | ({ t: "undone" } & Undone)
  | ({ t: "words" } & WordsFrame);
