// What an administrator looks after.
import { call } from "../client";
import { page, type Cursor } from "./paths";
import type {
  Bounce,
  Installation,
  Job,
  List,
  Mail,
  Outgoing,
  Photo,
  StorageCheck,
} from "../types";

export const listJobs = (state: Job["state"], cursor: Cursor) =>
  call<List<Job>>("GET", "/v1/admin/jobs", { query: { state, cursor } });
export const retryJob = (id: string) => call<null>("POST", `/v1/admin/jobs/${id}/retry`);
export const getOutbox = () => call<Outgoing>("GET", "/v1/admin/outbox");
export const listBounces = (cursor: Cursor) =>
  call<List<Bounce>>("GET", "/v1/admin/bounces", page(cursor));
export const listMailbox = (cursor: Cursor) =>
  call<List<Mail>>("GET", "/v1/admin/mailbox", page(cursor));
export const rankPopular = () => call<List<Photo>>("POST", "/v1/admin/popular");
export const getInstallation = () => call<Installation>("GET", "/v1/admin/installation");
export const getStorage = () => call<StorageCheck>("GET", "/v1/admin/storage");
export const checkStorage = () => call<null>("POST", "/v1/admin/storage/check");
