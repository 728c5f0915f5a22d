import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { rest, step, type Box, type Event, type Gesture, type Wish } from "./gesture";

// A stage of 400 x 800, and a picture that fits its width.
const phone: Box = {
  stage: { width: 400, height: 800 },
  fit: { width: 400, height: 300 },
  near: 2.5,
  most: 2.5,
  left: true,
  right: true,
};

describe("gestures", () => {
  let now: Gesture = rest;
  let wishes: Wish[] = [];
  let clock = 0;
  let box = phone;

  function give(event: Event) {
    const { gesture, wish } = step(now, event, box);
    now = gesture;
    if (wish) wishes.push(wish);
  }
  const touch = (type: "down" | "move" | "up" | "cancel", x: number, y: number, id = 1) =>
    give({ type, id, x, y, time: clock });
  // In ten steps, within `ms`.
  function drag([x, y]: [number, number], [dx, dy]: [number, number], ms: number, id = 1) {
    touch("down", x, y, id);
    for (let at = 1; at <= 10; at += 1) {
      clock += ms / 10;
      touch("move", x + (dx * at) / 10, y + (dy * at) / 10, id);
    }
  }
  function tap(x: number, y: number) {
    touch("down", x, y);
    clock += 50;
    touch("up", x, y);
  }
  // The point of the picture, in parts of its size, that is seen at a point of the stage.
  const seenAt = (x: number, y: number) => [
    (x - now.place.x) / (box.fit.width * now.place.k),
    (y - now.place.y) / (box.fit.height * now.place.k),
  ];
  const near = (one: number[], other: number[]) =>
    one.forEach((value, at) => assert.ok(Math.abs(value - (other[at] ?? NaN)) < 1e-9,
      `${one} is not ${other}`));

  beforeEach(() => {
    now = rest;
    wishes = [];
    clock = 10_000;
    box = phone;
  });

  it("zooms a wheel about its pointer, within the sizes there are", () => {
    box = { ...phone, fit: { width: 400, height: 800 } };
    const before = seenAt(120, -300);
    give({ type: "wheel", x: 120, y: -300, dx: 0, dy: -120, zoom: true });
    near([now.place.k], [Math.exp(120 / 300)]);
    near(seenAt(120, -300), before);
    for (let turn = 0; turn < 20; turn += 1) {
      give({ type: "wheel", x: 120, y: -300, dx: 0, dy: -120, zoom: true });
    }
    assert.equal(now.place.k, 2.5);
    near(seenAt(120, -300), before);
    for (let turn = 0; turn < 20; turn += 1) {
      give({ type: "wheel", x: -50, y: 10, dx: 0, dy: 120, zoom: true });
    }
    assert.deepEqual(now.place, { x: 0, y: 0, k: 1 });
  });

  it("moves with two fingers of a touchpad, not beyond its edges", () => {
    give({ type: "wheel", x: 0, y: 0, dx: 30, dy: 0, zoom: false });
    assert.deepEqual(now.place, { x: 0, y: 0, k: 1 }); // all of it is seen
    give({ type: "toggle", x: 0, y: 0 });
    give({ type: "wheel", x: 0, y: 0, dx: 30, dy: 20, zoom: false });
    assert.deepEqual(now.place, { x: -30, y: 0, k: 2.5 }); // 750 px high, on 800
    give({ type: "wheel", x: 0, y: 0, dx: 9000, dy: 0, zoom: false });
    assert.equal(now.place.x, -(400 * 2.5 - 400) / 2);
  });

  it("keeps what is under two fingers under them", () => {
    box = { ...phone, fit: { width: 400, height: 800 } };
    touch("down", -50, 100, 1);
    touch("down", 50, 100, 2);
    const [left, right] = [seenAt(-50, 100), seenAt(50, 100)];
    touch("move", -100, 150, 1);
    touch("move", 100, 150, 2);
    near([now.place.k], [2]);
    near(seenAt(-100, 150), left);
    near(seenAt(100, 150), right);
    assert.equal(now.mode, "pinch");
    touch("up", -100, 150, 1);
    touch("move", 90, 150, 2); // goes on with one
    assert.equal(now.mode, "pan");
    touch("up", 90, 150, 2);
    assert.deepEqual([now.mode, wishes], ["rest", []]);
  });

  it("springs back where it was pinched too small or too large", () => {
    touch("down", -100, 0, 1);
    touch("down", 100, 0, 2);
    touch("move", -10, 0, 1);
    assert.equal(now.place.k, 0.75);
    touch("up", -10, 0, 1);
    assert.deepEqual(now.place, { x: 0, y: 0, k: 1 });
    touch("move", 300, 0, 2);
    touch("up", 300, 0, 2);
    assert.deepEqual([now.place.k, wishes], [1, []]);
    touch("down", -10, 0, 1);
    touch("down", 10, 0, 2);
    touch("move", 390, 0, 2);
    assert.equal(now.place.k, 2.5 * 1.25);
    touch("up", 390, 0, 2);
    assert.equal(now.place.k, 2.5);
  });

  it("tells a tap, and zooms to the pixel and back at the point of a second one", () => {
    tap(100, 50);
    assert.deepEqual(wishes, ["tap"]);
    clock += 100;
    const before = seenAt(104, 52);
    tap(104, 52);
    assert.deepEqual(wishes, ["tap", "double"]);
    assert.equal(now.place.k, 2.5);
    near([seenAt(104, 52)[0] ?? NaN], [before[0] ?? NaN]); // it is not as high as the stage
    assert.equal(now.place.y, 0);
    clock += 1000;
    tap(0, 0);
    clock += 50;
    tap(0, 0);
    assert.deepEqual(now.place, { x: 0, y: 0, k: 1 });
    assert.deepEqual(wishes, ["tap", "double", "tap", "double"]);
  });

  it("takes two taps for two where they are far apart, in time or place", () => {
    tap(0, 0);
    clock += 400;
    tap(0, 0);
    clock += 50;
    tap(60, 0);
    assert.deepEqual(wishes, ["tap", "tap", "tap"]);
    assert.equal(now.place.k, 1);
  });

  it("goes to a neighbour when it is swiped a quarter of the way, or flicked", () => {
    drag([150, 0], [-110, 10], 1000);
    assert.equal(now.mode, "swipe");
    assert.deepEqual(now.drag, { x: -110, y: 0 });
    clock += 300; // it rested
    touch("up", 40, 10);
    drag([0, 0], [60, 0], 100);
    touch("up", 60, 0);
    assert.deepEqual(wishes, ["right", "left"]);
    assert.deepEqual(now.drag, { x: 0, y: 0 });
  });

  it("stays where it was swiped less, flicked back, or taken away", () => {
    drag([0, 0], [-90, 0], 1000);
    clock += 300;
    touch("up", -90, 0);
    drag([0, 0], [-150, 0], 600);
    drag([-150, 0], [70, 0], 60);
    touch("up", -80, 0);
    drag([0, 0], [-200, 0], 600);
    touch("cancel", -200, 0);
    assert.deepEqual([wishes, now.mode, now.drag.x], [[], "rest", 0]);
  });

  it("gives way a third where there is no neighbour", () => {
    box = { ...phone, right: false };
    drag([0, 0], [-150, 0], 100);
    assert.equal(now.drag.x, -50);
    touch("up", -150, 0);
    assert.deepEqual(wishes, []);
  });

  it("closes when it is pulled down, never up", () => {
    drag([0, 0], [10, -300], 100);
    assert.deepEqual([now.mode, now.drag.y], ["pull", 0]);
    touch("up", 10, -300);
    drag([0, 0], [0, 100], 1000);
    clock += 300;
    touch("up", 0, 100);
    assert.deepEqual(wishes, []);
    drag([0, 0], [0, 210], 1000);
    clock += 300;
    touch("up", 0, 210);
    drag([0, 0], [0, 90], 100);
    touch("up", 0, 90);
    assert.deepEqual(wishes, ["close", "close"]);
  });

  it("pans what is zoomed, follows a third beyond the edge, and comes back", () => {
    give({ type: "toggle", x: 0, y: 0 });
    drag([0, 0], [200, 0], 100);
    assert.deepEqual([now.mode, now.place.x, now.drag.x], ["pan", 200, 0]);
    touch("move", 330, 0);
    assert.equal(now.place.x, 310); // 30 beyond 300
    touch("move", 360, 0);
    assert.equal(now.place.x, 320);
    touch("up", 360, 0);
    assert.deepEqual([now.place.x, wishes], [300, []]);
  });

  it("does not press the same finger twice, nor a third one", () => {
    touch("down", 0, 0, 1);
    touch("down", 5, 0, 1);
    touch("down", 50, 0, 2);
    touch("down", 99, 0, 3);
    assert.deepEqual(now.pointers.map(({ id }) => id), [1, 2]);
    const before = now;
    touch("move", 0, 99, 3);
    touch("up", 0, 99, 3);
    assert.equal(now, before);
  });

  it("is moved and zoomed by keys, about the middle", () => {
    give({ type: "zoom", factor: 1.5 });
    give({ type: "pan", dx: 60, dy: 60 });
    assert.deepEqual(now.place, { x: 60, y: 0, k: 1.5 });
    give({ type: "zoom", factor: 100 });
    assert.equal(now.place.k, 2.5);
    near([now.place.x], [100]);
    give({ type: "zoom", factor: 0.001 });
    assert.deepEqual(now.place, { x: 0, y: 0, k: 1 });
  });

  it("stays within the edges when the window changes", () => {
    give({ type: "toggle", x: 0, y: 0 });
    give({ type: "pan", dx: 300, dy: 0 });
    box = { ...phone, stage: { width: 900, height: 400 }, most: 2 };
    give({ type: "fit" });
    assert.equal(now.place.k, 2);
    assert.equal(now.place.x, 0);
  });
});
