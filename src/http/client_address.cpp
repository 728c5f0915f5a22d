#include "http/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "http/text.h"

namespace picsharz::http {

namespace {

std::string client_of(const std::string& address) {
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  return std::string(reinterpret_cast<const char*>(six.s6_addr), 8);
}

bool contains(const std::vector<std::string>& list, const std::string& address) {
  return std::ranges::find(list, address) != list.end();
}

}  // namespace

std::optional<std::string> canonical_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  std::array<char, INET6_ADDRSTRLEN> out{};
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, terminated.c_str(), &four) == 1) {
    return inet_ntop(AF_INET, &four, out.data(), out.size());
  }
  if (inet_pton(AF_INET6, terminated.c_str(), &six) != 1) return std::nullopt;
  if (IN6_IS_ADDR_V4MAPPED(&six))
    return inet_ntop(AF_INET, six.s6_addr + 12, out.data(), out.size());
  return inet_ntop(AF_INET6, &six, out.data(), out.size());
}

std::string client_address(const std::vector<Header>& headers, const std::string& peer,
                           const std::vector<std::string>& trusted) {
  std::string client = peer;
  if (!contains(trusted, peer)) return client;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (!equals_ignoring_case(header->name, "X-Forwarded-For")) continue;
    std::string_view rest = header->value;
    while (!rest.empty()) {
      const std::size_t comma = rest.rfind(',');
      const bool last = comma == std::string_view::npos;
      const auto address = canonical_address(trimmed(last ? rest : rest.substr(comma + 1)));
      if (!address) return client;
      client = *address;
      if (!contains(trusted, client)) return client;
      rest = last ? std::string_view() : rest.substr(0, comma);
    }
  }
  return client;
}

AddressLedger::AddressLedger(int bound, std::vector<std::string> unbounded)
    : bound_(bound), unbounded_(std::move(unbounded)) {}

bool AddressLedger::counts(const std::string& address) const {
  return bound_ > 0 && !contains(unbounded_, address);
}

bool AddressLedger::admit(const std::string& address) {
  if (!counts(address)) return true;
  const std::lock_guard lock(mutex_);
  int& open = open_[client_of(address)];
  if (open >= bound_) return false;
  ++open;
  return true;
}

void AddressLedger::release(const std::string& address) {
  if (!counts(address)) return;
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(client_of(address));
  if (found != open_.end() && --found->second == 0) open_.erase(found);
}

}  // namespace picsharz::http
