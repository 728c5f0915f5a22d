"""Who may do what: every route of `picsharz routes` with every kind of viewer, as one table.

A route that has no entry here fails the test, and one without a declared rule stops the program
(http/router.h). What a viewer may see is written down once, in VISIBLE; what follows from it for a
route is the route's shape. After the table, the states change, and the same is asked again, with
the addresses of pictures that were given out before.
"""
import dataclasses
import json
import os
import random

import pytest

from support import tus
from support.client import PASSWORD, Client, Community, wait_for
from support.pictures import png
from support.server import Server
from test_account_security import log_in
from test_people import published

VIEWERS = ("anonymous", "stranger", "pending", "follower", "blocked", "blocker", "owner",
           "moderator", "administrator", "suspended")
VISITORS = {"anonymous", "suspended"}  # the sessions of a suspended account are over
MEMBERS = set(VIEWERS) - VISITORS
STAFF = {"moderator", "administrator"}
CLIMBS = int(os.environ.get("PICSHARZ_CLIMBS", "6"))
HANDLES = {"moderator": "mod", "administrator": "ada"}  # else the viewer's name

# Who sees a photo (security.md, 3): of a public account; `closed` is public in a private account;
# `reported` is for followers and reported. "blocked": by the owner; "blocker": blocks the owner.
VISIBLE = {
    "public": set(VIEWERS) - {"blocked", "blocker"},
    "followers": {"follower", "owner"},
    "private": {"owner"},
    "held": {"owner", "moderator", "administrator"},
    "removed": {"owner", "moderator", "administrator"},
    "closed": {"follower", "owner"},
    "reported": {"follower", "owner", "moderator", "administrator"},
    "unknown": set(),
}
# A moderator looks at what was not shared with them by office, one photo at a time and on record.
# What people did with it (likes, words) is not needed to judge it and stays among them; nor does
# the office like, save, comment on or report a photo.
AMONG = {name: who - (STAFF if name != "public" else set()) for name, who in VISIBLE.items()}
PUBLISHED = {name: set() if name in ("held", "removed") else who for name, who in AMONG.items()}
# Nobody is given the file of what was removed.
BYTES = VISIBLE | {"removed": set()}
# A comment under one of them; who blocked its author, or is blocked by him, does not see it.
SAID = ("public", "followers", "private", "closed", "unknown")
COLLECTIONS = {name: VISIBLE[name] for name in SAID}
# A profile: of a private account handle, name and counts stay visible.
# Who blocked somebody sees where to take it back.
MET = VISIBLE["public"] | {"blocker"}
PROFILES = {"open": MET, "closed": MET, "suspended": set(), "nobody": set()}
CIRCLES = PROFILES | {"closed": {"follower", "owner"}}  # who follows whom


@dataclasses.dataclass(frozen=True)
class Shape:
    """What a route asks of a viewer; `expect` gives the status for a subject and a viewer."""
    kind: str
    subjects: tuple
    expect: object


def shape(kind, visible, rule):
    return Shape(kind, tuple(visible), lambda subject, viewer, ok: rule(
        viewer, viewer in visible[subject], ok))


def seen(viewer, visible, ok):
    return ok if visible else 404


def acted(viewer, visible, ok):
    return 401 if viewer in VISITORS else ok if visible else 404


def edited(viewer, visible, ok):
    if viewer in VISITORS or not visible:
        return acted(viewer, visible, ok)
    return ok if viewer == "owner" else 403


def kept(viewer, visible, ok):
    return acted(viewer, visible and viewer == "owner", ok)


def for_(who, otherwise=403):
    return Shape("", ("-",), lambda _subject, viewer, ok: ok if viewer in who else
                 401 if viewer in VISITORS else otherwise)


SAYS = {name: VISIBLE[name] for name in SAID}
SEE, EDIT, KEEP = (shape("photo", VISIBLE, rule) for rule in (seen, edited, kept))
# By the address that lasts: what visitors may see, for everybody who asks.
GET_PUBLIC = shape("photo", {name: set(VIEWERS) if "anonymous" in who else set()
                             for name, who in BYTES.items()}, seen)
EMBED = GET_PUBLIC
SYNDICATED = shape("account", {name: set(VIEWERS) if name in ("open", "closed") else set()
                               for name in PROFILES}, seen)
GET_BYTES, TALK = (shape("photo", who, seen) for who in (BYTES, AMONG))
ACT = shape("photo", PUBLISHED, acted)
HEAR, SPEAK, REWORD, OWN_WORD = (shape("comment", SAYS, rule)
                                 for rule in (seen, acted, edited, kept))
BROWSE, ARRANGE = (shape("collection", COLLECTIONS, rule) for rule in (seen, edited))
MEET, MINGLE = (shape("account", who, seen) for who in (PROFILES, CIRCLES))
# Two of the same who are nobody's owner here: their relations may change.
RELATE = shape("account", {"target": MET, "shut": MET, "suspended": set(), "nobody": set()}, acted)
UPLOAD = shape("upload", {"unfinished": {"owner"}, "unknown": set()}, kept)
OPEN, OWN = for_(set(VIEWERS)), for_(MEMBERS)
MODERATE, ADMINISTER = for_(STAFF), for_({"administrator"})


@dataclasses.dataclass(frozen=True)
class Route:
    shape: Shape
    ok: int = 200
    body: object = None
    headers: dict = dataclasses.field(default_factory=dict)
    # Where a status is another one than the shape's: "subject viewer", "*" for all of them.
    but: dict = dataclasses.field(default_factory=dict)
    alone: bool = False  # it changes its subject: nobody else meets that one
    values: dict = dataclasses.field(default_factory=dict)  # of {name}, where no subject gives it
    how: str = ""  # the method, where it is another one

    def expect(self, subject, viewer):
        status = self.shape.expect(subject, viewer, self.ok)
        for key in (f"* {viewer}", f"{subject} *", f"{subject} {viewer}"):
            status = self.but.get(key, status)
        return status


NEW_COMMENT = {"text": "What light"}
REPORT = {"reason": "spam", "note": ""}
WRONG = {"password": "not mine"}
TUS = {"Tus-Resumable": "1.0.0"}
UNKNOWN = "1"
NOWHERE = {"id": UNKNOWN}
STRANGE = {"handle": "nobody_at_all"}
NO_TABLE = {"id": UNKNOWN, "table": "photos"}

ROUTES = {
    # What everybody may ask.
    "GET /v1/instance": Route(OPEN),
    "GET /v1/instance/terms": Route(OPEN),
    "GET /v1/openapi.json": Route(OPEN),
    "GET /livez": Route(OPEN),
    "GET /readyz": Route(OPEN),
    "GET /healthz": Route(OPEN),
    "GET /v1/feed/recent": Route(OPEN),
    "GET /v1/tags/{tag}": Route(OPEN, values={"tag": "harbour"}),
    "GET /v1/popular": Route(OPEN),
    "GET /v1/search": Route(OPEN, values={"?": "q=harbour"}),
    "GET /v1/search/suggest": Route(OPEN, values={"?": "q=har"}),
    "OPTIONS /v1/uploads": Route(OPEN, 204),
    "OPTIONS /v1/uploads/{id}": Route(OPEN, 204, values=NOWHERE),
    # Pages of the web application: with the status of what they show.
    "GET /": Route(OPEN),
    "GET /recent": Route(OPEN),
    "GET /explore": Route(OPEN),
    "GET /popular": Route(OPEN),
    "GET /search": Route(OPEN, values={"?": "q=harbour"}),
    "GET /upload": Route(OPEN),
    "GET /tags/{tag}": Route(OPEN, values={"tag": "harbour"}),
    "GET /photo/{id}": Route(SEE),
    "GET /photo/{id}/view": Route(SEE),
    "GET /@{handle}": Route(MEET),
    "GET /collections/{id}": Route(BROWSE),
    # For other programs: as visitors are answered.
    "GET /@{handle}/atom.xml": Route(SYNDICATED),
    "GET /tags/{tag}/atom.xml": Route(OPEN, values={"tag": "harbour"}),
    "GET /oembed": Route(EMBED),
    "GET /sitemap.xml": Route(OPEN),
    "GET /sitemap/{part}": Route(OPEN, values={"part": "people"}),
    "GET /robots.txt": Route(OPEN),
    # Signing in and up: refused for what is sent, not for who sends it.
    "POST /v1/setup": Route(OPEN, 410, {"token": "x", "handle": "new", "name": "New",
                                        "email": "new@example.org", "password": PASSWORD,
                                        "country": "SG"}),
    "POST /v1/accounts": Route(OPEN, 400, {}),
    "POST /v1/accounts/verify": Route(OPEN, 422, {"email": "no@example.org", "code": "ABCDEFGH"}),
    "POST /v1/accounts/verify/resend": Route(OPEN, 400, {"email": "no"}),
    "POST /v1/sessions": Route(OPEN, 400, {}),
    "POST /v1/password/forgot": Route(OPEN, 400, {}),
    "POST /v1/password/reset": Route(OPEN, 410, {"token": "x", "password": PASSWORD}),
    # Links that hold all that it takes; this one holds nothing.
    "GET /v1/invitations/{token}": Route(OPEN, 422, values={"token": "x"}),
    "GET /v1/email-changes/{token}": Route(OPEN, 410, values={"token": "x"}),
    "PUT /v1/email-changes/{token}": Route(OPEN, 410, values={"token": "x"}),
    "DELETE /v1/email-changes/{token}": Route(OPEN, 410, values={"token": "x"}),
    "GET /v1/appeals/{token}": Route(OPEN, 404, values={"token": "x"}),
    "POST /v1/appeals/{token}": Route(OPEN, 404, {"text": "No"}, values={"token": "x"}),
    "GET /v1/unsubscribe/{token}": Route(OPEN, 404, values={"token": "x"}),
    "POST /v1/unsubscribe/{token}": Route(OPEN, 404, values={"token": "x"}),
    # One's own.
    "GET /v1/me": Route(OWN),
    "PATCH /v1/me": Route(OWN, body={"bio": "Hello"}),
    "DELETE /v1/me": Route(OWN, 403, WRONG),
    "PUT /v1/me/avatar": Route(OWN, 415, headers={"Content-Type": "multipart/form-data"}),
    "DELETE /v1/me/avatar": Route(OWN),
    "GET /v1/me/export": Route(OWN),
    "POST /v1/me/export": Route(OWN, 403, WRONG),
    "GET /v1/me/exports/{id}": Route(OWN, 404, values=NOWHERE),
    "GET /v1/me/import": Route(OWN),
    "POST /v1/me/import": Route(OWN, 404, {"upload": UNKNOWN}),
    "DELETE /v1/me/import": Route(OWN, 404),
    "GET /v1/me/import/refused": Route(OWN),
    "GET /v1/me/invitations": Route(OWN),
    "POST /v1/me/invitations": Route(for_(STAFF), 201, {}),
    "DELETE /v1/me/invitations/{id}": Route(OWN, 404, values=NOWHERE),
    "GET /v1/sessions": Route(OWN),
    "DELETE /v1/sessions": Route(OWN, 204),
    "DELETE /v1/sessions/current": Route(OWN, 204, alone=True),
    "DELETE /v1/sessions/{id}": Route(OWN, 404, values=NOWHERE),
    "POST /v1/me/password": Route(OWN, 403, WRONG | {"new_password": PASSWORD}),
    "GET /v1/me/email": Route(OWN),
    "POST /v1/me/email": Route(OWN, 403, WRONG | {"email": "other@example.org"}),
    "DELETE /v1/me/email": Route(OWN, 204),
    "POST /v1/me/email/confirm": Route(OWN, 422, {"code": "ABCDEFGH"}),
    "GET /v1/me/totp": Route(OWN),
    "POST /v1/me/totp": Route(OWN, 403, WRONG),
    "POST /v1/me/totp/on": Route(OWN, 409, {"code": "123456"}),
    "POST /v1/me/totp/off": Route(OWN, 409, WRONG | {"code": "123456"}),
    "POST /v1/me/totp/recovery-codes": Route(OWN, 409, WRONG | {"code": "123456"}),
    "GET /v1/me/tokens": Route(OWN),
    "POST /v1/me/tokens": Route(OWN, 403, WRONG | {"name": "a", "scopes": ["read"]}),
    "DELETE /v1/me/tokens/{id}": Route(OWN, 404, values=NOWHERE),
    "GET /v1/me/photos": Route(OWN),
    "GET /v1/me/likes": Route(OWN),
    "GET /v1/me/saved": Route(OWN),
    "GET /v1/me/saved/ids": Route(OWN, values={"?": "among=1"}),
    "GET /v1/me/follow-requests": Route(OWN),
    "PUT /v1/me/follow-requests/{handle}": Route(OWN, 404, values={"handle": "ada"},
                                                 but={"* administrator": 400}),
    "DELETE /v1/me/follow-requests/{handle}": Route(OWN, values={"handle": "ada"},
                                                    but={"* administrator": 400}),
    "DELETE /v1/me/followers/{handle}": Route(OWN, values={"handle": "ada"},
                                              but={"* administrator": 400}),
    "GET /v1/me/mutes": Route(OWN),
    "GET /v1/me/blocks": Route(OWN),
    "GET /v1/me/notifications": Route(OWN),
    "PATCH /v1/me/notifications": Route(OWN, body={"digest_hour": 7}),
    "PATCH /v1/me/notifications/{kind}": Route(OWN, body={"email": "never"},
                                               values={"kind": "like"}),
    "GET /v1/events": Route(OWN, how="HEAD"),
    "GET /v1/notifications": Route(OWN),
    "GET /v1/notifications/unread": Route(OWN),
    "POST /v1/notifications/read": Route(OWN, 404, {"id": UNKNOWN}),
    "GET /v1/feed/home": Route(OWN),
    "GET /v1/suggestions": Route(OWN),
    "POST /v1/photos": Route(OWN, 415, headers={"Content-Type": "multipart/form-data"}),
    "POST /v1/uploads": Route(OWN, 201, headers=TUS | {"Upload-Length": "100"}),
    "HEAD /v1/uploads/{id}": Route(UPLOAD, headers=TUS),
    "PATCH /v1/uploads/{id}": Route(UPLOAD, 204, b"12345", TUS | {
        "Upload-Offset": "0", "Content-Type": tus.STREAM}, alone=True),
    "POST /v1/uploads/{id}": Route(UPLOAD, 200, headers=TUS | {
        "X-HTTP-Method-Override": "HEAD"}),
    "DELETE /v1/uploads/{id}": Route(UPLOAD, 204, headers=TUS, alone=True),
    "POST /v1/collections": Route(OWN, 201, {"name": "Harbours"}),
    # People.
    "GET /v1/accounts/{handle}": Route(MEET),
    "GET /v1/accounts/{handle}/photos": Route(MEET),
    "GET /v1/accounts/{handle}/collections": Route(MEET),
    "GET /v1/accounts/{handle}/followers": Route(MINGLE),
    "GET /v1/accounts/{handle}/following": Route(MINGLE),
    "PUT /v1/accounts/{handle}/follow": Route(RELATE, but={"target blocker": 409,
                                                           "shut blocker": 409}),
    "DELETE /v1/accounts/{handle}/follow": Route(RELATE),
    "PUT /v1/accounts/{handle}/mute": Route(RELATE),
    "DELETE /v1/accounts/{handle}/mute": Route(RELATE),
    "PUT /v1/accounts/{handle}/block": Route(RELATE),
    "DELETE /v1/accounts/{handle}/block": Route(RELATE),
    # Photos.
    "GET /media/{photo}/{rendition}": Route(GET_BYTES, values={"rendition": "320"}),
    "GET /media/p/{photo}/{rendition}": Route(GET_PUBLIC),
    "GET /media/avatars/{avatar}/{size}": Route(OPEN, 404, values={"avatar": "x", "size": "64"}),
    "GET /v1/photos/{id}": Route(SEE),
    "GET /v1/photos/{id}/likes": Route(TALK),
    "GET /v1/photos/{id}/comments": Route(TALK),
    "GET /v1/photos/{id}/similar": Route(SEE),
    "GET /v1/photos/{id}/download": Route(GET_BYTES),
    "GET /v1/photos/{id}/original": Route(KEEP, but={"removed owner": 403}),
    "GET /v1/photos/{id}/duplicates": Route(KEEP),
    "DELETE /v1/photos/{id}/duplicates": Route(KEEP, 204),
    "GET /v1/photos/{id}/collections": Route(ACT),
    "PUT /v1/photos/{id}/like": Route(ACT),
    "DELETE /v1/photos/{id}/like": Route(ACT),
    "PUT /v1/photos/{id}/saved": Route(ACT, 204),
    "DELETE /v1/photos/{id}/saved": Route(ACT, 204),
    "POST /v1/photos/{id}/comments": Route(ACT, 201, NEW_COMMENT, {}, {
        "held owner": 403, "removed owner": 403}),
    "POST /v1/photos/{id}/reports": Route(ACT, 201, REPORT, {}, {
        "* owner": 403, "held *": 404, "held anonymous": 401, "held suspended": 401,
        "removed *": 404, "removed anonymous": 401, "removed suspended": 401,
        "unknown owner": 404}, alone=True),
    "GET /v1/photos/{id}/decision": Route(KEEP, 404, but={"removed owner": 200}),
    "POST /v1/photos/{id}/appeal": Route(KEEP, 409, {"text": "It is a harbour"}, {},
                                         {"removed owner": 201}),
    "PATCH /v1/photos/{id}": Route(EDIT, body={"title": "Harbour"}),
    "PUT /v1/photos/{id}/labels/{name}": Route(EDIT, 404, values={"name": "boat"}),
    "DELETE /v1/photos/{id}/labels/{name}": Route(EDIT, values={"name": "boat"}),
    "DELETE /v1/photos/{id}": Route(EDIT, alone=True),
    # Comments, each of the photo's owner.
    "GET /v1/comments/{id}": Route(HEAR),
    "GET /v1/comments/{id}/replies": Route(HEAR),
    "PATCH /v1/comments/{id}": Route(REWORD, body=NEW_COMMENT),
    "POST /v1/comments/{id}/reports": Route(SPEAK, 201, REPORT, {}, {"* owner": 403,
                                                                     "unknown owner": 404}),
    "GET /v1/comments/{id}/decision": Route(OWN_WORD, 404),
    "POST /v1/comments/{id}/appeal": Route(OWN_WORD, 409, {"text": "It is true"}),
    "DELETE /v1/comments/{id}": Route(REWORD, alone=True),
    # Collections.
    "GET /v1/collections/{id}": Route(BROWSE),
    "GET /v1/collections/{id}/photos": Route(BROWSE),
    "PATCH /v1/collections/{id}": Route(ARRANGE, body={"name": "Harbours"}),
    "PUT /v1/collections/{id}/photos/{photo}": Route(ARRANGE, 204),
    "DELETE /v1/collections/{id}/photos/{photo}": Route(ARRANGE, 204),
    "PUT /v1/collections/{id}/order": Route(ARRANGE, 204, {"photos": []}),
    "DELETE /v1/collections/{id}": Route(ARRANGE, 204, alone=True),
    # Moderation.
    "GET /v1/moderation/waiting": Route(MODERATE),
    "GET /v1/moderation/queue": Route(MODERATE),
    "GET /v1/moderation/cases/{id}": Route(MODERATE, values={"id": "case"}),
    "POST /v1/moderation/cases/{id}/decision": Route(
        MODERATE, 404, {"action": "remove", "reason": "spam"}, values=NOWHERE),
    "POST /v1/moderation/cases/{id}/undo": Route(MODERATE, 404, values=NOWHERE),
    "GET /v1/moderation/audit": Route(MODERATE),
    "GET /v1/moderation/looks": Route(MODERATE),
    "GET /v1/moderation/blocklist": Route(MODERATE),
    "POST /v1/moderation/blocklist": Route(MODERATE, 400, {}),
    "DELETE /v1/moderation/blocklist/{id}": Route(MODERATE, 404, values=NOWHERE),
    "GET /v1/moderation/blocklist/export": Route(MODERATE),
    "POST /v1/moderation/blocklist/import": Route(
        MODERATE, 200, b"", {"Content-Type": "text/plain"}),
    # Administration.
    "GET /v1/admin/mailbox": Route(ADMINISTER),
    "GET /v1/admin/mailbox/{id}/html": Route(ADMINISTER, 404, values=NOWHERE),
    "GET /v1/admin/installation": Route(ADMINISTER),
    "GET /v1/admin/storage": Route(ADMINISTER),
    "POST /v1/admin/storage/check": Route(ADMINISTER, 204),
    "GET /v1/admin/jobs": Route(ADMINISTER),
    "POST /v1/admin/jobs/{id}/retry": Route(ADMINISTER, 409, values=NOWHERE),
    "POST /v1/admin/popular": Route(ADMINISTER),
    "GET /v1/admin/backups": Route(ADMINISTER),
    "POST /v1/admin/backups": Route(ADMINISTER, 400, body={"kind": "none"}),
    "GET /v1/admin/backups/{id}": Route(ADMINISTER, 404, values=NOWHERE),
    "DELETE /v1/admin/backups/{id}": Route(ADMINISTER, 404, values=NOWHERE),
    "GET /v1/admin/backups/{id}/manifest": Route(ADMINISTER, 404, values=NOWHERE),
    "GET /v1/admin/backups/{id}/tables/{table}": Route(ADMINISTER, 404, values=NO_TABLE),
    "GET /v1/admin/outbox": Route(ADMINISTER),
    "GET /v1/admin/bounces": Route(ADMINISTER),
    "GET /v1/admin/users": Route(ADMINISTER),
    "GET /v1/admin/users/{handle}": Route(ADMINISTER, 404, values=STRANGE),
    "POST /v1/admin/users/{handle}/role": Route(
        ADMINISTER, 404, {"role": "member", "reason": "-"}, values=STRANGE),
    "POST /v1/admin/users/{handle}/suspension": Route(
        ADMINISTER, 404, {"suspended": True, "reason": "-"}, values=STRANGE),
    "POST /v1/admin/users/{handle}/quota": Route(
        ADMINISTER, 404, {"bytes": None, "reason": "-"}, values=STRANGE),
    "POST /v1/admin/users/{handle}/sessions/end": Route(
        ADMINISTER, 404, {"reason": "-"}, values=STRANGE),
    "GET /v1/admin/actions": Route(ADMINISTER),
    "GET /v1/admin/overview": Route(ADMINISTER),
    "GET /v1/admin/analytics/{area}": Route(ADMINISTER, values={"area": "people"}),
    "GET /v1/admin/analytics/{area}/{file}": Route(
        ADMINISTER, values={"area": "people", "file": "countries.csv"}),
    "GET /v1/admin/analytics/tags": Route(ADMINISTER),
    "GET /v1/admin/costs": Route(ADMINISTER),
    "GET /v1/admin/costs.csv": Route(ADMINISTER),
    "GET /v1/admin/costs/prices": Route(ADMINISTER),
    "GET /v1/admin/costs/prices.csv": Route(ADMINISTER),
    "PUT /v1/admin/costs/prices/{book}": Route(ADMINISTER, body={"version": 0},
                                               values={"book": "machine"}),
    "GET /v1/admin/costs/projection": Route(ADMINISTER),
    "POST /v1/admin/costs/projection": Route(ADMINISTER, body={"members": "50000"}),
    "GET /v1/admin/costs/projection.csv": Route(ADMINISTER),
    # Nothing was backed up, so there is nothing to ask.
    "POST /v1/admin/query": Route(ADMINISTER, 404, {"sql": "select 1"}),
    "POST /v1/admin/query/download": Route(ADMINISTER, 404, {"sql": "select 1", "format": "csv"}),
    "GET /v1/admin/query/schema": Route(ADMINISTER, 404),
    "DELETE /v1/admin/query/{id}": Route(ADMINISTER, 404, values=NOWHERE),
    "GET /v1/admin/query/saved": Route(ADMINISTER),
    "POST /v1/admin/query/saved": Route(ADMINISTER, 400, {}),
    "PATCH /v1/admin/query/saved/{id}": Route(ADMINISTER, 404, {}, values=NOWHERE),
    "DELETE /v1/admin/query/saved/{id}": Route(ADMINISTER, 404, values=NOWHERE),
}


class Town(Community):
    """One of each viewer, and one of each thing."""

    def __init__(self, server):
        super().__init__(server)
        self.people = {name: self.member(HANDLES.get(name, name)) for name in VIEWERS
                       if name not in ("anonymous", "administrator")}
        self.people["anonymous"] = Client(server.address)
        self.people["administrator"] = self.admin
        self.closed = self.member("closed")
        self.closed.patch("/v1/me", {"private": True, "allow_download": True})
        self.people["owner"].patch("/v1/me", {"allow_download": True})
        server.change("UPDATE accounts SET role = 1 WHERE handle = 'mod'")
        for owner, handle in ((self.people["owner"], "owner"), (self.closed, "closed")):
            self.people["follower"].put(f"/v1/accounts/{handle}/follow")
            owner.put("/v1/accounts/blocked/block")
            self.people["blocker"].put(f"/v1/accounts/{handle}/block")
        # A public account lets nobody wait: to it, who is "pending" is a stranger.
        self.people["pending"].put("/v1/accounts/closed/follow")
        assert self.closed.put("/v1/me/follow-requests/follower").status == 200
        server.change("UPDATE accounts SET state = 1 WHERE handle = 'suspended'")
        wait_for(lambda: self.people["suspended"].get("/v1/me").status == 401)
        self.made = {}
        self.walks = []
        self.width = 400

    def client(self, viewer, subject):
        return self.closed if (viewer, subject) == ("owner", "closed") else self.people[viewer]

    def owner(self, subject):
        return self.client("owner", subject)

    def thing(self, kind, subject):
        if subject == "unknown":
            return UNKNOWN
        if (kind, subject) not in self.made:
            self.made[kind, subject] = getattr(self, "make_" + kind)(subject)
        return self.made[kind, subject]

    def make_photo(self, subject):
        self.width += 3
        owner = self.owner(subject)
        shared = {"reported": "followers"}.get(subject, subject)
        if shared not in ("followers", "private"):
            shared = "public"
        photo = published(owner, self.width, title="Harbour", tags="harbour",
                          visibility=shared)["id"]
        if subject == "held":
            self.server.change("UPDATE photos SET state = 4, reason = 'suggestive'"
                               f" WHERE id = {photo}")
            wait_for(lambda: owner.get(f"/v1/photos/{photo}").json["state"] == "held")
        if subject in ("removed", "reported"):
            report = self.people["follower"].post(f"/v1/photos/{photo}/reports", REPORT)
            assert report.status == 201
        if subject == "removed":
            assert self.decide(photo, "remove").status == 201
        return photo

    def case_of(self, photo):
        cases = self.people["moderator"].get("/v1/moderation/queue?limit=100").json["items"]
        return next(case["id"] for case in cases if case["photo"]["id"] == photo)

    def decide(self, photo, action):
        return self.people["moderator"].post(
            f"/v1/moderation/cases/{self.case_of(photo)}/decision",
            {"action": action, "reason": "fine" if action == "approve" else "spam"})

    def make_comment(self, subject):
        said = self.owner(subject).post(f"/v1/photos/{self.thing('photo', subject)}/comments",
                                        NEW_COMMENT)
        assert said.status == 201
        return said.json["id"]

    def make_collection(self, subject):
        shared = "public" if subject == "closed" else subject
        return self.owner(subject).post("/v1/collections", {
            "name": f"Of {subject}", "visibility": shared}).json["id"]

    def make_account(self, subject):
        if subject in ("target", "shut"):
            one = self.member(subject)
            one.patch("/v1/me", {"private": subject == "shut"})
            one.put("/v1/accounts/blocked/block")
            self.people["blocker"].put(f"/v1/accounts/{subject}/block")
        return {"open": "owner", "nobody": "nobody_here"}.get(subject, subject)

    def make_upload(self, _subject):
        made = tus.create(self.people["owner"], 100)
        assert made.status == 201
        return made.headers["location"].rsplit("/", 1)[1]

    def picture(self, viewer, subject):
        """The address of the picture as this viewer is given it; else without what signs it."""
        photo = self.thing("photo", subject)
        shown = self.client(viewer, subject).get(f"/v1/photos/{photo}")
        urls = shown.json.get("urls", {}) if shown.status == 200 else {}
        return urls.get("320", f"/media/{photo}/320")

    def ask(self, name, subject, viewer):
        route = ROUTES[name]
        client = self.client(viewer, subject)
        method, path = name.split()
        values = dict(route.values)
        if name == "GET /media/{photo}/{rendition}":
            path = self.picture(viewer, subject)
        elif name == "GET /media/p/{photo}/{rendition}":
            path = f"/media/p/{self.thing('photo', subject)}/320"
        elif name == "GET /oembed":
            site = client.get("/robots.txt").body.decode().split("Sitemap: ")[1].split("/site")[0]
            path = f"/oembed?url={site}/photo/{self.thing('photo', subject)}"
        elif route.shape.kind:
            values["handle" if route.shape.kind == "account" else "id"] = self.thing(
                route.shape.kind, subject)
        if "{photo}" in path:
            values["photo"] = self.thing("photo", "public")
        if values.get("id") == "case":
            values["id"] = self.case_of(self.thing("photo", "reported"))
        for key, value in values.items():
            path = path.replace("{" + key + "}", value)
        if "?" in values:
            path += "?" + values["?"]
        return client.request(route.how or method, path, route.body, dict(route.headers),
                              check=method == "GET" and not route.how)


@pytest.fixture(scope="module")
def town(engine):
    server = Server(engine, PICSHARZ_COMMENTS__PER_MINUTE="1000000",
                    PICSHARZ_COMMENTS__PER_HOUR="1000000",
                    PICSHARZ_MODERATION__REFUSALS="0").start()
    yield Town(server)
    server.stop()


def test_every_route_is_in_the_table(town):
    """Denied by default: a new route needs an entry, and an entry a route."""
    routes = json.loads(town.server.run("routes", "--json").stdout)
    named = {f"{route['method']} {route['pattern'].replace('...}', '}')}" for route in routes}
    assert named == set(ROUTES)
    # What the router lets through at all is no wider than what the table allows.
    for route in routes:
        entry = ROUTES[f"{route['method']} {route['pattern'].replace('...}', '}')}"]
        refused = {entry.expect(subject, "anonymous") for subject in entry.shape.subjects}
        assert (route["access"] == "open") == (refused != {401}), route
        assert (route["access"] == "moderator") == (entry.shape is MODERATE), route
        assert (route["access"] == "administrator") == (entry.shape is ADMINISTER), route


def said(answer):
    """All of an answer but what each has of its own: when, which request, what its sender may."""
    own = ("date", "x-request-id")
    if answer.headers.get("content-type", "").startswith("text/html"):
        body = answer.body.decode()
    else:
        body = {name: value for name, value in (answer.json if answer.body else {}).items()
                if name != "request_id"}
    headers = sorted((name, "" if name in own else value) for name, value in answer.headers.items()
                     if not name.startswith("ratelimit"))
    return json.dumps([body, headers])


def test_every_route_with_every_viewer(town):
    wrong = []
    for name, route in ROUTES.items():
        missing = set()  # how it is said that there is nothing
        for subject in route.shape.subjects:
            if route.alone:
                town.made.pop((route.shape.kind, subject), None)
            # The owner last: what others may not do has not happened by then.
            for viewer in sorted(VIEWERS, key=lambda each: each == "owner"):
                wanted = route.expect(subject, viewer)
                if name == "DELETE /v1/sessions/current" and viewer in MEMBERS:
                    kept_client, town.people[viewer] = town.people[viewer], log_in(
                        town.server, HANDLES.get(viewer, viewer))[0]
                    answer = town.ask(name, subject, viewer)
                    town.people[viewer] = kept_client
                else:
                    answer = town.ask(name, subject, viewer)
                if answer.status == 404:
                    missing.add(said(answer))
                if answer.status != wanted:
                    wrong.append(f"{name} | {subject} | {viewer}: {answer.status}, not {wanted}"
                                 f" {answer.body[:120] if answer.status >= 400 else b''}")
            if route.alone:
                town.made.pop((route.shape.kind, subject), None)
        if len(missing) > 1:
            wrong.append(f"{name}: what may not be seen differs from what is not there: {missing}")
    assert not wrong, "\n" + "\n".join(wrong)


# The lattice of roles (A30): an office adds to what everybody may, and takes nothing from an owner.

LATTICE = ("anonymous", "stranger", "moderator", "administrator")
# By which name of the table somebody without a relation to anybody goes, for each role.
CLIMB = {"member": "stranger", "moderator": "moderator", "administrator": "administrator"}


def may(route, subject, viewer):
    """Also where what is asked for is then not there, or the password is wrong."""
    return dataclasses.replace(route, ok=200).expect(subject, viewer) not in (401, 403, 404)


def test_a30_a_higher_role_may_whatever_a_lower_one_may():
    """And what is its owner's alone comes with no office: its words, its file, its appeal."""
    for name, route in ROUTES.items():
        for subject in route.shape.subjects:
            for lower, higher in zip(LATTICE, LATTICE[1:]):
                assert may(route, subject, higher) or not may(route, subject, lower), (
                    name, subject, higher)
            if route.shape in (EDIT, KEEP, REWORD, OWN_WORD, ARRANGE, UPLOAD):
                able = {viewer for viewer in VIEWERS if may(route, subject, viewer)}
                assert able <= {"owner"}, (name, subject, able)


def test_a30_whoever_climbs_and_falls_may_what_the_table_says(town):
    """A property over random ways through the lattice; PICSHARZ_SEED repeats one."""
    seed = int(os.environ.get("PICSHARZ_SEED", random.randrange(1 << 30)))
    print(f"PICSHARZ_SEED={seed}")
    dice = random.Random(seed)
    town.member("climber")
    questions = [(name, subject) for name, route in ROUTES.items() if not route.alone
                 # Answered by what somebody has, or by who they are, and not by their role.
                 and not route.but and name != "DELETE /v1/sessions"
                 for subject in route.shape.subjects]
    offices = [("POST /v1/me/invitations", "-")] + [
        (name, subject) for name, subject in questions
        if ROUTES[name].shape in (MODERATE, ADMINISTER)]
    role = "member"
    for _ in range(CLIMBS):
        role = dice.choice([each for each in CLIMB if each != role])
        assert town.server.run("account", "role", "climber", role).returncode == 0
        town.people["climber"] = log_in(town.server, "climber")[0]
        for name, subject in dice.sample(questions, 20) + dice.sample(offices, 6):
            wanted = ROUTES[name].expect(subject, CLIMB[role])
            answer = town.ask(name, subject, "climber")
            assert answer.status == wanted, (role, name, subject, answer.body[:200])


# The same after every change of a state, with the addresses that were given out before.

WALKERS = ("anonymous", "stranger", "fan", "asker", "host", "moderator", "administrator")
AMONG_PEOPLE = ("/likes", "/comments")
EVERYBODY, HOST = set(WALKERS), {"host"}
FANS = {"fan", "host"}


class Walk:
    """One account with a photo of each visibility, and what everybody was shown of them."""

    def __init__(self, town):
        self.town = town
        self.people = {name: town.people[name] for name in ("anonymous", "stranger", "moderator",
                                                            "administrator")}
        self.handle = f"host{len(town.walks)}"
        town.walks.append(self)
        self.people |= {name: town.member(f"{name}{len(town.walks) - 1}")
                        for name in ("fan", "asker", "host")}
        self.host = self.people["host"]
        self.host.patch("/v1/me", {"allow_download": True})
        self.people["fan"].put(f"/v1/accounts/{self.handle}/follow")
        self.photos = {}
        self.collection = self.host.post("/v1/collections", {"name": "All"}).json["id"]
        for index, name in enumerate(("public", "followers", "private")):
            photo = published(self.host, 700 + index, title="Lighthouse", tags="lighthouse",
                              visibility=name)["id"]
            self.photos[name] = photo
            self.host.put(f"/v1/collections/{self.collection}/photos/{photo}")
        self.given = {name: {} for name in self.photos}  # address -> who got it, and its ETag

    def lists(self, viewer):
        client = self.people[viewer]
        paths = ["/v1/feed/recent", f"/v1/accounts/{self.handle}/photos", "/v1/tags/lighthouse",
                 "/v1/search?q=lighthouse", f"/v1/collections/{self.collection}/photos"]
        if viewer != "anonymous":
            paths += ["/v1/feed/home", "/v1/me/likes", "/v1/me/saved"]
        for path in paths:
            answer = client.get(path)
            if answer.status == 200:
                yield path, {item["id"] for item in answer.json["items"]}

    def check(self, sees, among=None, gets=None, listed=None):
        """Who sees each photo; where those are fewer, who sees what people said and did there, who
        gets its file, and in whose lists it is."""
        among, gets, listed = (some or sees for some in (among, gets, listed))
        for name, photo in self.photos.items():
            for viewer, client in self.people.items():
                at = f"/v1/photos/{photo}"
                asked = [(at + page, among) for page in AMONG_PEOPLE]
                for path, who in [(at, sees), *asked, (at + "/download", gets)]:
                    wanted = 200 if viewer in who[name] else 404
                    assert client.get(path).status == wanted, (name, viewer, path)
                # The address of what is shared with all has no viewer in it: proxies keep it.
                self.check_pictures(name, viewer, viewer in gets[name], "anonymous" in gets[name])
        own = {photo: self.host.get(f"/v1/photos/{photo}").json for photo in self.photos.values()}
        held = {photo for photo, view in own.items() if view.get("state") == "held"}
        for viewer in self.people:
            lists = dict(self.lists(viewer))
            if viewer == "host":  # the owner's search, and no list, finds what is held
                assert held <= lists["/v1/search?q=lighthouse"]
                lists["/v1/search?q=lighthouse"] -= held
            hidden = {photo for name, photo in self.photos.items() if viewer not in listed[name]}
            for path, found in lists.items():
                assert not found & hidden, (viewer, path)
            if viewer in listed["public"]:
                assert self.photos["public"] in lists[f"/v1/accounts/{self.handle}/photos"], viewer

    def check_pictures(self, name, viewer, visible, for_all):
        said = f"{name} photo, {viewer}"
        client = self.people[viewer]
        shown = client.get(f"/v1/photos/{self.photos[name]}")
        url = shown.json.get("urls", {}).get("320") if shown.status == 200 else None
        if visible:
            assert url, said
            picture = client.get(url)
            assert picture.status == 200, said
            self.given[name].setdefault(url, (viewer, picture.headers["etag"]))
        for old, (whose, etag) in self.given[name].items():
            if visible and whose == viewer:
                continue  # it is shown to them, by this address or a newer one
            if for_all:
                continue
            asked = {"If-None-Match": etag}
            wait_for(lambda: client.get(old).status == 404, 5)
            assert client.get(old, headers=asked).status == 404, (said, whose)
        stable = client.get(f"/media/p/{self.photos[name]}/320").status
        assert for_all or stable == 404, said


def test_every_state_change_is_seen_by_all(town):
    walk = Walk(town)
    host, fan, asker = (walk.people[name] for name in ("host", "fan", "asker"))
    at = {name: f"/v1/photos/{photo}" for name, photo in walk.photos.items()}
    for name in ("public", "followers"):
        fan.put(at[name] + "/like")
        fan.put(at[name] + "/saved")

    def sees(public, followers=HOST):
        return {"public": public, "followers": followers, "private": HOST}

    walk.check(sees(EVERYBODY, FANS))
    host.patch("/v1/me", {"private": True})
    walk.check(sees(FANS, FANS))
    assert asker.put(f"/v1/accounts/{walk.handle}/follow").json["requested"]
    walk.check(sees(FANS, FANS))
    host.put(f"/v1/me/follow-requests/{asker.account['handle']}")
    walk.check(sees(FANS | {"asker"}, FANS | {"asker"}))
    host.delete(f"/v1/me/followers/{asker.account['handle']}")
    walk.check(sees(FANS, FANS))
    host.patch("/v1/me", {"private": False})
    walk.check(sees(EVERYBODY, FANS))
    fan.delete(f"/v1/accounts/{walk.handle}/follow")
    walk.check(sees(EVERYBODY))
    fan.put(f"/v1/accounts/{walk.handle}/follow")
    walk.check(sees(EVERYBODY, FANS))
    host.put(f"/v1/accounts/{fan.account['handle']}/block")
    walk.check(sees(EVERYBODY - {"fan"}))
    host.delete(f"/v1/accounts/{fan.account['handle']}/block")
    walk.check(sees(EVERYBODY))
    fan.put(f"/v1/accounts/{walk.handle}/block")
    walk.check(sees(EVERYBODY - {"fan"}))
    fan.delete(f"/v1/accounts/{walk.handle}/block")
    fan.put(f"/v1/accounts/{walk.handle}/follow")
    for visibility, public in (("followers", FANS), ("private", HOST), ("public", EVERYBODY)):
        host.patch(at["public"], {"visibility": visibility})
        walk.check(sees(public, FANS))


def test_what_moderators_do_is_seen_by_all(town):
    walk = Walk(town)
    host, fan, moderator = (walk.people[name] for name in ("host", "fan", "moderator"))
    photo = walk.photos["followers"]
    with_staff = FANS | STAFF

    def of(followers, public=EVERYBODY):
        return {"public": public, "followers": followers, "private": HOST}

    walk.check(of(FANS))
    assert fan.post(f"/v1/photos/{photo}/reports", REPORT).status == 201
    walk.check(of(with_staff), among=of(FANS), listed=of(FANS))
    removed = town.decide(photo, "remove")
    assert removed.status == 201
    walk.check(of(HOST | STAFF), among=of(HOST), gets=of(set()), listed=of(set()))
    case = removed.headers["location"].rsplit("/", 1)[1]
    assert moderator.request("POST", f"/v1/moderation/cases/{case}/undo").status == 201
    walk.check(of(with_staff), among=of(FANS), listed=of(FANS))
    assert town.decide(photo, "keep_hidden").status == 201
    walk.check(of(HOST | STAFF), among=of(HOST), listed=of(set()))
    assert moderator.request("POST", f"/v1/moderation/cases/{case}/undo").status == 201
    assert town.decide(photo, "approve").status == 201
    walk.check(of(FANS))
    # Suspended: only what all could see is left, to moderators.
    town.server.change(f"UPDATE accounts SET state = 1 WHERE handle = '{walk.handle}'")
    wait_for(lambda: host.get("/v1/me").status == 401)
    nobody = {name: set() for name in walk.photos}
    walk.check(nobody | {"public": STAFF}, among=nobody, listed=nobody)
    assert fan.get(f"/v1/accounts/{walk.handle}").status == 404
    town.server.change(f"UPDATE accounts SET state = 0 WHERE handle = '{walk.handle}'")
    walk.people["host"] = walk.host = log_in(town.server, walk.handle)[0]
    walk.check(of(FANS))
    for gone in walk.photos.values():
        assert walk.host.delete(f"/v1/photos/{gone}").status == 200
    walk.check(nobody)
