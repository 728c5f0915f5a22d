import core from "./ms/core.json";

export const areas = import.meta.glob(["./ms/*.json", "!./ms/core.json"], { import: "default" });
export { core };
