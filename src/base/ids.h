// Ids: 63-bit, time-ordered, made by the application.
//
// What:      milliseconds since 2024-01-01 (41 bits, until 2093), node (8), sequence (14). They
//            sort by time and need no database round trip. They can be guessed: nothing may depend
//            on an id being secret. In JSON and URLs they are decimal strings.
// Threads:   IdSource::next() may be called from any thread. Ids are plain values.
// Source:    the layout follows Snowflake (Twitter, 2010).
#pragma once

#include <atomic>
#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace picsharz {

// A strong id: Id<struct PhotoTag> and Id<struct AccountTag> do not mix.
template <class Tag>
struct Id {
  std::int64_t value = 0;

  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
  std::string str() const { return std::to_string(value); }

  // Digits only, no sign, no leading zero, in range; nothing else is an id.
  static std::optional<Id> parse(std::string_view text) {
    std::int64_t value = 0;
    if (text.empty() || text.size() > 19 || text[0] < '1' || text[0] > '9') return std::nullopt;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Id{value};
  }
};

using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using TokenId = Id<struct TokenTag>;  // of a program that acts for an account
using PhotoId = Id<struct PhotoTag>;
using CommentId = Id<struct CommentTag>;
using UploadId = Id<struct UploadTag>;
using JobId = Id<struct JobTag>;
using MailId = Id<struct MailTag>;
using CaseId = Id<struct CaseTag>;          // of moderation
using DecisionId = Id<struct DecisionTag>;  // of moderation

class IdSource {
 public:
  // node: 0..255, distinct for each process that writes to one database.
  IdSource(const Clock& clock, int node) : clock_(clock), node_(node) {}

  template <class T>
  T next() {
    return T{next_value()};
  }

 private:
  std::int64_t next_value();

  const Clock& clock_;
  const std::int64_t node_;
  std::atomic<std::int64_t> last_{0};  // milliseconds << 14 | sequence
};

}  // namespace picsharz

template <class Tag>
struct std::hash<picsharz::Id<Tag>> {
  std::size_t operator()(const picsharz::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
