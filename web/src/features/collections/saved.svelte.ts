// What is known here of which photos the member saved: what was done on these pages. Cards do not
// say it.
import { SvelteMap } from "svelte/reactivity";
import { setSaved } from "../../api";
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
