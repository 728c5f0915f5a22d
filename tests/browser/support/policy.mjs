// A24: every page of every browser of these tests lives under the security policy with Trusted
// Types, and breaks no line of it. What one breaks fails the file that it happened in, at its end,
// whether a test looked for it or not.
const broken = [];

process.on("exit", () => {
  if (broken.length === 0) return;
  console.error(`The security policy was broken ${broken.length} times:`);
  for (const each of broken) console.error(`  ${each}`);
  process.exitCode = 1;
});

const ofPolicy = /Content Security Policy|Trusted ?Type|security policy/i;
const needed = ["require-trusted-types-for 'script'", "script-src 'self'", "base-uri 'none'"];

// In a page, before anything of it runs.
function listen() {
  document.addEventListener("securitypolicyviolation", (event) => {
    const where = `${event.sourceFile ?? ""}:${event.lineNumber ?? 0}`;
    const what = `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`;
    void window.policyBroken(`${document.location.pathname}: ${what} (${where})`);
  });
}

// What a document of ours is sent with; mails in a frame have a stricter one of their own.
function judge(response, report) {
  const request = response.request();
  if (!request.isNavigationRequest() || request.frame().parentFrame() !== null) return;
  const headers = response.headers();
  if (!headers["content-type"]?.startsWith("text/html")) return;
  const policy = headers["content-security-policy"] ?? "";
  const missing = needed.filter((line) => !policy.includes(line));
  if (missing.length > 0) report(`${response.url()} came without ${missing.join(", ")}`);
}

export async function watchPolicy(context, report = (what) => broken.push(what)) {
  await context.exposeBinding("policyBroken", (_source, what) => report(what));
  await context.addInitScript(listen);
  context.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && ofPolicy.test(text)) report(text);
  });
  context.on("response", (response) => judge(response, report));
}
