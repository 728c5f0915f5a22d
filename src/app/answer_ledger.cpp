#include "app/answer_ledger.h"

#include <memory>
#include <string>
#include <utility>

namespace picsharz::app {

namespace {

http::Response rebuilt(accounts::KeptAnswer&& answer) {
  http::Response response;
  response.status = answer.status;
  std::string_view lines = answer.headers;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(": ");
    response.header(line.substr(0, colon), line.substr(colon + 2));
    lines.remove_prefix(end + 1);
  }
  if (!answer.body.empty()) response.body = std::move(answer.body);
  return response;
}

// nullopt: a body that is not text in memory.
std::optional<std::string> text_of(const http::Body& body) {
  if (std::holds_alternative<std::monostate>(body)) return "";
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* text = std::get_if<std::string_view>(&body)) return std::string(*text);
  if (const auto* text = std::get_if<std::shared_ptr<const std::string>>(&body)) return **text;
  return std::nullopt;
}

bool may_be_stored(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Set-Cookie" || (name == "Cache-Control" && value == "no-store")) return false;
  }
  return response.header_block == nullptr;
}

}  // namespace

Result<std::optional<http::Response>> AnswerLedger::claim(http::Request& request,
                                                          std::string_view key,
                                                          std::string_view fingerprint) {
  TRY_ASSIGN(auto claimed, keys_.claim(request.viewer.account, key, fingerprint));
  if (claimed.answer) return rebuilt(*std::move(claimed.answer));
  request.claim = {.id = claimed.id, .made = claimed.made};
  return std::nullopt;
}

void AnswerLedger::keep(const http::Claim& claim, http::Response& response) {
  const auto body = text_of(response.body);
  if (!body || !may_be_stored(response)) return keys_.release(claim.id);
  std::string headers;
  for (const auto& [name, value] : response.headers) {
    headers.append(name).append(": ").append(value).append("\n");
  }
  auto first = keys_.keep(claim.id, {response.status, std::move(headers), *body});
  if (first) response = rebuilt(*std::move(first));
}

}  // namespace picsharz::app
