import core from "./zh-Hans/core.json";

export const areas = import.meta.glob(["./zh-Hans/*.json", "!./zh-Hans/core.json"], {
  import: "default",
});
export { core };
