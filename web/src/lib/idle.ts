// When the browser has nothing better to do.
const patience = 5_000; // ms until it is done in a page that is never idle

export function whenIdle(then: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(then, { timeout: patience });
  else setTimeout(then, patience); // Safari
}

// Once the document has all that it shows first, its pictures among it.
export function afterFirst(then: () => void, signal?: AbortSignal): void {
  const later = () =>
    whenIdle(() => {
      if (!signal?.aborted) then();
    });
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true, ...(signal && { signal }) });
}

// The same, to wait for.
export function firstDrawn(): Promise<void> {
  return new Promise((resolve) => afterFirst(resolve));
}
