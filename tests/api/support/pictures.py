"""Pictures made by the tests themselves, so that they need nothing beside the repository."""
import struct
import zlib


def png(width: int, height: int, colour=(40, 120, 200)) -> bytes:
    """A flat PNG with a stripe, so that it is no single colour."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))

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
