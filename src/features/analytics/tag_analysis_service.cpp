#include "features/analytics/tag_analysis_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/cpu_meter.h"
#include "features/analytics/tag_corpus_rules.h"
#include "features/analytics/tag_report_rules.h"

namespace picsharz::analytics {

namespace {

constexpr int read_at_once = 2'000;
constexpr std::ptrdiff_t own_at_once = 2 * tag_limits::photos_of_member;

// Hands photos to the corpus owner by owner, however they arrive. Of somebody who has very many
// only newer ones are kept: they come in the order of their time.
class ByOwner {
 public:
  explicit ByOwner(TagCorpus& corpus) : corpus_(corpus) {}

  void take(std::vector<PhotoText> photos) {
    for (PhotoText& photo : photos) {
      if (!own_.empty() && own_.back().owner != photo.owner) end();
      own_.push_back(std::move(photo));
      if (std::ssize(own_) > own_at_once) {
        own_.erase(own_.begin(), own_.end() - tag_limits::photos_of_member);
      }
    }
  }
  void end() { corpus_.add(std::exchange(own_, {})); }

 private:
  TagCorpus& corpus_;
  std::vector<PhotoText> own_;
};

}  // namespace

void TagAnalysisService::make_if_due(const Rest& rest) {
  const auto last = kept();
  if (last && clock_.now() - last->made_at < std::min(longest, rest_of_work * last->took)) return;
  make(rest);
}

bool TagAnalysisService::make(const Rest& rest) {
  // Not the upkeep in whose thread it is done: costs bill it by this name.
  const MeteredWork analysis("analysis");
  const Micros now = clock_.now();
  Micros took = 0;
  TagCorpus corpus(now);
  ByOwner owners(corpus);
  TextPlace after;
  while (true) {
    const Micros begun = clock_.steady();
    auto photos = database_.read(
        [&](db::Tx& tx) { return rows_.texts(tx, after, now - tag_limits::read, read_at_once); });
    const bool last = photos.size() < static_cast<std::size_t>(read_at_once);
    if (!photos.empty()) after = {.owner = photos.back().owner, .photo = photos.back().photo};
    owners.take(std::move(photos));
    const Micros step = clock_.steady() - begun;
    took += step;
    if (last) break;
    if (!rest(step)) return false;
  }
  const Micros begun = clock_.steady();
  owners.end();
  KeptTagAnalysis made{.made_at = now, .json = tag_analysis_json(corpus.analysis())};
  made.took = took + clock_.steady() - begun;
  database_.write([&](db::Tx& tx) { rows_.keep(tx, made); });
  return true;
}

std::optional<KeptTagAnalysis> TagAnalysisService::kept() {
  return database_.read([&](db::Tx& tx) { return rows_.kept(tx); });
}

std::string TagAnalysisService::shown() {
  auto found = kept();
  return found ? std::move(found->json) : tag_analysis_json({.made_at = clock_.now()});
}

}  // namespace picsharz::analytics
