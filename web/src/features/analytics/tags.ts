// What the analysis of tags says in pictures, as rows.
import type { TableData, TagAnalysis } from "../../api";

// The lines of the graph: which two words, the most members first.
export function pairsOf({ nodes, edges }: TagAnalysis["graph"]): TableData {
  const rows = [...edges]
    .sort((one, other) => other.members - one.members || other.bond - one.bond)
    .map(({ from, to, members, bond }) => [
      nodes[from]?.text ?? "", nodes[to]?.text ?? "", members, 100 * bond,
    ]);
  return {
    id: "graph",
    columns: [
      { id: "word", kind: "text" },
      { id: "other_word", kind: "text" },
      { id: "together", kind: "count" },
      { id: "bond", kind: "percent" },
    ],
    rows,
  };
}

// What grows, with the weeks that are drawn beside it.
export function withWeeks(table: TableData, trends: TagAnalysis["trends"]): TableData {
  const weeks = new Map(trends.map((one) => [one.text, one.weeks]));
  const most = Math.max(0, ...trends.map((one) => one.weeks.length));
  const places = Array.from({ length: most }, (_, at) => at);
  return {
    ...table,
    columns: [
      ...table.columns,
      ...places.map((at) => ({ id: `week${at + 1}`, kind: "count" as const })),
    ],
    rows: table.rows.map((row) => {
      const counted = weeks.get(String(row[0]));
      return [...row, ...places.map((at) => counted?.[at] ?? null)];
    }),
  };
}
