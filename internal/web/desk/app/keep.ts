// What the browser keeps so that no keystroke is lost: drafts, and messages that the server has
// not acknowledged. Sealed under a key that the server derives from the person's own and that
// lives in memory only, never to be read out again.

type Record_ = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };

let key: CryptoKey | undefined;
let person = "";
let store: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  store ??= new Promise((done, failed) => {
    const ask = indexedDB.open("freeline-desk", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("kept");
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(new Error("no store"));
  });
  return store;
}

/** Gives the key of this session. */
export async function unlockStore(base64: string, who: string): Promise<void> {
  const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  raw.fill(0);
  person = who;
}

/** Forgets the key: what is kept stays sealed. */
export const lockStore = (): void => {
  key = undefined;
};

const bound = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`freeline/desk\0${person}\0${name}`);
const place = (name: string): string => `${person}/${name}`;

/** Keeps a value under a name. */
export async function keep(name: string, value: unknown): Promise<boolean> {
  if (!key) return false;
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name) }, key, plain);
    await write((kept) => kept.put({ iv, data } satisfies Record_, place(name)));
    return true;
  } catch {
    return false; // a browser without storage: the server's copy stands alone
  }
}

/** Wipes what was kept under a name. */
export async function wipe(name: string): Promise<void> {
  try {
    await write((kept) => kept.delete(place(name)));
  } catch {
    // Nothing was kept.
  }
}

/** Reads all that is kept under names with this beginning; what does not open is wiped. */
export async function kept<T>(begins: string): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  const opener = key;
  if (!opener) return found;
  try {
    const range = IDBKeyRange.bound(place(begins), `${place(begins)}\uffff`);
    const db = await open();
    const within = db.transaction("kept").objectStore("kept");
    const [names, rows] = await Promise.all([
      result(within.getAllKeys(range)), result<Record_[]>(within.getAll(range)),
    ]);
    for (const [i, at] of names.entries()) {
      const name = String(at).slice(person.length + 1);
      const row = rows[i];
      if (!row) continue;
      try {
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: row.iv, additionalData: bound(name) }, opener, row.data);
        found.set(name, JSON.parse(new TextDecoder().decode(plain)) as T);
      } catch {
        await wipe(name);
      }
    }
  } catch {
    // Nothing is kept here.
  }
  return found;
}

const result = <T>(ask: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(new Error("store"));
  });

async function write(change: (kept: IDBObjectStore) => void): Promise<void> {
  const db = await open();
  await new Promise<void>((done, failed) => {
    const tx = db.transaction("kept", "readwrite", { durability: "strict" });
    change(tx.objectStore("kept"));
    tx.oncomplete = () => done();
    tx.onerror = tx.onabort = () => failed(new Error("store"));
  });
}
