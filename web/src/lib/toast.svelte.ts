// What was done, said for a moment at the edge of the page, with a way back where there is one.
export interface Toast {
  id: number;
  text: string;
  undo: (() => unknown) | null;
}

const most = 3;
let shown = $state.raw<Toast[]>([]);
let count = 0;

export const toasts = {
  get shown() {
    return shown;
  },
};

// Gives its id.
export function toast(text: string, undo: (() => unknown) | null = null): number {
  count += 1;
  shown = [...shown, { id: count, text, undo }].slice(-most);
  return count;
}

export function closeToast(id: number): void {
  shown = shown.filter((one) => one.id !== id);
}
