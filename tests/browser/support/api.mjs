// The API as a program uses it: a bearer token, no browser.
import assert from "node:assert/strict";

const patience = 60_000; // other suites keep the machine busy meanwhile

export class Api {
  constructor(address, token) {
    this.address = address;
    this.token = token;
  }

  static async logIn(address, login, password) {
    const response = await fetch(`${address}/v1/sessions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login, password, use: "token" }),
    });
    const body = await response.text();
    assert.equal(response.status, 201, body);
    return new Api(address, JSON.parse(body).token);
  }

  async get(path) {
    const headers = { Authorization: `Bearer ${this.token}` };
    const response = await fetch(this.address + path, { headers });
    const body = await response.text();
    assert.equal(response.status, 200, `${path}: ${body}`);
    return JSON.parse(body);
  }

  async send(method, path, body) {
    const headers = {
      Authorization: `Bearer ${this.token}`,
      "Content-Type": "application/json",
    };
    const options = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(this.address + path, options);
    const answer = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${answer}`);
    return answer ? JSON.parse(answer) : null;
  }

  // The newest kept mail to somebody whose text has what is looked for. Mail is sent by a job, so
  // this waits for it.
  async mail(to, pattern) {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const { items } = await this.get("/v1/admin/mailbox?limit=100");
      const found = items.find((mail) => mail.to === to && pattern.test(mail.text));
      if (found) return pattern.exec(found.text)[0];
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no mail to ${to} has ${pattern}`);
  }
}

export const codePattern = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/;
export const appealPattern = /https?:\/\/\S+\/appeal#token=\S+/;
export const resetPattern = /https?:\/\/\S+\/reset#token=\S+/;
