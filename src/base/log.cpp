#include "base/log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
constexpr int pipe_bytes = 1 << 20;   // what a reader may be behind before lines are lost

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

struct Missing {
  int omitted = 0;  // of this message: too many in a second
  int lost = 0;     // of any: the reader was behind
};

std::string compose(LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields, Micros now, Missing missing) {
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
    if (missing.omitted > 0) out.field("omitted_before", missing.omitted);
    if (missing.lost > 0) out.field("lost_before", missing.lost);
    for (const auto& field : fields) append_field(out, field);
    out.end_object();
  }
  line += '\n';
  return line;
}

// Where lines go. One write a line: those of several threads and processes never mix.
class Output {
 public:
  void never_wait() {
    const int before = descriptor_.exchange(STDOUT_FILENO);
    if (before != STDOUT_FILENO) ::close(before);
    struct stat status {};
    if (::fstat(STDOUT_FILENO, &status) != 0) return;
    socket_ = S_ISSOCK(status.st_mode);
    if (!S_ISFIFO(status.st_mode)) return;
    // Opened anew: O_NONBLOCK on standard output itself would be its other holders', too.
    const int own = ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (own < 0) return;
    if (::fcntl(own, F_GETPIPE_SZ) < pipe_bytes) ::fcntl(own, F_SETPIPE_SZ, pipe_bytes);
    descriptor_ = own;
  }

  int take_lost() { return lost_.exchange(0); }

  void write(std::string line, int lost) {
    if (cut_.exchange(false)) line.insert(0, 1, '\n');
    const ssize_t written =
        socket_ ? ::send(descriptor_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                : ::write(descriptor_, line.data(), line.size());
    if (written < 0) lost_ += lost + 1;
    if (written > 0 && static_cast<std::size_t>(written) < line.size()) cut_ = true;
  }

 private:
  std::atomic<int> descriptor_{STDOUT_FILENO};
  std::atomic<bool> socket_{false};
  std::atomic<bool> cut_{false};  // the last line came in half
  std::atomic<int> lost_{0};
};

Output& output() {
  static Output instance;
  return instance;
}

}  // namespace

void keep_log_from_waiting() { output().never_wait(); }
void set_log_level(LogLevel level) { threshold = level; }
void set_log_terminal(bool terminal) { readable = terminal; }
void set_log_request(std::string_view request_id) { request_id_of_thread = request_id; }

void log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  const Micros now = SystemClock().now();
  const int omitted = message == "request" ? 0 : throttle().admit(message, now);
  if (omitted < 0) return;
  const int lost = output().take_lost();
  output().write(compose(level, message, fields, now, {omitted, lost}), lost);
}

}  // namespace picsharz
