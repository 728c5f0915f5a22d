// The settings that are asked for.
import type { Installation } from "../../api";

type Setting = Installation["settings"][number];

// Each word is somewhere in a setting; `changed`: only those that are not by default.
export function found(
  settings: readonly Setting[],
  typed: string,
  changed: boolean,
): readonly Setting[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter((setting) => {
    if (changed && setting.origin === "default") return false;
    const text = `${setting.name} ${setting.value} ${setting.meaning}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
