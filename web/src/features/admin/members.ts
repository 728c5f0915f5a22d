// The words for what members are.
import type { AdminAction, Member } from "../../api";
import { t, type Key } from "../../i18n";
import { bytes } from "../../lib/text";

export const roleKeys: Record<Member["role"], Key> = {
  member: "members.role_member",
  moderator: "members.role_moderator",
  administrator: "members.role_administrator",
};

export const stateKeys: Record<Member["state"], Key> = {
  active: "members.state_active",
  suspended: "members.state_suspended",
  deleted: "members.state_leaving",
};

const isRole = (name: string): name is Member["role"] => name in roleKeys;

const toAccounts: readonly AdminAction["action"][] = [
  "role",
  "suspend",
  "reinstate",
  "quota",
  "sessions",
];

// Whether it was done to an account, and not to a backup or a job.
export const isToAccount = ({ action }: AdminAction) => toAccounts.includes(action);

// "2", or "2 1": how many sessions ended, and how many tokens where there were any.
function ended(detail: string): string {
  const [sessions = 0, tokens = 0] = detail.split(" ").map(Number);
  const said = t("members.did_sessions", { n: sessions });
  return tokens > 0 ? `${said} ${t("members.did_tokens", { n: tokens })}` : said;
}

// What an administrator did, in a sentence.
export function said({ action, detail }: AdminAction): string {
  switch (action) {
    case "role":
      return t("members.did_role", { role: isRole(detail) ? t(roleKeys[detail]) : detail });
    case "suspend":
      return t("members.did_suspend");
    case "reinstate":
      return t("members.did_reinstate");
    case "quota":
      return detail === ""
        ? t("members.did_quota_of_all")
        : t("members.did_quota", { space: bytes(Number(detail)) });
    case "sessions":
      return ended(detail);
    case "backup_asked":
      return t("members.did_backup_asked", { id: detail });
    case "backup_removed":
      return t("members.did_backup_removed", { id: detail });
    case "backup_downloaded":
      return t("members.did_backup_downloaded", { what: detail });
    case "question":
      return t("members.did_question", { what: detail });
    case "job_retried":
      return t("members.did_job_retried", { id: detail });
    case "mails_read":
      return detail === ""
        ? t("members.did_mails_read")
        : t("members.did_mail_read", { id: detail });
    case "storage_checked":
      return t("members.did_storage_checked");
    case "popular_ranked":
      return t("members.did_popular_ranked");
  }
}

export const gib = 1024 ** 3;

// Typed in GiB, sent in bytes; "": what everybody has. NaN where it is no number.
export function typedQuota(typed: string): number | null {
  const text = typed.trim().replace(",", ".");
  if (text === "") return null;
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * gib) : NaN;
}
