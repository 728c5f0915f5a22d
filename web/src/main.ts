import { mount } from "svelte";
import { whenKnown, whenReached } from "./api/client";
import App from "./app/App.svelte";
import { begin } from "./app/begin";
import { startLanguage } from "./i18n/say";
import { startClock } from "./lib/clock.svelte";
import { startFont } from "./lib/font";
import { install, keepAnswer } from "./lib/installed";
import { reached, startOnline } from "./lib/online.svelte";
import { startTheme } from "./lib/theme";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

startTheme();
startFont();
startOnline();
startClock();
whenReached(reached);
whenKnown(keepAnswer);
install();
void Promise.all([startLanguage(), begin()]).then(() => {
  target.replaceChildren(); // the server's picture; the application draws it in the same frame
  mount(App, { target });
});
