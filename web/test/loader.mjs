// Node 20 reads no TypeScript and no runes, and never finds "./text" as text.ts, as Vite does.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileModule } from "svelte/compiler";
import typescript from "typescript";

export function resolve(specifier, context, next) {
  if (specifier.startsWith(".") && context.parentURL) {
    for (const ending of [".ts", "/index.ts"]) {
      const url = new URL(specifier + ending, context.parentURL);
      if (existsSync(url)) return { url: url.href, shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (url.endsWith(".json")) {
    const json = readFileSync(fileURLToPath(url), "utf8");
    return { format: "module", source: `export default ${json}`, shortCircuit: true };
  }
  if (!url.endsWith(".ts")) return next(url, context);
  const { outputText } = typescript.transpileModule(readFileSync(fileURLToPath(url), "utf8"), {
    fileName: fileURLToPath(url),
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      inlineSourceMap: true,
    },
  });
  const runes = url.endsWith(".svelte.ts");
  const source = runes ? compileModule(outputText, { filename: url }).js.code : outputText;
  return { format: "module", source, shortCircuit: true };
}
