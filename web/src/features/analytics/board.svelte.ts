// What a page of numbers asked for. It stays while it is asked for again, and an answer that comes
// after a newer question is forgotten.
import { untrack } from "svelte";

export class Asked<T> {
  answer = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(false);
  #asking: AbortController | null = null;

  async ask(load: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#asking?.abort();
    const mine = (this.#asking = new AbortController());
    this.loading = true;
    try {
      const answer = await load(mine.signal);
      if (mine.signal.aborted) return;
      this.answer = answer;
      this.error = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      this.error = error;
    } finally {
      if (this.#asking === mine) this.loading = false;
    }
  }

  stop(): void {
    this.#asking?.abort();
  }
}

// Every so many seconds while somebody looks; until the function that is returned is called.
export function everySeconds(seconds: number, act: () => void): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) untrack(act);
  }, seconds * 1000);
  return () => clearInterval(timer);
}
