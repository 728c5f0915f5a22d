// Which lists are not what they were once somebody is followed, or is not any more.
import { forgetPagers } from "../../lib/pager.svelte";

// The feed shows other people, and a profile says it. All others may go on where they were left.
export function forgetFollowed(): void {
  forgetPagers("home ");
  forgetPagers("profile ");
}
