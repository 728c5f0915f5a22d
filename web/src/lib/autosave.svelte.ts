// A setting that saves itself: what somebody leaves or chooses is sent at once, and a toast says so
// and takes it back. Where it is refused, the reason stands at the field; what was typed stays, and
// what was chosen goes back.
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { closeToast, toast } from "./toast.svelte";

export interface Setting<V> {
  name: string; // of the field, in the contract
  label: string;
  saved: () => V; // what is in effect
  // After which saved() gives it. `leaving`: the document may be gone before the answer is here.
  save: (value: V, leaving: boolean) => Promise<unknown>;
  typed?: boolean; // not chosen
}

let turn: Promise<unknown> = Promise.resolve();

// One request at a time, of all settings: each answer tells of all that were saved before it.
function inTurn(action: () => Promise<unknown>): Promise<unknown> {
  const mine = turn.then(action);
  turn = mine.catch(() => {});
  return mine;
}

// Before its turn: there may be no other.
function atOnce(action: () => Promise<unknown>): Promise<unknown> {
  const mine = action();
  const others = turn;
  turn = mine.catch(() => {}).then(() => others);
  return mine;
}

// Calls whenever the document may be gone at any moment: it is closed, left, or only hidden, of
// which some devices tell nothing more. Gives the function that ends it.
export function whenLeaving(leave: () => void): () => void {
  const hidden = () => document.visibilityState === "hidden" && leave();
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    window.removeEventListener("pagehide", leave);
    document.removeEventListener("visibilitychange", hidden);
  };
}

export class Autosave<V extends string | number | boolean> {
  value: V = $state() as V;
  error = $state("");
  #setting: Setting<V>;
  #wanted: V;
  #refused: V | undefined; // as it is, by the server
  #restored: V | undefined;
  #left: V | undefined; // what was sent so that it outlives the document
  #busy = false;
  #toast = 0;

  constructor(setting: Setting<V>) {
    this.#setting = setting;
    this.value = this.#wanted = setting.saved();
  }

  // For a field that is left, or where Enter was pressed.
  keep = (): Promise<void> => this.choose(this.#tidy());

  // For whenLeaving(): what was typed, and not left; also what was left just now, for that may wait
  // for its turn, or end with the document.
  leave = (): void => {
    const value = this.#tidy();
    const safe = value === this.#wanted && (!this.#busy || value === this.#left);
    if (safe || (this.error && value === this.#refused)) return;
    if (value !== this.#wanted) this.#restored = undefined;
    this.#wanted = this.#left = value;
    // What is on its way asks for this one after its answer, if there is anybody left to do so.
    if (this.#busy) void this.#setting.save(value, true).catch(() => {});
    else void this.#send(true);
  };

  entered = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    void this.keep();
  };

  // Sends nothing where it is as it was, or what was refused already. What is chosen while another
  // value is on its way follows it.
  async choose(value: V): Promise<void> {
    if (this.error && value === this.#refused) return;
    this.value = this.#wanted = value;
    this.#left = this.#restored = undefined;
    await this.#send();
  }

  #tidy(): V {
    const { value } = this;
    return (typeof value === "string" ? value.trim() : value) as V;
  }

  async #send(leaving = false): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted !== this.#setting.saved()) {
        const value = this.#wanted;
        const done = await this.#sent(value, leaving);
        if (this.#wanted === value) {
          if (done) this.#settle(value);
          return;
        }
      }
      this.#settle(this.#wanted);
    } finally {
      this.#busy = false;
    }
  }

  // What was typed on meanwhile stays.
  #settle(value: V): void {
    this.error = "";
    this.#refused = undefined;
    if (this.#tidy() === value) this.value = this.#setting.saved();
  }

  async #sent(value: V, leaving: boolean): Promise<boolean> {
    const before = this.#setting.saved();
    try {
      await (leaving ? atOnce : inTurn)(() => this.#setting.save(value, leaving));
      this.#tell(value, before);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#wanted === value) this.#refuse(value, error);
      return false;
    }
  }

  #refuse(value: V, error: ApiError): void {
    const own = error.fields.get(this.#setting.name);
    const restored = value === this.#restored;
    this.error = own ?? error.detail;
    this.#refused = own === undefined ? undefined : value;
    if (restored) toast(this.error); // its field may be far away
    if (restored || !this.#setting.typed) this.value = this.#setting.saved();
  }

  #tell(value: V, before: V): void {
    const field = { field: this.#setting.label };
    closeToast(this.#toast);
    this.#toast =
      value === this.#restored
        ? toast(t("toast.undone", field))
        : toast(t("toast.saved_field", field), () => this.#undo(before));
  }

  #undo(before: V): Promise<void> {
    this.value = this.#wanted = this.#restored = before;
    return this.#send();
  }
}
