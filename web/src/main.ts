import { mount } from "svelte";
import App from "./app/App.svelte";
import "./styles/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

export default mount(App, { target });
