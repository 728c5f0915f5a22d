// The checks of scripts/ find what they are for.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge, problems } from "../scripts/rooms.mjs";

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
