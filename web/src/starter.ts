// Of a document that holds a picture already (features/pages/shell_rules.cpp: a visitor's page of a
// photo): the program is asked for once that is seen, or late. Until then the line belongs to the
// picture, and nothing is drawn that would keep it waiting. A file with nothing of the program.
import { trusted } from "./lib/trusted";
import { readElsewhere } from "./lib/worker";

const patience = 1_000; // ms; then the page is more than its picture

// Until a frame has been drawn: a callback comes before one, what it asks for after it.
function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function seen(): Promise<void> {
  const picture = document.querySelector<HTMLImageElement>("#app img");
  await picture?.decode();
  await nextFrame();
}

function preload(href: string): void {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.crossOrigin = "";
  link.href = href;
  document.head.append(link);
}

// What the page writes on its picture needs them (lib/tables.svelte.ts).
declare const TABLES: string;

function readTables(): void {
  window.picsharzTables = readElsewhere(trusted(TABLES, "picsharz-starter"));
}

async function start(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const broken = () => undefined; // a picture that cannot be drawn is not waited for
  await Promise.race([seen().catch(broken), late]);
  readTables();
  const told = document.getElementById("program")?.textContent ?? "[]";
  const [program, ...parts] = JSON.parse(told) as string[];
  if (program === undefined) return;
  parts.forEach(preload);
  await import(/* @vite-ignore */ program);
}

void start();
