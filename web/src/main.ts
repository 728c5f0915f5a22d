import { mount } from "svelte";
import { whenKnown, whenReached } from "./api/client";
import App from "./app/App.svelte";
import { startLanguage } from "./i18n/say";
import { install, keepAnswer } from "./lib/installed";
import { reached, startOnline } from "./lib/online.svelte";
import { startTheme } from "./lib/theme";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

startTheme();
startOnline();
whenReached(reached);
whenKnown(keepAnswer);
install();
void startLanguage().then(() => mount(App, { target }));
