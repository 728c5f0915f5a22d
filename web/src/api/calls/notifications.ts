// Notifications, and which of them are wanted.
import { call } from "../client";
import { at, page, type Cursor } from "./paths";
import type {
  ChosenKind,
  List,
  Notification,
  NotificationSettings,
  Subscription,
  UpdateNotificationKind,
} from "../types";

export const listNotifications = (cursor: Cursor) =>
  call<List<Notification>>("GET", "/v1/notifications", page(cursor));
export const countNotifications = () =>
  call<{ unread: number }>("GET", "/v1/notifications/unread");
export const readNotifications = (up_to: string) =>
  call<{ unread: number }>("POST", "/v1/notifications/read", { body: { up_to } });
const told = "/v1/me/notifications";
export const getNotificationSettings = () => call<NotificationSettings>("GET", told);
export const setDigestHour = (digest_hour: number) =>
  call<NotificationSettings>("PATCH", told, { body: { digest_hour } });
export const updateNotificationKind = (kind: ChosenKind, body: UpdateNotificationKind) =>
  call<NotificationSettings>("PATCH", `${told}/${kind}`, { body });
const link = (token: string) => `/v1/unsubscribe/${at(token)}`;
export const getSubscription = (token: string) => call<Subscription>("GET", link(token));
export const unsubscribe = (token: string) => call<Subscription>("POST", link(token));
