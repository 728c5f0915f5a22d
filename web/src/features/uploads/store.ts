// What outlives the page: the entries of the queue, and their files until the server has them.
//
// Where the browser keeps no databases, the entries alone are kept as text (of 50 files some
// kilobytes), and whoever comes back chooses the files again. Nothing here fails: what could not be
// kept is only not there later.
import { Database } from "../../lib/idb";
import type { Entry } from "./entry";

export interface Store {
  entries: () => Promise<Entry[]>;
  put: (entry: Entry) => Promise<void>;
  keepFile: (id: string, file: File) => Promise<boolean>;
  file: (id: string) => Promise<File | null>;
  forgetFile: (id: string) => Promise<void>;
  remove: (id: string) => Promise<void>;
  clear: () => Promise<void>;
}

const most = 1_000_000_000; // bytes of files; and no more than a quarter of what the browser gives

export class DatabaseStore implements Store {
  #database = new Database("picsharz-uploads", ["entries", "files"]);

  async entries(): Promise<Entry[]> {
    return (await this.#database.all<Entry>("entries")).sort((a, b) => a.created - b.created);
  }

  async put(entry: Entry): Promise<void> {
    await this.#database.put("entries", entry.id, entry).catch(() => {});
  }

  async keepFile(id: string, file: File): Promise<boolean> {
    try {
      await this.#database.put("files", id, file);
      return true;
    } catch {
      return false; // the disk is full
    }
  }

  // Its first byte is read: a file that somebody moved or a browser lost is still listed.
  async file(id: string): Promise<File | null> {
    try {
      const file = await this.#database.get<File>("files", id);
      if (file) await file.slice(0, 1).arrayBuffer();
      return file ?? null;
    } catch {
      return null;
    }
  }

  async forgetFile(id: string): Promise<void> {
    await this.#database.remove("files", id).catch(() => {});
  }

  async remove(id: string): Promise<void> {
    await this.forgetFile(id);
    await this.#database.remove("entries", id).catch(() => {});
  }

  async clear(): Promise<void> {
    await this.#database.clear().catch(() => {});
  }
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export class TextStore implements Store {
  readonly #name = "picsharz-upload-entries";
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async entries(): Promise<Entry[]> {
    try {
      return JSON.parse(this.#storage.getItem(this.#name) ?? "[]") as Entry[];
    } catch {
      return [];
    }
  }

  async put(entry: Entry): Promise<void> {
    const others = (await this.entries()).filter(({ id }) => id !== entry.id);
    this.#write([...others, entry].sort((a, b) => a.created - b.created));
  }

  async keepFile(): Promise<boolean> {
    return false;
  }

  async file(): Promise<File | null> {
    return null;
  }

  async forgetFile(): Promise<void> {}

  async remove(id: string): Promise<void> {
    this.#write((await this.entries()).filter((entry) => entry.id !== id));
  }

  async clear(): Promise<void> {
    this.#write([]);
  }

  #write(entries: readonly Entry[]): void {
    try {
      if (entries.length === 0) this.#storage.removeItem(this.#name);
      else this.#storage.setItem(this.#name, JSON.stringify(entries));
    } catch {
      // Storage is switched off, or full.
    }
  }
}

const noStorage: Storage = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

export async function openStore(): Promise<Store> {
  try {
    const store = new DatabaseStore();
    await store.entries();
    return store;
  } catch {
    try {
      return new TextStore(localStorage);
    } catch {
      return new TextStore(noStorage);
    }
  }
}

// How many bytes of files may be kept.
export async function storeRoom(): Promise<number> {
  try {
    const { quota = 0 } = await navigator.storage.estimate();
    return Math.min(most, quota / 4);
  } catch {
    return most / 4; // plain http does not tell
  }
}
