// Time, behind an interface so that tests can turn it.
//
// What:      now() is wall time for people and rows; steady() only ever grows and is for leases,
//            timeouts and rate limits.
// Units:     microseconds; now() since 1970-01-01T00:00:00Z.
// Threads:   every implementation may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace picsharz {

using Micros = std::int64_t;

inline constexpr Micros second = 1'000'000;
inline constexpr Micros minute = 60 * second;
inline constexpr Micros hour = 60 * minute;
inline constexpr Micros day = 24 * hour;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros now() const = 0;
  virtual Micros steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Micros now() const override;
  Micros steady() const override;
};

// For tests: stands still until it is told to move.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Micros now = 1'790'000'000 * second) : now_(now) {}
  Micros now() const override { return now_; }
  Micros steady() const override { return now_; }
  void advance(Micros by) { now_ += by; }

 private:
  std::atomic<Micros> now_;
};

// RFC 3339 in UTC, whole seconds with milliseconds: 2026-11-22T20:00:00.000Z.
std::string format_time(Micros time);

}  // namespace picsharz
