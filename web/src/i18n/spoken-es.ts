import core from "./es/core.json";

export const areas = import.meta.glob(["./es/*.json", "!./es/core.json"], { import: "default" });
export { core };
