// A setting of one's own account that saves itself.
import { updateMe, type Me } from "../../api";
import { Autosave } from "../../lib/autosave.svelte";
import { changedMe, session } from "../sessions/session.svelte";

type Change = Parameters<typeof updateMe>[0];

interface Own<V> {
  name: keyof Change & string;
  label: string;
  read: (me: Me) => V;
  typed?: boolean;
}

export function ownSetting<V extends string | number | boolean>(me: Me, own: Own<V>): Autosave<V> {
  let last = me; // known, once nobody is signed in any more
  return new Autosave<V>({
    ...own,
    saved: () => own.read((last = session.me ?? last)),
    save: async (value, leaving) =>
      changedMe(await updateMe({ [own.name]: value } as Change, leaving)),
  });
}
