"""Pictures in mails: in the mail itself, of the reader's own photo, as of the moment it is sent."""
import re

import pytest
from support.client import ACCEPTED, Client, Community, wait_for
from support.mail_servers import Double, Postfix
from support.pictures import png
from test_moderation import HOLD_ALL, REMOVE_ALL, Town
from test_photos import developed

# Letters; which pictures they show is asked on both in the unit tests.
pytestmark = pytest.mark.one_engine


@pytest.fixture
def box():
    made = Double().start()
    yield made
    made.stop()


def begin(fresh_server, box, **more):
    return fresh_server(PICSHARZ_NOTIFICATIONS__MAIL_DELAY="0", **box.settings(), **more).start()


def mail_to(box, address: str, subject: str):
    return wait_for(lambda: next((m for m in box.messages() if m["To"] == address
                                  and subject in m["Subject"]), None))


def member(server, box, handle: str):
    client = Client(server.address)
    email = f"{handle}@example.org"
    answer = client.post("/v1/accounts", {
        "handle": handle, "name": handle.title(), "email": email,
        "password": "correct horse battery", "country": "SG", **ACCEPTED})
    assert answer.status == 201, answer.body
    code = mail_to(box, email, "Your code")["Subject"].split(": ")[-1]
    client.token = client.post("/v1/accounts/verify", {"email": email, "code": code,
                                                       "use": "token"}).json["token"]
    for kind in ("comment", "like", "mention"):
        assert client.patch(f"/v1/me/notifications/{kind}", {"email": "at_once"}).status == 200
    return client


def photo(client, data=None, **fields):
    made = developed(client, client.upload(data or png(900, 600), **fields).json["id"])
    assert made["state"] == "published", made
    return made


def comment(client, on, text="Lovely!"):
    answer = client.post(f"/v1/photos/{on['id']}/comments", {"text": text})
    assert answer.status == 201, answer.body


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height out of the first frame header (ITU T.81, B.2.2)."""
    assert jpeg[:2] == b"\xff\xd8" and jpeg[-2:] == b"\xff\xd9"
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2:at + 4], "big")
    return int.from_bytes(jpeg[at + 7:at + 9], "big"), int.from_bytes(jpeg[at + 5:at + 7], "big")


def parts(mail):
    """Text, HTML and {content id: bytes} of a mail, whose structure is what it should be."""
    assert not mail.defects and mail.get_content_type() == "multipart/alternative"
    text, shown = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    if shown.get_content_type() == "text/html":
        return text.get_content(), shown.get_content(), {}
    # RFC 2387: the root stands first, and the type says what it is.
    assert shown.get_content_type() == "multipart/related" and not shown.defects
    assert shown.get_param("type") == "text/html"
    html, *pictures = shown.iter_parts()
    assert html.get_content_type() == "text/html" and pictures
    found = {}
    for each in pictures:
        assert each.get_content_type() == "image/jpeg" and not each.defects
        assert each.get_content_disposition() == "inline" and each.get_filename().endswith(".jpg")
        assert each["Content-Transfer-Encoding"] == "base64"
        found[each["Content-ID"].strip("<>")] = each.get_content()
    return text.get_content(), html.get_content(), found


def sources(html: str) -> list[str]:
    return re.findall(r'<img[^>]* src="([^"]*)"', html)


def nothing_is_fetched(html: str):
    """Only links lead outside: no picture, style or font comes from anywhere."""
    assert all(each.startswith("cid:") for each in sources(html))
    assert re.findall(r"(?i)(?:src|background|srcset|poster|data)=\"(?!cid:)", html) == []
    assert "url(" not in html and "<link" not in html and "@import" not in html


def test_a_mail_about_a_photo_shows_it_and_nothing_is_fetched(fresh_server, box, photos):
    server = begin(fresh_server, box)
    mei, tom = member(server, box, "mei"), member(server, box, "tom")
    train = photo(mei, (photos / "train.jpg").read_bytes(), title="Train",
                  alt='A "red" train & a bridge')
    comment(tom, train)
    text, html, pictures = parts(mail_to(box, "mei@example.org", "commented"))
    assert len(pictures) == 1 and [each[4:] for each in sources(html)] == list(pictures)
    jpeg, = pictures.values()
    width, height = size_of(jpeg)
    assert max(width, height) <= 640 and width <= 320 and len(jpeg) < 60_000
    assert b"Exif" not in jpeg and b"http://ns.adobe.com" not in jpeg
    assert f'width="{width}" height="{height}"' in html
    assert 'alt="A &quot;red&quot; train &amp; a bridge"' in html
    nothing_is_fetched(html)
    assert "cid:" not in text and "Lovely!" in text
    # Dark programs may turn text and background: a picture has neither.
    image = re.search(r"<img[^>]*>", html).group(0)
    assert "background" not in image and "color" not in image
    # The queue never held it.
    payloads = server.rows("SELECT payload FROM jobs WHERE kind = 'mail.send'")
    assert all(len(payload) < 10_000 for payload, in payloads)


def test_the_daily_mail_shows_each_photo_once(fresh_server, box):
    server = begin(fresh_server, box)
    mei, tom = member(server, box, "mei"), member(server, box, "tom")
    for kind in ("comment", "like"):
        mei.patch(f"/v1/me/notifications/{kind}", {"email": "digest"})
    first, second = photo(mei, title="First"), photo(mei, png(640, 640), title="Second")
    for each in (first, second):
        tom.put(f"/v1/photos/{each['id']}/like")
    comment(tom, first)
    wait_for(lambda: server.count("SELECT count(*) FROM notifications") >= 3)
    wait_for(lambda: server.count("SELECT count(*) FROM activity") == 0)
    server.change("UPDATE notification_digests SET due_at = 1 WHERE due_at IS NOT NULL")
    text, html, pictures = parts(mail_to(box, "mei@example.org", "New for you"))
    assert len(pictures) == 2 and [each[4:] for each in sources(html)] == list(pictures)
    assert sorted(size_of(each) for each in pictures.values()) == [(320, 213), (320, 320)]
    assert html.count('width="160"') == 2
    nothing_is_fetched(html)


def test_of_other_peoples_photos_nothing_is_sent(fresh_server, box):
    server = begin(fresh_server, box)
    mei, tom = member(server, box, "mei"), member(server, box, "tom")
    boat = photo(mei, title="Boat")
    comment(mei, boat, "Look, @tom!")
    _, html, pictures = parts(mail_to(box, "tom@example.org", "mentioned"))
    assert pictures == {} and sources(html) == []


@pytest.mark.parametrize("what", ["deleted", "removed", "held"])
def test_what_is_gone_when_the_mail_goes_is_not_in_it(fresh_server, box, what):
    server = begin(fresh_server, box)
    mei, tom = member(server, box, "mei"), member(server, box, "tom")
    boat = photo(mei, title="Boat")
    box.mode = "later"
    comment(tom, boat)
    wait_for(lambda: server.count(
        "SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND state = 0 AND attempt > 0") == 1)
    if what == "deleted":
        assert mei.delete(f"/v1/photos/{boat['id']}").status == 200
    else:
        server.change(f"UPDATE photos SET state = {4 if what == 'held' else 5}"
                      f" WHERE id = {boat['id']}")
    box.mode = "fine"

    def arrived():
        server.change("UPDATE jobs SET run_at = 0 WHERE state = 0 AND lane = 0")
        return [m for m in box.messages() if "commented" in m["Subject"]]
    mail, = wait_for(arrived)
    _, html, pictures = parts(mail)
    assert pictures == {} and sources(html) == [] and "<!--" not in html


class MailTown(Town):
    """Moderators and members whose codes come by SMTP."""

    def __init__(self, server, box):
        self.box = box
        super().__init__(server)

    def code(self, email: str) -> str:
        return mail_to(self.box, email, "Your code")["Subject"].split(": ")[-1]


def test_a_decision_shows_what_everybody_may_see_and_not_what_is_hidden(fresh_server, box):
    town = MailTown(begin(fresh_server, box, **HOLD_ALL), box)
    owner = town.member("owner")
    good, bad = town.photo(owner), town.photo(owner)
    town.decide(good, "approve", "fine")
    _, html, pictures = parts(mail_to(box, "owner@example.org", "is shown"))
    assert len(pictures) == 1
    nothing_is_fetched(html)
    town.decide(bad, "remove", "nudity")
    _, html, pictures = parts(mail_to(box, "owner@example.org", "removed"))
    assert pictures == {} and sources(html) == []


def test_moderators_are_never_mailed_what_is_explicit(fresh_server, box):
    town = MailTown(begin(fresh_server, box, **REMOVE_ALL), box)
    town.photo(town.member("owner"))
    for email in ("mod@example.org", "second@example.org", "ada@example.org"):
        _, html, pictures = parts(mail_to(box, email, "explicit"))
        assert pictures == {} and sources(html) == []
    _, html, pictures = parts(mail_to(box, "owner@example.org", "removed"))
    assert pictures == {} and sources(html) == []


def test_the_mailbox_shows_a_mail_with_its_picture_and_keeps_no_bytes(fresh_server):
    server = fresh_server(PICSHARZ_NOTIFICATIONS__MAIL_DELAY="0").start()
    community = Community(server)
    mei, tom = community.member("mei"), community.member("tom")
    mei.patch("/v1/me/notifications/comment", {"email": "at_once"})

    def preview(on):
        comment(tom, on, on["title"])
        mail = community.mail("mei@example.org", f'"{on["title"]}"')
        assert sources(mail["html"]) == [] and "<!--" not in mail["html"]
        shown = community.admin.get(f"/v1/admin/mailbox/{mail['id']}/html")
        policy = shown.headers["content-security-policy"]
        assert "img-src data:" in policy and "http" not in policy and "'self'" not in \
            policy.split("frame-ancestors")[0]
        return mail["id"], shown.body.decode()

    boat = photo(mei, title="Boat", alt="A boat")
    id, html = preview(boat)
    source, = sources(html)
    assert source.startswith("data:image/jpeg;base64,") and 'alt="A boat"' in html
    assert server.count("SELECT count(*) FROM mails WHERE length(html) > 10000") == 0
    # The mailbox shows nobody's private photos to the administrator.
    followed = photo(mei, title="Followers", visibility="followers")
    assert tom.put("/v1/accounts/mei/follow").status == 200
    _, html = preview(followed)
    assert sources(html) == []
    # What is deleted is in no preview of yesterday's mails either.
    assert mei.delete(f"/v1/photos/{boat['id']}").status == 200
    gone = community.admin.get(f"/v1/admin/mailbox/{id}/html").body.decode()
    assert sources(gone) == [] and "commented on your photo" in gone


def test_a_mail_that_waits_since_before_there_were_pictures_is_sent(fresh_server, box):
    server = begin(fresh_server, box)
    mei = member(server, box, "mei")
    box.mode = "later"
    assert mei.post("/v1/password/forgot", {"login": "mei"}).status == 202
    wait_for(lambda: server.count(
        "SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND state = 0 AND attempt > 0") == 1)
    server.change("UPDATE jobs SET payload = replace(payload, ',\"pictures\":\"\"', '')")
    assert server.count("SELECT count(*) FROM jobs WHERE state = 0 AND kind = 'mail.send'"
                        " AND payload LIKE '%pictures%'") == 0
    box.mode = "fine"

    def arrived():
        server.change("UPDATE jobs SET run_at = 0 WHERE state = 0 AND lane = 0")
        return [m for m in box.messages() if "password" in m["Subject"]]
    assert len(wait_for(arrived)) == 1


def test_postfix_hands_a_mail_with_a_picture_on_as_it_is(fresh_server):
    postfix = Postfix().start()
    try:
        server = begin(fresh_server, postfix)
        mei, tom = member(server, postfix, "mei"), member(server, postfix, "tom")
        comment(tom, photo(mei, title="Boat"))
        _, html, pictures = parts(mail_to(postfix, "mei@example.org", "commented"))
        jpeg, = pictures.values()
        assert size_of(jpeg) == (320, 213) and sources(html) == ["cid:" + next(iter(pictures))]
    finally:
        postfix.stop()
