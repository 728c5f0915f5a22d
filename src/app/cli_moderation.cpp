#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "features/moderation/replay_service.h"

namespace picsharz::app {

namespace {

constexpr std::array<const char*, 3> names = {"safe", "suggestive", "explicit"};

// "0.2,0.8,0.5"
std::optional<vision::Thresholds> read_thresholds(std::string_view text) {
  std::array<double, 3> numbers{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) {
      if (at == end || *at != ',') return std::nullopt;
      ++at;
    }
    const auto [rest, failure] = std::from_chars(at, end, numbers.at(i));
    if (failure != std::errc{} || !(numbers.at(i) >= 0 && numbers.at(i) <= 1)) return std::nullopt;
    at = rest;
  }
  if (at != end) return std::nullopt;
  return vision::Thresholds{.gate = numbers[0], .explicit_ = numbers[1], .suggestive = numbers[2]};
}

void print_json(const moderation::Replay& replay) {
  std::string json;
  JsonWriter out(json);
  out.begin_object()
      .field("photos", replay.photos)
      .field("without_second", replay.without_second)
      .key("verdicts")
      .begin_object();
  for (std::size_t was = 0; was < names.size(); ++was) {
    out.key(names.at(was)).begin_object();
    for (std::size_t is = 0; is < names.size(); ++is) {
      out.field(names.at(is), replay.verdicts.at(was).at(is));
    }
    out.end_object();
  }
  out.end_object().end_object();
  std::printf("%s\n", json.c_str());
}

void print_table(const moderation::Replay& replay) {
  std::printf("%lld photos. Rows: what was said; columns: what would be said.\n\n%-12s",
              static_cast<long long>(replay.photos), "");
  for (const char* name : names) std::printf("%12s", name);
  for (std::size_t was = 0; was < names.size(); ++was) {
    std::printf("\n%-12s", names.at(was));
    for (const auto count : replay.verdicts.at(was)) {
      std::printf("%12lld", static_cast<long long>(count));
    }
  }
  std::printf("\n");
  if (replay.without_second == 0) return;
  std::printf(
      "\nOf %lld photos the second model was never asked, which these thresholds would do:\n"
      "the first one's answer stands for both.\n",
      static_cast<long long>(replay.without_second));
}

}  // namespace

int run_moderation_replay(const Invocation& invocation) {
  vision::Thresholds thresholds{.gate = invocation.config.real("moderation.gate"),
                                .explicit_ = invocation.config.real("moderation.explicit"),
                                .suggestive = invocation.config.real("moderation.suggestive")};
  if (invocation.has("--thresholds")) {
    const auto typed = read_thresholds(invocation.get("--thresholds"));
    if (!typed) {
      complain("Thresholds are three numbers from 0 to 1: gate,explicit,suggestive.");
      return usage;
    }
    thresholds = *typed;
  }
  Foundation foundation(invocation.config);
  const auto replay = moderation::ReplayService(*foundation.database).replay(thresholds);
  invocation.has("--json") ? print_json(replay) : print_table(replay);
  return done;
}

}  // namespace picsharz::app
