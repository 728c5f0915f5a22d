// The comments on one photo, as far as they are loaded. What changes on the server is asked for
// anew, from the top down to where the reader is; a thread that was unfolded stays so.
import {
  ApiError,
  getComment,
  listComments,
  listReplies,
  type Comment,
  type Thread,
} from "../../api";

const pageSize = 20;
const most = 100; // of one request

export class Threads {
  items = $state.raw<Thread[]>([]);
  loaded = $state(false);
  busy = $state(false);
  more = $state(false); // there is another page
  error = $state.raw<ApiError | null>(null);
  // The thread that a link leads to, while it is further down than the others are loaded.
  apart = $state.raw<Thread | null>(null);
  missing = $state(false); // a link led to a comment that is not here any more
  #photo: string;
  #cursor: string | null = null;
  #unfolded = new Set<string>();
  #again = false;
  #led: string | null = null; // the thread of `apart`
  #running: Promise<void> | null = null;

  constructor(photo: string) {
    this.#photo = photo;
  }

  // The newest ones, and at least as many as were there. Asked for while it runs, it runs again.
  refresh(): Promise<void> {
    this.#again = true;
    return this.#once(() => this.#refreshed());
  }

  async #refreshed(): Promise<void> {
    this.error = null;
    while (this.#again && !this.error) {
      this.#again = false;
      await this.#ask(async () => {
        const limit = Math.min(most, Math.max(pageSize, this.items.length + 1));
        const page = await listComments(this.#photo, null, limit);
        const threads = await Promise.all(page.items.map((thread) => this.#whole(thread)));
        const last = threads.at(-1);
        const older = page.next && last ? this.items.filter((each) => isOlder(each, last)) : [];
        this.items = [...threads, ...older];
        if (older.length === 0) this.#cursor = page.next;
        this.more = this.#cursor !== null;
        this.loaded = true;
        await this.#setApart();
      });
    }
  }

  has(id: string): boolean {
    const all = this.apart ? [this.apart, ...this.items] : this.items;
    return all.some((one) => one.id === id || one.replies.items.some((reply) => reply.id === id));
  }

  // To a comment, wherever it is: its whole thread is shown.
  async lead(id: string): Promise<void> {
    this.missing = false;
    try {
      const found = await getComment(id);
      if (found.photo !== this.#photo) throw new ApiError(404, "not_found", "");
      this.#led = found.parent ?? found.id;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      this.missing = isMissing(failure);
      return;
    }
    await this.unfold(this.#led);
  }

  async next(): Promise<void> {
    if (!this.busy && this.more) await this.#once(() => this.#page());
  }

  async #page(): Promise<void> {
    await this.#ask(async () => {
      const page = await listComments(this.#photo, this.#cursor, pageSize);
      const known = new Set(this.items.map(({ id }) => id));
      this.items = [...this.items, ...page.items.filter(({ id }) => !known.has(id))];
      this.#cursor = page.next;
      this.more = page.next !== null;
      await this.#setApart();
    });
    if (this.#again) await this.#refreshed();
  }

  // One at a time: who asks meanwhile waits for the one that runs.
  #once(work: () => Promise<void>): Promise<void> {
    this.#running ??= work().finally(() => (this.#running = null));
    return this.#running;
  }

  async tryAgain(): Promise<void> {
    this.error = null;
    await (this.loaded && !this.#again ? this.next() : this.refresh());
  }

  // All replies of this thread, now and after every refresh.
  async unfold(id: string): Promise<void> {
    this.#unfolded.add(id);
    await this.refresh();
  }

  forget(): void {
    this.items = [];
    this.#cursor = null;
    this.more = false;
  }

  async #setApart(): Promise<void> {
    const id = this.#led;
    if (id === null || this.items.some((thread) => thread.id === id)) {
      this.apart = null;
      return;
    }
    try {
      const top = await getComment(id).catch((failure) => orGone(failure, this.#photo, id));
      this.apart = await this.#withReplies(top);
    } catch (failure) {
      if (!isMissing(failure)) throw failure;
      this.apart = this.#led = null; // deleted meanwhile
    }
  }

  async #whole(thread: Thread): Promise<Thread> {
    if (!this.#unfolded.has(thread.id) || !thread.replies.next) return thread;
    return this.#withReplies(thread);
  }

  async #withReplies(thread: Comment): Promise<Thread> {
    const items: Comment[] = [];
    let cursor: string | null = null;
    do {
      const page = await listReplies(thread.id, cursor);
      items.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return { ...thread, reply_count: items.length, replies: { items, next: null } };
  }

  async #ask(question: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = null;
    try {
      await question();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      this.error = failure;
    } finally {
      this.busy = false;
    }
  }
}

function isMissing(failure: unknown): boolean {
  return failure instanceof ApiError && failure.code === "not_found";
}

// The beginning of a thread that is gone, but holds replies together, is told only with those.
function orGone(failure: unknown, photo: string, id: string): Comment {
  if (!isMissing(failure)) throw failure;
  const nothing = { parent: null, author: null, text: "", mentions: [], edited_at: null };
  return { ...nothing, id, photo, state: "gone", created_at: "" };
}

// Ids sort by time.
function isOlder(one: Thread, other: Thread): boolean {
  return BigInt(one.id) < BigInt(other.id);
}
