#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "base/json.h"

namespace picsharz {

namespace {

constexpr int lines_per_second = 50;  // of one message, but for the access log

std::atomic<LogLevel> threshold{LogLevel::info};
std::atomic<bool> readable{false};
thread_local std::string request_id_of_thread;

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

// Counts the lines of each message in the running second.
class Throttle {
 public:
  // -1: leave this line out; else how many were left out before it.
  int admit(std::string_view message, Micros now) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() > 1'000) counts_.clear();
    Count& count = counts_[std::string(message)];
    if (now - count.since > second) {
      const int omitted = count.omitted;
      count = {now, 1, 0};
      return omitted;
    }
    if (++count.lines <= lines_per_second) return 0;
    ++count.omitted;
    return -1;
  }

 private:
  struct Count {
    Micros since = 0;
    int lines = 0;
    int omitted = 0;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

Throttle& throttle() {
  static Throttle instance;
  return instance;
}

void append_field(JsonWriter& out, const LogField& field) {
  std::visit([&](auto value) { out.field(field.key, value); }, field.value);
}

void append_readable(std::string& line, const LogField& field) {
  line += ' ';
  line += field.key;
  line += '=';
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    line += *text;
    return;
  }
  JsonWriter out(line);
  std::visit([&](auto value) { out.value(value); }, field.value);
}

std::string compose(LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields, Micros now, int omitted) {
  std::string line;
  line.reserve(256);
  if (readable) {
    line = format_time(now).substr(11, 12);
    line += level == LogLevel::info ? "  " : level == LogLevel::error ? "! " : "? ";
    line += message;
    for (const auto& field : fields) append_readable(line, field);
  } else {
    JsonWriter out(line);
    out.begin_object().field("time", format_time(now)).field("level", level_name(level));
    out.field("message", message);
    if (!request_id_of_thread.empty()) out.field("request_id", request_id_of_thread);
    if (omitted > 0) out.field("omitted_before", omitted);
    for (const auto& field : fields) append_field(out, field);
    out.end_object();
  }
  line += '\n';
  return line;
}

}  // namespace

void set_log_level(LogLevel level) { threshold = level; }
void set_log_terminal(bool terminal) { readable = terminal; }
void set_log_request(std::string_view request_id) { request_id_of_thread = request_id; }

void log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  const Micros now = SystemClock().now();
  const int omitted = message == "request" ? 0 : throttle().admit(message, now);
  if (omitted < 0) return;
  const std::string line = compose(level, message, fields, now, omitted);
  // One write: lines of several threads and processes never mix.
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace picsharz
