// What the server already answered in the document itself (docs/life-of-a-page.md): each answer is
// good once, for the first GET of its path, as if it had just been asked for.
//
// It is somebody's, and of one moment: half a minute later, after anything was sent that changes
// something, or where the browser shows a document out of its cache, all of it is forgotten.
const freshFor = 30_000; // ms after the document began to arrive

type Answers = Map<string, unknown>;

// How the document came here.
export interface Arrival {
  type: string;
  transferSize: number;
  responseStart: number;
}

export function readAnswers(text: string | null | undefined, arrival?: Arrival): Answers {
  // Out of the cache it may be hours old, and of somebody who has logged out since.
  if (!text || (arrival?.type === "back_forward" && arrival.transferSize === 0)) return new Map();
  try {
    const { answers } = JSON.parse(text) as { answers?: Record<string, unknown> };
    return new Map(Object.entries(answers ?? {}));
  } catch {
    return new Map();
  }
}

export class Start {
  #answers: Answers;
  #until: number;
  #now: () => number;

  constructor(answers: Answers, until: number, now: () => number) {
    this.#answers = answers;
    this.#until = until;
    this.#now = now;
  }

  has(path: string): boolean {
    if (this.#now() > this.#until) this.forget();
    return this.#answers.has(path);
  }

  // undefined: the server is to be asked.
  take<T>(path: string): T | undefined {
    if (!this.has(path)) return undefined;
    const answer = this.#answers.get(path) as T;
    this.#answers.delete(path);
    return answer;
  }

  forget(): void {
    this.#answers.clear();
  }
}

function ofDocument(): Start {
  if (typeof document === "undefined") return new Start(new Map(), 0, () => 0);
  const node = document.getElementById("data");
  const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const answers = readAnswers(node?.textContent, arrival);
  node?.remove(); // nobody else is to read it
  const start = new Start(answers, (arrival?.responseStart ?? 0) + freshFor, () =>
    performance.now(),
  );
  // A page that the browser puts aside whole may come back at any time.
  addEventListener("pagehide", () => start.forget());
  return start;
}

export const start = ofDocument();
