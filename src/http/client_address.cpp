#include "http/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "http/text.h"

namespace picsharz::http {

namespace {

std::string client_of(const std::string& address) {
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  return std::string(reinterpret_cast<const char*>(six.s6_addr), 8);
}

// IPv4 inside IPv6, so that one comparison serves both.
std::optional<std::array<std::uint8_t, 16>> bytes_of(const std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  bytes = {};
  bytes[10] = bytes[11] = 0xFF;
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool begins_alike(const std::array<std::uint8_t, 16>& one,
                  const std::array<std::uint8_t, 16>& other, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(one.begin(), one.begin() + whole, other.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || ((one[whole] ^ other[whole]) >> (8 - rest)) == 0;
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

AddressList::AddressList(std::span<const std::string> entries) {
  for (const std::string& entry : entries) {
    const auto network = parse(entry);
    if (!network) {
      throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                              "not an address or a network: " + entry);
    }
    networks_.push_back(*network);
  }
}

std::optional<AddressList::Network> AddressList::parse(std::string_view entry) {
  const std::size_t slash = entry.find('/');
  const auto address = canonical_address(entry.substr(0, slash));
  if (!address) return std::nullopt;
  const auto prefix = bytes_of(*address);
  const int longest = address->find(':') == std::string::npos ? 32 : 128;
  int bits = longest;
  if (slash != std::string_view::npos) {
    const std::string_view digits = entry.substr(slash + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const bool number = failure == std::errc{} && end == digits.data() + digits.size();
    if (!number || bits < 0 || bits > longest) return std::nullopt;
  }
  return Network{*prefix, bits + 128 - longest};
}

bool AddressList::contains(const std::string& address) const {
  if (networks_.empty()) return false;
  const auto bytes = bytes_of(address);
  return bytes && std::ranges::any_of(networks_, [&](const Network& network) {
           return begins_alike(*bytes, network.prefix, network.bits);
         });
}

std::string client_address(const std::vector<Header>& headers, const std::string& peer,
                           const AddressList& trusted) {
  std::string client = peer;
  if (!trusted.contains(peer)) return client;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (!equals_ignoring_case(header->name, "X-Forwarded-For")) continue;
    std::string_view rest = header->value;
    while (!rest.empty()) {
      const std::size_t comma = rest.rfind(',');
      const bool last = comma == std::string_view::npos;
      const auto address = canonical_address(trimmed(last ? rest : rest.substr(comma + 1)));
      if (!address) return client;
      client = *address;
      if (!trusted.contains(client)) return client;
      rest = last ? std::string_view() : rest.substr(0, comma);
    }
  }
  return client;
}

AddressLedger::AddressLedger(int bound, AddressList unbounded)
    : bound_(bound), unbounded_(std::move(unbounded)) {}

bool AddressLedger::counts(const std::string& address) const {
  return bound_ > 0 && !unbounded_.contains(address);
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
