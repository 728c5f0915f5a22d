// The photo whose page is drawn, for what lies over that page and shows the same.
import type { PhotoPage } from "../../api";

let photo = $state.raw<PhotoPage | null>(null);

export const opened = {
  get photo() {
    return photo;
  },
};

export function showOpened(newer: PhotoPage): void {
  photo = newer;
}

// When its page goes.
export function closeOpened(id: string): void {
  if (photo?.id === id) photo = null;
}
