import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ApiError } from "../api/client";
import { Autosave } from "./autosave.svelte";
import { closeToast, toasts } from "./toast.svelte";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const said = () => toasts.shown.map(({ text }) => text);
const undo = () => toasts.shown.at(-1)?.undo?.();

// What a server holds, and what was sent to it.
class Held<V> {
  sent: V[] = [];
  failure: ApiError | null = null;
  #waiting: (() => void)[] = [];
  slow = false;

  constructor(public value: V) {}

  left: V[] = []; // of these, by a document that was going

  save = async (value: V, leaving: boolean): Promise<void> => {
    this.sent.push(value);
    if (leaving) this.left.push(value);
    const { failure } = this;
    if (this.slow) await new Promise<void>((go) => this.#waiting.push(go));
    if (failure) throw failure;
    this.value = value;
  };

  async answer(): Promise<void> {
    this.#waiting.shift()?.();
    await settle();
  }
}

const refusal = (field = "name") =>
  new ApiError(422, "validation", "Check it.", new Map([[field, "Too long."]]));

describe("a setting that saves itself", () => {
  let held: Held<string>;
  const setting = (typed: boolean) =>
    new Autosave<string>({
      name: "name", label: "Name", saved: () => held.value, save: held.save, typed,
    });

  beforeEach(() => {
    held = new Held("Mei");
    for (const { id } of toasts.shown) closeToast(id);
  });

  it("sends what was left, tidied, and says so", async () => {
    const one = setting(true);
    one.value = " Mei Tan ";
    await one.keep();
    assert.deepEqual(held.sent, ["Mei Tan"]);
    assert.equal(one.value, "Mei Tan");
    assert.deepEqual(said(), ["Name: saved."]);
  });

  it("sends nothing where nothing changed", async () => {
    const one = setting(true);
    one.value = "Mei ";
    await one.keep();
    assert.deepEqual([held.sent, said(), one.value], [[], [], "Mei"]);
  });

  it("puts back what was before, and says so without another way back", async () => {
    const one = setting(true);
    one.value = "Mei Tan";
    await one.keep();
    await undo();
    assert.deepEqual(held.sent, ["Mei Tan", "Mei"]);
    assert.equal(one.value, "Mei");
    assert.deepEqual(said(), ["Name: put back as it was."]);
    assert.equal(toasts.shown[0]?.undo, null);
  });

  it("keeps what was typed where it is refused, and does not ask the same again", async () => {
    const one = setting(true);
    held.failure = refusal();
    one.value = "Mei Tan";
    await one.keep();
    assert.deepEqual([one.value, one.error, said()], ["Mei Tan", "Too long.", []]);
    await one.keep();
    assert.equal(held.sent.length, 1);
    held.failure = null;
    one.value = "Mei T";
    await one.keep();
    assert.deepEqual([one.value, one.error], ["Mei T", ""]);
  });

  it("asks again where it was the line that failed", async () => {
    const one = setting(true);
    held.failure = new ApiError(0, "offline", "Check your connection.");
    one.value = "Mei Tan";
    await one.keep();
    assert.equal(one.error, "Check your connection.");
    held.failure = null;
    await one.keep();
    assert.deepEqual([held.sent.length, held.value, one.error], [2, "Mei Tan", ""]);
  });

  it("forgets the refusal where it is as it was again", async () => {
    const one = setting(true);
    held.failure = refusal();
    one.value = "Mei Tan";
    await one.keep();
    one.value = "Mei";
    await one.keep();
    assert.deepEqual([one.error, held.sent.length], ["", 1]);
  });

  it("takes a choice back that is refused, and lets it be made again", async () => {
    const one = setting(false);
    held.failure = refusal("another");
    await one.choose("Jo");
    assert.deepEqual([one.value, one.error], ["Mei", "Check it."]);
    held.failure = null;
    await one.choose("Jo");
    assert.deepEqual([one.value, one.error, held.value], ["Jo", "", "Jo"]);
  });

  it("ends in the last of several quick changes", async () => {
    const one = setting(false);
    held.slow = true;
    const first = one.choose("A");
    await settle();
    void one.choose("B");
    void one.choose("C");
    await held.answer();
    await held.answer();
    await first;
    assert.deepEqual(held.sent, ["A", "C"]);
    assert.deepEqual([held.value, one.value, said().length], ["C", "C", 1]);
  });

  it("goes back by itself what was changed and changed back on the way", async () => {
    const one = setting(false);
    held.slow = true;
    const first = one.choose("A");
    await settle();
    void one.choose("Mei");
    await held.answer();
    await held.answer();
    await first;
    assert.deepEqual([held.sent, held.value, one.value], [["A", "Mei"], "Mei", "Mei"]);
  });

  it("leaves alone what is typed while it is sent", async () => {
    const one = setting(true);
    held.slow = true;
    one.value = "Mei T";
    const kept = one.keep();
    await settle();
    one.value = "Mei Tan";
    await held.answer();
    await kept;
    assert.deepEqual([held.value, one.value], ["Mei T", "Mei Tan"]);
  });

  it("says aloud where it cannot be put back", async () => {
    const one = setting(true);
    one.value = "Mei Tan";
    await one.keep();
    held.failure = refusal();
    await undo();
    assert.deepEqual([one.value, one.error], ["Mei Tan", "Too long."]);
    assert.equal(said().at(-1), "Too long.");
  });

  it("sends at once what was typed where the document goes, and nothing else", async () => {
    const other = new Held(false);
    const box = new Autosave<boolean>({
      name: "private", label: "Private", saved: () => other.value, save: other.save,
    });
    const one = setting(true);
    one.leave();
    assert.deepEqual(held.sent, []);
    other.slow = true;
    void box.choose(true);
    await settle();
    one.value = "Mei Tan ";
    one.leave();
    one.leave();
    assert.deepEqual([held.sent, held.left], [["Mei Tan"], ["Mei Tan"]]);
    await settle();
    assert.deepEqual([one.value, held.value, said()], ["Mei Tan", "Mei Tan", ["Name: saved."]]);
    await other.answer();
    await one.keep();
    assert.deepEqual(held.sent, ["Mei Tan"]);
  });

  it("sends it behind what is on its way, too, and again after that", async () => {
    const one = setting(true);
    held.slow = true;
    one.value = "Mei T";
    const first = one.keep();
    await settle();
    one.value = "Mei Tan";
    one.leave();
    assert.deepEqual([held.sent, held.left], [["Mei T", "Mei Tan"], ["Mei Tan"]]);
    held.slow = false;
    await held.answer();
    await held.answer();
    await first;
    assert.deepEqual([held.value, one.value], ["Mei Tan", "Mei Tan"]);
  });

  it("sends once more what was left, where the document goes before its answer", async () => {
    const one = setting(true);
    held.slow = true;
    one.value = "Mei Tan";
    const first = one.keep();
    await settle();
    one.leave();
    one.leave();
    assert.deepEqual([held.sent, held.left], [["Mei Tan", "Mei Tan"], ["Mei Tan"]]);
    await held.answer();
    await held.answer();
    await first;
    one.leave();
    assert.equal(held.sent.length, 2);
    assert.deepEqual(said(), ["Name: saved."]);
  });

  it("is still taken back where the document seemed to go meanwhile", async () => {
    const one = setting(true);
    one.value = "Mei Tan";
    await one.keep();
    held.slow = true;
    const back = undo();
    await settle();
    one.leave();
    await held.answer();
    await held.answer();
    await back;
    assert.deepEqual([held.value, said().at(-1)], ["Mei", "Name: put back as it was."]);
  });

  it("sends what waits for its turn where the document goes", async () => {
    const other = new Held(false);
    const box = new Autosave<boolean>({
      name: "private", label: "Private", saved: () => other.value, save: other.save,
    });
    const one = setting(true);
    other.slow = true;
    void box.choose(true);
    one.value = "Mei Tan";
    void one.keep();
    await settle();
    assert.deepEqual(held.sent, []);
    one.leave();
    assert.deepEqual(held.left, ["Mei Tan"]);
    await other.answer();
    await settle();
    assert.equal(held.value, "Mei Tan");
  });

  it("does not send what was refused where the document goes", async () => {
    const one = setting(true);
    held.failure = refusal();
    one.value = "Mei Tan";
    await one.keep();
    one.leave();
    assert.equal(held.sent.length, 1);
  });

  it("waits for its turn behind the other settings", async () => {
    const other = new Held(false);
    const box = new Autosave<boolean>({
      name: "private", label: "Private", saved: () => other.value, save: other.save,
    });
    const one = setting(false);
    held.slow = true;
    const first = one.choose("A");
    const second = box.choose(true);
    await settle();
    assert.deepEqual([held.sent, other.sent], [["A"], []]);
    await held.answer();
    await Promise.all([first, second]);
    assert.deepEqual([other.value, box.value], [true, true]);
  });
});
