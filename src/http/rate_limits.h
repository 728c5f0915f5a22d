// How many requests one may send in a minute: by member or token, and by address, for each class of
// route.
//
// What:      a leaky bucket (GCRA) each: a whole minute's requests at once, or evenly, and nothing
//            in between is refused that fits. What an answer tells of it is RateTold, written as
//            RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers). An IPv6 network
//            of 64 bits is one address; loopback is none, for it is a proxy with everybody behind
//            it. Kept in memory: a restart forgets, and every node counts its own.
// Bounds:    a fixed table of places, made once. Where a new sender finds none, the one nearby that
//            has used least is forgotten: a flood of addresses forgets who sends little.
// Threads:   any; a lock for each few places.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "http/rate_class.h"

namespace picsharz::http {

struct RateRules {
  // Requests of one member or token in a minute, by class; 0: not limited.
  std::array<int, rate_classes> per_minute{};
  int address_factor = 5;  // how many members' worth one address may send
};

class RateLimits {
 public:
  RateLimits(const Clock& clock, RateRules rules);

  // Counts a request. Refused where told.refused; told.quota is 0 where nothing limits it.
  RateTold count(RateClass rate, const Viewer& viewer);
  RateTold count(RateClass rate, const std::string& address);
  // The lines of an answer's head, or nothing.
  void append_lines(std::string& head, const RateTold& told) const;

 private:
  struct Place {
    std::uint64_t key = 0;
    Micros full_at = 0;  // when a whole minute's requests are there again
  };
  static constexpr std::size_t places_near = 8;  // two lines of cache
  static constexpr std::size_t neighbourhoods = 8192;
  static constexpr std::size_t locks = 256;
  struct alignas(64) Neighbourhood {
    std::array<Place, places_near> places;
  };
  // Not in this object: with it the object would have to stand at a multiple of 64, too.
  struct alignas(64) Lock {
    std::mutex mutex;
  };

  RateTold take(RateClass rate, bool of_address, std::uint64_t who);
  Place& place_of(Neighbourhood& near, std::uint64_t key) const;

  const Clock& clock_;
  const RateRules rules_;
  const std::uint64_t seed_;  // nobody else knows who shares a neighbourhood
  std::vector<Neighbourhood> table_;
  const std::unique_ptr<std::array<Lock, locks>> locks_ =
      std::make_unique<std::array<Lock, locks>>();
  std::array<std::array<std::string, 2>, rate_classes> policies_;
};

Error too_many_requests(int seconds);

}  // namespace picsharz::http
