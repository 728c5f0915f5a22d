"""An acknowledged like or follow is never lost, and no counter leaves its rows.

PICSHARZ_LIKE_KILLS (20) times a `kill -9` at a random instant, while members like, unlike, follow
and unfollow. What was answered last for a pair is what the database says after the next start; a
pair whose request was cut may be either.
"""
import http.client
import os
import random
import signal
import threading
import time

from support.client import Community, wait_for
from test_people import published

KILLS = int(os.environ.get("PICSHARZ_LIKE_KILLS", "20"))
CUT = (OSError, http.client.HTTPException)
PHOTOS = 4
HANDS = 2  # of each member, for photos of their own


class Hand(threading.Thread):
    """Toggles what nobody else toggles; `known` is what was answered, None where it was cut."""

    def __init__(self, member, targets, seed):
        super().__init__(daemon=True)
        self.member, self.targets = member, targets
        self.random = random.Random(seed)
        self.known: dict[str, bool | None] = {}
        self.answered, self.over = 0, False
        self.problems: list[str] = []

    def run(self):
        while not self.over:
            target = self.random.choice(self.targets)
            wish = not self.known.get(target)
            self.known[target] = None
            try:
                answer = self.member.request("PUT" if wish else "DELETE", target, check=False)
            except CUT:
                time.sleep(0.01)
                continue
            if answer.status == 200:
                assert answer.json["liked" if "photos" in target else "following"] is wish
                self.known[target] = wish
                self.answered += 1
            elif answer.status != 503:
                self.problems.append(f"{target}: {answer.status} {answer.body[:200]}")
            else:  # nothing was done, or it is not known to be durable
                time.sleep(0.01)


def make_hands(server, community, seed):
    members = {handle: community.member(handle) for handle in ("mei", "kofi", "lena")}
    photos = [published(members["mei"], 300 + n)["id"] for n in range(PHOTOS)]
    hands = []
    for handle, member in members.items():
        likes = [f"/v1/photos/{photo}/like" for photo in photos]
        follows = [f"/v1/accounts/{other}/follow" for other in (*members, "ada") if other != handle]
        for n in range(HANDS):
            hands.append(Hand(member, likes[n::HANDS] + follows[n::HANDS], f"{seed}-{handle}-{n}"))
    return members, hands


def check_counters(server):
    assert server.rows(
        "SELECT p.id, p.likes FROM photos p WHERE p.likes <>"
        " (SELECT count(*) FROM likes l WHERE l.photo_id = p.id)") == []
    assert server.rows(
        "SELECT a.handle FROM accounts a WHERE a.followers <> (SELECT count(*) FROM follows f"
        " WHERE f.followee_id = a.id AND f.state = 1) OR a.following <> (SELECT count(*)"
        " FROM follows f WHERE f.follower_id = a.id AND f.state = 1)") == []


def check_known(server, members, hands):
    likes = set(server.rows("SELECT account_id, photo_id FROM likes"))
    follows = set(server.rows(
        "SELECT f.follower_id, a.handle FROM follows f JOIN accounts a ON a.id = f.followee_id"))
    for hand in hands:
        for target, done in hand.known.items():
            name = target.split("/")[3]
            row = (hand.member.account["id"], name)
            if done is not None:
                assert (row in (likes if "photos" in target else follows)) is done, (target, done)


def test_no_acknowledged_like_or_follow_is_lost_by_kill_9(fresh_server):
    seed = int(os.environ.get("PICSHARZ_SEED", random.randrange(1 << 30)))
    print("PICSHARZ_SEED", seed)
    chance = random.Random(seed)
    server = fresh_server(PICSHARZ_LOG__REQUESTS="false").start()
    members, hands = make_hands(server, Community(server), seed)
    answered = 0
    for _ in range(KILLS):
        threads = [Hand(hand.member, hand.targets, chance.random()) for hand in hands]
        for old, new in zip(hands, threads):
            new.known = old.known
        hands = threads
        for hand in hands:
            hand.start()
        # However long the first answers take after a start: it is killed while there are some.
        wait_for(lambda: sum(hand.answered for hand in hands) > 1)  # noqa: B023
        time.sleep(chance.uniform(0.05, 0.4))
        server.end(signal.SIGKILL)
        for hand in hands:
            hand.over = True
            hand.join(60)
            assert not hand.is_alive() and not hand.problems, hand.problems[:5]
            answered += hand.answered
        check_known(server, members, hands)  # before anything could mend it
        check_counters(server)
        server.start()
        for member in members.values():
            member.host = server.address.split("//")[1]
    print(f"{KILLS} kills, {answered} answered, 0 lost")
    assert answered > KILLS
    check_told(server)


def check_told(server):
    """Each like that stands was told to the photo's owner, once."""
    wait_for(lambda: server.count("SELECT count(*) FROM activity") == 0)
    assert server.count(
        "SELECT count(*) FROM likes l JOIN photos p ON p.id = l.photo_id"
        " WHERE l.account_id <> p.owner_id AND NOT EXISTS (SELECT 1 FROM notifications n"
        "  JOIN notification_actors t ON t.notification_id = n.id WHERE n.kind = 4"
        "  AND n.photo_id = l.photo_id AND n.account_id = p.owner_id"
        "  AND t.actor_id = l.account_id)") == 0
