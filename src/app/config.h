// Configuration: one TOML file, environment overrides, command-line overrides.
//
// What:      every setting stands once in the table of config.cpp with its kind, default, bounds
//            and meaning. Origins, later ones win: default, file, PICSHARZ_SECTION__KEY, flag.
// Values:    text, whole numbers, true/false, durations ("30s"), sizes ("2GiB"), lists of texts.
// Secrets:   only by *_file settings; never shown.
// Failures:  load() returns every error at once, with file and line, and for an unknown key the
//            nearest known one.
// Threads:   immutable after load.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace picsharz::app {

enum class Kind { text, number, truth, duration, bytes, real, list };

struct Setting {
  std::string_view name;  // "http.listen"
  Kind kind;
  std::string_view fallback;  // as it would be written; lists separated by commas
  std::string_view meaning;
  double min = 0;              // of numbers, microseconds, bytes
  double max = 0;              // 0: no bound
  std::string_view choices{};  // of a text, separated by commas; "": any
};

std::span<const Setting> settings();

struct ConfigError {
  std::string where;  // "picsharz.toml:12", "PICSHARZ_HTTP__LISTEN", "--set"
  std::string what;   // with the next step
};

class Config {
 public:
  // `file`: "" means the default place if it exists. `environment`: "NAME=value" entries. `flags`:
  // "section.key=value".
  static std::expected<Config, std::vector<ConfigError>> load(
      const std::string& file, const std::vector<std::string>& environment,
      const std::vector<std::string>& flags);

  std::string text(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  bool truth(std::string_view name) const;
  Micros duration(std::string_view name) const;
  std::int64_t bytes(std::string_view name) const;
  double real(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  // Where the value comes from: "default", "picsharz.toml:12", "PICSHARZ_HTTP__LISTEN", "--set".
  std::string_view origin(std::string_view name) const;
  // The value as text; of one that may hold a secret only whether it is set.
  std::string shown(const Setting& setting) const;

 private:
  struct Value {
    std::string text;
    std::string origin;
  };
  const Value& find(std::string_view name, Kind kind) const;

  std::map<std::string, Value, std::less<>> values_;
};

inline constexpr std::string_view default_config_file = "/etc/picsharz/picsharz.toml";

}  // namespace picsharz::app
