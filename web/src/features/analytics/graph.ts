// Where the words of a graph stand: those that belong together near each other, and none on
// another. The same words give the same picture.
export interface Point {
  x: number;
  y: number;
}

interface Node {
  members: number;
}

interface Edge {
  from: number;
  to: number;
  bond: number;
}

const rounds = 300;
const beside = 44; // px, for the names, which stand below the points
const above = 16;

export const radiusOf = ({ members }: Node, most: number) =>
  4 + 10 * Math.sqrt(members / Math.max(1, most));

export function layOut(
  nodes: readonly Node[],
  edges: readonly Edge[],
  width: number,
  height: number,
): Point[] {
  const turn = Math.PI * (3 - Math.sqrt(5)); // the angle of a sunflower: no two in one direction
  const points = nodes.map((_, index) => {
    const far = Math.sqrt((index + 0.5) / Math.max(1, nodes.length)) * 0.45;
    return {
      x: width * (0.5 + far * Math.cos(index * turn)),
      y: height * (0.5 + far * Math.sin(index * turn)),
    };
  });
  const ideal = 0.55 * Math.sqrt((width * height) / Math.max(1, nodes.length));
  for (let round = 0; round < rounds; round += 1) {
    step(points, edges, { width, height, ideal, most: (width / 12) * (1 - round / rounds) + 1 });
  }
  return points;
}

interface Field {
  width: number;
  height: number;
  ideal: number;
  most: number; // that one moves in a round
}

function step(points: Point[], edges: readonly Edge[], field: Field): void {
  const { width, height, ideal, most } = field;
  const moves = points.map(() => ({ x: 0, y: 0 }));
  const push = (one: number, other: number, force: (distance: number) => number) => {
    const [a, b] = [points[one], points[other]];
    const [here, there] = [moves[one], moves[other]];
    if (!a || !b || !here || !there) return;
    const [dx, dy] = [a.x - b.x, a.y - b.y];
    const distance = Math.max(1, Math.hypot(dx, dy));
    const by = force(distance) / distance;
    here.x += dx * by;
    here.y += dy * by;
    there.x -= dx * by;
    there.y -= dy * by;
  };
  for (let one = 0; one < points.length; one += 1) {
    for (let other = one + 1; other < points.length; other += 1) {
      push(one, other, (distance) => (ideal * ideal) / distance);
    }
  }
  for (const { from, to, bond } of edges) {
    push(from, to, (distance) => (-(0.4 + bond) * distance * distance) / ideal);
  }
  points.forEach((point, index) => {
    const move = moves[index] ?? { x: 0, y: 0 };
    // So that groups do not drift away; less along the longer side, to make use of it.
    move.x += ((width / 2 - point.x) * height) / width;
    move.y += ((height / 2 - point.y) * width) / height;
    const length = Math.max(1, Math.hypot(move.x, move.y));
    const part = Math.min(length, most) / length;
    point.x = Math.min(width - beside, Math.max(beside, point.x + move.x * part));
    point.y = Math.min(height - 2 * above, Math.max(above, point.y + move.y * part));
  });
}
