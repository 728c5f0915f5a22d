import { mount } from "svelte";
import { whenKnown, whenReached, whenRefused } from "./api/client";
import App from "./app/App.svelte";
import { begin } from "./app/begin";
import { say, startLanguage } from "./i18n/say";
import { startAttention } from "./lib/attention.svelte";
import { startClock } from "./lib/clock.svelte";
import { startFont } from "./lib/font";
import { afterFirst, nextTask } from "./lib/idle";
import { install, keepAnswer } from "./lib/installed";
import { reached, startOnline } from "./lib/online.svelte";
import { open } from "./lib/opening.svelte";
import { readTables } from "./lib/tables.svelte";
import { startTheme } from "./lib/theme";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

startTheme();
startFont();
startOnline();
startClock();
startAttention();
whenReached(reached);
whenRefused(() => say(["errors"]));
whenKnown(keepAnswer);
install();
void Promise.all([startLanguage(), nextTask().then(begin)]).then(() => {
  const inside = target.cloneNode() as Element;
  return open(
    () => void mount(App, { target: inside }),
    () => target.replaceWith(inside), // with the server's picture: the page has it in this frame
  );
});
readTables();
afterFirst(() => {
  say(["errors"]).catch(() => {}); // for a refusal that nothing can be fetched for
});
