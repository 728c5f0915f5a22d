import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { iconInside } from "./scripts/icon.mjs";
import { compileAtOnce, groups, namePages } from "./scripts/parts.mjs";
import { worldModule } from "./scripts/world.mjs";

export default defineConfig({
  plugins: [
    svelte({
      onwarn(warning) {
        // A warning of the compiler (accessibility above all) fails the build.
        throw new Error(`${warning.filename}: ${warning.code}: ${warning.message}`);
      },
    }),
    iconInside(),
    namePages(),
    compileAtOnce(),
    worldModule(),
  ],
  build: {
    target: "es2022",
    manifest: true, // for scripts/budget.mjs
    assetsInlineLimit: 0, // one kind of asset: a hashed file
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    // `npm run dev` against a server on its usual address.
    proxy: { "/v1": "http://127.0.0.1:8080", "/media": "http://127.0.0.1:8080" },
  },
});
