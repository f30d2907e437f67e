// The one socket: beat, reconnect, resume. The database is the truth; what the desk shows is
// what the last frames said, and a gap in a contact's sequence makes it ask again.

import { signal } from "@preact/signals";
import { version, type FromServer, type ToServer } from "./frames";

export type Link = "joining" | "live" | "again";
export const link = signal<Link>("joining");
export const lostAt = signal(0);

/** The number of the line that is open, or was last: an answer comes on the line of its question, or never. */
export let line = 0;

interface Talk {
  hello(): ToServer;
  idle(): number;
  beat(): number;
  receive(frame: FromServer): void;
  ended(): void;
}

let talk: Talk;
let url = "";
let alive = "";
let socket: WebSocket | undefined;
let tries = 0;
let heard = 0;
let pinged = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function join(at: string, session: string, with_: Talk): void {
  talk = with_;
  url = at.replace(/^http/, "ws");
  alive = session;
  connect();
  setInterval(beat, 1000);
  addEventListener("online", () => retry(0));
}

/** Sends a frame if the line is up; what must not be lost is sent again by its own module. */
export function tell(frame: ToServer): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ v: version, ...frame }));
  return true;
}

/** Asks anew for what is missing. */
export const ask = (): boolean => tell(talk.hello());

/** Ends the talk for good: the shift is over. */
export function leave(): void {
  const was = socket;
  socket = undefined;
  clearTimeout(timer);
  was?.close(1000);
}

function connect(): void {
  clearTimeout(timer);
  const mine = new WebSocket(url);
  socket = mine;
  heard = Date.now();
  mine.onopen = () => {
    line++;
    ask();
    pinged = Date.now();
  };
  mine.onmessage = (event: MessageEvent<string>) => {
    heard = Date.now();
    const frame = JSON.parse(event.data) as FromServer & { v: number };
    if (frame.v !== version) return location.reload();
    if (frame.t === "snapshot" || frame.t === "lock") {
      tries = 0;
      link.value = "live";
    }
    talk.receive(frame);
    beat();
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    if (link.value !== "again") {
      link.value = "again";
      lostAt.value = Date.now();
    }
    void look();
    retry(Math.min(5000, 300 * 2 ** tries++) * (0.75 + Math.random() / 2));
  };
}

function retry(after: number): void {
  if (!socket || socket.readyState === WebSocket.OPEN) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (socket && socket.readyState !== WebSocket.OPEN) {
      socket.onclose = null;
      socket.close();
      connect();
    }
  }, after);
}

// A socket that is refused does not say why: a plain request does.
async function look(): Promise<void> {
  try {
    const answer = await fetch(alive, { credentials: "same-origin", cache: "no-store" });
    if (answer.status === 401) talk.ended();
  } catch {
    // No connection at all.
  }
}

// The beat runs by the clock and by what comes in, since browsers slow the clocks of a page that
// is not looked at.
function beat(): void {
  const every = talk.beat();
  const now = Date.now();
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (now - heard > 2.5 * every) {
    socket.close();
    socket.onclose?.(new CloseEvent("close"));
    return;
  }
  if (now - pinged < every - 500) return;
  pinged = now;
  tell({ t: "ping", idle: talk.idle() });
}
