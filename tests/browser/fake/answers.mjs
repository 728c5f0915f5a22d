// What an area of the fake server answers with: {status, body?, text?, headers?}.
export const ok = (body, status = 200) => ({ status, body });
export const done = (headers) => ({ status: 204, headers });
export const list = (items) => ok({ items, next: null });

export const problem = (status, code, detail, errors) => ({
  status,
  body: {
    type: "about:blank",
    title: "Refused",
    status,
    detail,
    code,
    request_id: "0".repeat(32),
    ...(errors ? { errors } : {}),
  },
});
export const notFound = () =>
  problem(404, "not_found", "There is nothing here. Check the address.");

// By "METHOD /path/:parameter"; a literal segment wins over a parameter, as in the real server.
export class Answers {
  #all = [];

  // `areas`: objects of functions by pattern, each called with the fake and {query, body, ...}.
  constructor(areas) {
    const known = new Set();
    for (const [pattern, answer] of areas.flatMap(Object.entries)) {
      if (known.has(pattern)) throw new Error(`two areas answer ${pattern}`);
      known.add(pattern);
      const [method, path] = pattern.split(" ");
      this.#all.push({ method, parts: path.split("/"), answer });
    }
    const free = ({ parts }) => parts.filter((part) => part.startsWith(":")).length;
    this.#all.sort((a, b) => free(a) - free(b));
  }

  patterns() {
    return this.#all.map(({ method, parts }) => `${method} ${parts.join("/")}`);
  }

  // {answer, params}, or nothing.
  find(method, path) {
    const given = path.split("/");
    for (const { method: wanted, parts, answer } of this.#all) {
      if (wanted !== method || parts.length !== given.length) continue;
      const params = {};
      const fits = parts.every((part, at) => {
        if (!part.startsWith(":")) return part === given[at];
        params[part.slice(1)] = decodeURIComponent(given[at]);
        return given[at] !== "";
      });
      if (fits) return { answer, params };
    }
    return undefined;
  }
}
