import { mount } from "svelte";
import App from "./app/App.svelte";
import { startLanguage } from "./i18n/say";
import { startTheme } from "./lib/theme";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

startTheme();
void startLanguage().then(() => mount(App, { target }));
