#!/usr/bin/env python3
"""Writes src/base/folding.tsv: what characters become before words are compared, what separates.

    tools/folding.py > src/base/folding.tsv

From the Unicode tables of the Python that runs it. Letters of the scripts that have cases or
diacritics lose both; wide, narrow and raised forms become plain ones. Marks of scripts where they
are letters of their own (Devanagari, Thai) stay.
"""

import unicodedata

# Latin, Greek, Cyrillic, Armenian, Georgian, Cherokee's small letters aside; and compatibility.
FOLDED = [(0x80, 0x52F), (0x531, 0x587), (0x10A0, 0x10FF), (0x1C80, 0x1CBF), (0x1D00, 0x1FFF),
          (0x2070, 0x209F), (0x2100, 0x218B), (0x2C60, 0x2C7F), (0xA640, 0xA69F),
          (0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xFB00, 0xFB17), (0xFF01, 0xFFEE)]
# What decomposition leaves alone and people type without.
PLAIN = {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
         "ð": "d", "ħ": "h", "ŋ": "n", "ŧ": "t", "ƒ": "f", "ɐ": "a", "ĸ": "k", "ſ": "s"}
# Between words they are nothing: diacritics of their own, points of Hebrew and Arabic, joiners.
DROPPED = [(0xAD, 0xAD), (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x5BF, 0x5BF),
           (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7), (0x610, 0x61A), (0x640, 0x640),
           (0x64B, 0x65F), (0x670, 0x670), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x200C, 0x200D),
           (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFEFF, 0xFEFF),
           (0xE0100, 0xE01EF)]
LAST = 0x10FFFF


def dropped(code):
    return any(first <= code <= last for first, last in DROPPED)


def separates(code):
    """Punctuation, symbols, blanks, controls, private use; never a letter, a mark or a digit."""
    kind = unicodedata.category(chr(code))
    if kind == "Lm" and 0x2B0 <= code <= 0x2FF:
        return True  # raised letters and apostrophes: they stand between words
    return kind[0] in "PSZ" or kind in ("Cc", "Cf", "Co", "Cs", "No")


def plain(text):
    return "".join(PLAIN.get(char, char) for char in text)


def folded(code):
    """What stands in the index for it: small, plain, without marks."""
    text = plain(unicodedata.normalize("NFKD", plain(chr(code).casefold())).casefold())
    return "".join(char for char in plain(text) if not dropped(ord(char)) and
                   not (ord(char) >= 0x80 and separates(ord(char))))


def ranges(wanted):
    """The runs of codes from U+0080 that `wanted` holds for."""
    first = None
    for code in range(0x80, LAST + 2):
        inside = code <= LAST and wanted(code)
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            yield first, code - 1
            first = None


def main():
    print("# What characters become before words are compared; written by tools/folding.py.\n"
          "#   fold  LETTERS  FORMS     each of FORMS becomes LETTERS\n"
          "#   drop  FIRST LAST         hexadecimal: they are nothing\n"
          "#   part  FIRST LAST         they separate words")
    forms = {}
    for first, last in FOLDED:
        for code in range(first, last + 1):
            if dropped(code) or separates(code) and not 0xFF00 <= code:
                continue
            target = folded(code)
            if target != chr(code) and target.strip() and len(target) <= 4:
                if " " in target:
                    continue
                if all(ord(char) < 0x80 and not char.isalnum() for char in target):
                    continue  # a wide mark: it separates
                forms.setdefault(target, []).append(chr(code))
    for target, found in sorted(forms.items()):
        print(f"fold\t{target}\t{''.join(found)}")
    for first, last in DROPPED:
        print(f"drop\t{first:x} {last:x}")
    for first, last in ranges(lambda code: separates(code) and not dropped(code)):
        print(f"part\t{first:x} {last:x}")


if __name__ == "__main__":
    main()
