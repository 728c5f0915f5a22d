"""What people write about: words of several members on public photos, for administrators."""
from support.client import Community, wait_for
from support.invariants import drain
from test_people import published

TAGS = "/v1/admin/analytics/tags"


def test_members_have_no_business_here(community):
    assert community.member("nosy").get(TAGS).status == 403


def test_what_was_found_is_kept_and_shown(community):
    server = community.server
    # The schedule makes the first one as soon as the server is up.
    wait_for(lambda: server.count("SELECT COUNT(*) FROM tag_analyses") == 1)
    answer = community.admin.get(TAGS)
    assert answer.status == 200 and answer.headers["cache-control"] == "no-store"
    assert [table["id"] for table in answer.json["tables"]] == ["words", "trends", "phrases"]
    kept = server.rows("SELECT result FROM tag_analyses")[0][0]
    assert answer.body.decode() == kept


def test_words_of_several_members_are_found_and_of_one_are_not(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    for number, name in enumerate(("mei", "tom", "eve", "leo")):
        member = community.member(name)
        published(member, width=640 + number, title="The harbour at dawn", tags="boats")
        published(member, width=740 + number, title="Zanzibarfest" if name == "mei" else "The quay")
        # Of a photo that is not for everybody nothing is told.
        published(member, width=840 + number, title="Lighthouse", visibility="private")
    drain(server)
    server.change("DELETE FROM tag_analyses")
    server.change("DELETE FROM schedules WHERE name = 'tags.analyse'")
    wait_for(lambda: server.count("SELECT COUNT(*) FROM tag_analyses") == 1)
    found = community.admin.get(TAGS)
    members = {term["text"]: term["members"] for term in found.json["cloud"]}
    assert members["boats"] == 4 and members["quay"] == 3
    assert any("harbour" in text for text in members)
    figures = {figure["id"]: figure["value"] for figure in found.json["figures"]}
    assert (figures["photos"], figures["members"]) == (8, 4)
    for word in ("zanzibarfest", "lighthouse", '"the"'):
        assert word not in found.body.decode().lower(), word
