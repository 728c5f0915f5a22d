// Deadlines of many connections for the price of a list: a hashed wheel of coarse ticks.
//
// What:      a deadline is met late by at most one tick. Moving one further away, which is what
//            nearly every request does, only writes a number: the node is placed anew when its slot
//            comes.
// Ownership: nodes belong to their owners and are linked in; cancel() before one is destroyed.
// Threads:   one thread.
// Source:    Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "base/clock.h"
#include "base/function_ref.h"

namespace picsharz::http {

struct TimerNode {
  TimerNode* previous = nullptr;  // nullptr: in no wheel
  TimerNode* next = nullptr;
  Micros deadline = 0;
  std::int64_t slot_tick = 0;
};

inline constexpr Micros no_deadline = std::numeric_limits<Micros>::max();

class TimerWheel {
 public:
  TimerWheel(Micros tick, Micros now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  void schedule(TimerNode& node, Micros deadline);
  void cancel(TimerNode& node);
  // Calls `due` for every node whose deadline has come; it is unlinked before. `due` may schedule
  // and cancel any node.
  void advance(Micros now, FunctionRef<void(TimerNode&)> due);
  Micros tick() const { return tick_; }

 private:
  static constexpr std::int64_t slot_count = 256;

  void link(TimerNode& node);
  static void unlink(TimerNode& node);
  void visit(TimerNode& slot, Micros now, FunctionRef<void(TimerNode&)> due);

  const Micros tick_;
  std::int64_t current_;  // the tick that was visited last
  std::array<TimerNode, slot_count> slots_;
};

}  // namespace picsharz::http
