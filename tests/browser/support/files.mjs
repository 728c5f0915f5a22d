// Files for uploads that no disk holds, and ways to hand them to a page.

// The beginning of a JPEG of that size: enough for whoever only looks at the header.
export function jpegOf(width, height, name = "IMG_204.jpg") {
  const frame = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3]);
  frame.writeUInt16BE(height, 7);
  frame.writeUInt16BE(width, 9);
  return { name, mimeType: "image/jpeg", buffer: Buffer.concat([frame, Buffer.alloc(64)]) };
}

export const film = { name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.from("x") };

// Drops so many small pictures onto the page.
export const drop = (page, count) =>
  page.evaluate((many) => {
    const carried = new DataTransfer();
    for (let at = 1; at <= many; at += 1) {
      carried.items.add(new File([`picture ${at}`], `${at}.jpg`, { type: "image/jpeg" }));
    }
    const how = { dataTransfer: carried, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("dragover", how));
    document.body.dispatchEvent(new DragEvent("drop", how));
  }, count);

export const paste = (page, name) =>
  page.evaluate((pasted) => {
    const carried = new DataTransfer();
    carried.items.add(new File(["picture"], pasted, { type: "image/png" }));
    const how = { clipboardData: carried, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new ClipboardEvent("paste", how));
  }, name);

// How many things of uploads this browser keeps: {entries, files}.
export const keptOf = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const wish = indexedDB.open("picsharz-uploads");
        wish.onerror = () => reject(wish.error);
        wish.onupgradeneeded = () => wish.transaction.abort(); // there was none
        wish.onsuccess = async () => {
          const all = wish.result;
          const count = (name) =>
            new Promise((told) => {
              const asked = all.transaction(name).objectStore(name).count();
              asked.onsuccess = () => told(asked.result);
            });
          const found = { entries: await count("entries"), files: await count("files") };
          all.close();
          resolve(found);
        };
      }),
  );
