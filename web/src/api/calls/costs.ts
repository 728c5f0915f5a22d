// What the month costs, and what another would.
import { call } from "../client";
import type { BookName, MonthCosts, PriceBook, Projection } from "../house";

export const getCosts = (month: string, signal?: AbortSignal) =>
  call<MonthCosts>("GET", "/v1/admin/costs", { query: { month }, signal });
export const getPriceBooks = () =>
  call<{ books: PriceBook[] }>("GET", "/v1/admin/costs/prices");
export const changePrices = (book: BookName, body: Record<string, string | number>) =>
  call<PriceBook>("PUT", `/v1/admin/costs/prices/${book}`, { body });
export const getProjection = () => call<Projection>("GET", "/v1/admin/costs/projection");
export const project = (body: Record<string, string>, signal?: AbortSignal) =>
  call<Projection>("POST", "/v1/admin/costs/projection", { body, signal });
