// How a chart is drawn: the options and the data of uPlot, in the colours of the theme. The
// horizontal scale counts the times of the chart, 0, 1, 2 ...: months are as wide as each other,
// and no clock of the reader moves a day.
import type uPlot from "uplot";
import type { ChartData, ChartSeries, Step } from "../../api";
import { onAxis, tick } from "./words";

export interface Look {
  dark: boolean;
  family: string;
  ink: string;
  line: string;
  surface: string;
}

const light = ["#0e6f66", "#c4611a", "#4058a6", "#9a3b7a", "#6b7a1e", "#5c6670"];
const dark = ["#5cc8b8", "#f0a35e", "#93a8f4", "#e08bc2", "#bfcb5f", "#a9b4be"];
// Beside the colour, for those who do not see it.
export const dashes: readonly (readonly number[])[] = [
  [], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 4],
];
const earlier = [2, 4];

export const colour = (look: Pick<Look, "dark">, index: number) =>
  (look.dark ? dark : light)[index % light.length] ?? "";

export type Values = readonly (number | null)[];

// Each series on top of those before it; what is not known takes no room.
export function stacked(series: readonly Values[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map((values) =>
    values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return value === null && sums[index] === 0 ? null : (sums[index] ?? 0);
    }),
  );
}

// Of several, place by place; unknown where nothing of it is known.
function summed(times: ChartData["times"], all: readonly Values[]): (number | null)[] {
  return times.map((_, at) => {
    const known = all.flatMap((values) => values[at] ?? []);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : null;
  });
}

const befores = (series: readonly ChartSeries[]): Values[] =>
  series.flatMap(({ before }) => (before ? [before] : []));

const most = 6; // colours that can be told from each other

// Of many series the smallest are one, so that each that is left has a colour of its own. The table
// has them all.
export function folded(chart: ChartData): ChartData {
  const { series } = chart;
  const several = chart.shape === "bars" && series.length > 2;
  const shape = several ? "stacked" : chart.shape;
  if (series.length <= most || shape !== "stacked") return { ...chart, shape };
  const total = ({ values }: ChartSeries) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const large = series
    .filter(({ id }) => id !== "other")
    .sort((one, other) => total(other) - total(one))
    .slice(0, most - 1);
  const rest = series.filter((one) => !large.includes(one));
  const past = befores(rest);
  const other: ChartSeries = {
    id: "other",
    values: summed(chart.times, rest.map(({ values }) => values)),
    ...(past.length > 0 ? { before: summed(chart.times, past) } : {}),
  };
  return { ...chart, shape, series: [...series.filter((one) => large.includes(one)), other] };
}

type Drawn = Pick<ChartData, "times" | "series" | "shape">;

// What is drawn of the time before: a line for each, for what is stacked one for the sum.
export function pastOf({ times, series, shape }: Drawn): Values[] {
  const past = befores(series);
  return shape === "stacked" && past.length > 0 ? [summed(times, past)] : past;
}

// uPlot's data: the places, the series, and the time before: behind lines, but in front of what
// would hide it, and there twice (seriesOf). What is stacked is drawn from the highest to the
// lowest, each in front of the one before.
export function dataOf(chart: Drawn): uPlot.AlignedData {
  const places = chart.times.map((_, index) => index);
  const now = chart.series.map(({ values }) => values);
  const shown = chart.shape === "stacked" ? stacked(now).reverse() : now;
  const past = pastOf(chart);
  const all = chart.shape === "line" ? [...past, ...shown] : [...shown, ...past, ...past];
  return [
    places, ...all.map((values) => places.map((at) => values[at] ?? null)),
  ] as uPlot.AlignedData;
}

// From nothing, so that a height is an amount; but a line that would be flat may show how it moves.
export function heights(
  shape: ChartData["shape"],
  min: number | null,
  max: number | null,
): [number, number] {
  if (min === null || max === null || max <= 0) return [Math.min(0, min ?? 0), 1];
  const room = (max - min) * 0.1;
  const flat = shape === "line" && min > 0.75 * max && max > min;
  return flat ? [min - room, max + room] : [Math.min(0, min), max * 1.06];
}

// Places of the labels below: as many as there is room for.
export function places(from: number, to: number, room: number): number[] {
  const first = Math.max(0, Math.ceil(from));
  const last = Math.floor(to);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, Math.floor(room))));
  const found = [];
  for (let at = first; at <= last; at += every) found.push(at);
  return found;
}

interface Wishes {
  chart: ChartData;
  step: Step;
  look: Look;
  width: number;
  height: number;
  zoomed: (from: number, to: number) => void;
  whole: () => void;
  pointed: (index: number | null) => void;
  nameOf: (id: string) => string;
  labels?: readonly string[] | undefined; // in the place of times
}

type Library = typeof uPlot;

function seriesOf(library: Library, { chart, look }: Wishes): uPlot.Series[] {
  const { shape, series, times } = chart;
  // Two stand beside each other.
  const bars = [0, 1].map((at) =>
    library.paths.bars!(
      shape === "bars" && series.length === 2
        ? { size: [0.38, 24], align: at === 0 ? -1 : 1 }
        : { size: [0.72, 48] },
    ),
  );
  const points = { show: times.length === 1 };
  const past = pastOf(chart).map((): uPlot.Series => ({
    stroke: look.ink, width: 1.5, dash: [...earlier], points,
  }));
  // Dashes are seen on a ground of their own, whatever the colour they lie on.
  const ground = past.map((): uPlot.Series => ({
    stroke: look.surface, width: 4, points: { show: false },
  }));
  const now = series.map((_, index): uPlot.Series => {
    const stroke = colour(look, index);
    if (shape === "line") return { stroke, width: 2, dash: [...(dashes[index] ?? [])], points };
    const paths = bars[shape === "bars" ? index : 0]!;
    return { fill: stroke, stroke: look.surface, width: 1, paths, points: { show: false } };
  });
  if (shape === "line") return [{}, ...past, ...now];
  return [{}, ...(shape === "stacked" ? now.reverse() : now), ...ground, ...past];
}

// The names of several lines, at their ends, where they do not lie on each other.
function nameLines({ chart, look, nameOf }: Wishes) {
  return (plot: uPlot) => {
    if (chart.shape !== "line" || chart.series.length < 2) return;
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const height = 14 * ratio;
    const [from, to] = [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0];
    const taken: number[] = [];
    ctx.save();
    ctx.font = `500 ${12 * ratio}px ${look.family}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "bottom";
    chart.series.forEach(({ id, values }, index) => {
      let at = Math.floor(to);
      while (at >= from && (values[at] ?? null) === null) at -= 1;
      const value = values[at];
      if (at < from || value === null || value === undefined) return;
      let y = plot.valToPos(value, "y", true) - 4 * ratio;
      while (taken.some((other) => Math.abs(other - y) < height)) y -= height;
      y = Math.max(y, bbox.top + height);
      taken.push(y);
      const x = Math.min(plot.valToPos(at, "x", true), bbox.left + bbox.width);
      const wide = ctx.measureText(nameOf(id)).width;
      ctx.globalAlpha = 0.85;
      ctx.fillStyle = look.surface;
      ctx.fillRect(x - wide - 2 * ratio, y - height, wide + 4 * ratio, height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colour(look, index);
      ctx.fillText(nameOf(id), x, y);
    });
    ctx.restore();
  };
}

function axesOf({ chart, step, look, width, labels }: Wishes): uPlot.Axis[] {
  const font = `12px ${look.family}`;
  const common = { stroke: look.ink, font, ticks: { show: false } };
  const longest = Math.max(0, ...(labels ?? []).map((one) => Math.min(one.length, 16)));
  const label = labels ? 16 + 7 * longest : step === "hour" ? 108 : 72;
  const below = (at: number) => {
    if (labels) return (labels[at] ?? "").slice(0, 16);
    return chart.times[at] === undefined ? "" : tick(step, chart.times[at]);
  };
  return [
    {
      ...common,
      grid: { show: false },
      size: 28,
      splits: (plot) => {
        const { min = 0, max = 0 } = plot.scales.x ?? {};
        return places(min, max, (width - 64) / label);
      },
      values: (_plot, found) => found.map(below),
    },
    {
      ...common,
      grid: { stroke: look.line, width: 1 },
      size: (_plot, values) => 16 + 7 * Math.max(2, ...(values ?? []).map((one) => one.length)),
      space: 40,
      ...(increments(chart.unit) ? { incrs: increments(chart.unit) } : {}),
      values: (_plot, found) => found.map((value) => onAxis(chart.unit, value)),
    },
  ];
}

// Nobody signs up by halves.
const wholes = [1, 2, 5]
  .flatMap((one) => Array.from({ length: 13 }, (_, power) => one * 10 ** power))
  .sort((one, other) => one - other);

// Minutes and hours are divided as on a clock.
const spans = [
  ...[-3, -2, -1].flatMap((power) => [1, 2, 5].map((one) => one * 10 ** power)),
  ...[1, 2, 5, 10, 15, 30].flatMap((one) => [one, 60 * one]),
  ...[1, 2, 3, 6, 12].map((hours) => 3600 * hours),
  ...wholes.map((days) => 86_400 * days),
].sort((one, other) => one - other);

// How far two lines may lie apart; undefined: as uPlot has it, by tens.
export function increments(unit: ChartData["unit"]): number[] | undefined {
  if (unit === "count") return wholes;
  return unit === "seconds" ? spans : undefined;
}

export function optionsOf(library: Library, wishes: Wishes): uPlot.Options {
  const { chart, width, height, zoomed, whole, pointed } = wishes;
  return {
    width,
    height,
    legend: { show: false },
    padding: [12, 20, 0, 0],
    scales: {
      x: { time: false, range: (_plot, min, max) => [min, max] },
      y: { range: (_plot, min, max) => heights(chart.shape, min, max) },
    },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { show: chart.shape === "line", size: 8 },
      bind: { dblclick: () => () => (whole(), null) },
    },
    axes: axesOf(wishes),
    series: seriesOf(library, wishes),
    hooks: {
      setCursor: [
        ({ cursor: { left = -1, idx } }) => pointed(left < 0 ? null : (idx ?? null)),
      ],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          zoomed(plot.posToVal(left, "x"), plot.posToVal(left + wide, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [nameLines(wishes)],
    },
  };
}
