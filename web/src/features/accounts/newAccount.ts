import type { SignUp } from "../../api";
import { guessCountry } from "../../lib/countries";

export const accountFields = ["name", "handle", "email", "password", "country"] as const;

export type NewAccount = Pick<SignUp, (typeof accountFields)[number]>;

export function emptyAccount(): NewAccount {
  return {
    name: "",
    handle: "",
    email: "",
    password: "",
    country: guessCountry(navigator.language),
  };
}

// As people mean it: without the spaces that paste and autofill leave.
export function tidied<T extends NewAccount>(account: T): T {
  return {
    ...account,
    name: account.name.trim(),
    handle: account.handle.trim().replace(/^@/, ""),
    email: account.email.trim(),
  };
}
