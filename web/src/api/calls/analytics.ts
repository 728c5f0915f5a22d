// What is counted.
import { call } from "../client";
import type { Board, BoardArea, BoardRange, Overview, TagAnalysis } from "../house";

const asked = ({ from, to, step, compare }: BoardRange) => ({
  from,
  to,
  step,
  compare: compare ? "true" : null,
});

export const getOverview = () => call<Overview>("GET", "/v1/admin/overview");
export const getBoard = (area: BoardArea, range: BoardRange, signal?: AbortSignal) =>
  call<Board>("GET", `/v1/admin/analytics/${area}`, { query: asked(range), signal });

// The address of a chart's or a table's numbers, for a link that saves them.
export function csvLink(area: BoardArea, id: string, range: BoardRange): string {
  const { from, to, step, compare } = range;
  const query = new URLSearchParams({ from, to, step, ...(compare ? { compare: "true" } : {}) });
  return `/v1/admin/analytics/${area}/${id}.csv?${query}`;
}

export const getTagAnalysis = () => call<TagAnalysis>("GET", "/v1/admin/analytics/tags");
