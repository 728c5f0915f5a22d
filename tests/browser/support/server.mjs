// A real server of its own for a test file: a free port, a fresh data folder, the engine that
// PICSHARZ_TEST_ENGINE names (sqlite or postgres; a fresh database on PICSHARZ_TEST_POSTGRES).
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./paths.mjs";

export const engine = process.env.PICSHARZ_TEST_ENGINE ?? "sqlite";
const binary = process.env.PICSHARZ_BINARY ?? join(root, "build/release/picsharz");
const models = process.env.PICSHARZ_MODELS ?? join(root, "build/models");
const startup = 60_000;
const ending = 15_000;

// For node:test's `skip`: false, or why there is no server to test.
export function noServer() {
  if (!existsSync(binary)) return `the program is missing: ${binary}`;
  if (engine === "postgres" && !process.env.PICSHARZ_TEST_POSTGRES) {
    return "PICSHARZ_TEST_POSTGRES names no PostgreSQL";
  }
  return false;
}

export function noModels() {
  const needed = join(models, "centernet.onnx");
  return existsSync(needed) ? false : `the models are not prepared: ${needed}`;
}

function psql(statement) {
  const url = process.env.PICSHARZ_TEST_POSTGRES;
  const done = spawnSync("psql", ["-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement, url], {
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`psql: ${done.error ?? done.stderr}`);
}

// A database of its own: its URL, and what removes it.
function freshDatabase() {
  if (engine !== "postgres") return { url: "", drop: () => {} };
  const name = `browser_${process.pid}_${Date.now()}`;
  psql(`CREATE DATABASE ${name}`);
  const url = new URL(process.env.PICSHARZ_TEST_POSTGRES);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

const inSqlite = [
  "import sqlite3, sys",
  "connection = sqlite3.connect(sys.argv[1], timeout=60)",
  "connection.executescript('BEGIN IMMEDIATE;' + sys.stdin.read() + 'COMMIT;')",
].join("\n");

// Rows that no request writes, all of them or none. Node 20 knows no SQLite; Python, which runs the
// other tests, does.
function changeRows(data, url, statements) {
  const [program, words] = url
    ? ["psql", ["-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", "-", url]]
    : ["python3", ["-c", inSqlite, join(data, "picsharz.db")]];
  const input = statements.map((one) => `${one};\n`).join("");
  const done = spawnSync(program, words, { input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program}: ${done.error ?? done.stderr}`);
}

function environment(data, url, more) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("PICSHARZ_"));
  return {
    ...Object.fromEntries(kept),
    PICSHARZ_HTTP__LISTEN: "127.0.0.1:0",
    PICSHARZ_ADMIN__LISTEN: "127.0.0.1:0",
    PICSHARZ_DATA__DIR: data,
    PICSHARZ_MODELS__DIR: models,
    PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR: "1000",
    ...(url ? { PICSHARZ_DATABASE__URL: url } : {}),
    ...more,
  };
}

// Reads the log until the server listens; goes on reading so that the pipe never fills.
function ready(child) {
  const said = [];
  const found = { requests: [] };
  return new Promise((resolve, reject) => {
    const give_up = (why) => reject(new Error(`${why}\n${said.slice(-20).join("\n")}`));
    const timer = setTimeout(() => give_up("the server did not start in time"), startup);
    child.once("exit", (code) => {
      clearTimeout(timer);
      give_up(`the server ended with ${code}`);
    });
    const read = (line) => {
      if (said.length > 200) said.shift();
      said.push(line);
      if (!line.startsWith("{")) return;
      const entry = JSON.parse(line);
      if (entry.message === "listening") found.address = withScheme(entry.address);
      if (entry.message === "request") found.requests.push(entry);
      if (entry.message === "setup link") found.setupLink = entry.url;
      if (found.address && found.setupLink) {
        clearTimeout(timer);
        resolve(found);
      }
    };
    createInterface({ input: child.stdout }).on("line", read);
    createInterface({ input: child.stderr }).on("line", read);
  });
}

function withScheme(address) {
  return address.includes("://") ? address : `http://${address}`;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), ending);
  await ended;
  clearTimeout(timer);
}

// Gives {address, setupLink, data, requests, command, change, stop}; data is its folder, requests
// the lines of its access log so far, command runs another command of the program on the same data,
// change runs statements on its database. `more`: further variables of the environment.
export async function startServer(more = {}) {
  const data = mkdtempSync(join(tmpdir(), "picsharz-browser-"));
  const database = freshDatabase();
  const env = environment(data, database.url, more);
  const child = spawn(binary, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const command = (...words) => {
    const done = spawnSync(binary, words, { env, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${words.join(" ")}: ${done.error ?? done.stderr}`);
    return done.stdout;
  };
  const change = (...statements) => changeRows(data, database.url, statements);
  const stop = async () => {
    await end(child);
    database.drop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { ...(await ready(child)), data, command, change, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
