// What comes of a question, as a table and as a chart.
import type { Cell, CellKind, ChartData, QueryAnswer, TableData } from "../../api";

export const mostRows = 500; // that are drawn; a file has them all

const isNumber = (kind: string) => kind === "integer" || kind === "real";

// Numbers are as they came: an id is no amount, and gets no commas.
export function tableOf({ columns, rows }: QueryAnswer): TableData {
  return {
    id: "answer",
    columns: columns.map(({ name }) => ({ id: name, kind: "text" as CellKind })),
    rows: rows.slice(0, mostRows).map((row) => row.map((cell): Cell => cell)),
  };
}

interface Drawing {
  chart: ChartData;
  labels: string[];
}

// The first column says where, the columns of numbers after it how much. Null: there are none.
export function chartOf(answer: QueryAnswer, shape: ChartData["shape"]): Drawing | null {
  const { columns, rows } = answer;
  const series = columns
    .map(({ name, kind }, place) => ({ name, kind, place }))
    .filter(({ kind, place }) => place > 0 && isNumber(kind))
    .slice(0, 6);
  const shown = rows.slice(0, 1000);
  if (series.length === 0 || shown.length === 0) return null;
  const number = (cell: unknown) => (typeof cell === "number" ? cell : null);
  const labels = shown.map((row) => String(row[0] ?? "–"));
  return {
    labels,
    chart: {
      id: "answer",
      unit: "count",
      shape,
      times: labels,
      series: series.map(({ name, place }) => ({
        id: name,
        values: shown.map((row) => number(row[place])),
      })),
    },
  };
}
