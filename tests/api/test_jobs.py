"""Jobs that gave up: administrators see why, and let them be tried again."""
import time

import pytest

from support.client import wait_for


@pytest.mark.parametrize("state", ["waiting", "running", "done", "dead"])
def test_administrators_see_jobs_of_every_state(community, state):
    answer = community.admin.get(f"/v1/admin/jobs?state={state}")
    assert answer.status == 200
    assert all(job["state"] == state for job in answer.json["items"])


def test_a_done_job_shows_what_it_was_and_nothing_of_its_payload(community):
    community.member("job_maker")

    def done():
        jobs = community.admin.get("/v1/admin/jobs?state=done&limit=100").json["items"]
        return [job for job in jobs if job["kind"] == "mail.send"]
    mails = wait_for(done)  # a mail lies in the mailbox before its job has ended
    assert mails[0]["lane"] == "mail" and mails[0]["attempt"] == 1
    assert "payload" not in mails[0]


def test_a_job_that_gave_up_is_tried_again_and_the_log_says_by_whom(community, server):
    # There is nothing to index anew, so that it is done at once.
    server.change("INSERT INTO jobs (id, kind, payload, lane, state, run_at, attempt, attempts,"
                  " epoch, last_error, created_at, finished_at) VALUES (4242, 'photos.reindex',"
                  f" '{{}}', 2, 3, 0, 5, 5, 5, 'The disk is full.', 1, {int(time.time() * 1e6)})")
    dead, = community.admin.get("/v1/admin/jobs?state=dead").json["items"]
    assert (dead["id"], dead["reason"]) == ("4242", "The disk is full.")
    assert community.admin.request("POST", "/v1/admin/jobs/4242/retry").status == 204
    said = [(each["action"], each["detail"], each["by"], each["handle"], each["reason"])
            for each in community.admin.get("/v1/admin/actions").json["items"]]
    assert said.count(("job_retried", "4242", "ada", "", "")) == 1
    wait_for(lambda: server.rows("SELECT state FROM jobs WHERE id = 4242") == [("2",)])
    again = community.admin.request("POST", "/v1/admin/jobs/4242/retry")
    assert (again.status, again.code) == (409, "not_dead")


def test_what_there_is_not(community):
    unknown = community.admin.get("/v1/admin/jobs?state=lost")
    assert (unknown.status, unknown.code) == (400, "unknown_state")
    for id_, status, code in (("1", 409, "not_dead"), ("x", 404, "not_found")):
        answer = community.admin.request("POST", f"/v1/admin/jobs/{id_}/retry")
        assert (answer.status, answer.code) == (status, code)


def test_members_have_no_business_here(community):
    member = community.member("curious")
    assert member.get("/v1/admin/jobs").status == 403
    assert member.request("POST", "/v1/admin/jobs/1/retry").status == 403
