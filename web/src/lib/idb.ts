// IndexedDB, as far as it is used here: a database of named stores, one thing by its key at a time.
export type Mode = "readonly" | "readwrite";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB refused"));
  });
}

export class Database {
  #open: Promise<IDBDatabase> | null = null;

  // `stores`: their things are kept under keys that are given with them.
  constructor(
    readonly name: string,
    readonly stores: readonly string[],
  ) {}

  get<T>(store: string, key: string): Promise<T | undefined> {
    return this.#do<T | undefined>(store, "readonly", (all) => all.get(key));
  }

  all<T>(store: string): Promise<T[]> {
    return this.#do<T[]>(store, "readonly", (all) => all.getAll());
  }

  async put(store: string, key: string, thing: unknown): Promise<void> {
    await this.#do(store, "readwrite", (all) => all.put(thing, key));
  }

  async remove(store: string, key: string): Promise<void> {
    await this.#do(store, "readwrite", (all) => all.delete(key));
  }

  async clear(): Promise<void> {
    for (const store of this.stores) await this.#do(store, "readwrite", (all) => all.clear());
  }

  // Done when it is on disk, as far as the browser tells.
  async #do<T>(
    store: string,
    mode: Mode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const database = await (this.#open ??= this.#connect());
    const change = database.transaction(store, mode);
    const over = new Promise<void>((resolve, reject) => {
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error ?? new Error("IndexedDB gave up"));
    });
    const [answer] = await Promise.all([settled(ask(change.objectStore(store))), over]);
    return answer;
  }

  async #connect(): Promise<IDBDatabase> {
    const wish = indexedDB.open(this.name, 1);
    wish.onupgradeneeded = () => {
      for (const store of this.stores) wish.result.createObjectStore(store);
    };
    const database = await settled<IDBDatabase>(wish);
    // Another tab wants it gone or newer: let go, and ask again when something is wanted.
    database.onversionchange = () => {
      database.close();
      this.#open = null;
    };
    database.onclose = () => (this.#open = null);
    return database;
  }
}
