// Lets node:test read the sources as they are: node --import ./test/register.mjs --test ...
import { register } from "node:module";

register("./loader.mjs", import.meta.url);
