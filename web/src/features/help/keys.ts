// The keys of the pages, in groups. What a page binds besides is told by lib/keys.
import { t } from "../../i18n";
import { arrows } from "../../lib/keys";

interface Group {
  title: string;
  list: { keys: string; does: string }[];
}

export const keyNames = () => ({ Enter: t("key.enter"), Escape: t("key.escape") });

export function keyGroups(member: boolean): Group[] {
  const arrow = arrows();
  const own = [
    { keys: "u", does: t("nav.upload") },
    { keys: "g a", does: t("nav.activity") },
    { keys: "g p", does: t("key.profile") },
    { keys: "g s", does: t("nav.settings") },
  ];
  return [
    {
      title: t("key.everywhere"),
      list: [
        { keys: "/", does: t("keys.search") },
        { keys: "g h", does: t("keys.home") },
        { keys: "g e", does: t("nav.explore") },
        ...(member ? own : []),
        { keys: "Escape", does: t("key.close") },
        { keys: "?", does: t("keys.list") },
      ],
    },
    {
      title: t("key.lists"),
      list: [
        { keys: "j", does: t("keys.next") },
        { keys: "k", does: t("keys.previous") },
        { keys: arrow.next, does: t("keys.next") },
        { keys: arrow.previous, does: t("keys.previous") },
        { keys: "Enter", does: t("key.open") },
      ],
    },
    {
      title: t("key.alone"),
      list: [
        { keys: "l", does: t("like.do") },
        { keys: "c", does: t("key.comment") },
        ...(member ? [{ keys: "f", does: t("key.follow") }] : []),
        { keys: "i", does: t("key.information") },
      ],
    },
  ];
}
