// Sends a file over a line that may break (tus 1.0.0, /v1/uploads). What was sent is not sent
// again: after a lost connection it goes on by itself, after a reload with what was remembered.
import { ApiError, answer, ownHeaders, randomKey } from "./client";
import { askedToWait } from "./slowdown";

export type Fields = Readonly<Record<string, string>>;

export interface Watch {
  // `share`: of the bytes that have left; `waiting`: the server cannot be reached just now.
  progress: (share: number, waiting: boolean) => void;
  signal: AbortSignal;
}

interface Reply {
  status: number;
  text: string;
  header: (name: string) => string | null;
}

// What is remembered of an upload that is not over.
export interface Begun {
  key: string; // Idempotency-Key: the same wish finds the same upload, even if its answer was lost
  place: string | null;
}

// Who remembers it. forget(): begin anew, under another key.
export interface Memory {
  readonly begun: Begun;
  keep: (place: string) => void;
  forget: () => void;
}

const stream = "application/offset+octet-stream";
const waits = [500, 1000, 2000, 4000, 8000, 15_000];

type Finished = (reply: Reply, place: string) => string | null;

// The id of the photo. Throws an ApiError where the server refuses or ("unreadable") the file
// cannot be read, an AbortError when stopped.
export function uploadPhoto(
  file: File,
  fields: Fields,
  memory: Memory,
  watch: Watch,
): Promise<string> {
  const metadata = encode({ ...fields, filename: file.name });
  return send(file, metadata, memory, watch, (reply) => reply.header("Picsharz-Photo"));
}

// Nobody waits for it any more. A photo that came of it stays.
export async function giveUpload(place: string): Promise<void> {
  await ask("DELETE", place, {}, new AbortController().signal).catch(() => {}); // it expires
}

// An archive to be imported: the id of the upload.
export function uploadArchive(file: File, watch: Watch): Promise<string> {
  const whole = String(file.size);
  const metadata = encode({ purpose: "import", filename: file.name });
  const memory = new BrowserMemory(file, metadata);
  return send(file, metadata, memory, watch, (reply, place) =>
    reply.header("Upload-Offset") === whole ? (place.split("/").at(-1) ?? null) : null,
  );
}

async function send(
  file: File,
  metadata: string,
  memory: Memory,
  watch: Watch,
  over: Finished,
): Promise<string> {
  let slowdown = 0;
  let share = 0;
  const seen: Watch = {
    progress: (now, waiting) => watch.progress((share = now), waiting),
    signal: watch.signal,
  };
  for (let tries = 0; ; tries += 1) {
    try {
      const made = await goOn(file, metadata, memory, seen, over, () => (tries = 0));
      if (made) {
        memory.forget();
        return made;
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) await assertReadable(file);
      if (!(error instanceof ApiError) || !isPassing(error)) {
        if (error instanceof ApiError) memory.forget();
        throw error;
      }
      if (error instanceof Slowdown) slowdown = error.seconds * 1000;
    }
    watch.progress(share, true);
    const asked = Math.max(slowdown, waits[Math.min(tries, waits.length - 1)] ?? 0);
    slowdown = 0;
    await pause(asked, watch.signal);
  }
}

// To the browser a file that is gone, or was changed, is a line that is broken. Chosen again, it
// goes on where it was.
async function assertReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new ApiError(0, "unreadable", ""); // who has chosen it says what to do
  }
}

// Too many requests: the same again, after the seconds that the server asks for.
class Slowdown extends ApiError {
  constructor(readonly seconds: number) {
    super(429, "too_many_requests", "The server asks to slow down.");
  }
}

function isPassing(error: ApiError): boolean {
  if (error instanceof Slowdown) return true;
  return error.status === 0 || error.status === 423 || error.status === 409 || error.status >= 500;
}

// One attempt: where it stands, then the rest of the file.
async function goOn(
  file: File,
  metadata: string,
  memory: Memory,
  watch: Watch,
  over: Finished,
  moved: () => void,
) {
  let reply = await find(file, metadata, memory, watch.signal);
  const known = over(reply, memory.begun.place ?? "");
  if (known) return known;
  const offset = Number(reply.header("Upload-Offset"));
  const share = (sent: number) => {
    watch.progress(file.size > 0 ? (offset + sent) / file.size : 0, false);
    if (sent > 0) moved();
  };
  share(0);
  const headers = { "Upload-Offset": String(offset), "Content-Type": stream };
  const rest = file.slice(offset);
  reply = await ask("PATCH", memory.begun.place ?? "", headers, watch.signal, rest, share);
  if (reply.status !== 204) refuse(reply);
  return over(reply, memory.begun.place ?? "");
}

async function find(file: File, metadata: string, memory: Memory, signal: AbortSignal) {
  const { place } = memory.begun;
  if (place) {
    const reply = await ask("HEAD", place, {}, signal);
    if (reply.status === 200) return reply;
    if (reply.status !== 404 && reply.status !== 410) refuse(reply);
    memory.forget(); // it has expired: begin anew
  }
  const headers = {
    "Upload-Length": String(file.size),
    "Upload-Metadata": metadata,
    "Idempotency-Key": memory.begun.key,
  };
  const reply = await ask("POST", "/v1/uploads", headers, signal);
  if (reply.status !== 201) refuse(reply);
  memory.keep(reply.header("Location") ?? "");
  return reply;
}

function refuse(reply: Reply): never {
  const code = /"code":"([a-z_]+)"/.exec(reply.text)?.[1] ?? "too_many_requests";
  const seconds = reply.status === 429 ? askedToWait(code, reply.header("Retry-After")) : 0;
  if (seconds > 0) throw new Slowdown(seconds);
  // HEAD has no body to say why.
  if (reply.text === "") throw new ApiError(reply.status, "refused", "Try again in a moment.");
  answer<null>(reply.status, reply.text);
  throw new ApiError(reply.status, "bad_answer", "The server gave an answer that makes no sense.");
}

// XMLHttpRequest, because fetch tells nothing about the bytes that have left.
function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  body?: Blob,
  sent?: (bytes: number) => void,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stopped = () => new DOMException("The upload was stopped.", "AbortError");
    if (signal.aborted) return reject(stopped());
    const request = new XMLHttpRequest();
    request.open(method, path);
    const own = { ...ownHeaders("PATCH"), "Tus-Resumable": "1.0.0", ...headers };
    for (const [name, value] of Object.entries(own)) request.setRequestHeader(name, value);
    if (sent) request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        header: (name) => request.getResponseHeader(name),
      });
    request.onerror = () => reject(new ApiError(0, "offline", "The server cannot be reached."));
    request.onabort = () => reject(stopped());
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body ?? null);
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const now = () => (clearTimeout(timer), resolve());
    addEventListener("online", now, { once: true });
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new DOMException("The upload was stopped.", "AbortError"));
      },
      { once: true },
    );
  });
}

// Upload-Metadata: "key base64,key base64"; text as UTF-8. Fields that are empty are left out.
export function encode(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => {
      const bytes = Array.from(new TextEncoder().encode(value), (one) => String.fromCharCode(one));
      return `${key} ${btoa(bytes.join(""))}`;
    })
    .join(",");
}

// By what can be told of the file, so that choosing it again goes on. Where this browser may not
// keep anything, an upload only does not survive a reload.
class BrowserMemory implements Memory {
  begun: Begun;
  readonly #name: string;

  constructor(file: File, metadata: string) {
    this.#name = `upload ${file.name} ${file.size} ${file.lastModified} ${metadata}`;
    this.begun = this.#read() ?? { key: randomKey(), place: null };
    this.#write();
  }

  keep(place: string): void {
    this.begun = { ...this.begun, place };
    this.#write();
  }

  forget(): void {
    this.begun = { key: randomKey(), place: null };
    try {
      localStorage.removeItem(this.#name);
    } catch {
      return;
    }
  }

  #read(): Begun | null {
    try {
      return JSON.parse(localStorage.getItem(this.#name) ?? "null") as Begun | null;
    } catch {
      return null;
    }
  }

  #write(): void {
    try {
      localStorage.setItem(this.#name, JSON.stringify(this.begun));
    } catch {
      return;
    }
  }
}
