// Who is signed in here, and what the instance says about itself.
import { getInstance, getMe, logOut as endSession, type Instance, type Me } from "../../api";
import { ApiError, whenSignedOut } from "../../api/client";
import { start } from "../../api/start";
import { followLanguage } from "../../i18n/say";
import { forgetKept } from "../../lib/installed";
import { forgetLists } from "../../lib/list/around";
import { forgetPagers } from "../../lib/pager.svelte";
import { go } from "../../lib/router.svelte";

// The session itself is an HttpOnly cookie. This mark only says that asking for /v1/me is worth it,
// so that a visitor's first page does not begin with a refusal.
const mark = "picsharz-signed-in";

let me = $state.raw<Me | null>(null);
let instance = $state.raw<Instance | null>(null);
let ready = $state(false);
let failure = $state.raw<ApiError | null>(null);

export const session = {
  get me() {
    return me;
  },
  get instance() {
    return instance;
  },
  // Whether it is known who is here; pages wait for it.
  get ready() {
    return ready;
  },
  // Why it is not known.
  get failure() {
    return failure;
  },
};

function setMark(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(mark, "1");
    else localStorage.removeItem(mark);
  } catch {
    // Storage is switched off: the person signs in again after a reload.
  }
}

function hasMark(): boolean {
  try {
    return localStorage.getItem(mark) !== null;
  } catch {
    return false;
  }
}

let onSessionEnd = (_byPerson: boolean): void => {};

// Called when the session is over: because the person wanted so, or the server.
export function whenSessionEnds(callback: (byPerson: boolean) => void): void {
  onSessionEnd = callback;
}

// The cookie is worth nothing any more.
export function sessionEnded(byPerson = true): void {
  me = null;
  setMark(false);
  forgetKept();
  forgetPagers();
  forgetLists();
  onSessionEnd(byPerson);
}

export async function startSession(): Promise<void> {
  ready = false;
  failure = null;
  whenSignedOut(() => sessionEnded(false));
  void getInstance().then(
    (value) => (instance = value),
    () => {}, // pages that need it ask again
  );
  try {
    // The server may have said it in the document, mark or no mark.
    if (start.has("/v1/me") || hasMark()) {
      const known = await getMe();
      setMark(true);
      if (followLanguage(known.settings.language)) return location.reload();
      me = known;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code !== "unauthenticated") failure = error;
  }
  ready = failure === null;
}

export async function loadInstance(): Promise<Instance> {
  instance ??= await getInstance();
  return instance;
}

// After a request that set the session cookie.
// Without `next` the page leads on by itself.
export async function signedIn(next?: string): Promise<void> {
  const known = await getMe();
  setMark(true);
  forgetKept();
  if (followLanguage(known.settings.language)) return loadAnew(next);
  me = known;
  forgetPagers();
  forgetLists();
  instance = instance && { ...instance, setup_needed: false };
  if (next !== undefined) await go(next, { replace: true });
}

// The document ends here, so this never does: the page that asked stays as it is until then.
function loadAnew(next?: string): Promise<never> {
  const url = new URL(next ?? location.href, location.href);
  if (url.href === location.href) location.reload();
  else if (url.origin === location.origin) location.replace(url);
  return new Promise(() => {});
}

export function changedMe(value: Me): void {
  const looks = (one: Me) => `${one.handle}\n${one.name}\n${JSON.stringify(one.avatar)}`;
  if (me && looks(me) !== looks(value)) forgetPagers(); // what is kept says who somebody was
  me = value;
  followLanguage(value.settings.language); // from the next document on
}

export async function logOut(): Promise<void> {
  await endSession();
  sessionEnded();
  await go("/");
}

// Where a visitor is sent by what only members can do.
export function loginLink(next: string): string {
  return `/login?${new URLSearchParams({ next })}`;
}
