"""Pictures made by the tests themselves, so that they need nothing beside the repository."""
import struct
import zlib


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, colour=(40, 120, 200)) -> bytes:
    """A flat PNG with a stripe, so that it is no single colour."""
    row = b"\0" + bytes(colour) * (width // 2) + bytes((250, 240, 230)) * (width - width // 2)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(row * height, 1)) + chunk(b"IEND", b""))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be this large; its pixels are missing."""
    whole = bytearray(png(8, 8))
    whole[16:24] = struct.pack(">II", width, height)
    whole[29:33] = struct.pack(">I", zlib.crc32(bytes(whole[12:29])))
    return bytes(whole)


def tiff(make: str, model: str, copyright: str, taken: str, offset: str) -> bytes:
    """What a camera writes (EXIF): two folders of texts, an exposure and a speed."""
    ascii, short, long, rational = 2, 3, 4, 5

    def folder(at, entries):
        """The entries as they stand at `at`, and behind them what does not fit into one."""
        values = at + 2 + 12 * len(entries) + 4
        table, more = struct.pack("<H", len(entries)), b""
        for tag, kind, count, value in sorted(entries):
            if len(value) > 4:
                more += b"\0" * (len(more) % 2)
                value, more = struct.pack("<I", values + len(more)), more + value
            table += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
        return table + struct.pack("<I", 0) + more

    def text(tag, value):
        data = value.encode() + b"\0"
        return tag, ascii, len(data), data

    def whole(exif_at):
        first = folder(8, [text(0x010F, make), text(0x0110, model), text(0x8298, copyright),
                           (0x8769, long, 1, struct.pack("<I", exif_at))])
        return b"II*\0" + struct.pack("<I", 8) + first + b"\0" * (len(first) % 2)

    exif_at = len(whole(0))
    return whole(exif_at) + folder(exif_at, [
        (0x829A, rational, 1, struct.pack("<II", 1, 125)), (0x8827, short, 1, b"\xc8\0"),
        text(0x9003, taken), text(0x9011, offset)])


def png_of_camera(width: int, height: int, colour=(40, 120, 200), **said) -> bytes:
    whole = png(width, height, colour)
    return whole[:33] + chunk(b"eXIf", tiff(**said)) + whole[33:]
