// picsharz mail test: one mail, now. picsharz mail list: what waits, what came back.
#include <cstdio>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "features/accounts/account_rules.h"
#include "features/admin/outbox_service.h"
#include "mail/letter.h"

namespace picsharz::app {

namespace {

mail::Mail test_mail(const Foundation& foundation, const std::string& to) {
  const std::string name = foundation.config.text("instance.name");
  return mail::compose({.email = to}, "A test of " + name,
                       {{.content = "This mail was sent by picsharz mail test."},
                        {.content = "That you read it means that the mail server is set right."}},
                       crypto::hex(crypto::random_bytes(16)));
}

int say(const Invocation& invocation, bool sent, const std::string& text) {
  if (invocation.has("--json")) {
    std::string json;
    JsonWriter(json).begin_object().field("sent", sent).field("text", text).end_object();
    std::printf("%s\n", json.c_str());
  } else if (sent) {
    std::printf("%s\n", text.c_str());
  }
  if (sent) return done;
  return invocation.has("--json") ? failed : complain(text);
}

void print_json(const admin::Outgoing& outgoing, const std::vector<mail::Bounce>& bounces) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("server", outgoing.server).field("waiting", outgoing.queue.waiting);
  out.field("oldest_seconds", outgoing.queue.oldest_age / second);
  out.field("reason", outgoing.queue.last_error).key("bounces").begin_array();
  for (const auto& bounce : bounces) {
    out.begin_object().field("to", bounce.to).field("subject", bounce.subject);
    out.field("cause", mail::cause_name(bounce.cause)).field("reason", bounce.reason);
    out.field("refusals", bounce.refusals).time_field("created_at", bounce.created_at);
    out.end_object();
  }
  out.end_array().end_object();
  std::printf("%s\n", json.c_str());
}

void print_text(const admin::Outgoing& outgoing, const std::vector<mail::Bounce>& bounces) {
  std::printf("%s\n%lld mails wait, the oldest for %lld s.\n",
              outgoing.server.empty() ? "No mail server is set: mails stay in the mailbox."
                                      : ("The mail server is " + outgoing.server + ".").c_str(),
              static_cast<long long>(outgoing.queue.waiting),
              static_cast<long long>(outgoing.queue.oldest_age / second));
  if (!outgoing.queue.last_error.empty()) {
    std::printf("The oldest was not sent because: %s\n", outgoing.queue.last_error.c_str());
  }
  for (const auto& bounce : bounces) {
    std::printf("%s  %s  \"%s\": %s\n", format_time(bounce.created_at).c_str(), bounce.to.c_str(),
                bounce.subject.c_str(), bounce.reason.c_str());
  }
}

}  // namespace

int run_mail_test(const Invocation& invocation) {
  const std::string to = accounts::normalize_email(invocation.arguments.at(0));
  if (const auto right = accounts::check_email(to); !right) {
    return say(invocation, false, right.error().message + " " + right.error().action);
  }
  Foundation foundation(invocation.config);
  const std::string server = foundation.mail_server();
  try {
    foundation.mailer().send(test_mail(foundation, to));
  } catch (const std::runtime_error& failure) {
    return say(invocation, false,
               "The mail server " + server + " did not take it: " + failure.what() +
                   "\nCheck the settings of [smtp]; picsharz config show prints them.");
  }
  return say(invocation, true,
             server.empty() ? "No mail server is set: the mail is in the administrator's mailbox."
                            : server + " took the mail.");
}

int run_mail_list(const Invocation& invocation) {
  Foundation foundation(invocation.config);
  admin::OutboxService outbox(*foundation.database, foundation.queue, foundation.bounces,
                              foundation.mail_server());
  const auto bounces = outbox.bounces({.after = {}, .limit = limits::page_max}).items;
  const auto outgoing = outbox.outgoing();
  invocation.has("--json") ? print_json(outgoing, bounces) : print_text(outgoing, bounces);
  return done;
}

}  // namespace picsharz::app
