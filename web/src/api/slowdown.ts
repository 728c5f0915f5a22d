// The server asks to slow down (429), or has more to do than it can (503): how long to wait,
// and who is told meanwhile.

// A person waits so long without being asked; beyond it, the answer says what to do.
const patience = 20;

let tell = (_seconds: number): void => {};

// Called with the seconds of a wait when it begins, and with 0 when it is over.
export function whenAskedToWait(callback: (seconds: number) => void): void {
  tell = callback;
}

// The seconds to wait before what was refused may be sent again; 0: it is not to be.
// Only the limit of all requests, and a busy server: nothing was done, and a moment later it will
// be. The others (passwords, sign-ups, comments) are a person's to hear of. A busy server is busy
// for many: they do not come back all at once.
export function askedToWait(code: string | undefined, retryAfter: string | null): number {
  const seconds = Number(retryAfter);
  if (!(seconds > 0 && seconds <= patience)) return 0;
  if (code === "busy") return seconds * (1 + Math.random());
  return code === "too_many_requests" ? seconds : 0;
}

let waiting = 0;

export async function waitPlainly(seconds: number, signal?: AbortSignal): Promise<void> {
  waiting += 1;
  tell(seconds);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const stop = () => {
        clearTimeout(timer);
        reject(new DOMException("Nobody waits for this any more.", "AbortError"));
      };
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true });
    });
  } finally {
    waiting -= 1;
    if (waiting === 0) tell(0);
  }
}
