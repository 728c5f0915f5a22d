// The names that the administrator's pages have for the contract's shapes.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Unit = Schemas["Unit"];
export type Figure = Schemas["Figure"];
export type Overview = Schemas["Overview"];
export type Board = Schemas["Analytics"];
export type Step = Board["step"];
export type ChartData = Schemas["Chart"];
export type ChartSeries = Schemas["Series"];
// Tables, and what those have beyond the contract's that pages make of charts and questions.
type Table = Schemas["Table"];
export type CellKind = Table["columns"][number]["kind"] | "seconds" | "dollars" | "time";
export type Cell = Table["rows"][number][number] | boolean;
export interface TableColumn {
  id: string;
  kind: CellKind;
}
export interface TableData {
  id: string;
  columns: TableColumn[];
  rows: Cell[][];
}
export type PhotoCell = Schemas["PhotoCell"];
export type AccountCell = Schemas["AccountCell"];
export type TagAnalysis = Schemas["TagAnalysis"];

export type BoardArea =
  | "people"
  | "photos"
  | "engagement"
  | "search"
  | "moderation"
  | "system"
  | "tags";

export interface BoardRange {
  from: string; // days, both included
  to: string;
  step: Step;
  compare: boolean;
}

export type Dollars = Schemas["Dollars"];
export type BookName = Schemas["Book"];
export type BillTotals = Schemas["BillTotals"];
export type MonthCosts = Schemas["MonthCosts"];
export type PriceBook = Schemas["PriceBook"];
export type PriceEdit = PriceBook["edits"][number];
export type Projection = Schemas["Projection"];
export type ProjectedLine = Schemas["ProjectedLine"];
export type Assumption = Projection["assumptions"][number];

export type Backup = Schemas["Backup"];
export type BackupList = Schemas["BackupList"];
export type BackupProgress = Schemas["BackupProgress"];
export type BackupContents = Schemas["BackupContents"];
export type BackupProof = Schemas["BackupProof"];

export interface BackupManifest {
  tables?: { name: string; rows?: number }[];
}

export type NewQuery = Schemas["NewQuery"];
export type QueryFormat = Schemas["NewQueryFile"]["format"];
export type QueryView = Schemas["QueryChart"];
export type QueryAnswer = Schemas["QueryAnswer"];
export type QuerySchema = Schemas["QuerySchema"];
export type SavedQuery = Schemas["SavedQuery"];
export type SavedQueryChange = Schemas["SavedQueryChange"];
