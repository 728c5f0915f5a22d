#include "http/rate_limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>

#include "crypto/crypto.h"
#include "http/router.h"

namespace picsharz::http {

namespace {

constexpr Micros window = minute;
constexpr std::array<std::string_view, rate_classes> names = {"derived", "none",   "read",  "write",
                                                              "search",  "upload", "media", "auth"};

std::uint64_t random_seed() {
  const std::string bytes = crypto::random_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

// splitmix64
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

std::uint64_t number_of(const std::string& address) {
  in6_addr six{};
  if (address.find(':') == std::string::npos || inet_pton(AF_INET6, address.c_str(), &six) != 1) {
    return std::hash<std::string>()(address);
  }
  std::uint64_t network = 0;
  std::memcpy(&network, six.s6_addr, sizeof network);
  return network;
}

int whole_seconds(Micros span) { return static_cast<int>((span + second - 1) / second); }

void append_number(std::string& out, int number) {
  std::array<char, 12> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

std::string name_of(std::size_t rate, bool of_address) {
  return std::string(names[rate]) + (of_address ? "-address" : "");
}

}  // namespace

RateLimits::RateLimits(const Clock& clock, RateRules rules)
    : clock_(clock), rules_(rules), seed_(random_seed()) {
  if (std::ranges::any_of(rules_.per_minute, [](int limit) { return limit > 0; })) {
    table_.resize(neighbourhoods);
  }
  for (std::size_t rate = 0; rate < rate_classes; ++rate) {
    const std::int64_t limit = rules_.per_minute[rate];
    for (const bool of_address : {false, true}) {
      const std::string name = name_of(rate, of_address);
      const auto [header, value] =
          rate_policy(name, limit * (of_address ? rules_.address_factor : 1), window);
      std::string& policy = policies_[rate][of_address];
      policy.append(header).append(": ").append(value);
      policy.append("\r\nRateLimit: \"").append(name).append("\";r=");
    }
  }
}

RateTold RateLimits::count(RateClass rate, const Viewer& viewer) {
  if (!viewer.signed_in()) return {};
  // A program that runs wild does not shut its owner's browser out.
  const bool by_token = viewer.token.value != 0;
  const auto id = static_cast<std::uint64_t>(by_token ? viewer.token.value : viewer.account.value);
  return take(rate, false, mixed(id ^ seed_) + (by_token ? 1 : 0));
}

RateTold RateLimits::count(RateClass rate, const std::string& address) {
  if (is_loopback(address)) return {};
  return take(rate, true, mixed(number_of(address) ^ ~seed_));
}

RateTold RateLimits::take(RateClass rate, bool of_address, std::uint64_t who) {
  const auto index = static_cast<std::size_t>(rate);
  const int quota = rules_.per_minute[index] * (of_address ? rules_.address_factor : 1);
  if (quota <= 0) return {};
  RateTold told{.rate = rate, .of_address = of_address, .quota = quota};
  const std::uint64_t key = mixed(who + index * 2 + (of_address ? 1 : 0)) | 1;
  const std::size_t at = (key >> 32) % neighbourhoods;
  const Micros interval = std::max<Micros>(1, window / quota);
  const Micros now = clock_.steady();
  const std::lock_guard lock((*locks_)[at % locks].mutex);
  Place& place = place_of(table_[at], key);
  const Micros full_at = std::max(place.full_at, now) + interval;
  if (full_at - now > interval * quota) {
    told.refused = true;
    told.seconds = std::max(1, whole_seconds(full_at - now - interval * quota));
    return told;
  }
  place.full_at = full_at;
  told.remaining = static_cast<int>((interval * quota - (full_at - now)) / interval);
  told.seconds = whole_seconds(full_at - now);
  return told;
}

RateLimits::Place& RateLimits::place_of(Neighbourhood& near, std::uint64_t key) const {
  for (Place& place : near.places) {
    if (place.key == key) return place;
  }
  Place& idlest = *std::ranges::min_element(near.places, {}, &Place::full_at);
  idlest = {key, 0};
  return idlest;
}

void RateLimits::append_lines(std::string& head, const RateTold& told) const {
  if (told.quota == 0) return;
  head += policies_[static_cast<std::size_t>(told.rate)][told.of_address];
  append_number(head, told.remaining);
  head += ";t=";
  append_number(head, told.seconds);
  head += "\r\n";
}

Error too_many_requests(int seconds) {
  Error error{ErrorKind::too_many, "too_many_requests", "Too many requests in a short time.",
              "Wait " + std::to_string(seconds) + (seconds == 1 ? " second" : " seconds") +
                  " and try again."};
  error.retry_after_seconds = seconds;
  return error;
}

}  // namespace picsharz::http
