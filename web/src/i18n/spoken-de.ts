import core from "./de/core.json";

export const areas = import.meta.glob(["./de/*.json", "!./de/core.json"], { import: "default" });
export { core };
