"""Mail by SMTP: what arrives, in which shape, and what is refused for good.

R6 (a server that is down) is in test_mail_faults.py.
"""
import json
import ssl

import pytest
from support.client import ACCEPTED, Client, Community, wait_for
from support.mail_servers import PASSWORD, USER, Double, Postfix, certificate, needs

# Letters on their way; queue and texts are asked on both in the unit tests.
pytestmark = pytest.mark.one_engine


@pytest.fixture
def double():
    made = []

    def make(**more):
        made.append(Double(**more).start())
        return made[-1]

    yield make
    for each in made:
        each.stop()


def sign_up(server, handle, headers=None, **changes):
    client = Client(server.address)
    answer = client.post("/v1/accounts", {
        "handle": handle, "name": handle.title(), "email": f"{handle}@example.org",
        "password": "correct horse battery", "country": "SG", **ACCEPTED, **changes},
        headers=headers)
    assert answer.status == 201, answer.body
    return client


def mail_to(box, address: str):
    return wait_for(lambda: next((m for m in box.messages() if m["To"] == address), None))


def metric(server, name: str) -> float:
    client = Client(server.metrics)
    text = client.get("/metrics", check=False).body.decode()
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))


def test_a_code_arrives_as_text_and_html_and_opens_the_account(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings(PICSHARZ_INSTANCE__NAME="Fotos für alle")).start()
    client = sign_up(server, "mei")
    mail = mail_to(box, "mei@example.org")
    assert mail["From"] == "Fotos für alle <photos@example.org>"
    assert mail["Message-ID"].endswith("@example.org>") and mail["Date"].datetime is not None
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "multipart/alternative"
    text, html = [part.get_content() for part in mail.iter_parts()]
    code = mail["Subject"].split(": ")[-1]
    assert mail["Subject"] == f"Your code for Fotos für alle: {code}"
    assert "Hello Mei," in text and code in text and code in html and "<html" in html
    assert not mail.defects and mail.envelope_to == ["mei@example.org"]
    answer = client.post("/v1/accounts/verify", {"email": "mei@example.org", "code": code,
                                                 "use": "token"})
    assert answer.status == 201
    wait_for(lambda: metric(server, "picsharz_mail_sent_total") == 1)
    assert metric(server, "picsharz_mail_waiting") == 0
    # Nothing stays with us.
    assert server.count("SELECT count(*) FROM mails") == 0
    assert server.count(f"SELECT count(*) FROM jobs WHERE payload LIKE '%{code}%'") == 0


def test_a_name_of_two_lines_adds_no_header(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings(
        PICSHARZ_INSTANCE__NAME='P "x\\\r\nBcc: all@example.org\r\n\r\nbody')).start()
    sign_up(server, "mei")
    mail = mail_to(box, "mei@example.org")
    assert mail["Bcc"] is None and mail.get_content_type() == "multipart/alternative"
    assert mail.envelope_to == ["mei@example.org"]


def test_one_connection_carries_many_mails(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings()).start()
    for n in range(12):
        sign_up(server, f"mei{n}")
    wait_for(lambda: len(box.messages()) == 12)
    assert box.connections == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_logs_in_over_an_encrypted_connection(fresh_server, double, tmp_path, security, mechanism):
    needs_aiosmtpd()
    from aiosmtpd.smtp import AuthResult, LoginPassword
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def authenticate(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(), PASSWORD.encode())
        return AuthResult(success=good)

    more = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
    box = double(authenticator=authenticate, auth_required=True,
                 auth_require_tls=security == "starttls",
                 auth_exclude_mechanism={"PLAIN", "LOGIN"} - {mechanism}, **more)
    if security == "tls":
        box.stop()
        box.start(context)
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    server = fresh_server(**box.settings(
        PICSHARZ_SMTP__SECURITY=security, PICSHARZ_SMTP__USER=USER,
        PICSHARZ_SMTP__PASSWORD_FILE=str(secret), PICSHARZ_SMTP__CA_FILE=cert)).start()
    sign_up(server, "mei")
    mail = mail_to(box, "mei@example.org")
    assert mail.authenticated
    shown = server.run("config", "show", "--json").stdout
    assert PASSWORD not in shown


def needs_aiosmtpd():
    try:
        import aiosmtpd  # noqa: F401
    except ImportError:
        needs(False, "python3-aiosmtpd")


@pytest.mark.parametrize("case", ["no starttls", "unknown certificate", "wrong name",
                                  "wrong password"])
def test_nothing_is_sent_to_a_server_that_cannot_be_trusted(fresh_server, double, tmp_path, case):
    needs_aiosmtpd()
    from aiosmtpd.smtp import AuthResult
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    more = {} if case == "no starttls" else {"tls_context": context}
    box = double(authenticator=lambda *_: AuthResult(success=False, handled=False), **more)
    settings = box.settings(PICSHARZ_SMTP__SECURITY="starttls", PICSHARZ_SMTP__CA_FILE=cert)
    if case == "unknown certificate":
        del settings["PICSHARZ_SMTP__CA_FILE"]
    if case == "wrong name":
        settings["PICSHARZ_SMTP__HOST"] = "127.0.0.2"
    if case == "wrong password":
        settings.update(PICSHARZ_SMTP__USER=USER, PICSHARZ_SMTP__PASSWORD="wrong")
    server = fresh_server(**settings).start()
    community = Community(server)
    sign_up(server, "mei")
    wait_for(lambda: community.admin.get("/v1/admin/outbox").json["reason"])
    seen = community.admin.get("/v1/admin/outbox").json
    assert seen["waiting"] == 1 and seen["server"].endswith(f":{box.port}")
    assert box.messages() == [] and box.commands["MAIL"] == 0
    doctor = json.loads(server.run("doctor", "--json").stdout)
    mail, = [check for check in doctor["checks"] if check["part"] == "mail"]
    assert mail["state"] == "degraded" and "wait" in mail["text"]
    test = server.run("mail", "test", "you@example.org")
    assert test.returncode == 1 and "did not take it" in test.stderr


def test_an_address_that_is_unknown_is_a_bounce_that_administrators_see(fresh_server, double):
    box = double()
    box.unknown = {"gone@example.org"}
    server = fresh_server(**box.settings()).start()
    community = Community(server)
    sign_up(server, "gone")
    sign_up(server, "mei")
    mail_to(box, "mei@example.org")
    bounce, = wait_for(lambda: community.admin.get("/v1/admin/bounces").json["items"])
    assert (bounce["to"], bounce["cause"], bounce["refusals"]) == ("gone@example.org", "address", 1)
    assert bounce["reason"] == "550 5.1.1 no such person here"
    assert bounce["subject"].startswith("Your code")
    assert community.admin.get("/v1/admin/outbox").json["waiting"] == 0
    assert metric(server, "picsharz_mail_bounced_total") == 1
    listed = json.loads(server.run("mail", "list", "--json").stdout)
    assert [b["to"] for b in listed["bounces"]] == ["gone@example.org"]
    assert "gone@example.org" in server.run("mail", "list").stdout
    assert not any("gone@example.org" in json.dumps(line) for line in server.lines)
    box.unknown = set()
    box.mode = "unwanted"
    sign_up(server, "kofi")
    newest = wait_for(lambda: [b for b in community.admin.get("/v1/admin/bounces").json["items"]
                               if b["to"] == "kofi@example.org"])[0]
    assert (newest["cause"], newest["reason"]) == ("mail", "554 5.6.0 not this text")


def test_only_administrators_see_bounces(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings()).start()
    community = Community(server)
    client = sign_up(server, "mei")
    code = mail_to(box, "mei@example.org")["Subject"].split(": ")[-1]
    client.token = client.post("/v1/accounts/verify", {"email": "mei@example.org", "code": code,
                                                       "use": "token"}).json["token"]
    for path in ("/v1/admin/bounces", "/v1/admin/outbox"):
        assert client.get(path).code == "forbidden"
        assert Client(server.address).get(path).code == "unauthenticated"
        assert community.admin.get(path).status == 200


def test_mail_test_and_doctor_say_that_the_server_answers(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings()).start()
    done = server.run("mail", "test", "you@example.org")
    assert done.returncode == 0 and f"127.0.0.1:{box.port} took the mail" in done.stdout
    assert box.messages()[0]["To"] == "you@example.org"
    doctor = json.loads(server.run("doctor", "--json").stdout)
    assert {"part": "mail", "state": "ok", "text": f"127.0.0.1:{box.port} answers"} \
        in doctor["checks"]
    assert server.run("mail", "test", "nonsense").returncode == 1


def test_without_a_mail_server_mails_stay_in_the_mailbox(fresh_server):
    server = fresh_server().start()
    community = Community(server)
    assert community.admin.get("/v1/admin/outbox").json["server"] is None
    done = server.run("mail", "test", "you@example.org")
    assert done.returncode == 0 and "mailbox" in done.stdout
    assert community.mail("you@example.org", "A test")


@pytest.mark.parametrize("settings, what", [
    ({"PICSHARZ_SMTP__FROM": ""}, "smtp.from"),
    ({"PICSHARZ_SMTP__FROM": "a@b.example\r\nBcc: c@d.example"}, "smtp.from"),
    ({"PICSHARZ_SMTP__HOST": "mail.example.org", "PICSHARZ_SMTP__USER": "me"}, "smtp.security"),
    ({"PICSHARZ_SMTP__HOST": "mail.example.org/x"}, "smtp.host"),
    ({"PICSHARZ_SMTP__PASSWORD_FILE": "/nonexistent"}, "smtp.password_file"),
])
def test_settings_that_do_not_go_together_are_refused(fresh_server, settings, what):
    base = {"PICSHARZ_SMTP__HOST": "127.0.0.1", "PICSHARZ_SMTP__SECURITY": "none",
            "PICSHARZ_SMTP__FROM": "photos@example.org"}
    server = fresh_server(**{**base, **settings})
    done = server.run("config", "check")
    assert done.returncode == 1 and what in done.stderr


# --- the reader's language ---

def test_mails_speak_the_language_of_the_browser_and_then_the_chosen_one(fresh_server, double):
    box = double()
    server = fresh_server(**box.settings()).start()
    client = Client(server.address)
    answer = client.post("/v1/accounts", {
        "handle": "jurgen", "name": "Jürgen", "email": "jurgen@example.org",
        "password": "correct horse battery", "country": "DE", **ACCEPTED},
        headers={"Accept-Language": "de-CH,de;q=0.9,en;q=0.5"})
    assert answer.status == 201, answer.body
    mail = mail_to(box, "jurgen@example.org")
    text, html = [part.get_content() for part in mail.iter_parts()]
    code = mail["Subject"].split(": ")[-1]
    assert mail["Subject"] == f"Dein Code für Picsharz: {code}"
    assert text.startswith("Hallo Jürgen,") and '<html lang="de" dir="ltr">' in html
    client.token = client.post("/v1/accounts/verify", {
        "email": "jurgen@example.org", "code": code, "use": "token"}).json["token"]
    assert client.get("/v1/me").json["settings"]["language"] == "de"
    for language, subject in (
            ("zh-Hans", "为 Picsharz 设置新密码"),
            ("ta", "Picsharz தளத்திற்குப் புதிய கடவுச்சொல்லைத் தேர்வுசெய்யுங்கள்")):
        changed = client.patch("/v1/me", {"language": language})
        assert changed.status == 200 and changed.json["settings"]["language"] == language
        assert client.post("/v1/password/forgot", {"login": "jurgen"}).status == 202
        mail = wait_for(lambda: next((m for m in box.messages() if m["Subject"] == subject), None))
        assert f'lang="{language}"' in [p.get_content() for p in mail.iter_parts()][1]
    assert client.patch("/v1/me", {"language": "tlh"}).code == "unknown_language"
    assert client.patch("/v1/me", {"language": ""}).code == "unknown_language"
    assert client.get("/v1/me").json["settings"]["language"] == "ta"


@pytest.mark.parametrize("cookie, language", [
    ("lang=de", "de"), ("theme=dark; lang=ms", "ms"), ("lang=tlh", "fr"), ("theme=dark", "fr"),
])
def test_an_account_has_the_language_of_the_page_where_it_was_made(
        fresh_server, double, cookie, language):
    box = double()
    server = fresh_server(**box.settings()).start()
    sign_up(server, "elke", {"Accept-Language": "fr,en;q=0.5", "Cookie": cookie})
    mail = mail_to(box, "elke@example.org")
    assert f'<html lang="{language}"' in [p.get_content() for p in mail.iter_parts()][1]
    member = Client(server.address)
    answer = member.post("/v1/accounts/verify", {
        "email": "elke@example.org", "code": mail["Subject"].split(" ")[-1], "use": "token"})
    member.token = answer.json["token"]
    assert member.get("/v1/me").json["settings"]["language"] == language


# --- a real server ---

@pytest.fixture(scope="module")
def postfix():
    started = Postfix().start()
    yield started
    started.stop()


def test_postfix_takes_our_mails_with_starttls_and_a_log_in(fresh_server, postfix):
    server = fresh_server(**postfix.settings()).start()
    sign_up(server, "real", name="Zoë Ngô")
    mail = mail_to(postfix, "real@example.org")
    received = " ".join(mail["Received"].split())
    assert "ESMTPSA" in received, received  # encrypted, and logged in
    assert not mail.defects and mail["From"] == "Picsharz <photos@example.org>"
    text, html = [part.get_content() for part in mail.iter_parts()]
    code = mail["Subject"].split(": ")[-1]
    assert text.startswith("Hello Zoë Ngô,") and code in text and code in html
    assert mail["Return-Path"] == "<photos@example.org>"
    doctor = json.loads(server.run("doctor", "--json").stdout)
    assert any(c["part"] == "mail" and c["state"] == "ok" for c in doctor["checks"])


def test_postfix_refuses_who_logs_in_with_another_password(fresh_server, postfix):
    server = fresh_server(**postfix.settings(PICSHARZ_SMTP__PASSWORD="wrong"))
    done = server.run("mail", "test", "wrong@example.org")
    assert done.returncode == 1 and "535" in done.stderr


def test_postfix_knows_an_address_not(fresh_server, postfix):
    postfix.access({"nobody@example.org": "550 5.1.1 nobody of this name"})
    postfix.reload()
    server = fresh_server(**postfix.settings()).start()
    community = Community(server)
    sign_up(server, "nobody")
    bounce, = wait_for(lambda: community.admin.get("/v1/admin/bounces").json["items"])
    assert bounce["to"] == "nobody@example.org" and "5.1.1" in bounce["reason"]
