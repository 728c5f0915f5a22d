// Backups, and what is in one.
import { call } from "../client";
import { at } from "./paths";
import type { Backup, BackupList, BackupManifest } from "../house";

export const listBackups = () => call<BackupList>("GET", "/v1/admin/backups");
export const makeBackup = (kind: Backup["kind"]) =>
  call<Backup>("POST", "/v1/admin/backups", { body: { kind } });
export const removeBackup = (id: string) => call<null>("DELETE", `/v1/admin/backups/${at(id)}`);
export const backupFile = (id: string, path: string) => `/v1/admin/backups/${at(id)}/${path}`;
export const getManifest = (id: string) => call<BackupManifest>("GET", backupFile(id, "manifest"));
