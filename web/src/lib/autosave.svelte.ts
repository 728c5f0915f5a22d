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
  save: (value: V) => Promise<unknown>; // after which saved() gives it
  typed?: boolean; // not chosen
}

let turn: Promise<unknown> = Promise.resolve();

// One request at a time, of all settings: each answer tells of all that were saved before it.
function inTurn(action: () => Promise<unknown>): Promise<unknown> {
  const mine = turn.then(action);
  turn = mine.catch(() => {});
  return mine;
}

export class Autosave<V extends string | number | boolean> {
  value: V = $state() as V;
  error = $state("");
  #setting: Setting<V>;
  #wanted: V;
  #refused: V | undefined; // as it is, by the server
  #restored: V | undefined;
  #busy = false;
  #toast = 0;

  constructor(setting: Setting<V>) {
    this.#setting = setting;
    this.value = this.#wanted = setting.saved();
  }

  // For a field that is left, or where Enter was pressed.
  keep = (): Promise<void> => {
    const { value } = this;
    return this.choose((typeof value === "string" ? value.trim() : value) as V);
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
    this.#restored = undefined;
    await this.#send();
  }

  async #send(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted !== this.#setting.saved()) {
        const value = this.#wanted;
        const done = await this.#sent(value);
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
    const now = typeof this.value === "string" ? this.value.trim() : this.value;
    if (now === value) this.value = this.#setting.saved();
  }

  async #sent(value: V): Promise<boolean> {
    const before = this.#setting.saved();
    try {
      await inTurn(() => this.#setting.save(value));
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
