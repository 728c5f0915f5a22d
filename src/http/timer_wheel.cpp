#include "http/timer_wheel.h"

#include <algorithm>

namespace picsharz::http {

TimerWheel::TimerWheel(Micros tick, Micros now) : tick_(tick), current_(now / tick) {
  for (TimerNode& slot : slots_) slot.previous = slot.next = &slot;
}

void TimerWheel::schedule(TimerNode& node, Micros deadline) {
  node.deadline = deadline;
  if (node.previous != nullptr) {
    if (node.slot_tick <= deadline / tick_) return;  // visited in time; placed anew then
    unlink(node);
  }
  link(node);
}

void TimerWheel::cancel(TimerNode& node) {
  if (node.previous != nullptr) unlink(node);
}

void TimerWheel::link(TimerNode& node) {
  // The tick after the deadline, or the farthest there is.
  node.slot_tick = std::clamp(node.deadline / tick_ + 1, current_ + 1, current_ + slot_count - 1);
  TimerNode& slot = slots_[static_cast<std::size_t>(node.slot_tick % slot_count)];
  node.previous = slot.previous;
  node.next = &slot;
  slot.previous->next = &node;
  slot.previous = &node;
}

void TimerWheel::unlink(TimerNode& node) {
  node.previous->next = node.next;
  node.next->previous = node.previous;
  node.previous = node.next = nullptr;
}

void TimerWheel::advance(Micros now, FunctionRef<void(TimerNode&)> due) {
  const std::int64_t target = now / tick_;
  // After a long pause every slot is visited once, not once a tick that was missed.
  current_ = std::max(current_, target - slot_count);
  while (current_ < target) {
    ++current_;
    visit(slots_[static_cast<std::size_t>(current_ % slot_count)], now, due);
  }
}

void TimerWheel::visit(TimerNode& slot, Micros now, FunctionRef<void(TimerNode&)> due) {
  if (slot.next == &slot) return;
  // Moved to a list of its own first: nodes that are placed anew may land in this slot again.
  TimerNode visiting;
  visiting.next = slot.next;
  visiting.previous = slot.previous;
  visiting.next->previous = visiting.previous->next = &visiting;
  slot.previous = slot.next = &slot;
  while (visiting.next != &visiting) {
    TimerNode& node = *visiting.next;
    unlink(node);
    if (node.deadline <= now) {
      due(node);
    } else {
      link(node);
    }
  }
}

}  // namespace picsharz::http
