"""Pages made by the server: what is in them for whom; nothing that a person types runs there."""
import gzip
import html.parser
import json

import pytest

from support.client import PASSWORD, Client, wait_for
from support.pictures import png
from support.server import Server
from test_people import published

pytestmark = pytest.mark.one_engine  # the shell around pages

# What people tried elsewhere, in shapes: each ends a place where text may stand.
ENDS = ["", "\"", "'", "\">", "'>", "</title>", "</script>", "</ScRiPt >", "</noscript>", "-->",
        "<!--", "<!--<script>", "]]>", "\\\"", "&quot;", "&lt;", "%22%3E"]
PAYLOADS = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
            " onmouseover=alert(1) x=", "<style>*{display:none}</style>", "{{7*7}}${7*7}",
            "<base href=//evil.example>"]
SHAPES = [end + payload for end in ENDS for payload in PAYLOADS] + ["javascript:alert(1)"]
OURS = {"html", "head", "meta", "title", "link", "script", "body", "div", "noscript", "h1", "p",
        "ul", "li", "a", "img", "picture", "source"}


class Page(html.parser.HTMLParser):
    """What a browser makes of a document: its elements, and what stands in them."""

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.inside = []
        self.title = ""
        self.texts = {"data": "", "program": ""}  # by the id of the element that they are in
        self.status = answer.status
        self.text = answer.body.decode()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "source"):
            self.inside.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.inside and self.inside.pop()[0] == tag, f"{tag} ends nothing"

    def handle_data(self, data):
        if self.inside and self.inside[-1][0] == "title":
            self.title += data
        if self.inside and self.inside[-1][1].get("id") in self.texts:
            self.texts[self.inside[-1][1]["id"]] += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def meta(self, name):
        return next((m.get("content") for m in self.all("meta")
                     if name in (m.get("name"), m.get("property"))), None)

    @property
    def answers(self):
        return json.loads(self.texts["data"])["answers"] if self.texts["data"] else {}

    @property
    def program(self):
        """The program and its parts, where they wait for the picture that is in the document."""
        return json.loads(self.texts["program"] or "[]")

    @property
    def modules(self):
        """The parts of the program that the page names, at once or for later."""
        return {link["href"] for link in self.all("link")
                if link["rel"] == "modulepreload"} | set(self.program[1:])

    @property
    def root(self):
        return self.all("html")[0]


def visit(client, path, status=200, **more):
    answer = client.get(path, **more)
    assert answer.status == status, (path, answer.status, answer.body[:300])
    page = Page(answer)
    check_inert(page)
    return page


def check_inert(page):
    """Nothing in a page runs or draws but the files of the application."""
    assert not page.inside
    for tag, attrs in page.elements:
        assert tag in OURS, (tag, attrs)
        for name in attrs:
            assert not name.startswith("on") and name != "style", (tag, attrs)
        if tag == "script":
            assert attrs.get("type") == "application/json" or attrs["src"].startswith("/assets/")
        if tag in ("a", "img"):
            assert (attrs.get("href") or attrs.get("src")).startswith("/"), attrs


@pytest.fixture(scope="module")
def mei(community):
    one = community.member("mei", name="Mei Tan")
    one.patch("/v1/me", {"bio": "Boats, mostly.\nAnd harbours."})
    return one


@pytest.fixture(scope="module")
def boat(mei):
    return published(mei, 700, title="Boat", description="A boat\nin the harbour.",
                     alt="A small boat", tags="harbour")


@pytest.fixture
def visitor(server):
    return Client(server.address)


@pytest.fixture(scope="module")
def ada(community):
    fan = community.member("fan_of_mei")
    fan.put("/v1/accounts/mei/follow")
    return fan


def same_answers(client, page, *paths):
    """What is in the page is what the API says, byte for byte."""
    assert list(page.answers) == list(paths)
    for path in paths:
        answer = client.get(path).body.decode()
        assert json.dumps(path)[1:-1] + '":' + answer in page.text, path


def test_a_visitor_is_given_the_recent_photos(visitor, boat):
    for path in ("/", "/recent", "/explore"):
        page = visit(visitor, path)
        same_answers(visitor, page, "/v1/instance", "/v1/feed/recent")
        assert boat["id"] in [photo["id"] for photo in
                              page.answers["/v1/feed/recent"]["items"]]
    same_answers(visitor, visit(visitor, "/popular"), "/v1/instance", "/v1/popular")
    same_answers(visitor, visit(visitor, "/search?q=boat"))
    same_answers(visitor, visit(visitor, "/tags/harbour"), "/v1/instance", "/v1/tags/harbour")


def test_a_member_is_given_their_own_feed(ada, boat):
    page = visit(ada, "/")
    same_answers(ada, page, "/v1/instance", "/v1/me", "/v1/feed/home")
    assert [photo["id"] for photo in page.answers["/v1/feed/home"]["items"]] == [boat["id"]]
    assert page.answers["/v1/me"]["handle"] == "fan_of_mei"
    same_answers(ada, visit(ada, "/recent"), "/v1/instance", "/v1/me", "/v1/feed/recent")


def test_a_photo_has_a_card_for_other_sites(visitor, ada, boat, server):
    path = "/photo/" + boat["id"]
    for address in (path, path + "/view"):
        page = visit(visitor, address)
        same_answers(visitor, page, "/v1/instance", "/v1/photos/" + boat["id"])
        assert page.title == page.meta("og:title") == "Boat · Mei Tan · Picsharz"
        assert page.meta("description") == page.meta("og:description") == "A boat in the harbour."
        assert page.meta("og:type") == "article"
        assert page.meta("twitter:card") == "summary_large_image"
        assert page.meta("og:image:alt") == "A small boat"
        assert page.meta("og:url").endswith(path)
        assert page.meta("robots") is None
        canonical = next(link for link in page.all("link") if link["rel"] == "canonical")
        assert canonical["href"] == page.meta("og:url")
        picture = visitor.get("/media/" + page.meta("og:image").split("/media/", 1)[1])
        assert picture.status == 200
        assert page.meta("og:image:width") == "640" or int(page.meta("og:image:width")) > 640
    # The same for somebody who is signed in, without what only other sites read.
    page = visit(ada, path)
    same_answers(ada, page, "/v1/instance", "/v1/me", "/v1/photos/" + boat["id"])
    assert page.title == "Boat · Mei Tan · Picsharz"
    assert page.meta("og:title") is None and page.meta("robots") == "noindex"


def test_a_profile_has_a_card_where_everybody_may_see_it(community, visitor, mei, boat):
    page = visit(visitor, "/@mei")
    same_answers(visitor, page, "/v1/instance", "/v1/accounts/mei", "/v1/accounts/mei/photos")
    assert page.title == page.meta("og:title") == "Mei Tan · @mei · Picsharz"
    assert page.meta("og:description") == "Boats, mostly. And harbours."
    assert page.meta("og:type") == "profile" and page.meta("robots") is None
    shy = community.member("shy_one")
    shy.patch("/v1/me", {"private": True, "bio": "Not for all"})
    page = visit(visitor, "/@shy_one")
    assert page.meta("og:title") is None and page.meta("robots") == "noindex"
    community.server.change("UPDATE accounts SET state = 1 WHERE handle = 'shy_one'")
    wait_for(lambda: visitor.get("/@shy_one").status == 404)


def test_what_is_not_shown_is_as_what_is_not_there(community, visitor, mei, ada):
    hidden = published(mei, 704, title="Secret", visibility="private")["id"]
    collection = mei.post("/v1/collections", {"name": "Kept", "visibility": "private"}).json["id"]
    mei.put(f"/v1/collections/{collection}/photos/{hidden}")
    blocked = community.member("blocked_by_mei")
    mei.put("/v1/accounts/blocked_by_mei/block")
    assert visit(mei, "/photo/" + hidden).title.startswith("Secret")

    def told(client, path):
        answer = client.get(path)
        own = ("date", "x-request-id", "ratelimit", "ratelimit-policy")
        return answer.status, answer.body, {name: value for name, value in answer.headers.items()
                                            if name not in own}

    for client in (visitor, ada, blocked):
        nothing = told(client, "/photo/1")
        assert nothing[0] == 404 and b'id="data"' not in nothing[1]
        for path in ("/photo/" + hidden, f"/photo/{hidden}/view", "/photo/x",
                     "/collections/" + collection, "/collections/1", "/@nobody_at_all"):
            assert told(client, path) == nothing, path
    assert told(blocked, "/@mei") == told(visitor, "/photo/1")
    assert told(visitor, "/@mei")[0] == 200
    # The same again for one that was shown a moment ago.
    shown = published(mei, 705, title="Soon gone")["id"]
    assert told(visitor, "/photo/" + shown)[0] == 200
    mei.patch("/v1/photos/" + shown, {"visibility": "followers"})
    wait_for(lambda: told(visitor, "/photo/" + shown) == told(visitor, "/photo/1"))
    assert told(ada, "/photo/" + shown)[0] == 200


def test_a_collection(visitor, mei, boat):
    made = mei.post("/v1/collections", {"name": "Harbours", "description": "All of them",
                                        "visibility": "public"}).json["id"]
    mei.put(f"/v1/collections/{made}/photos/{boat['id']}")
    page = visit(visitor, "/collections/" + made)
    same_answers(visitor, page, "/v1/instance", "/v1/collections/" + made,
                 f"/v1/collections/{made}/photos")
    assert page.title.startswith("Harbours · ") and page.meta("og:description") == "All of them"


def test_a_handle_of_the_past_leads_on(community, visitor, mei):
    one = community.member("old_name")
    assert one.patch("/v1/me", {"handle": "new_name"}).status == 200
    moved = visitor.get("/@old_name")
    assert (moved.status, moved.headers["location"]) == (301, "/@new_name")
    assert moved.headers["cache-control"] == "no-store" and moved.body == b""
    assert visit(visitor, "/@new_name").title.endswith("@new_name · Picsharz")
    one.put("/v1/accounts/mei/block")
    assert mei.get("/@old_name").status == mei.get("/@new_name").status == 404


def test_headers(visitor, ada, boat):
    for client in (visitor, ada):
        for path in ("/", "/photo/" + boat["id"], "/@mei", "/settings", "/photo/1"):
            answer = client.get(path, check=path != "/settings")
            assert answer.headers["cache-control"] == "private, no-cache"
            assert {"Cookie", "Authorization", "Accept-Language", "Accept-Encoding"} <= set(
                answer.headers["vary"].split(", "))
            policy = answer.headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy and "script-src 'self';" in policy
            assert "require-trusted-types-for 'script'" in policy and "unsafe" not in policy
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["x-content-type-options"] == "nosniff"
    head = visitor.request("HEAD", "/@mei", check=False)
    assert head.status == 200 and head.body == b""
    assert visitor.request("POST", "/@mei", check=False).status == 405


def test_theme_and_language_of_the_reader(visitor):
    def seen(path="/", cookie="", language=""):
        return visit(visitor, path, headers={"Cookie": cookie, "Accept-Language": language})

    assert "data-theme" not in seen().root and seen().root["lang"] == "en"
    assert len([m for m in seen().all("meta") if m.get("name") == "theme-color"]) == 2
    for theme in ("light", "dark"):
        for path in ("/", "/login", "/photo/1"):
            answer = visitor.get(path, headers={"Cookie": "a=b; theme=" + theme},
                                 check=path != "/login")
            page = Page(answer)
            assert page.root["data-theme"] == theme and page.meta("color-scheme") == theme
            colours = [m for m in page.all("meta") if m.get("name") == "theme-color"]
            assert len(colours) == 1 and "media" not in colours[0]
    for odd in ("theme=blue", "theme=", "theme=\"><script>", "lang=tlh", "lang=\"><script>"):
        assert seen(cookie=odd).root == {"lang": "en"}, odd
    assert seen(language="tlh, x;q=9").root == {"lang": "en"}


def catalogues(page):
    """The modules that are fetched ahead, without what makes their names unique."""
    return sorted({path.split("/")[-1].split("-")[0] for path in page.modules}
                  & {"spoken", "errors", "photo", "social"})


def test_the_language_of_the_reader(visitor, boat):
    def seen(path="/", cookie="", language=""):
        page = visit(visitor, path, headers={"Cookie": cookie, "Accept-Language": language})
        return page.root["lang"], catalogues(page)

    photo = "/photo/" + boat["id"]
    for language in ("de", "de-AT, en;q=0.5", "tlh, de;q=0.9, en;q=0.1", "DE"):
        assert seen(language=language)[0] == "de", language
    assert seen(language="fr-CA")[0] == "fr" and seen(language="es-419, es;q=0.9")[0] == "es"
    for language in ("", "en", "en-SG, de;q=0.8", "tlh", "tlh, x;q=9"):
        assert seen(language=language)[0] == "en", language
    # The cookie is the reader's own choice, so it is asked first; an unknown one is none.
    assert seen(cookie="lang=de", language="fr")[0] == "de"
    assert seen(cookie="a=b; lang=en", language="de")[0] == "en"
    assert seen(cookie="lang=tlh", language="de")[0] == "de"
    # Each page brings its texts along; English has its core in the program, and what refusals say
    # comes after the first draw.
    assert seen(photo, language="de") == ("de", ["photo", "social", "spoken"])
    assert seen(photo) == ("en", ["photo", "social"])
    for path in ("/login", "/photo/1", "/nothing/here"):
        page = Page(visitor.get(path, headers={"Accept-Language": "de"}, check=False))
        assert page.root["lang"] == "de" and "spoken" in catalogues(page), path


def test_the_language_of_the_account(ada, community):
    before = ada.get("/v1/me").json["settings"]["language"]
    french = {"Accept-Language": "fr"}
    try:
        ada.patch("/v1/me", {"language": "de"})
        for path in ("/", "/recent", "/search?q=boat"):
            assert visit(ada, path, headers=french).root["lang"] == "de", path
        # A page that carries nothing is made without asking who reads it; a browser is told the
        # language when somebody signs in there, whatever it had before.
        browser = Client(community.server.address, browser=True)
        browser.cookies["lang"] = "es"
        assert visit(browser, "/settings", headers=french).root["lang"] == "es"
        answer = browser.post("/v1/sessions", {"login": "fan_of_mei", "password": PASSWORD})
        assert answer.status == 201 and browser.cookies["lang"] == "de"
        for path in ("/", "/recent", "/search?q=boat", "/settings", "/settings/data", "/upload"):
            assert visit(browser, path, headers=french).root["lang"] == "de", path
        # What scripts of the page read as well, for as long as browsers keep a cookie.
        told = next(value for value in answer.set_cookies if value.startswith("lang="))
        assert told == "lang=de; Path=/; Max-Age=34560000; SameSite=Lax"
    finally:
        ada.patch("/v1/me", {"language": before})


def test_a_program_is_told_no_language(community):
    program = Client(community.server.address)
    program.post("/v1/sessions",
                 {"login": "fan_of_mei", "password": PASSWORD, "use": "token"})
    assert program.cookies == {}


def test_pages_that_carry_nothing(visitor, ada):
    for client in (visitor, ada):
        for path in ("/settings", "/me", "/photo", "/@", "/nothing/here"):
            page = visit(client, path, check=False)
            assert page.answers == {} and page.meta("robots") == "noindex", path
            assert page.title == "Picsharz"
    for path in ("/about", "/help", "/login", "/signup", "/terms"):
        assert visit(visitor, path, check=False).meta("robots") is None
    for path in ("/v1", "/v1/nothing", "/media/x", "/assets/none.js", "/shell.json", "/index.html"):
        answer = visitor.get(path, check=False)
        assert answer.status == (404 if not path.startswith(("/shell", "/index")) else 200), path
        assert b"catalogues" not in answer.body  # that is for the server alone


def test_where_photos_are_uploaded_it_is_known_who_is_here(visitor, ada):
    page = visit(visitor, "/upload")
    assert set(page.answers) == {"/v1/instance"}
    page = visit(ada, "/upload")
    assert set(page.answers) == {"/v1/instance", "/v1/me"}
    assert page.answers["/v1/me"] == ada.get("/v1/me").json
    assert page.meta("robots") == "noindex" and page.title == "Picsharz"


def test_without_scripts_the_photos_are_links(visitor, ada, boat):
    for path in ("/", "/recent", "/popular", "/@mei", "/tags/harbour", "/photo/" + boat["id"]):
        page = visit(visitor, path)
        if path == "/popular":
            continue  # nothing is ranked here
        links = [a["href"] for a in page.all("a")]
        assert "/photo/" + boat["id"] in links, path
        pictures = [img for img in page.all("img") if img.get("loading") == "lazy"]
        assert len(pictures) == len(links)
        image = pictures[links.index("/photo/" + boat["id"])]
        assert image["alt"] == "A small boat" and image["width"] == "640"
        assert visitor.get(image["src"]).status == 200
        text = page.text[page.text.index("<noscript>"):]
        assert "<a" in text[:text.index("</noscript>")]
    assert not visit(ada, "/").all("img")


def test_nothing_that_people_type_runs(community, visitor):
    """A22: in every place of a page that holds somebody's words."""
    one = community.member("payloads")
    photo = published(one, 706)["id"]
    collection = one.post("/v1/collections", {"name": "c", "visibility": "public"}).json["id"]
    one.put(f"/v1/collections/{collection}/photos/{photo}")
    assert len(SHAPES) >= 120
    for shape in SHAPES:
        tag = shape[:40].replace(",", " ")
        assert one.patch("/v1/photos/" + photo, {"title": shape, "description": shape,
                                                 "alt": shape, "place": shape}).status == 200
        assert one.patch("/v1/me", {"name": shape[:50], "bio": shape}).status == 200
        assert one.patch("/v1/collections/" + collection, {
            "name": shape[:60], "description": shape}).status == 200
        asked = Client.get(visitor, "/v1/photos/" + photo).json
        page = visit(visitor, "/photo/" + photo)
        assert page.answers["/v1/photos/" + photo] == asked and asked["title"] == shape.strip()
        assert page.title.startswith(shape.strip()), shape
        assert page.meta("og:title") == page.title
        assert page.all("img")[0]["alt"] == shape.strip()
        page = visit(visitor, "/@payloads")
        assert page.answers["/v1/accounts/payloads"]["bio"] == shape
        page = visit(visitor, "/collections/" + collection)
        assert page.answers["/v1/collections/" + collection]["description"] == shape.strip()
        for client in (visitor, one):
            visit(client, "/")
        from urllib.parse import quote
        page = visit(visitor, "/search?q=" + quote(shape))
        assert page.title.startswith(" ".join(shape.split())[:20])
        visit(visitor, "/tags/" + quote(tag, safe=""))
        visit(visitor, "/@" + quote(shape, safe=""), check=False, status=Client.get(
            visitor, "/@" + quote(shape, safe=""), check=False).status)


def test_a_page_of_twenty_photos_is_small(community, visitor):
    one, fan = community.member("many_photos"), community.member("fan_of_many")
    fan.put("/v1/accounts/many_photos/follow")
    for index in range(20):
        published(one, 720 + index, title=f"Photo {index} of a harbour in the morning",
                  description="Boats come back with what they found in the night. " * 3,
                  alt="Boats at a quay, people who carry boxes", tags="harbour,boats,morning")
    for client in (fan, visitor):
        page = visit(client, "/")
        lists = [answer for path, answer in page.answers.items() if path.startswith("/v1/feed/")]
        assert len(lists[0]["items"]) == 20
        sent = client.get("/", headers={"Accept-Encoding": "gzip"})
        assert sent.headers["content-encoding"] == "gzip" and len(sent.body) <= 14_000
        assert gzip.decompress(sent.body) == page.text.encode()


def test_pages_are_packed_where_the_browser_takes_it(visitor, ada, mei, boat):
    for client in (visitor, ada):
        for path in ("/", "/photo/" + boat["id"], "/@mei", "/tags/harbour", "/search?q=boat",
                     "/settings", "/photo/1"):
            def sent(**headers):
                answer = client.get(path, headers=headers, check=path != "/settings")
                return answer.headers.get("content-encoding"), answer.body

            coding, plain = sent()
            assert coding is None and len(plain) > 1024, path
            for accepted in ("gzip", "br;q=1, gzip;q=0.5"):
                for _again in range(2):
                    coding, packed = sent(**{"Accept-Encoding": accepted})
                    assert coding == "gzip" and gzip.decompress(packed) == plain, path
            for refused in ("br", "gzip;q=0", "identity"):
                assert sent(**{"Accept-Encoding": refused}) == (None, plain), path


def test_what_repeats_the_address_holds_nothing_of_anybody(ada):
    """BREACH: a text that another site chose is not packed together with what is somebody's."""
    page = visit(ada, "/search?q=fan_of_mei")
    assert page.answers == {} and "@example" not in page.text
    assert page.text.count("fan_of_mei") == 2  # the title, and for readers without scripts


def test_a_member_who_was_sent_here_is_told_it_unpacked(engine):
    from support.client import Community
    server = Server(engine, PICSHARZ_INSTANCE__BASE_URL="https://photos.example.org").start()
    try:
        club = Community(server)
        member, visitor = club.member("insider"), Client(server.address)

        def coding(client, path, site):
            headers = {"Accept-Encoding": "gzip", **({"Sec-Fetch-Site": site} if site else {})}
            return client.get(path, headers=headers, check=False).headers.get("content-encoding")

        for path in ("/", "/tags/x", "/@insider"):
            for site in ("same-origin", "none"):
                assert coding(member, path, site) == "gzip"
            for site in ("cross-site", "same-site", ""):
                assert coding(member, path, site) is None
                assert coding(visitor, path, site) == "gzip"
    finally:
        server.stop()


def test_what_a_visitor_saw_is_not_shown_for_longer_than_it_is_so(visitor, mei):
    """Pages that were written a moment ago are kept; what is in them is asked for each time."""
    photo = published(mei, 708, title="First words")["id"]
    path = "/photo/" + photo
    for title in ("First words", "Other words", "First words"):
        assert mei.patch("/v1/photos/" + photo, {"title": title}).status == 200
        for _again in range(2):
            page = visit(visitor, path)
            assert page.title.startswith(title)
            assert page.answers["/v1/photos/" + photo]["title"] == title
    dark = visit(visitor, path, headers={"Cookie": "theme=dark"})
    assert dark.root["data-theme"] == "dark"
    assert "data-theme" not in visit(visitor, path).root
    assert mei.delete("/v1/photos/" + photo).status == 200
    visit(visitor, path, status=404)


def test_what_the_page_needs_is_fetched_ahead(visitor, ada, mei, boat):
    def ahead(page, what):
        return [link for link in page.all("link") if what in (link["rel"], link.get("as"))]

    for path, pictures in (("/", 8), ("/photo/" + boat["id"], 1), ("/@mei", 8),
                           ("/tags/harbour", 8)):
        page = visit(visitor, path)
        photos = [answer for answer in page.answers.values() if "urls" in answer]
        for answer in page.answers.values():
            photos += answer.get("items", [])
        assert photos
        found = ahead(page, "image")
        assert len(found) == min(pictures, len(photos)), path
        for link, photo in zip(found, photos):
            assert photo["urls"]["640"] in link["imagesrcset"] and link["imagesizes"]
        # A list names one picture before the program, and on a wide screen others.
        assert [link.get("fetchpriority") for link in found] == ["high"] + [None] * (len(found) - 1)
        assert all(link["media"] == "(min-width: 768px)" for link in found[1:]), path
        # What stands before the width of the page is chosen as for a screen of 980 px.
        assert page.text.index("width=device-width") < page.text.index("imagesrcset")
        styles = {link["href"] for link in ahead(page, "font") + ahead(page, "stylesheet")}
        for file in styles | page.modules:
            assert visitor.get(file, check=False).status == 200, file
        assert [link["media"] for link in ahead(page, "font")] == ["(min-width: 768px)"]
    # Beyond what every page needs, these their own modules.
    first = visit(visitor, "/").modules
    assert first == visit(visitor, "/popular").modules
    for path in ("/photo/" + boat["id"], "/@mei", "/tags/harbour", "/search", "/upload",
                 "/settings", "/login"):
        assert visit(visitor, path, check=False).modules - first, path
    feed = visit(ada, "/")
    listed = feed.answers["/v1/feed/home"]["items"]
    assert len(ahead(feed, "image")) == min(2, len(listed)) > 0


def test_a_visitor_sees_the_photo_before_the_application(visitor, ada, boat):
    path = "/photo/" + boat["id"]
    page = visit(visitor, path)
    pictures = [img for img in page.all("img") if "srcset" in img]
    assert len(pictures) == 1
    picture, photo = pictures[0], page.answers["/v1/photos/" + boat["id"]]
    (ahead,) = [link for link in page.all("link") if link.get("as") == "image"]
    assert picture["srcset"] == ahead["imagesrcset"] and picture["sizes"] == ahead["imagesizes"]
    assert picture["src"] == photo["urls"]["640"] and picture["alt"] == photo["alt"]
    assert (picture["width"], picture["height"]) == (str(photo["width"]), str(photo["height"]))
    # In the place of the program stands what asks for it later.
    (starter,) = [script["src"] for script in page.all("script") if "src" in script]
    (program,) = [script["src"] for script in visit(visitor, "/").all("script") if "src" in script]
    assert page.program[0] == program != starter
    for file in (starter, *page.program):
        assert visitor.get(file, check=False).status == 200, file
    # A browser keeps the pages of members for whoever comes back there; the viewer draws elsewhere.
    for client, other in ((ada, path), (visitor, path + "/view"), (visitor, "/")):
        assert not [img for img in visit(client, other).all("img") if "srcset" in img], other


def test_a_moderator_who_looks_is_on_record(community, mei):
    mod = community.member("mod_of_pages")
    community.server.change("UPDATE accounts SET role = 1 WHERE handle = 'mod_of_pages'")
    wait_for(lambda: mod.get("/v1/moderation/looks").status == 200)
    held = published(mei, 707, title="Held")["id"]
    community.server.change(f"UPDATE photos SET state = 4, reason = 'suggestive' WHERE id = {held}")
    wait_for(lambda: mei.get("/v1/photos/" + held).json["state"] == "held")
    assert visit(mod, "/photo/" + held).title.startswith("Held")
    looks = community.admin.get("/v1/moderation/looks?limit=100").json["items"]
    assert held in json.dumps(looks)


def test_programs_come_with_the_scope_to_read(community, server, boat):
    def page_for(scopes):
        made = reader.post("/v1/me/tokens", {"name": "x", "scopes": scopes,
                                             "password": "correct horse battery"})
        assert made.status == 201, made.body
        program = Client(server.address)
        program.token = made.json["secret"]
        return program.get("/photo/" + boat["id"])

    reader = community.member("reads_by_program")
    assert page_for(["read"]).status == 200
    refused = page_for(["write:social"])
    assert refused.status == 403 and refused.code == "scope_missing"


def test_an_instance_for_members_shows_its_door_alone(engine):
    from support.client import Community
    server = Server(engine, PICSHARZ_INSTANCE__VISITORS="false",
                    PICSHARZ_INSTANCE__NAME="The <b>Club</b>").start()
    try:
        club = Community(server)
        member = club.member("insider", name="Insider")
        photo = published(member, 700, title="Inside")["id"]
        visitor = Client(server.address)
        texts = set()
        for path in ("/", "/recent", "/popular", "/photo/" + photo, "/photo/1", "/@insider",
                     "/@nobody_here", "/tags/x", "/collections/1"):
            page = visit(visitor, path)
            assert "Inside" not in page.text and not page.all("a")
            assert set(page.answers) <= {"/v1/instance"}
            assert page.meta("robots") == "noindex" and page.meta("og:title") is None
            assert page.title == "The <b>Club</b>"
            texts.add(page.text)
        assert len(texts) == 1
        assert visit(visitor, "/login", check=False).meta("robots") == "noindex"
        assert visit(member, "/photo/" + photo).title.startswith("Inside · Insider · ")
    finally:
        server.stop()
