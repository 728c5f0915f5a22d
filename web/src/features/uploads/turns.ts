// Whose turn it is: of all tabs of this browser one sends, and when it is closed another one does.
//
// Web Locks say so, where there are any (RFC-less: w3c.github.io/web-locks). Plain http has none:
// there a lease is kept in localStorage, which its tab renews and others take when it is old.
export interface Locks {
  request: (
    name: string,
    options: { signal: AbortSignal },
    held: () => Promise<void>,
  ) => Promise<unknown>;
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export interface Around {
  locks: Locks | undefined;
  storage: Storage | null;
  now: () => number;
  tab: string; // a name of its own
  every: (milliseconds: number, act: () => void, signal: AbortSignal) => void;
}

const name = "picsharz-uploads-turn";
export const renewed = 2000; // ms
export const stale = 3 * renewed;

interface Lease {
  tab: string;
  at: number;
}

// Calls `begin` when it is this tab's turn, which it stays until `signal`.
export function takeTurn(begin: () => void, signal: AbortSignal, around: Around): void {
  if (around.locks) byLock(around.locks, begin, signal);
  else if (around.storage) byLease(around.storage, begin, signal, around);
  else begin(); // nothing is shared, and nothing can be said to others
}

function byLock(locks: Locks, begin: () => void, signal: AbortSignal): void {
  const held = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
      begin();
    });
  locks.request(name, { signal }, held).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function byLease(
  storage: Storage,
  begin: () => void,
  signal: AbortSignal,
  { now, tab, every }: Around,
): void {
  let mine = false;
  const read = (): Lease | null => {
    try {
      return JSON.parse(storage.getItem(name) ?? "null") as Lease | null;
    } catch {
      return null;
    }
  };
  const write = () => storage.setItem(name, JSON.stringify({ tab, at: now() } satisfies Lease));
  // It is taken in two steps: of two tabs that take it at once, the one that wrote last has it.
  const look = () => {
    const lease = read();
    const free = lease === null || now() - lease.at > stale;
    if (lease?.tab === tab) {
      write();
      if (!mine) begin();
      mine = true;
    } else if (free && !mine) {
      write();
    }
  };
  look();
  every(renewed / 4, look, signal);
  signal.addEventListener("abort", () => {
    if (read()?.tab === tab) storage.removeItem(name);
  });
}
