// The log: one JSON line an event on standard output, or a readable line on a terminal.
//
// What:      log_info("photo published", {{"photo", id.str()}}). Never put an e-mail address,
//            token, cookie, body or full IP address into a line.
// Threads:   any thread; a line is written whole. Lines of one message beyond 50 a second are
//            counted, not written: the next one has `omitted_before`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace picsharz {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, std::int64_t v) : key(k), value(v) {}
  LogField(std::string_view k, int v) : key(k), value(static_cast<std::int64_t>(v)) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
};

void set_log_level(LogLevel level);
// `terminal`: readable lines instead of JSON.
void set_log_terminal(bool terminal);
// A server's threads never wait for whoever reads its log: where a pipe or a socket is full, lines
// are lost, and the next one that is written says how many (`lost_before`). Once, before threads.
void keep_log_from_waiting();
// Lines of this thread carry the request id until it is cleared with "".
void set_log_request(std::string_view request_id);
void log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

inline void log_debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::debug, message, fields);
}
inline void log_info(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::info, message, fields);
}
inline void log_warning(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::warning, message, fields);
}
inline void log_error(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(LogLevel::error, message, fields);
}

}  // namespace picsharz
