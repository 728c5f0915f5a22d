// Bringing photos in.
import type { Route } from "./route";

export const uploads: Route[] = [
  {
    pattern: "/upload",
    load: () => import("../features/uploads/UploadPage.svelte"),
    who: "member",
    say: ["upload"],
  },
];
