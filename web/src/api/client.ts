// The one way to the server: sends a request, gives the answer or throws an ApiError.
import { problemText, t } from "../i18n";
import { askedToWait, waitPlainly } from "./slowdown";
import { start } from "./start";
import type { Problem } from "./types";

export class ApiError extends Error {
  // `code` is the contract's, or "offline" and "bad_answer", which are ours.
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: ReadonlyMap<string, string> = new Map(),
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Options {
  query?: Record<string, string | number | null | undefined> | undefined;
  body?: unknown;
  form?: FormData; // instead of `body`
  text?: string; // the same
  signal?: AbortSignal | undefined;
  leaving?: boolean; // what is sent outlives the document; it may be 64 kB
  key?: string | undefined; // of a wish that may be sent twice; else every call is a new one
}

const patientTries = 2; // of waiting for a server that asks to slow down
const otherAccount = "other_account";

let onSignedOut = (_other: boolean): void => {};
let onSending = (): string => "";
let onReached: (what: string, begun: number) => void = () => {};
let onRefused = (): Promise<void> => Promise.resolve();
let onKnown: (path: string, answer: unknown) => void = () => {};

// Called when the server says that the session is over, or (`other`) another account's by now.
export function whenSignedOut(callback: (other: boolean) => void): void {
  onSignedOut = callback;
}

// Called before every change: gives the id of the account that it is meant for, "" for a visitor.
// What it throws keeps the change from being sent.
export function whenSending(callback: () => string): void {
  onSending = callback;
}

// Called with "server" when it answered, "nothing" when it could not be reached, or the time of
// what the browser kept and gave instead; and with when it was asked, of performance.now().
export function whenReached(callback: (what: string, begun: number) => void): void {
  onReached = callback;
}

// Called with what came inside the document, when it is used.
export function whenKnown(callback: (path: string, answer: unknown) => void): void {
  onKnown = callback;
}

// Called before a refusal is put into words, and waited for: they may have to be fetched.
export function whenRefused(callback: () => Promise<void>): void {
  onRefused = callback;
}

export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const query = queryOf(options.query);
  const known = method === "GET" && query === "" ? start.take<T>(path) : undefined;
  if (known !== undefined) {
    onKnown(path, known);
    return known;
  }
  const headers: Record<string, string> = {
    ...ownHeaders(method, options.key),
    Accept: "application/json",
  };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.form) init.body = options.form;
  if (options.text !== undefined) {
    headers["Content-Type"] = "text/plain; charset=utf-8";
    init.body = options.text;
  }
  if (options.leaving) init.keepalive = true;
  if (options.signal) init.signal = options.signal;
  for (let tries = 0; ; tries += 1) {
    const { response, text } = await exchange(path + query, init);
    const refused = response.status === 429 || response.status === 503;
    const wait = tries < patientTries && refused ? waitOf(response, text) : 0;
    if (wait === 0) {
      if (!response.ok) await onRefused().catch(() => {});
      return answer<T>(response.status, text);
    }
    await waitPlainly(wait, options.signal);
  }
}

async function exchange(target: string, init: RequestInit) {
  const begun = performance.now();
  try {
    const response = await fetch(target, init);
    const text = await response.text();
    onReached(response.headers.get("Picsharz-Offline") ?? "server", begun);
    return { response, text };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    onReached("nothing", begun);
    throw offline();
  }
}

function waitOf(response: Response, text: string): number {
  const problem = parse(text) as Partial<Problem> | null | undefined;
  return askedToWait(problem?.code, response.headers.get("Retry-After"));
}

// What every request of ours carries: the header that no foreign form can send; for a change the
// account that it is meant for, because the cookie may be another one's by now; and for what
// creates something a key that makes its repetition harmless.
export function ownHeaders(method: Method, key?: string): Record<string, string> {
  const headers: Record<string, string> = { "Picsharz-Client": "web" };
  if (method !== "GET") {
    start.forget(); // what it answered before may not be so any more
    const account = onSending();
    if (account) headers["Picsharz-Account"] = account;
  }
  if (method === "POST") headers["Idempotency-Key"] = key ?? randomKey();
  return headers;
}

export function randomKey(): string {
  // crypto.randomUUID exists only in secure contexts; a newcomer may be on plain http.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function queryOf(values: Options["query"]): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

export function answer<T>(status: number, text: string): T {
  const content = parse(text);
  if (status >= 200 && status < 300) {
    if (content === undefined) throw badAnswer(status);
    return content as T;
  }
  const problem = content as Partial<Problem> | null | undefined;
  if (!problem || typeof problem.code !== "string") throw badAnswer(status);
  const other = problem.code === otherAccount;
  if (other || problem.code === "unauthenticated" || problem.code === "members_only") {
    onSignedOut(other);
  }
  const fields = (problem.errors ?? []).map(
    (error) => [error.field, problemText(error.code, error.detail, error)] as const,
  );
  const detail = problemText(problem.code, problem.detail ?? "", problem);
  throw new ApiError(status, problem.code, detail, new Map(fields));
}

// undefined: the text is not JSON. An empty body is null.
function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function offline(): ApiError {
  return new ApiError(0, "offline", t("error.offline"));
}

// As the server would refuse it.
export function meantForAnother(): ApiError {
  const english = "Another account is signed in here by now. Load the page again.";
  return new ApiError(403, otherAccount, problemText(otherAccount, english));
}

function badAnswer(status: number): ApiError {
  return new ApiError(status, "bad_answer", t("error.bad_answer", { status: String(status) }));
}
