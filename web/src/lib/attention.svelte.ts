// Whether somebody does something here with a mouse or keys: what only these find waits for that.
// A finger finds none of it.
import { whenIdle } from "./idle";

let here = $state(false);

export function attended(): boolean {
  return here;
}

export function startAttention(): void {
  const heard = new AbortController();
  const notice = (event: Event) => {
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    heard.abort();
    whenIdle(() => (here = true));
  };
  for (const kind of ["pointermove", "keydown", "focusin"]) {
    document.addEventListener(kind, notice, { passive: true, signal: heard.signal });
  }
}
