#include "features/moderation/replay_service.h"

#include "features/moderation/replay_store.h"
#include "vision/verdict.h"

namespace picsharz::moderation {

namespace {

constexpr int at_once = 1'000;

vision::Scores scores(const StageScores& stored) {
  return {stored.drawing, stored.hentai, stored.neutral, stored.porn, stored.sexy};
}

}  // namespace

Replay ReplayService::replay(const vision::Thresholds& thresholds) {
  Replay replay;
  for (PhotoId last{};;) {
    const auto page =
        database_.read([&](db::Tx& tx) { return ReplayStore().after(tx, last, at_once); });
    if (page.empty()) return replay;
    for (const StoredAssessment& each : page) {
      const vision::Scores first = scores(each.first);
      const auto second = each.second ? std::optional(scores(*each.second)) : std::nullopt;
      const auto verdict = vision::judge(first, second, thresholds);
      ++replay.photos;
      ++replay.verdicts.at(static_cast<std::size_t>(each.verdict))
            .at(static_cast<std::size_t>(verdict));
      if (!second && vision::needs_second_opinion(first, thresholds)) ++replay.without_second;
    }
    last = page.back().photo;
  }
}

}  // namespace picsharz::moderation
