import { mount } from "svelte";
import App from "./app/App.svelte";
import { startLanguage } from "./i18n/say";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

void startLanguage().then(() => mount(App, { target }));
