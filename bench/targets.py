"""What each row measures, what it is to reach, and what others needed for the same.

The peers were measured once, on a machine of the same kind (two cores, 2026-11-22): CPU of all
their processes for one operation. They are not run again; nginx, sharp and vipsthumbnail are, in
the same run (peers.py).
"""

from typing import NamedTuple

TARGETS = {
    "W1": ("home feed of 20, signed in, c=16", "SQLite 0.10 ms CPU, PostgreSQL 0.6 ms"),
    "W2": ("rendition GET with its access check", "10 us CPU, 2x nginx"),
    "W3": ("12 MP upload until it is in a follower's feed", "60 ms CPU without classifier; "
                                                            "2 MP 16 ms"),
    "W3v": ("tagging and moderation of one photo", "70 ms CPU"),
    "W4": ("search", "words 0.5 ms CPU, by relevance 1 ms"),
    "W5": ("like, unlike, follow: durable, c=64", "20,000/s, 0.03 ms CPU"),
    "W6": ("feed p99 beside 4 log-ins/s", "rises 2x at most"),
    "W7": ("upload of an author with 10,000 followers", "visible in 50 ms"),
    "W8": ("cold start to the first correct feed", "0.3 s"),
    "W9": ("memory, PSS without the database's pages", "100 MB idle, 300 MB under load; "
                                                        "classifier 400 MB"),
    "W10": ("upload over a broken line", "64 KiB or 3 % sent again per cut"),
    "W11": ("hostile input beside W1", "p99 3x at most"),
    "W12": ("the month", "1 % of two cores, 3 % with tagging; 25 KB"),
    "W13": ("install and start", "a binary of 40 MB, 5 s"),
    "G": ("a real graph: home 60 %, profile 30 %, post 10 %", "every feed as a naive model has it"),
    "R12": ("more than it can, open loop: 1x, 2x, 5x", "p99 at 2x 1.5x that of 1x; at 5x 90 %"),
    "LH": ("five pages on a phone, by Lighthouse, median of 5", "performance 95, LCP 1.8 s, "
                                                                "TBT 50 ms, CLS 0.01"),
    "UI": ("answers of pages at a quarter of the speed", "100 ms; 55 frames/s; Back 100 ms"),
    "RL": ("limits of one request, and their two lines", "0.3 us CPU"),
    "USE": ("counting what happens, by all cores at once", "1 us CPU"),
    "R6": ("feed p99 beside a mail server that fails", "within 5 % of one that is well; "
                                                      "no request fails"),
    "R14": ("backup and restore of 10,000 photos", "restored within 5 minutes"),
    "R20": ("export of 10,000 photos", "10 minutes"),
    "AD": ("dashboards of administrators", "each 50 ms"),
    "A16": ("answers about an address with an account", "medians within 5 %, p > 0.01"),
}

class Limit(NamedTuple):
    """What the figures of a row may be at most; where one is more, `make bench` fails."""
    most: float
    keys: tuple = ()  # of these figures; none: of all
    but: tuple = ()   # these are only told
    begins: str = ""  # of measurements whose name begins so


# Of rows that have room for a slower machine. What others take is that of the machine, too: it is
# printed beside their targets, for whoever knows it.
LIMITS = {
    "AD": Limit(50, but=("first_s",)),  # milliseconds
    "USE": Limit(1, keys=("cpu_us",)),
    "R14": Limit(300, keys=("wall_s",), begins="restored"),
}

# What a trivial reply took where the targets come from, at most; W2 is read beside it (ADR 0039).
EPOLL_US = 3.2

PEERS = {
    "W1": "Misskey 2025.1 20 ms, Piwigo 16.4 4.4, pigallery2 3.6 6.5 (40 items), "
          "Directus 10.13 5.2-6.6",
    "W2": "Misskey 0.7-1.0 ms, Piwigo 2,000/s, pigallery2 3.6-4.0, Directus 5.0-5.6",
    "W3": "12 MP: Misskey 600 ms, Piwigo 594, pigallery2 82, Directus 93 (both a thumbnail only); "
          "2 MP: 342, 221, 71, 45",
    "W4": "Misskey 264-471 ms, Directus 343-974",
    "W5": "Misskey: a like 11 ms, a follow 18",
    "W8": "Misskey 6.6 s, pigallery2 2.7, Directus 1.9",
    "W9": "Misskey 641 MB idle, 1,200-1,500 under load; Piwigo 50-151, 544; pigallery2 142, 267; "
          "Directus 144, 416",
}
