// What is known here of which photos the member saved. Cards do not say it: it is asked for a page
// of them at once.
import { SvelteMap } from "svelte/reactivity";
import { ApiError, listSavedAmong, setSaved } from "../../api";
import { forgetPagers } from "../../lib/pager.svelte";
import { session } from "../sessions/session.svelte";

const most = 500;
const known = new SvelteMap<string, boolean>(); // by member and photo

const keyOf = (photo: string) => `${session.me?.id} ${photo}`;

// undefined: nobody asked yet.
export function isSaved(photo: string): boolean | undefined {
  return known.get(keyOf(photo));
}

export function learnSaved(photo: string, saved: boolean): void {
  known.delete(keyOf(photo)); // the newest last
  known.set(keyOf(photo), saved);
  const oldest = known.keys().next().value;
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}

// Nothing waits for the answer; what was done on these pages meanwhile is known better.
export async function askSaved(photos: readonly { id: string }[]): Promise<void> {
  const unknown = photos.map(({ id }) => id).filter((id) => isSaved(id) === undefined);
  if (!session.me || unknown.length === 0) return;
  try {
    const saved = new Set((await listSavedAmong(unknown)).items);
    for (const id of unknown) if (isSaved(id) === undefined) learnSaved(id, saved.has(id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // else the buttons do not say it
  }
}

// Shown at once; where the server refuses, it is as before and this throws.
export async function save(photo: string, saved: boolean): Promise<void> {
  const before = isSaved(photo);
  learnSaved(photo, saved);
  try {
    await setSaved(photo, saved);
    forgetPagers("saved");
  } catch (error) {
    if (before === undefined) known.delete(keyOf(photo));
    else learnSaved(photo, before);
    throw error;
  }
}
