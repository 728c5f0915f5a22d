// The files of what was dropped: also those of folders, and of folders in them.
const most = 1000; // files that are looked at; the queue says how many it takes

type Found = Pick<
  FileSystemEntry,
  "isFile" | "isDirectory" | "name"
> & Partial<Pick<FileSystemFileEntry, "file">> &
  Partial<Pick<FileSystemDirectoryEntry, "createReader">>;

const hidden = (name: string) => name.startsWith(".") || name === "Thumbs.db";

function fileOf(entry: Found): Promise<File | null> {
  return new Promise((resolve) => {
    if (entry.file) entry.file(resolve, () => resolve(null)); // it cannot be read
    else resolve(null);
  });
}

// A folder is told piece by piece until there is nothing more.
async function childrenOf(folder: Found): Promise<Found[]> {
  const reader = folder.createReader?.();
  const all: Found[] = [];
  while (reader && all.length < most) {
    const some = await new Promise<Found[]>((resolve) => {
      reader.readEntries(resolve as (entries: FileSystemEntry[]) => void, () => resolve([]));
    });
    if (some.length === 0) break;
    all.push(...some);
  }
  return all.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

async function collect(entries: readonly Found[], files: File[]): Promise<void> {
  for (const entry of entries) {
    if (files.length >= most || hidden(entry.name)) continue;
    if (entry.isDirectory) await collect(await childrenOf(entry), files);
    else {
      const file = await fileOf(entry);
      if (file) files.push(file);
    }
  }
}

interface Dropped {
  items: Iterable<Pick<DataTransferItem, "kind" | "webkitGetAsEntry">>;
  files: Iterable<File>;
}

// Call it while the event is handled: afterwards nothing can be read of it any more.
export async function filesOf({ items, files: plain }: Dropped): Promise<File[]> {
  const fallback = [...plain];
  const given = [...items].filter(({ kind }) => kind === "file");
  const entries = given.map((item) => item.webkitGetAsEntry());
  const known = entries.filter((entry): entry is FileSystemEntry => entry !== null);
  if (known.length === 0 || known.length < given.length) return fallback;
  const files: File[] = [];
  await collect(known as Found[], files);
  return files;
}

// Not a link or a piece of text.
export function carriesFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes("Files") ?? false;
}

// Of a folder that was chosen: what systems put beside the pictures is not meant.
export const visible = (files: Iterable<File>): File[] =>
  [...files].filter(({ name }) => !hidden(name));
