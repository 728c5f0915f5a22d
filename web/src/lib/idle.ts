// When the browser has nothing better to do.
const patience = 5_000; // ms until it is done in a page that is never idle

export function whenIdle(then: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(then, { timeout: patience });
  else setTimeout(then, patience); // Safari
}

// To go on in a task of its own: what a finger does meanwhile is heard in between.
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

// Until a frame has been drawn; in a window that nobody sees there is none to wait for.
export function nextFrame(): Promise<void> {
  if (document.hidden) return nextTask();
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

let tellDrawn: () => void;

// Fulfilled when the first page has been drawn.
export const drawn = new Promise<void>((resolve) => (tellDrawn = resolve));

export function pageDrawn(): void {
  tellDrawn();
}

// Once that page has all that it shows first, its pictures among it.
export function afterFirst(then: () => void, signal?: AbortSignal): void {
  const later = () =>
    whenIdle(() => {
      if (!signal?.aborted) then();
    });
  void drawn.then(() => {
    if (document.readyState === "complete") later();
    else addEventListener("load", later, { once: true, ...(signal && { signal }) });
  });
}

// The same, to wait for.
export function firstDrawn(): Promise<void> {
  return new Promise((resolve) => afterFirst(resolve));
}
