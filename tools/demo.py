#!/usr/bin/env python3
"""A living community in a minute: a dozen members, and the photos of a folder, through the API.

    make demo PHOTOS=<folder>
    tools/demo.py --photos FOLDER [--setup LINK]

Uses the server at PICSHARZ_URL (http://127.0.0.1:8080); where none answers it starts one on ./data
and serves until Ctrl-C. The codes of new members are read from the administrator's mailbox. That
takes an administrator: the one of PICSHARZ_ADMIN and PICSHARZ_ADMIN_PASSWORD; or one made with the
one-time link of --setup; or, on this machine, one made by `picsharz account create`.

It may be run again: members, photos, follows and likes that are there already stay as they are. The
log-ins are kept in data/demo.json, readable for you alone.
"""

import argparse
import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import demo_history
import tree
from api_client import ApiError, Client
from demo_people import PEOPLE

DATA = Path(os.environ.get("PICSHARZ_DATA__DIR", tree.ROOT / "data"))
URL = os.environ.get("PICSHARZ_URL", "http://127.0.0.1:8080")
BINARY = Path(os.environ.get("PICSHARZ_BINARY", tree.ROOT / "build/release/picsharz"))
ADMIN, ADMIN_NAME, ADMIN_EMAIL = "demo_admin", "Demo administrator", "admin@demo.invalid"
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".heif"}
PARALLEL = 4  # uploads at once
DEVELOPING = {"received", "decoding", "classifying"}
DEVELOP_SECONDS = 180
CODE = re.compile(r"^\s*([0-9A-Z]{4}-?[0-9A-Z]{4})\s*$", re.MULTILINE)
FOLLOWS, LIKES = 5, 6  # of each member


class DemoError(Exception):
    """What went wrong, and what to do; shown without a trace."""


# --- the server -----------------------------------------------------------------------------------

def answers(url):
    try:
        Client(url).call("GET", "/livez")
    except (OSError, ApiError):
        return False
    return True


def start_server():
    """A server of our own: (process, address)."""
    subprocess.run([tree.ROOT / "tools/prepare.sh"], check=True)
    environment = dict(os.environ, PICSHARZ_DATA__DIR=str(DATA))
    process = subprocess.Popen([BINARY, "serve"], text=True,
                               env=environment, stdout=subprocess.PIPE)
    for line in process.stdout:
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("message") == "listening":
            # The pipe is read from now on: full, it would stop the server at its next line.
            threading.Thread(target=drain, args=(process.stdout,), daemon=True).start()
            return process, event["address"]
    raise DemoError(f"The server ended with {process.wait()}; make run shows why.")


def drain(log):
    for _ in log:
        pass


def serve_on(process):
    print("Serving. Ctrl-C ends it.", flush=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        return process.wait()


# --- log-ins --------------------------------------------------------------------------------------

class Logins:
    """handle -> password, in data/demo.json."""

    def __init__(self, url):
        self.path = DATA / "demo.json"
        self.url = url
        self.known = {}
        if self.path.exists():
            self.known = json.loads(self.path.read_text(encoding="utf-8"))
        # The same folder may have served two databases: what is another server's is not ours.
        self.mine = self.known.setdefault(url, {})

    def password(self, handle):
        if handle not in self.mine:
            self.mine[handle] = secrets.token_urlsafe(12)
            self.save()
        return self.mine[handle]

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.known, file, indent=2)
        os.replace(temporary, self.path)


def log_in(url, login, password):
    """A client with a token, or None where the log-in is wrong."""
    client = Client(url)
    try:
        signed_in = client.call("POST", "/v1/sessions",
                                {"login": login, "password": password, "use": "token"})
    except ApiError as error:
        if error.code == "wrong_login":
            return None
        raise
    return Client(url, signed_in["token"])


def setup_token(link):
    match = re.search(r"token=([\w.~-]+)", link or "")
    if not match:
        raise DemoError(f"{link} is not the link that the server printed: it ends with #token=...")
    return match.group(1)


def create_administrator(password):
    """With the program itself, in the database that it is configured for."""
    command = [BINARY, "account", "create", "--admin", "--handle", ADMIN, "--name", ADMIN_NAME,
               "--email", ADMIN_EMAIL, "--password-file", "-"]
    environment = dict(os.environ, PICSHARZ_DATA__DIR=str(DATA))
    ran = subprocess.run(command, input=password + "\n", text=True, capture_output=True,
                         env=environment)
    if ran.returncode:
        raise DemoError(f"There is no administrator to ask for the codes: {ran.stderr.strip()}")


def administrator(url, logins, link):
    if login := os.environ.get("PICSHARZ_ADMIN"):
        client = log_in(url, login, os.environ.get("PICSHARZ_ADMIN_PASSWORD", ""))
        if not client:
            raise DemoError("The log-in of PICSHARZ_ADMIN, PICSHARZ_ADMIN_PASSWORD is wrong.")
        return client
    password = logins.password(ADMIN)
    if client := log_in(url, ADMIN, password):
        return client
    if link:
        Client(url).call("POST", "/v1/setup",
                         {"token": setup_token(link), "handle": ADMIN, "name": ADMIN_NAME,
                          "email": ADMIN_EMAIL, "country": "DE", "password": password})
    else:
        create_administrator(password)
    client = log_in(url, ADMIN, password)
    if not client:
        raise DemoError(f"{url} does not use the database of {DATA}. Give the log-in of its "
                        "administrator: PICSHARZ_ADMIN and PICSHARZ_ADMIN_PASSWORD.")
    print(f"@{ADMIN} is an administrator now")
    return client


# --- members --------------------------------------------------------------------------------------

def code_for(admin, email, seconds=30):
    """The newest code that was sent to the address; the mail is a job, so it takes a moment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for mail in admin.call("GET", "/v1/admin/mailbox?limit=50")["items"]:
            if mail["to"] == email and (match := CODE.search(mail["text"])):
                return match.group(1)
        time.sleep(0.3)
    raise DemoError(f"No code for {email} came into the mailbox. Is a mail server set?")


def member(url, admin, logins, person):
    """The client of a member, signed up and verified where that has not happened yet."""
    handle, name, country = person
    password = logins.password(handle)
    if client := log_in(url, handle, password):
        return client
    email = f"{handle}@demo.invalid"
    browser = Client(url)  # its cookie binds the code to it
    try:
        browser.call("POST", "/v1/accounts", {"handle": handle, "name": name, "email": email,
                                              "password": password, "country": country,
                                              "accept_terms": True, "confirm_age": True})
    except ApiError as error:
        if error.code == "handle_taken":
            raise DemoError(f"Somebody else is @{handle} here, and {logins.path} does not know the "
                            "password. Use a server of its own for the demonstration.") from error
        raise
    code = code_for(admin, email)
    signed_in = browser.call("POST", "/v1/accounts/verify",
                             {"email": email, "code": code, "use": "token"})
    return Client(url, signed_in["token"])


# --- what they do ---------------------------------------------------------------------------------

def title_of(path):
    words = re.sub(r"[_\s]+", " ", path.stem).strip()
    return words[:1].upper() + words[1:200]


def pictures(folder):
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if not found:
        raise DemoError(f"There are no photos in {folder}.")
    return found


def upload_missing(members, found):
    """Each picture belongs to one member; one that is there already, by its title, is not sent.

    The last one of each is of today; those before it are of the weeks before.
    """
    handles = list(members)
    now = time.time()

    def send(number):
        handle = handles[number]
        client = members[handle].again()
        have = {photo["title"] for photo in client.items("/v1/me/photos")}
        mine = [(title_of(path), path) for path in found[number::len(handles)]]
        missing = [each for each in mine if each[0] not in have]
        of_today = [each for each in missing if each == mine[-1]]
        before = [each for each in missing if each != mine[-1]]
        return (demo_history.bring(client, handle, before, now)
                + sum(upload(client, *each) for each in of_today))

    with ThreadPoolExecutor(PARALLEL) as pool:
        return sum(pool.map(send, range(len(handles))))


def upload(client, title, path):
    description, tags = demo_history.words(title, is_new=True)
    try:
        client.upload("/v1/photos", path.name, path.read_bytes(),
                      {"title": title, "description": description, "tags": ",".join(tags),
                       "visibility": "public"})
    except ApiError as error:
        print(f"  {path.name}: {error}")
        return 0
    return 1


def follow(members, chance):
    for handle, client in members.items():
        others = [other for other in members if other != handle]
        for other in chance.sample(others, min(FOLLOWS, len(others))):
            client.call("PUT", f"/v1/accounts/{other}/follow")


def wait_developed(members):
    """Every photo in its final state: {state: how many}, and the published ones' ids."""
    deadline = time.monotonic() + DEVELOP_SECONDS
    while True:
        photos = [photo for client in members.values() for photo in client.items("/v1/me/photos")]
        developing = sum(photo["state"] in DEVELOPING for photo in photos)
        if not developing or time.monotonic() > deadline:
            states = {}
            for photo in photos:
                states[photo["state"]] = states.get(photo["state"], 0) + 1
            return states, sorted(photo["id"] for photo in photos if photo["state"] == "published")
        print(f"  {developing} of {len(photos)} are developing", flush=True)
        time.sleep(2)


def like(members, published, chance):
    for client in members.values():
        for photo in chance.sample(published, min(LIKES, len(published))):
            client.call("PUT", f"/v1/photos/{photo}/like")


def demonstrate(url, folder, link):
    found = pictures(folder)
    logins = Logins(url)
    admin = administrator(url, logins, link)
    members = {}
    for person in PEOPLE:
        members[person[0]] = member(url, admin, logins, person)
        print(f"  @{person[0]}", flush=True)
    chance = random.Random(2026)  # the same people follow and like the same things each time
    follow(members, chance)
    sent = upload_missing(members, found)
    print(f"{sent} photos sent, {len(found) - sent} there already or refused", flush=True)
    states, published = wait_developed(members)
    like(members, published, chance)
    print("Photos: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    print(f"\nLook at {url}. Log in as:")
    for handle, password in logins.mine.items():
        print(f"  {handle:12} {password}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", required=True, help="a folder of JPEG, PNG or WebP files")
    parser.add_argument("--setup", default="", help="the one-time link that the server printed")
    options = parser.parse_args()
    folder = Path(options.photos).expanduser()
    if not options.photos or not folder.is_dir():
        parser.error("name a folder of photos: make demo PHOTOS=<folder>")
    process, url = None, URL
    try:
        if not answers(url):
            process, url = start_server()
        demonstrate(url, folder, options.setup)
    except (DemoError, demo_history.HistoryError, ApiError) as error:
        print(f"demo: {error}", file=sys.stderr)
        if process:
            process.terminate()
        return 1
    return serve_on(process) if process else 0


if __name__ == "__main__":
    sys.exit(main())
