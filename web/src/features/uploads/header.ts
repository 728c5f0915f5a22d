// The size of a picture by the first bytes of its file (ITU T.81, ISO/IEC 15948, RFC 9649, GIF89a).
// Decodes nothing; what it cannot read, be it of the format or of the disk, it does not judge: the
// server does, or the one who sends it.
export type Format = "jpeg" | "png" | "webp" | "gif";

export interface Extent {
  format: Format;
  width: number;
  height: number;
}

type Read = (at: number, count: number) => Promise<DataView>;

const segments = 200; // of a JPEG before its frame; beyond them it is not looked at

export async function readExtent(file: Blob): Promise<Extent | null> {
  const read: Read = async (at, count) =>
    new DataView(await file.slice(at, at + count).arrayBuffer());
  try {
    return await extentOf(read);
  } catch {
    return null; // it ends before it says so, or cannot be read
  }
}

function word(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((step) => view.getUint8(at + step)));
}

async function extentOf(read: Read): Promise<Extent | null> {
  const head = await read(0, 32);
  if (head.getUint16(0) === 0xffd8) return jpeg(read);
  if (word(head, 0) === "\x89PNG") return plain("png", head.getUint32(16), head.getUint32(20));
  if (word(head, 0) === "GIF8") {
    return plain("gif", head.getUint16(6, true), head.getUint16(8, true));
  }
  return word(head, 0) === "RIFF" && word(head, 8) === "WEBP" ? webp(head) : null;
}

function plain(format: Format, width: number, height: number): Extent | null {
  return width > 0 && height > 0 ? { format, width, height } : null;
}

function webp(head: DataView): Extent | null {
  const chunk = word(head, 12);
  if (chunk === "VP8X") {
    const side = (at: number) => (head.getUint32(at, true) & 0xffffff) + 1;
    return plain("webp", side(24), side(27));
  }
  if (chunk === "VP8L") {
    const bits = head.getUint32(21, true);
    return plain("webp", (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  const side = (at: number) => head.getUint16(at, true) & 0x3fff;
  return chunk === "VP8 " ? plain("webp", side(26), side(28)) : null;
}

// From marker to marker until the one of the frame; what lies between (a preview, a colour profile)
// is not read.
async function jpeg(read: Read): Promise<Extent | null> {
  for (let at = 2, count = 0; count < segments; count += 1) {
    const marker = await read(at, 9);
    if (marker.getUint8(0) !== 0xff) return null;
    const code = marker.getUint8(1);
    if (code === 0xff) {
      at += 1; // filled up
    } else if (code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code)) {
      return plain("jpeg", marker.getUint16(7), marker.getUint16(5));
    } else if (code === 0xd9 || code === 0xda) {
      return null; // the picture itself, without a frame
    } else {
      at += 2 + marker.getUint16(2);
    }
  }
  return null;
}
