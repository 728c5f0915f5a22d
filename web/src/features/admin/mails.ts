// What waits to be sent, in words.
import type { Outgoing } from "../../api";
import { t } from "../../i18n";

export function waitingMails({ waiting, oldest_seconds }: Outgoing): string {
  const minutes = Math.round(oldest_seconds / 60);
  return waiting > 0 && minutes > 0
    ? t("mailbox.waiting_since", { n: waiting, minutes })
    : t("mailbox.waiting", { n: waiting });
}
