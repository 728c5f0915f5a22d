import core from "./fr/core.json";

export const areas = import.meta.glob(["./fr/*.json", "!./fr/core.json"], { import: "default" });
export { core };
