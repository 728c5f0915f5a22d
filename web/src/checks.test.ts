// The checks of scripts/ find what they are for.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge, problems } from "../scripts/rooms.mjs";
import { filesOf, otherMedia, routesOf, shell } from "../scripts/shell.mjs";
import { own, problems as stringProblems } from "../scripts/strings.mjs";
import * as styles from "../scripts/styles.mjs";
import { equalEarth, pathOf, unbroken, world } from "../scripts/world.mjs";

describe("rooms", () => {
  it("lets the arrows point down", () => {
    for (const [path, target] of [
      ["src/features/feed/FeedItem.svelte", "src/features/likes/LikeButton.svelte"],
      ["src/features/accounts/SettingsPage.svelte", "src/features/admin/ModelsLine.svelte"],
      ["src/routes/photos.ts", "src/features/photos/PhotoPage.svelte"],
      ["src/features/photos/PhotoPage.svelte", "src/features/photos/PhotoView.svelte"],
      ["src/main.ts", "src/app/App.svelte"],
    ] as const) {
      assert.equal(judge(path, target), null, `${path} -> ${target}`);
    }
  });
  it("finds each that points up", () => {
    for (const [path, target] of [
      ["src/lib/a.ts", "src/features/photos/watch"],
      ["src/api/client.ts", "src/lib/text"],
      ["src/ui/Icon.svelte", "src/features/accounts/Avatar.svelte"],
      ["src/features/photos/PhotoGrid.svelte", "src/features/likes/LikeButton.svelte"],
      ["src/features/likes/LikeButton.svelte", "src/features/comments/CommentCount.svelte"],
      ["src/features/feed/FeedItem.svelte", "src/features/photos/PhotoView.svelte"],
      ["src/features/likes/A.svelte", "src/features/likes/LikersPage.svelte"],
      ["src/routes/photos.ts", "src/features/photos/PhotoView.svelte"],
      ["src/app/App.svelte", "src/features/feed/HomePage.svelte"],
      ["src/features/photos/a.ts", "src/app/routes"],
      ["src/features/nowhere/a.ts", "src/features/photos/watch"],
      ["src/shell/a.ts", "src/lib/text"],
    ] as const) {
      assert.notEqual(judge(path, target), null, `${path} -> ${target}`);
    }
  });
  it("reads every kind of import", () => {
    const text = `import a from "../app/a";
      const b = import("../app/b");
      import "../app/c";
      export * from "../app/d";`;
    assert.equal(problems([{ path: "src/lib/x.ts", text }]).length, 4);
  });
});

describe("styles", () => {
  it("lets the design pass", () => {
    for (const [property, value] of [
      ["padding", "0 var(--space-4)"],
      ["margin", "-0.75rem 0 0"],
      ["border-radius", "14px"],
      ["font", "650 var(--h1) var(--family)"],
      ["font-weight", "500"],
      ["font-size", "calc(var(--size) * 0.4)"],
      ["z-index", "var(--z-bar)"],
      ["inset-inline-start", "0"],
      ["padding", "1rem 2rem 1rem 2rem"],
      ["stroke-width", "1.75px"],
      ["width", "min(100%, calc(85svh * var(--ratio)))"],
    ] as const) {
      assert.equal(styles.judge(property, value), null, `${property}: ${value}`);
    }
    assert.equal(styles.judgeMedia(" (min-width: 768px) "), null);
    assert.equal(styles.judgeMedia(" (max-width: 479.98px) "), null);
    assert.equal(styles.judgeMedia(" (max-height: 399.98px), (min-width: 1080px) "), null);
  });
  it("finds what is no part of it", () => {
    for (const [property, value] of [
      ["padding", "5px"],
      ["margin", "0.8rem"],
      ["--row", "9.1rem"],
      ["border-radius", "4px"],
      ["font", "600 var(--body) var(--family)"],
      ["font", "500 1rem var(--family)"],
      ["font-weight", "bold"],
      ["font-size", "15px"],
      ["color", "#fff"],
      ["background", "rgb(0 0 0 / 0.5)"],
      ["z-index", "9"],
      ["left", "0"],
      ["margin-left", "auto"],
      ["border-top-left-radius", "8px"],
      ["text-align", "right"],
      ["padding", "0 8px 0 calc(1rem + 4px)"],
    ] as const) {
      assert.notEqual(styles.judge(property, value), null, `${property}: ${value}`);
    }
    assert.notEqual(styles.judgeMedia(" (min-width: 800px) "), null);
    assert.notEqual(styles.judgeMedia(" (max-height: 479.98px) "), null);
    const text = "<p>a</p>\n<style>\n  p {\n    left: 0;\n  }\n</style>";
    assert.equal(styles.problems([{ path: "src/a.svelte", text }]).length, 1);
  });
});

describe("strings", () => {
  it("are found wherever a page may say something by itself", () => {
    for (const text of [
      "<p>Try again</p>",
      '<button aria-label="Close"></button>',
      '<Field label="Name" />',
      '<Notice text={failed ? "It failed" : t("status.loading")} />',
      "<p title={`by ${name}`}></p>",
      '{#if a}<p>{b || "nothing"}</p>{/if}',
      "<svelte:head><title>Log in - Picsharz</title></svelte:head>",
      '<script lang="ts">const tabs = [{ href: "/", label: "Newest" }];</script>',
    ]) {
      assert.equal(own(text).length, 1, text);
    }
  });
  it("are not found in what nobody reads", () => {
    for (const text of [
      '<p class="second" id="what">{t("action.again")}</p>',
      '<script lang="ts">import a from "../Avatar.svelte"; const kind: "One" = a;</script>',
      '<a href="/forgot">{name} · {place}</a>',
      "<title>{title} - Picsharz</title>",
      '{#if kind === "two words"}<p>{number(1)}</p>{/if}',
      "<style>p { font: inherit; }</style>",
    ]) {
      assert.deepEqual(own(text), [], text);
    }
  });
  it("are allowed nowhere", () => {
    const speaking = { path: "src/a.svelte", text: "<p>Try again</p>" };
    const clean = { path: "src/b.svelte", text: "<p></p>" };
    assert.deepEqual(stringProblems([speaking, clean]), [
      'src/a.svelte: "Try again" is in no catalogue',
    ]);
  });
});

describe("what the server is told of the build", () => {
  const routes = `
    import HomePage from "../features/feed/HomePage.svelte";
    export const some: Route[] = [
      { pattern: "/", page: HomePage },
      {
        pattern: "/photo/:id",
        load: () => import("../features/photos/PhotoPage.svelte"),
        say: ["photo", "errors"],
      },
      { pattern: "/upload", load: () => import("../features/uploads/UploadPage.svelte") },
    ];`;
  const manifest = {
    "index.html": { file: "assets/index.js", css: ["assets/index.css"], imports: ["_shared.js"] },
    "_shared.js": { file: "assets/shared.js" },
    "_field.js": { file: "assets/field.js", css: ["assets/field.css"], imports: ["index.html"] },
    "src/features/photos/PhotoPage.svelte": {
      file: "assets/photo.js",
      imports: ["_shared.js", "_field.js"],
    },
    "src/features/uploads/UploadPage.svelte": { file: "assets/upload.js", css: ["assets/up.css"] },
    "src/i18n/en/photo.json": { file: "assets/words.js" },
    "src/i18n/spoken-de.ts": { file: "assets/de.js" },
    "src/i18n/de/photo.json": { file: "assets/worte.js" },
  };

  it("is read from the routes", () => {
    assert.deepEqual(routesOf(routes), [
      { pattern: "/", load: null, say: [] },
      {
        pattern: "/photo/:id",
        load: "src/features/photos/PhotoPage.svelte",
        say: ["photo", "errors"],
      },
      { pattern: "/upload", load: "src/features/uploads/UploadPage.svelte", say: [] },
    ]);
    assert.throws(() => routesOf('[{ pattern: "/x", load: () => elsewhere() }]'), /cannot read/);
  });
  it("names what comes with a page, but for what is there at first", () => {
    assert.deepEqual(filesOf(manifest, ["src/features/photos/PhotoPage.svelte"]), {
      modules: ["/assets/photo.js", "/assets/field.js"],
      styles: ["/assets/field.css"],
    });
    assert.throws(() => filesOf(manifest, ["src/features/Gone.svelte"]), /has no/);
  });
  it("is whole: by kind and by path, and by language", () => {
    const sizes = { photo: { sizes: "100vw", first: 1, avif_media: "(a), (b) and (c)" } };
    const languages = ["en", "de"];
    const starter = "/assets/starter.js";
    const told = shell({ manifest, routes: routesOf(routes), languages, sizes, starter });
    assert.equal(told.starter, starter);
    assert.deepEqual(told.languages, ["en", "de"]);
    assert.deepEqual(told.catalogues, {
      en: { photo: ["/assets/words.js"] },
      de: { core: ["/assets/de.js"], photo: ["/assets/worte.js"] },
    });
    assert.deepEqual(told.pages["/upload"], {
      modules: ["/assets/upload.js"],
      styles: ["/assets/up.css"],
    });
    assert.deepEqual(told.pages.photo, {
      modules: ["/assets/photo.js", "/assets/field.js"],
      styles: ["/assets/field.css"],
      areas: ["photo", "errors"],
      sizes: "100vw",
      first: 1,
      avif_media: "(a), (b) and (c)",
      other_media: otherMedia("(a), (b) and (c)"),
    });
    assert.deepEqual(told.pages.home, {});
  });
  it("knows where a media query is not true", () => {
    assert.equal(otherMedia("(a), (b) and (c)"), "not (((a)) or ((b) and (c)))");
  });
});

describe("the map of the world", () => {
  it("has every country once, each within the map", () => {
    const { width, height, shapes, points } = world();
    const codes = [...shapes, ...points].map(([code]) => code).filter(Boolean);
    assert.equal(new Set(codes).size, codes.length);
    for (const code of ["MY", "SG", "DE", "FR", "US", "RU", "FJ", "IN", "MT"]) {
      assert.ok(codes.includes(code), code);
    }
    for (const [code, path] of shapes) {
      for (const ring of path.match(/M[^z]+z/g) ?? []) {
        const [x = 0, y = 0, ...steps] = (ring.match(/-?\d+/g) ?? []).map(Number);
        let [at, down] = [x, y];
        for (let index = 0; index <= steps.length; index += 2) {
          assert.ok(at >= 0 && at <= width && down >= -1 && down <= height, `${code} ${at}`);
          at += steps[index] ?? 0;
          down += steps[index + 1] ?? 0;
        }
      }
    }
  });
  it("writes a ring in as few letters as it needs", () => {
    assert.equal(pathOf([[1, 2], [0, 3], [0, 3], [4, 4], [4, 1]]), "M1 2l-1 1 4 1 0-3z");
    assert.equal(pathOf([[1, 2], [0, 3], [4, 4], [1, 2], [1, 2]]), "M1 2l-1 1 4 1z", "closed by z");
    assert.equal(pathOf([[1, 2], [1, 2]]), "M1 2z");
  });
  it("keeps what crosses its edge on both sides, and places as they are", () => {
    const ring = [[170, 0], [-170, 0], [-170, 10], [170, 10]];
    const parts = unbroken(ring).map((part) => part.map(([longitude]) => longitude));
    assert.deepEqual(parts.map((part) => [Math.min(...part), Math.max(...part)]), [
      [170, 180], [-180, -170],
    ]);
    assert.deepEqual(equalEarth([0, 0]), [0, 0]);
    assert.ok(Math.abs(equalEarth([180, 0])[0]! - 2.70663) < 1e-4);
    assert.ok(Math.abs(equalEarth([0, 90])[1]! - 1.31736) < 1e-4);
  });
});
