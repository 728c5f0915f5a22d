// What fingers, a mouse and a wheel do to a picture: from one event to the next, without a browser.
//
// Points are counted from the middle of the stage, in CSS pixels. The picture fits the stage at
// k = 1, and may be as near as `most`.
export interface Size {
  width: number;
  height: number;
}

export interface Box {
  stage: Size;
  fit: Size; // the picture at k = 1
  near: number; // the k of a double tap: a pixel of the picture is one of the screen
  most: number;
  left: boolean; // there is a picture on that side
  right: boolean;
}

interface Point {
  x: number;
  y: number;
}

// Where the picture's middle is, and how much larger it is than it fits.
export interface Place extends Point {
  k: number;
}

interface Pointer extends Point {
  id: number;
}

interface Trace extends Point {
  time: number;
}

// press: it may become a tap. swipe: to a neighbour. pull: down, to close. still: nothing more
// comes of these fingers.
type Mode = "rest" | "press" | "swipe" | "pull" | "pan" | "pinch" | "still";

export interface Gesture {
  place: Place;
  drag: Point; // of everything, while it is swiped or pulled
  mode: Mode;
  pointers: readonly Pointer[];
  trail: readonly Trace[]; // where the one finger was, the oldest first
  tapped: Trace | null; // a first tap, to which a second one may come
}

export type Event =
  | { type: "down" | "move" | "up" | "cancel"; id: number; x: number; y: number; time: number }
  | { type: "wheel"; x: number; y: number; dx: number; dy: number; zoom: boolean }
  | { type: "zoom"; factor: number }
  | { type: "toggle"; x: number; y: number } // near or whole, at a point
  | { type: "pan"; dx: number; dy: number }
  | { type: "fit" }; // the box is another one

// What is to be done beyond the picture: `left` and `right` want the one on that side.
export type Wish = "tap" | "double" | "left" | "right" | "close";

export interface Step {
  gesture: Gesture;
  wish: Wish | null;
}

const slack = 8; // px that a finger moves while it rests
const enough = 0.25; // of the stage, to go on or to close
const fast = 0.4; // px a ms: the same, with a flick
const lately = 100; // ms that speed is measured over
const soon = 300; // ms between two taps
const beside = 24; // px between them
const notch = 300; // px of a wheel that make it e times as large
const fineNotch = 100; // the same of two fingers on a touchpad, which count in small steps

export const rest: Gesture = {
  place: { x: 0, y: 0, k: 1 },
  drag: { x: 0, y: 0 },
  mode: "rest",
  pointers: [],
  trail: [],
  tapped: null,
};

const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value)) || 0; // never -0

// How far the middle may be from that of the stage: no edge comes inside of it.
function reach({ stage, fit }: Box, k: number): Point {
  return {
    x: Math.max(0, (fit.width * k - stage.width) / 2),
    y: Math.max(0, (fit.height * k - stage.height) / 2),
  };
}

export function settled(place: Place, box: Box): Place {
  const k = clamp(place.k, 1, box.most);
  const at = k === place.k ? place : about({ x: 0, y: 0 }, place, k);
  const { x, y } = reach(box, k);
  return { x: clamp(at.x, -x, x), y: clamp(at.y, -y, y), k };
}

// Of another size, with what is at `point` staying there.
function about(point: Point, place: Place, k: number): Place {
  const factor = k / place.k;
  return {
    x: point.x - (point.x - place.x) * factor,
    y: point.y - (point.y - place.y) * factor,
    k,
  };
}

function zoomed(point: Point, place: Place, factor: number, box: Box): Place {
  return settled(about(point, place, clamp(place.k * factor, 1, box.most)), box);
}

function toggled(point: Point, place: Place, box: Box): Place {
  return zoomed(point, place, (place.k > 1 ? 1 : box.near) / place.k, box);
}

// Beyond the edge it follows a third of the way.
function rubber(value: number, most: number): number {
  const over = Math.abs(value) - most;
  return over <= 0 ? value : Math.sign(value) * (most + over / 3);
}

function end(gesture: Gesture, box: Box, mode: Mode = "rest"): Gesture {
  const place = settled(gesture.place, box);
  return { ...gesture, place, drag: { x: 0, y: 0 }, mode, trail: [] };
}

export function step(gesture: Gesture, event: Event, box: Box): Step {
  const only = (place: Place): Step => ({ gesture: { ...gesture, place }, wish: null });
  const { place } = gesture;
  const middle = { x: 0, y: 0 };
  switch (event.type) {
    case "down":
      return { gesture: pressed(gesture, event), wish: null };
    case "move":
      return { gesture: moved(gesture, event, box), wish: null };
    case "up":
    case "cancel":
      return lifted(gesture, event, box);
    case "wheel":
      return only(wheeled(place, event, box));
    case "zoom":
      return only(zoomed(middle, place, event.factor, box));
    case "toggle":
      return only(toggled(event, place, box));
    case "pan":
      return only(settled({ ...place, x: place.x + event.dx, y: place.y + event.dy }, box));
    case "fit":
      return only(settled(place, box));
  }
}

type Touch = Extract<Event, { id: number }>;
type Wheel = Extract<Event, { type: "wheel" }>;

// A wheel's own steps are larger than those of two fingers that spread on a touchpad.
function wheeled(place: Place, { x, y, dx, dy, zoom }: Wheel, box: Box): Place {
  if (!zoom) return settled({ ...place, x: place.x - dx, y: place.y - dy }, box);
  const per = Math.abs(dy) < 40 ? fineNotch : notch;
  return zoomed({ x, y }, place, Math.exp(-dy / per), box);
}

function pressed(gesture: Gesture, { id, x, y, time }: Touch): Gesture {
  if (gesture.pointers.length === 2 || gesture.pointers.some((one) => one.id === id)) {
    return gesture;
  }
  const pointers = [...gesture.pointers, { id, x, y }];
  if (pointers.length === 1) {
    return { ...gesture, pointers, mode: "press", trail: [{ x, y, time }] };
  }
  return { ...gesture, pointers, mode: "pinch", drag: { x: 0, y: 0 }, trail: [], tapped: null };
}

function moved(gesture: Gesture, { id, x, y, time }: Touch, box: Box): Gesture {
  const old = gesture.pointers.find((one) => one.id === id);
  if (!old) return gesture;
  const pointers = gesture.pointers.map((one) => (one.id === id ? { id, x, y } : one));
  if (gesture.mode === "pinch") return { ...pinched(gesture, pointers, box), pointers };
  const trail = [...gesture.trail, { x, y, time }].slice(-16);
  return dragged({ ...gesture, pointers, trail }, { x: x - old.x, y: y - old.y }, box);
}

const between = (one: Point, other: Point): Point => ({
  x: (one.x + other.x) / 2,
  y: (one.y + other.y) / 2,
});
const distance = (one: Point, other: Point) => Math.hypot(one.x - other.x, one.y - other.y);

// The picture follows both fingers: what was under them stays there. A little beyond its sizes.
function pinched(gesture: Gesture, now: readonly Pointer[], box: Box): Gesture {
  const [a, b] = gesture.pointers;
  const [c, d] = now;
  if (!a || !b || !c || !d) return gesture;
  const factor = distance(c, d) / Math.max(1, distance(a, b));
  const k = clamp(gesture.place.k * factor, 0.75, box.most * 1.25);
  const [from, to] = [between(a, b), between(c, d)];
  const { x, y } = about(from, gesture.place, k);
  return { ...gesture, place: { x: x + to.x - from.x, y: y + to.y - from.y, k } };
}

function dragged(gesture: Gesture, by: Point, box: Box): Gesture {
  const { place, mode, trail } = gesture;
  const [first, now] = [trail[0], trail.at(-1)];
  if (!first || !now) return gesture;
  const [dx, dy] = [now.x - first.x, now.y - first.y];
  if (mode === "press") {
    if (Math.hypot(dx, dy) <= slack) return gesture;
    const chosen = place.k > 1 ? "pan" : Math.abs(dx) > Math.abs(dy) ? "swipe" : "pull";
    return dragged({ ...gesture, mode: chosen }, { x: dx, y: dy }, box);
  }
  if (mode === "pan") {
    const most = reach(box, place.k);
    const x = follow(place.x, by.x, most.x);
    const y = follow(place.y, by.y, most.y);
    return { ...gesture, place: { ...place, x, y } };
  }
  if (mode === "swipe") {
    const free = dx < 0 ? box.right : box.left;
    return { ...gesture, drag: { x: free ? dx : rubber(dx, 0), y: 0 } };
  }
  if (mode === "pull") return { ...gesture, drag: { x: 0, y: Math.max(0, dy) } };
  return gesture;
}

// A third of the way where it is beyond the edge already, or comes there.
function follow(from: number, by: number, most: number): number {
  const outward = Math.abs(from) > most && Math.sign(by) === Math.sign(from);
  return outward ? from + by / 3 : rubber(from + by, Math.max(most, Math.abs(from)));
}

function lifted(gesture: Gesture, event: Touch, box: Box): Step {
  const pointers = gesture.pointers.filter((one) => one.id !== event.id);
  if (pointers.length === gesture.pointers.length) return { gesture, wish: null };
  const left: Gesture = { ...gesture, pointers };
  const [one] = pointers;
  if (one) {
    const next = end(left, box, left.place.k > 1 ? "pan" : "still");
    return { gesture: { ...next, trail: [{ ...one, time: event.time }] }, wish: null };
  }
  const over = end(left, box);
  if (event.type === "cancel") return { gesture: over, wish: null };
  if (gesture.mode === "press") return tapped(over, event, box);
  return { gesture: over, wish: wanted(gesture, event, box) };
}

function tapped(gesture: Gesture, { x, y, time }: Touch, box: Box): Step {
  const first = gesture.tapped;
  if (!first || time - first.time > soon || distance(first, { x, y }) > beside) {
    return { gesture: { ...gesture, tapped: { x, y, time } }, wish: "tap" };
  }
  const place = toggled({ x, y }, gesture.place, box);
  return { gesture: { ...gesture, place, tapped: null }, wish: "double" };
}

function wanted({ mode, drag, trail }: Gesture, event: Touch, { stage, left, right }: Box) {
  const from = trail.find(({ time }) => event.time - time <= lately) ?? event;
  const past = Math.max(1, event.time - from.time);
  if (mode === "pull") {
    const quick = (event.y - from.y) / past > fast;
    return drag.y > 0 && (quick || drag.y > stage.height * enough) ? "close" : null;
  }
  if (mode !== "swipe") return null;
  const speed = (event.x - from.x) / past;
  // A flick back takes it back.
  const far = Math.abs(drag.x) > stage.width * enough && speed * drag.x >= 0;
  const on = far || (Math.abs(speed) > fast && speed * drag.x > 0);
  if (!on) return null;
  if (drag.x < 0) return right ? "right" : null;
  return left ? "left" : null;
}
