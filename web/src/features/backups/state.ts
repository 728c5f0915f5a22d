// What of backups is under way, and what somebody has to look at.
import type { Backup, BackupList } from "../../api";

// One that is made and not proved is none of these: nobody works on it any more.
export const isUnderWay = ({ state }: Backup) => state === "waiting" || state === "running";

// `failed` and `unproved` are of the last one, `doubted` is another one whose proof failed; `log`
// is SQLite's, which is not copied any more.
export type BackupAlarm =
  | { what: "failed" | "unproved" | "doubted"; backup: Backup }
  | { what: "log"; backup: null; since: string }
  | { what: "old"; backup: null };

const hour = 3_600_000;

const judgedAt = ({ proof, ended_at, asked_at }: Backup) =>
  Date.parse(proof?.at ?? ended_at ?? asked_at);

// Its proof failed, and no other one of its kind was proved since.
const isDoubted = (backup: Backup, all: readonly Backup[]) =>
  backup.state === "unproved" &&
  !all.some(
    (other) =>
      other.kind === backup.kind &&
      other.state === "proved" &&
      judgedAt(other) > judgedAt(backup),
  );

// Null: all is well, or nobody can say. `now` in milliseconds, as the other times are read. What is
// of the future was made while the server's clock was ahead, and says nothing of now.
export function alarmOf(list: BackupList, now: number): BackupAlarm | null {
  const past = list.backups.filter(({ asked_at }) => Date.parse(asked_at) <= now + hour);
  const whole = past.filter(({ kind }) => kind === "full");
  const last = whole.find((backup) => !isUnderWay(backup));
  if (last?.state === "failed") return { what: "failed", backup: last };
  if (last && last.state !== "proved") return { what: "unproved", backup: last };
  if (list.log_late_since) return { what: "log", backup: null, since: list.log_late_since };
  const doubted = past.find((backup) => isDoubted(backup, past));
  if (doubted) return { what: "doubted", backup: doubted };
  if (!list.next_at || !list.good_at || !whole[0]) return null;
  // The next one follows the one that was asked for last.
  const every = Date.parse(list.next_at) - Date.parse(whole[0].asked_at);
  // As picsharz doctor sees it.
  const isOld = now - Date.parse(list.good_at) > 2 * every + hour;
  return isOld ? { what: "old", backup: null } : null;
}
