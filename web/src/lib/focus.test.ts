import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { focusAfter, holdsFocus } from "./focus";

// As much of a document as is asked here: what is in it, by name, and where the focus is.
class Piece {
  isConnected = true;
  parentElement: Piece | null = null;
  children: Piece[] = [];
  tabIndex = 0;

  constructor(
    readonly name: string,
    ...children: Piece[]
  ) {
    this.children = children;
    for (const child of children) child.parentElement = this;
  }

  get lastElementChild(): Piece | null {
    return this.children.at(-1) ?? null;
  }

  focus(): void {
    if (this.isConnected) page.activeElement = this;
  }

  within(): Piece[] {
    return this.children.flatMap((child) => [child, ...child.within()]);
  }

  // By the names that a selector lists; what is opened is `opens ` and its name.
  querySelectorAll(selector: string): Piece[] {
    const wanted = selector.replace(/\[data-opens="(.*)"\]/, "opens $1").split(", ");
    return this.within().filter(({ name }) => wanted.includes(name));
  }

  querySelector(selector: string): Piece | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  closest(selector: string): Piece | null {
    return selector.split(", ").includes(this.name)
      ? this
      : (this.parentElement?.closest(selector) ?? null);
  }

  remove(): void {
    const { parentElement: parent } = this;
    if (parent) parent.children = parent.children.filter((child) => child !== this);
    for (const node of [this, ...this.within()]) {
      node.isConnected = false;
      if (page.activeElement === node) page.activeElement = page.body;
    }
  }
}

const body = new Piece("body");
const page = { body, activeElement: body as Piece | null, querySelector: () => main };
let main = new Piece("main");
const settle = () => new Promise((resolve) => setImmediate(resolve));
const attached = (part: Piece, name: string) => holdsFocus(name)(part as unknown as HTMLElement);
const pressed = (button: Piece, action: () => Promise<unknown>) =>
  focusAfter(button as unknown as HTMLElement, action);

describe("the focus", () => {
  beforeEach(() => {
    Object.assign(globalThis, { document: page });
    page.activeElement = body;
  });

  it("goes into what opens, and back to what opened it", async () => {
    const [field, opener] = [new Piece("input"), new Piece("opens edit")];
    const form = new Piece("form", new Piece("button"), field);
    main = new Piece("main", new Piece("h1"), form);
    const close = attached(form, "edit");
    assert.equal(page.activeElement, field);
    form.remove();
    main.children.push(opener);
    close();
    await settle();
    assert.equal(page.activeElement, opener);
  });

  it("goes to what changes nothing where there is no field", () => {
    const keep = new Piece("button");
    const question = new Piece("group", new Piece("button"), keep);
    main = new Piece("main", question);
    attached(question, "delete");
    assert.equal(page.activeElement, keep);
  });

  it("stays where somebody has gone meanwhile", async () => {
    const [field, other] = [new Piece("input"), new Piece("a")];
    const form = new Piece("form", field);
    main = new Piece("main", form, new Piece("opens edit"), other);
    other.focus();
    const close = attached(form, "edit");
    assert.equal(page.activeElement, other);
    form.remove();
    close();
    await settle();
    assert.equal(page.activeElement, other);
  });

  it("goes to the heading where nothing opens it any more, else to the page", async () => {
    const [form, heading] = [new Piece("form"), new Piece("h2")];
    const section = new Piece("section", heading, form);
    main = new Piece("main", section);
    const close = attached(form, "edit");
    form.remove();
    close();
    await settle();
    assert.deepEqual([page.activeElement, heading.tabIndex], [heading, -1]);
    const other = new Piece("form");
    section.children.push(other);
    other.parentElement = section;
    const gone = attached(other, "edit");
    section.remove();
    other.remove();
    gone();
    await settle();
    assert.equal(page.activeElement, main);
  });

  it("goes to the same button of the next row when one is taken away", async () => {
    const row = () => new Piece("li", new Piece("button"), new Piece("button"));
    const rows = [row(), row(), row()];
    const list = new Piece("ul", ...rows);
    const heading = new Piece("h1");
    main = new Piece("main", heading, list);
    const second = (at: number) => rows[at]?.children[1] as Piece;
    const take = (at: number) => {
      second(at).focus();
      return pressed(second(at), async () => {
        await settle();
        rows[at]?.remove();
      });
    };
    await take(1);
    assert.equal(page.activeElement, second(2));
    await take(2);
    assert.equal(page.activeElement, second(0), "there was no next one");
    second(0).focus();
    await pressed(second(0), async () => list.remove());
    assert.equal(page.activeElement, heading);
  });

  it("goes back to a button that could not be pressed for a while", async () => {
    const button = new Piece("button");
    main = new Piece("main", new Piece("h1"), button);
    button.focus();
    await pressed(button, async () => {
      page.activeElement = body; // as browsers do with what is disabled
      await settle();
    });
    assert.equal(page.activeElement, button);
  });
});
