// The address of a sign-up that waits for its code, for this tab: a reload of /verify finds it.
const key = "picsharz-pending-email";

export function rememberPending(email: string): void {
  try {
    sessionStorage.setItem(key, email);
  } catch {
    // Storage is switched off: the person types the address.
  }
}

export function pendingEmail(): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
