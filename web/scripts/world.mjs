// The map of the world, as the module "virtual:world": the countries of npm's world-atlas,
// projected (Equal Earth, which keeps areas) and written as paths, so that no page needs the
// geometry, the projection or a reader for it. What the coarse atlas is too coarse for (Singapore,
// Malta) is a point, from the finer one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const wanted = "virtual:world";
const width = 1600;

// ISO 3166-1: the three digits that the atlas knows countries by, and the letters that we do.
const letters = new Map(
  ("004AF 008AL 010AQ 012DZ 016AS 020AD 024AO 028AG 031AZ 032AR 036AU 040AT 044BS 048BH 050BD " +
    "051AM 052BB 056BE 060BM 064BT 068BO 070BA 072BW 076BR 084BZ 086IO 090SB 092VG 096BN 100BG " +
    "104MM 108BI 112BY 116KH 120CM 124CA 132CV 136KY 140CF 144LK 148TD 152CL 156CN 158TW 162CX " +
    "166CC 170CO 174KM 175YT 178CG 180CD 184CK 188CR 191HR 192CU 196CY 203CZ 204BJ 208DK 212DM " +
    "214DO 218EC 222SV 226GQ 231ET 232ER 233EE 234FO 238FK 239GS 242FJ 246FI 248AX 250FR 254GF " +
    "258PF 260TF 262DJ 266GA 268GE 270GM 275PS 276DE 288GH 292GI 296KI 300GR 304GL 308GD 312GP " +
    "316GU 320GT 324GN 328GY 332HT 334HM 336VA 340HN 344HK 348HU 352IS 356IN 360ID 364IR 368IQ " +
    "372IE 376IL 380IT 384CI 388JM 392JP 398KZ 400JO 404KE 408KP 410KR 414KW 417KG 418LA 422LB " +
    "426LS 428LV 430LR 434LY 438LI 440LT 442LU 446MO 450MG 454MW 458MY 462MV 466ML 470MT 474MQ " +
    "478MR 480MU 484MX 492MC 496MN 498MD 499ME 500MS 504MA 508MZ 512OM 516NA 520NR 524NP 528NL " +
    "531CW 533AW 534SX 535BQ 540NC 548VU 554NZ 558NI 562NE 566NG 570NU 574NF 578NO 580MP 581UM " +
    "583FM 584MH 585PW 586PK 591PA 598PG 600PY 604PE 608PH 612PN 616PL 620PT 624GW 626TL 630PR " +
    "634QA 638RE 642RO 643RU 646RW 652BL 654SH 659KN 660AI 662LC 663MF 666PM 670VC 674SM 678ST " +
    "682SA 686SN 688RS 690SC 694SL 702SG 703SK 704VN 705SI 706SO 710ZA 716ZW 724ES 728SS 729SD " +
    "732EH 740SR 744SJ 748SZ 752SE 756CH 760SY 762TJ 764TH 768TG 772TK 776TO 780TT 784AE 788TN " +
    "792TR 795TM 796TC 798TV 800UG 804UA 807MK 818EG 826GB 831GG 832JE 833IM 834TZ 840US 850VI " +
    "854BF 858UY 860UZ 862VE 876WF 882WS 887YE 894ZM")
    .split(" ")
    .map((each) => [each.slice(0, 3), each.slice(3)]),
);

// Of longitude and latitude in degrees; the equator is 2 * 2.7066 long.
export function equalEarth([longitude, latitude]) {
  const [a, b, c, d] = [1.340264, -0.081106, 0.000893, 0.003796];
  const root = Math.sqrt(3);
  const angle = Math.asin((root / 2) * Math.sin((latitude * Math.PI) / 180));
  const square = angle * angle;
  const sixth = square ** 3;
  const slope = a + 3 * b * square + sixth * (7 * c + 9 * d * square);
  const x = (2 * root * ((longitude * Math.PI) / 180) * Math.cos(angle)) / (3 * slope);
  return [x, angle * (a + b * square + sixth * (c + d * square))];
}

const half = equalEarth([180, 0])[0];
const scale = width / (2 * half);
const top = equalEarth([0, 84])[1]; // what lies further is ice
const bottom = equalEarth([0, -57])[1];
const place = (point) => {
  const [x, y] = equalEarth(point);
  return [Math.round((x + half) * scale), Math.round((top - y) * scale)];
};

// The rings of a country: arcs are shared by neighbours, kept as differences; ~n is n backwards.
function* ringsOf({ arcs, transform }, shape) {
  const [sx, sy] = transform.scale;
  const [tx, ty] = transform.translate;
  const points = (index) => {
    let [x, y] = [0, 0];
    const found = arcs[index < 0 ? ~index : index].map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * sx + tx, y * sy + ty];
    });
    return index < 0 ? found.reverse() : found;
  };
  for (const polygon of shape.type === "Polygon" ? [shape.arcs] : shape.arcs) {
    for (const ring of polygon) yield ring.flatMap((index) => points(index));
  }
}

// What of a ring lies on this side of a meridian: `side` is 1 for west of it, -1 for east.
function beside(ring, meridian, side) {
  const out = (point) => side * (point[0] - meridian) > 0;
  return ring.flatMap((point, index) => {
    const before = ring.at(index - 1);
    if (out(point) && out(before)) return [];
    if (out(point) === out(before)) return [point];
    const part = (meridian - before[0]) / (point[0] - before[0]);
    const crossing = [meridian, before[1] + part * (point[1] - before[1])];
    return out(point) ? [crossing] : [crossing, point];
  });
}

// A ring that crosses the edge of the map goes on at the other edge.
export function unbroken(ring) {
  let turn = 0;
  const whole = ring.map(([longitude, latitude], index) => {
    const step = index > 0 ? longitude - ring[index - 1][0] : 0;
    if (Math.abs(step) > 180) turn -= Math.sign(step) * 360;
    return [longitude + turn, latitude];
  });
  const shifted = (points, by) => points.map(([longitude, latitude]) => [longitude + by, latitude]);
  return [
    beside(beside(whole, 180, 1), -180, -1),
    shifted(beside(whole, 180, -1), -360),
    shifted(beside(whole, -180, 1), 360),
  ].filter((points) => points.length > 2);
}

// Relative steps after one letter, without those that go nowhere, and the one that closes the ring.
export function pathOf(points) {
  const [first, ...others] = points;
  const steps = [];
  let [x, y] = first;
  for (const [nx, ny] of others) {
    if (nx !== x || ny !== y) steps.push(`${nx - x} ${ny - y}`);
    [x, y] = [nx, ny];
  }
  if (x === first[0] && y === first[1]) steps.pop();
  const path = `M${first.join(" ")}${steps.length > 0 ? "l" : ""}${steps.join(" ")}z`;
  return path.replaceAll(" -", "-");
}

const load = (name) =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`world-atlas/${name}`), "utf8"));
const countriesOf = (atlas) =>
  atlas.objects.countries.geometries.flatMap((shape) => {
    const code = letters.get(shape.id) ?? ""; // of land that has no letters
    return code !== "AQ" && shape.arcs ? [{ code, rings: [...ringsOf(atlas, shape)] }] : [];
  });

function middle(rings) {
  const [largest] = rings.toSorted((one, other) => other.length - one.length);
  const sum = largest.reduce(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return sum.map((each) => each / largest.length);
}

// {width, height, shapes: [[code, path]], points: [[code, x, y]]}
export function world() {
  const shapes = countriesOf(load("countries-110m.json")).map(({ code, rings }) => [
    code,
    rings.flatMap(unbroken).map((ring) => pathOf(ring.map(place))).join(""),
  ]);
  const drawn = new Set(shapes.map(([code]) => code));
  const points = countriesOf(load("countries-50m.json"))
    .filter(({ code }) => code && !drawn.has(code))
    .map(({ code, rings }) => [code, ...place(middle(rings))]);
  return { width, height: Math.round((top - bottom) * scale), shapes, points };
}

export function worldModule() {
  return {
    name: "world",
    resolveId: (id) => (id === wanted ? `\0${wanted}` : undefined),
    load: (id) =>
      id === `\0${wanted}`
        ? `export default JSON.parse(${JSON.stringify(JSON.stringify(world()))});`
        : undefined,
  };
}
