#include "features/sessions/session_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/day_text.h"
#include "crypto/crypto.h"

namespace picsharz::sessions {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

constexpr std::array<Names, 35> open_to_everybody = {{{"GET", "/livez"},
                                                      {"GET", "/readyz"},
                                                      {"GET", "/healthz"},
                                                      {"GET", "/v1/instance"},
                                                      {"GET", "/v1/instance/terms"},
                                                      {"GET", "/v1/openapi.json"},
                                                      {"POST", "/v1/setup"},
                                                      {"POST", "/v1/accounts"},
                                                      {"POST", "/v1/accounts/verify"},
                                                      {"POST", "/v1/accounts/verify/resend"},
                                                      {"GET", "/v1/invitations/{token}"},
                                                      {"POST", "/v1/sessions"},
                                                      {"POST", "/v1/password/forgot"},
                                                      {"POST", "/v1/password/reset"},
                                                      {"GET", "/v1/email-changes/{token}"},
                                                      {"PUT", "/v1/email-changes/{token}"},
                                                      {"DELETE", "/v1/email-changes/{token}"},
                                                      {"GET", "/v1/unsubscribe/{token}"},
                                                      {"POST", "/v1/unsubscribe/{token}"},
                                                      {"GET", "/v1/appeals/{token}"},
                                                      {"POST", "/v1/appeals/{token}"},
                                                      // The web application: its pages carry what
                                                      // the API says, so nothing of a member.
                                                      {"GET", "/"},
                                                      {"GET", "/recent"},
                                                      {"GET", "/explore"},
                                                      {"GET", "/popular"},
                                                      {"GET", "/photo/{id}"},
                                                      {"GET", "/photo/{id}/view"},
                                                      {"GET", "/@{handle}"},
                                                      {"GET", "/tags/{tag...}"},
                                                      {"GET", "/collections/{id}"},
                                                      {"GET", "/search"},
                                                      {"GET", "/upload"},
                                                      {"GET", "/robots.txt"},
                                                      // What the protocol of uploads can do here.
                                                      {"OPTIONS", "/v1/uploads"},
                                                      {"OPTIONS", "/v1/uploads/{id}"}}};

constexpr std::size_t user_agent_max = 300;

// What it says, and what people call it. In this order: most call themselves by the names of others
// as well.
constexpr std::array<Names, 7> programs = {{{"Edg", "Edge"},
                                            {"OPR/", "Opera"},
                                            {"SamsungBrowser", "Samsung Internet"},
                                            {"Firefox", "Firefox"},
                                            {"FxiOS", "Firefox"},
                                            {"Chrom", "Chrome"},
                                            {"Safari", "Safari"}}};
constexpr std::array<Names, 7> systems = {{{"Android", "Android"},
                                           {"iPhone", "iPhone"},
                                           {"iPad", "iPad"},
                                           {"Windows", "Windows"},
                                           {"Mac OS X", "Mac"},
                                           {"CrOS", "ChromeOS"},
                                           {"Linux", "Linux"}}};

template <std::size_t N>
std::string_view name_in(std::string_view text, const std::array<Names, N>& names) {
  const auto found = std::ranges::find_if(
      names, [&](const Names& each) { return text.find(each.first) != std::string_view::npos; });
  return found == names.end() ? std::string_view() : found->second;
}

}  // namespace

bool for_everybody(std::string_view method, std::string_view pattern) {
  return std::ranges::find(open_to_everybody, Names{method, pattern}) != open_to_everybody.end();
}

std::string printable(std::string_view user_agent) {
  std::string text(user_agent.substr(0, user_agent_max));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

Program program_of(std::string_view user_agent) {
  return {.browser = std::string(name_in(user_agent, programs)),
          .system = std::string(name_in(user_agent, systems))};
}

std::string describe_program(std::string_view user_agent) {
  Program program = program_of(user_agent);
  if (program.browser.empty() || program.system.empty()) return std::move(program.browser);
  return program.browser + " on " + program.system;
}

std::string network_of(std::string_view address) {
  if (const auto dot = address.rfind('.');
      dot != std::string_view::npos && address.find(':') == std::string_view::npos) {
    return std::string(address.substr(0, dot)) + ".0/24";
  }
  std::size_t groups = 0;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const bool gap = address.substr(i, 2) == "::";
    if (gap || (address[i] == ':' && ++groups == 3)) {
      return std::string(address.substr(0, i)) + "::/48";
    }
  }
  return std::string(address);
}

std::string login_mark(std::string_view user_agent, std::string_view network) {
  std::string both(user_agent);
  both.append("\n").append(network);
  return std::string(crypto::view(crypto::sha256(both)));
}

std::unexpected<Error> leaving(Micros until) {
  auto failure = fail(ErrorKind::forbidden, "account_leaving", "You deleted this account.",
                      "Until " + day_text(until) + " you can take it back; then it is erased.");
  failure.error().fields = {{"restore", "required", format_time(until)}};
  return failure;
}

}  // namespace picsharz::sessions
