// What comes before the first draw, so that it is whole: the page of the first address, which came
// with the program, and who is here, where the document says it. What has to be asked for is not
// waited for.
import { followTabs, startSession } from "../features/sessions/session.svelte";
import { prepare } from "./pages";

export async function begin(): Promise<void> {
  followTabs();
  void startSession();
  await prepare(new URL(location.href));
}
