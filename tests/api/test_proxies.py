"""Behind a proxy: a trusted one says whose request it is, and limits by address count that."""
import concurrent.futures
import itertools

import pytest

from support.client import ACCEPTED, PASSWORD, Client

pytestmark = pytest.mark.one_engine  # whose request it is

LIMIT = 3


def sign_ups(server, addresses, start=0):
    """The statuses of sign-ups, each said to come from one of the addresses."""
    statuses = []
    for number, address in enumerate(addresses, start):
        answer = Client(server.address).post(
            "/v1/accounts",
            {"handle": f"proxied{number}", "name": "Somebody", "country": "SG",
             "email": f"proxied{number}@example.org", "password": PASSWORD, **ACCEPTED},
            headers={"X-Forwarded-For": address})
        statuses.append(answer.status)
    return statuses


def test_a_trusted_proxy_says_whose_request_it_is(fresh_server):
    server = fresh_server(PICSHARZ_HTTP__TRUSTED_PROXIES="10.0.0.0/8,127.0.0.0/8",
                          PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR=str(LIMIT)).start()
    one, other = "203.0.113.7", "203.0.113.8"
    assert sign_ups(server, [one] * (LIMIT + 1)) == [201] * LIMIT + [429]
    assert sign_ups(server, [other], 10) == [201]
    # What a client writes there itself stands before what the proxies append.
    assert sign_ups(server, [f"198.51.100.9, {one}, 10.1.2.3"], 20) == [429]
    assert sign_ups(server, [f"{one}, {other}"], 30) == [201]


def test_nobody_else_is_believed(fresh_server):
    server = fresh_server(PICSHARZ_ACCOUNTS__SIGNUPS_PER_HOUR=str(LIMIT)).start()
    addresses = [f"203.0.113.{number}" for number in range(LIMIT + 1)]
    assert sign_ups(server, addresses) == [201] * LIMIT + [429]


def test_an_entry_that_is_neither_address_nor_network_is_named(fresh_server):
    server = fresh_server(PICSHARZ_HTTP__TRUSTED_PROXIES="proxy.example")
    said = server.run("serve")
    assert said.returncode != 0
    assert "proxy.example" in said.stdout + said.stderr


LOG_INS = 100  # of 15 minutes
RESETS = 30  # of an hour
CHEAP = {"PICSHARZ_ACCOUNTS__PASSWORD_MEMORY": "8MiB", "PICSHARZ_ACCOUNTS__PASSWORD_PASSES": "1",
         "PICSHARZ_RATES__AUTH": "0"}
TRUSTED = {"PICSHARZ_HTTP__TRUSTED_PROXIES": "10.0.0.0/8,127.0.0.0/8"}
ONE, OTHER = "203.0.113.7", "203.0.113.8"


def log_ins(server, addresses, start=0):
    """The statuses of log-ins as somebody who does not exist, each time another one."""
    def log_in(number, address):
        return Client(server.address).post(
            "/v1/sessions", {"login": f"nobody{number}", "password": "a guess of many"},
            headers={"X-Forwarded-For": address}).status
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(log_in, itertools.count(start), addresses))


def forgotten(server, addresses, start=0):
    return [Client(server.address).post("/v1/password/forgot", {"login": f"nobody{number}"},
                                        headers={"X-Forwarded-For": address}).status
            for number, address in enumerate(addresses, start)]


@pytest.mark.parametrize("ask, limit, allowed", [(log_ins, LOG_INS, 401), (forgotten, RESETS, 202)])
def test_log_ins_and_links_are_counted_by_the_address_that_a_proxy_names(fresh_server, ask, limit,
                                                                         allowed):
    server = fresh_server(**CHEAP, **TRUSTED).start()
    assert ask(server, [ONE] * limit) == [allowed] * limit
    assert ask(server, [ONE], 1000) == [429]
    assert ask(server, [OTHER], 2000) == [allowed]
    # What a client writes there itself changes nothing.
    assert ask(server, [f"198.51.100.9, {ONE}, 10.1.2.3"], 3000) == [429]
    assert ask(server, [f"{ONE}, {OTHER}"], 4000) == [allowed]


@pytest.mark.parametrize("ask, limit, allowed", [(log_ins, LOG_INS, 401), (forgotten, RESETS, 202)])
def test_who_is_no_trusted_proxy_cannot_have_many_addresses(fresh_server, ask, limit, allowed):
    server = fresh_server(**CHEAP).start()
    addresses = [f"203.0.113.{number}" for number in range(limit)]
    assert ask(server, addresses) == [allowed] * limit
    assert ask(server, ["198.51.100.9"], 1000) == [429]
