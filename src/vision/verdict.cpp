#include "vision/verdict.h"

#include <algorithm>

namespace picsharz::vision {

namespace {

double explicit_share(const Scores& scores) { return scores.porn + scores.hentai; }
double suggestive_share(const Scores& scores) { return explicit_share(scores) + scores.sexy; }

}  // namespace

bool needs_second_opinion(const Scores& first, const Thresholds& thresholds) {
  return suggestive_share(first) >= thresholds.gate;
}

Verdict judge(const Scores& first, const std::optional<Scores>& second,
              const Thresholds& thresholds) {
  if (!needs_second_opinion(first, thresholds)) return Verdict::safe;
  const Scores& last = second ? *second : first;
  if (std::min(explicit_share(first), explicit_share(last)) >= thresholds.explicit_) {
    return Verdict::explicit_;
  }
  return suggestive_share(last) >= thresholds.suggestive ? Verdict::suggestive : Verdict::safe;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::safe:
      return "safe";
    case Verdict::suggestive:
      return "suggestive";
    case Verdict::explicit_:
      return "explicit";
  }
  return "unknown";
}

}  // namespace picsharz::vision
