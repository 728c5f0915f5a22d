// Whose request it is: the peer's address, or the one that a trusted proxy names.
//
// What:      addresses in their canonical text; IPv4 inside IPv6 counts as IPv4.
// Threads:   pure functions, and AddressLedger, which any thread may use.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/request.h"

namespace picsharz::http {

// nullopt: not an address.
std::optional<std::string> canonical_address(std::string_view text);

// Addresses and networks: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32.
class AddressList {
 public:
  AddressList() = default;
  // Throws std::system_error (invalid_argument) that names the first entry that is neither.
  explicit AddressList(std::span<const std::string> entries);
  bool contains(const std::string& address) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> prefix{};  // IPv4 inside IPv6
    int bits = 0;
  };
  static std::optional<Network> parse(std::string_view entry);

  std::vector<Network> networks_;
};

// The rightmost address of X-Forwarded-For that is not a trusted proxy's; the peer itself where it
// is not trusted or says nothing sound.
std::string client_address(const std::vector<Header>& headers, const std::string& peer,
                           const AddressList& trusted);

// Connections per client. A client is an IPv4 address or an IPv6 network of 64 bits.
class AddressLedger {
 public:
  // bound 0: everybody is admitted.
  AddressLedger(int bound, AddressList unbounded);
  bool admit(const std::string& address);
  void release(const std::string& address);  // of one that was admitted

 private:
  bool counts(const std::string& address) const;

  const int bound_;
  const AddressList unbounded_;  // trusted proxies: many clients behind one address
  std::mutex mutex_;
  std::unordered_map<std::string, int> open_;
};

}  // namespace picsharz::http
