// Who is signed in in this browser, as all of its tabs know it. The session itself is an HttpOnly
// cookie. The mark says that asking for /v1/me is worth it, so that a visitor's first page does not
// begin with a refusal; and for whom a page has to be drawn, so that one that was drawn for another
// account does not go on. It is that account's id, and nothing more.
const name = "picsharz-signed-in";
const somebody = "1"; // of an older version, which did not say who
const ranOut = "0"; // the session was over by itself: who comes next is not known
let kept = true; // what was written last

// "": nobody.
export function setMark(account: string): void {
  try {
    if (account) localStorage.setItem(name, account);
    else localStorage.removeItem(name);
    kept = read() === account;
  } catch {
    kept = false; // storage is switched off, or full: the person signs in again after a reload
  }
}

// Other tabs go on as they are until they ask the server themselves: somebody may be writing there.
export function markRanOut(): void {
  setMark(ranOut);
}

function read(): string | null {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return null;
  }
}

export function hasMark(): boolean {
  const now = read();
  return Boolean(now) && now !== ranOut;
}

// Whether somebody else than this account ("": a visitor) is here by now, as far as that is known.
export function isAnother(account: string): boolean {
  const now = kept ? read() : null;
  return now !== null && now !== somebody && now !== ranOut && now !== account;
}
