// What people do in the pages, by the names that they see.
import { Api, codePattern } from "./api.mjs";

export async function fillAccount(page, { name, handle, email, password }) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Country").selectOption("SG");
}

export async function accept(page) {
  await page.getByLabel(/I accept the terms/).check();
  await page.getByLabel(/years old/).check();
}

export async function setUpAdministrator(person, server, account) {
  await person.page.goto(server.setupLink);
  await fillAccount(person.page, account);
  await person.page.getByRole("button", { name: "Create the administrator" }).click();
  await signedIn(person.page);
  return Api.logIn(server.address, account.handle, account.password);
}

export async function signUp(person, account) {
  await person.page.goto("/signup");
  await fillAccount(person.page, account);
  await accept(person.page);
  await main(person.page).getByRole("button", { name: "Sign up" }).click();
  await person.page.getByRole("heading", { name: "Enter the code" }).waitFor();
}

export async function verify(person, administrator, email) {
  await person.page.getByLabel("Code").fill(await administrator.mail(email, codePattern));
  await person.page.getByRole("button", { name: "Continue" }).click();
  await signedIn(person.page);
}

export async function logIn(person, login, password) {
  await person.page.goto("/login");
  await person.page.getByLabel("Handle or e-mail").fill(login);
  await person.page.getByLabel("Password").fill(password);
  await main(person.page).getByRole("button", { name: "Log in" }).click();
}

export async function logOut(person) {
  await person.page.getByRole("link", { name: "Settings" }).click();
  await person.page.getByRole("button", { name: "Log out" }).click();
  await main(person.page).getByRole("link", { name: "Log in" }).waitFor();
}

// Publishes one photo, and waits until the server has it with what is said of it.
export async function upload(person, file, fields) {
  const rail = person.page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Upload" }).click();
  await person.page.locator("#files").setInputFiles(file);
  for (const [label, text] of Object.entries(fields)) {
    await person.page.getByLabel(label, { exact: true }).fill(text);
  }
  await main(person.page).getByRole("button", { name: "Publish", exact: true }).click();
  await main(person.page).locator("[data-state]").waitFor();
}

// Uploads, waits until the photo has come to its state, and opens its page: the path of that.
export async function publish(person, file, title, state = "published") {
  await upload(person, file, { Title: title });
  await main(person.page).locator(`[data-state=${state}]`).waitFor({ timeout: 60_000 });
  await person.page.getByRole("link", { name: "Open the photo" }).click();
  await person.page.getByRole("heading", { name: title }).waitFor();
  return new URL(person.page.url()).pathname;
}

export async function search(person, words) {
  const field = person.page.getByRole("combobox", { name: "Search photos and people" });
  await field.fill(words);
  await field.press("Enter");
  await person.page.getByRole("heading", { name: `Results for “${words}”` }).waitFor();
}

export const main = (page) => page.getByRole("main");

// The settings are for members only, so their link says that somebody is signed in.
export const signedIn = (page) => page.getByRole("link", { name: "Settings" }).waitFor();
