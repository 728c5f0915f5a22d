"""Behind a proxy: a trusted one says whose request it is, and limits by address count that."""
from support.client import ACCEPTED, PASSWORD, Client

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
