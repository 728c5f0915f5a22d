// What every form does: one submission at a time, its errors beside their fields, the focus on the
// first of them.
import { tick } from "svelte";
import { ApiError } from "../api/client";

export class Form {
  busy = $state(false);
  error = $state("");
  #fields = $state.raw<ReadonlyMap<string, string>>(new Map());
  #known: readonly string[];

  // `known`: the ids of the form's fields, which are the contract's names.
  constructor(known: readonly string[]) {
    this.#known = known;
  }

  field(name: string): string | undefined {
    return this.#fields.get(name);
  }

  // Gives true where the action went through.
  async submit(event: SubmitEvent, action: () => Promise<void>): Promise<boolean> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (this.busy) return false;
    this.busy = true;
    this.error = "";
    this.#fields = new Map();
    try {
      await action();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refuse(error);
      await tick();
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return false;
    } finally {
      this.busy = false;
    }
  }

  refuse(error: ApiError): void {
    this.#fields = error.fields;
    const shown = this.#known.some((name) => error.fields.has(name));
    const hidden = [...error.fields.keys()].some((name) => !this.#known.includes(name));
    // The sentence of the whole says nothing more where each error stands at its field.
    this.error = shown && !hidden ? "" : error.detail;
  }
}
