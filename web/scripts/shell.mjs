// Writes dist/shell.json from the build's manifest: what the server has to know of the application
// to send a page that lacks nothing (docs/life-of-a-page.md). Modules and styles by page, the
// catalogues by language, how large the first pictures are, and what starts the program later.
import { readFileSync, readdirSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const web = fileURLToPath(new URL("..", import.meta.url));

// The server's names of pages that it answers with data: the patterns that show the same, and the
// name in sizes.json of how large their first pictures are.
const kinds = {
  home: { patterns: ["/"], first: "feed" },
  recent: { patterns: ["/", "/recent", "/explore"], first: "grid" },
  popular: { patterns: ["/popular"], first: "grid" },
  photo: { patterns: ["/photo/:id"], first: "photo" },
  profile: { patterns: ["/@:handle"], first: "grid" },
  tag: { patterns: ["/tags/:tag"], first: "grid" },
  collection: { patterns: ["/collections/:id"], first: "grid" },
  search: { patterns: ["/search"] },
};

// {pattern, load, say} of every route in a file of src/routes: `load` is the path of its page from
// web/, or null where the page is in the first load.
export function routesOf(text) {
  const found = [];
  const strings = (node) => node.elements.map((each) => each.text);
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const route = { pattern: null, load: null, say: [] };
      for (const { name, initializer } of node.properties) {
        if (!initializer) continue;
        if (name.text === "pattern") route.pattern = initializer.text;
        if (name.text === "say") route.say = strings(initializer);
        if (name.text === "load") {
          const path = /import\("\.\.\/([^"]+)"\)/.exec(initializer.getText(source))?.[1];
          if (!path) throw new Error(`${route.pattern} loads what this script cannot read`);
          route.load = `src/${path}`;
        }
      }
      if (route.pattern !== null) found.push(route);
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile("routes.ts", text, ts.ScriptTarget.Latest, true);
  visit(source);
  return found;
}

// The files that come with parts of the manifest, but for those of the first load.
export function filesOf(manifest, keys) {
  const seen = new Set();
  const first = new Set();
  const take = (key, into) => {
    const part = manifest[key];
    if (!part) throw new Error(`the build has no ${key}`);
    for (const path of [part.file, ...(part.css ?? [])]) {
      if (into.has(path)) continue;
      into.add(path);
      for (const one of part.imports ?? []) take(one, into);
    }
  };
  take("index.html", first);
  for (const key of keys) take(key, seen);
  const more = [...seen].filter((path) => !first.has(path)).map((path) => `/${path}`);
  return {
    modules: more.filter((path) => path.endsWith(".js")),
    styles: more.filter((path) => path.endsWith(".css")),
  };
}

// Modules by area. What is in the first load, as English's core is, has none; the core of another
// language comes with the names of its other areas.
export function cataloguesOf(manifest, language) {
  const folder = `src/i18n/${language}/`;
  const core = `src/i18n/spoken-${language}.ts`;
  const keys = Object.keys(manifest).filter((key) => key === core || key.startsWith(folder));
  const areas = keys.map((key) => [
    key === core ? "core" : key.slice(folder.length, -".json".length),
    filesOf(manifest, [key]).modules,
  ]);
  return Object.fromEntries(areas.filter(([, modules]) => modules.length > 0));
}

// What is true of a screen that the query is not.
export function otherMedia(media) {
  const parts = media.split(",").map((part) => `(${part.trim()})`);
  return `not (${parts.join(" or ")})`;
}

export function shell({ manifest, routes, languages, sizes, starter }) {
  const pages = {};
  const add = (name, wanted) => {
    const loads = new Set(wanted.flatMap(({ load }) => (load ? [load] : [])));
    const areas = [...new Set(wanted.flatMap(({ say }) => say))];
    const { modules, styles } = filesOf(manifest, loads);
    const told = Object.entries({ modules, styles, areas }).filter(([, list]) => list.length > 0);
    pages[name] = Object.fromEntries(told);
  };
  const named = new Set(Object.values(kinds).flatMap(({ patterns }) => patterns));
  for (const [name, { patterns, first }] of Object.entries(kinds)) {
    add(name, routes.filter(({ pattern }) => patterns.includes(pattern)));
    Object.assign(pages[name], sizes[first]);
    const media = sizes[first]?.avif_media;
    if (media) pages[name].other_media = otherMedia(media);
  }
  for (const route of routes) {
    if (!named.has(route.pattern) && !route.pattern.includes(":")) add(route.pattern, [route]);
  }
  const all = ["en", ...languages.filter((language) => language !== "en")];
  const catalogues = all.map((language) => [language, cataloguesOf(manifest, language)]);
  return { languages: all, starter, catalogues: Object.fromEntries(catalogues), pages };
}

function read(path) {
  return readFileSync(join(web, path), "utf8");
}

// Of the whole application.
export function routes() {
  const files = readdirSync(join(web, "src/routes"))
    .filter((name) => /^(?!route)\w+\.ts$/.test(name));
  return files.flatMap((name) => routesOf(read(`src/routes/${name}`)));
}

function starterOf(files) {
  const found = files.filter((name) => /^starter-.*\.js$/.test(name));
  if (found.length !== 1) throw new Error(`the build has ${found.length} starters`);
  return found[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const told = shell({
    manifest: JSON.parse(read("dist/.vite/manifest.json")),
    routes: routes(),
    languages: readdirSync(join(web, "src/i18n")).filter((name) =>
      existsSync(join(web, "src/i18n", name, "core.json")),
    ),
    sizes: JSON.parse(read("src/lib/sizes.json")),
    starter: `/assets/${starterOf(readdirSync(join(web, "dist/assets")))}`,
  });
  writeFileSync(join(web, "dist/shell.json"), `${JSON.stringify(told)}\n`);
}
