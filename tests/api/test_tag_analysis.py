"""What people write about: words of several members on public photos, for administrators."""
from support.client import wait_for

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
