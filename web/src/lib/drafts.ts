// What somebody is writing, for as long as the document lives: a form that is gone with its page,
// or because the session ran out, has it again when it comes back. Of one account at a time.
const drafts = new Map<string, unknown>();
let owner = "";

// Whoever is here now; of anybody else nothing stays. "": nobody.
export function draftsOf(account: string): void {
  if (account !== owner) drafts.clear();
  owner = account;
}

// `place`: the form, and what it is about.
export function draftIn<T>(place: string): T | undefined {
  return drafts.get(place) as T | undefined;
}

export function keepDraft(place: string, draft: unknown): void {
  drafts.set(place, draft);
}

export function dropDraft(place: string): void {
  drafts.delete(place);
}
