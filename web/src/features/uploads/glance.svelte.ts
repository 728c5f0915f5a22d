// What the shell knows of uploads: how many are on their way, without the queue itself, which is
// loaded when there is something in it. Which account's, a mark in localStorage says.
import { nothing, type Glance } from "./entry";

const mark = "picsharz-uploads";
let seen = $state.raw<Glance>(nothing);

export const uploadsGlance = {
  get now() {
    return seen;
  },
};

export function tellGlance(glance: Glance): void {
  seen = glance;
}

export function markUploads(there: boolean): void {
  try {
    if (there) localStorage.setItem(mark, "1");
    else localStorage.removeItem(mark);
  } catch {
    // Storage is switched off: after a reload they go on when the upload page is opened.
  }
}

export function uploadsAreMarked(): boolean {
  try {
    return localStorage.getItem(mark) !== null;
  } catch {
    return false;
  }
}

const load = () => import("./uploads.svelte");
let ended: ((forget: boolean) => Promise<void>) | null = null;

// Called by the queue, when it has been opened.
export function whenEnded(act: (forget: boolean) => Promise<void>): void {
  ended = act;
}

// Where something was left on its way, it goes on.
export async function startUploads(account: string): Promise<void> {
  if (uploadsAreMarked()) (await load()).uploads.start(account);
}

// The session is over. By a person's own will: nothing of theirs stays in this browser.
export async function endUploads(forget: boolean): Promise<void> {
  tellGlance(nothing);
  if (ended) await ended(forget);
  else if (forget && uploadsAreMarked()) await (await load()).uploads.end(true);
}
