import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { forgetKept } from "./installed";

const minute = 60_000;

describe("what the browser keeps", () => {
  let shared: string[] = [];
  let gone: string[] = [];
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  const came = (minutes: number) => `/shared/${Date.now() - minutes * minute}-1`;

  // A page that the service worker does not control.
  beforeEach(() => {
    gone = [];
    const cache = {
      keys: async () => shared.map((path) => new Request(`https://photos.example${path}`)),
      delete: async ({ url }: Request) => {
        shared = shared.filter((path) => path !== new URL(url).pathname);
        return true;
      },
    };
    const caches = { delete: async (name: string) => gone.push(name), open: async () => cache };
    Object.assign(globalThis, { caches });
    Object.defineProperty(globalThis, "navigator", {
      value: { serviceWorker: { controller: null } },
      configurable: true,
    });
  });

  it("goes without a worker that could be told, all of it when somebody logs out", async () => {
    shared = [came(0), came(5), came(90), "/shared/odd"];
    forgetKept(0);
    await rest();
    assert.deepEqual([gone, shared], [["answers", "pictures"], []]);
  });

  it("is, of the photos of other apps, what has waited too long", async () => {
    const [fresh, older] = [came(9), came(11)];
    shared = [fresh, older, "/shared/odd"];
    forgetKept(10);
    await rest();
    assert.deepEqual([gone, shared], [["answers", "pictures"], [fresh]]);
  });

  it("is nothing where it may not keep anything", async () => {
    Object.assign(globalThis, {
      caches: { delete: () => Promise.reject(new DOMException("off", "SecurityError")) },
    });
    forgetKept(0);
    await rest();
    Reflect.deleteProperty(globalThis, "caches");
    forgetKept(0);
    await rest();
  });
});
