// Who is signed in here, and what the instance says about itself.
import { getInstance, getMe, logOut as endSession, type Instance, type Me } from "../../api";
import { ApiError, meantForAnother, whenSending, whenSignedOut } from "../../api/client";
import { start } from "../../api/start";
import { followLanguage } from "../../i18n/say";
import { draftsOf } from "../../lib/drafts";
import { forgetKept } from "../../lib/installed";
import { forgetLists } from "../../lib/list/around";
import { forgetPagers } from "../../lib/pager.svelte";
import { go } from "../../lib/router.svelte";
import { closeToast, toasts } from "../../lib/toast.svelte";
import { hasMark, isAnother, markRanOut, setMark } from "./mark";

// Minutes that photos of other apps wait for somebody who has to log in first.
const untilAsked = 10; // the session was over when they came
const untilLoggedIn = 60;

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

let onSessionEnd = (_byPerson: boolean): void => {};

// Called when the session is over: because the person wanted so, or the server.
export function whenSessionEnds(callback: (byPerson: boolean) => void): void {
  onSessionEnd = callback;
}

// The cookie is worth nothing any more.
export function sessionEnded(byPerson = true): void {
  onSessionEnd(byPerson); // before other tabs hear of it, and are loaded anew
  me = null;
  if (byPerson) setMark("");
  else markRanOut();
  if (byPerson) draftsOf("");
  forgetKept(byPerson ? 0 : untilAsked);
  forgetShown();
}

// What the page has shown, and what it offers to take back: that would be done by who is here now.
function forgetShown(): void {
  forgetPagers();
  forgetLists();
  for (const { id } of toasts.shown) closeToast(id);
}

let over = false; // this page is loaded anew

// Another account is signed in here by now, or none: nothing of this page is theirs.
function renew(): void {
  if (over) return;
  over = true;
  onSessionEnd(false); // nothing that is under way asks whether it may be left
  location.reload();
}

const isOthers = () => over || (ready && isAnother(me?.id ?? ""));

// In another tab somebody may sign in or out; and a page may come back from the browser's memory.
// What is on its way to be sent then, a text that is saved when its page goes among it, is not.
export function followTabs(): void {
  const look = () => isOthers() && renew();
  addEventListener("storage", look);
  addEventListener("pageshow", look);
  whenSending(() => {
    if (!isOthers()) return me?.id ?? "";
    renew();
    throw meantForAnother();
  });
}

// Who is here now, as it is kept.
function keep(account: Me): void {
  setMark(account.id);
  draftsOf(account.id);
}

export async function startSession(): Promise<void> {
  ready = false;
  failure = null;
  whenSignedOut((other) => (other ? renew() : sessionEnded(false)));
  void getInstance().then(
    (value) => (instance = value),
    () => {}, // pages that need it ask again
  );
  try {
    // The server may have said it in the document, mark or no mark.
    if (start.has("/v1/me") || hasMark()) {
      const known = await getMe();
      keep(known);
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
  keep(known);
  forgetKept(untilLoggedIn);
  if (followLanguage(known.settings.language)) return loadAnew(next);
  me = known;
  forgetShown();
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
