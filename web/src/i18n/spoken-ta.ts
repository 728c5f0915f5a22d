import core from "./ta/core.json";

export const areas = import.meta.glob(["./ta/*.json", "!./ta/core.json"], { import: "default" });
export { core };
