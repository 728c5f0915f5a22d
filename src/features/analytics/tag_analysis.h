// What people write about on public photos: words, what is new, phrases, and what belongs together.
// Plain structs.
//
// Counts:    of members, never of photos: who uploads a thousand photos of one thing says it once.
//            What fewer than three members wrote is in nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::analytics {

// A photo as it is read for this.
struct PhotoText {
  PhotoId photo{};
  AccountId owner{};
  Micros at = 0;
  std::string title{};
  std::string description{};
  std::vector<std::string> tags{};
  std::vector<std::string> labels{};
};

// A word or a phrase, as most people write it.
struct TagTerm {
  std::string text;
  std::int64_t members = 0;
  std::int64_t photos = 0;
  double weight = 0;  // 0 to 1: how much it tells; what everybody has on every photo tells nothing
};

// More members than its own past lets expect.
struct TagTrend {
  std::string text;
  std::int64_t members = 0;           // in the last seven days
  double expected = 0;                // from the twelve weeks before
  double deviation = 0;               // in standard deviations
  std::vector<std::int64_t> weeks{};  // members, the oldest first; the last one is `members`
};

// Words that stand together more often than chance puts them.
struct TagPhrase {
  std::string text;
  std::int64_t members = 0;
  double bond = 0;  // normalized pointwise mutual information, 0 to 1
};

struct TagNode {
  std::string text;
  std::int64_t members = 0;
  std::int64_t cluster = -1;  // an index of `clusters`; -1: in none
};

struct TagEdge {
  std::size_t from = 0;  // indexes of `nodes`
  std::size_t to = 0;
  std::int64_t members = 0;  // who have both on one photo
  double bond = 0;
};

struct TagCluster {
  std::int64_t members = 0;        // of its largest term
  std::vector<std::string> terms;  // what holds it together comes first
};

struct TagAnalysis {
  Micros made_at = 0;
  std::int64_t photos = 0;             // that were read
  std::int64_t members = 0;            // whose they are
  std::int64_t words = 0;              // different ones
  std::vector<TagTerm> terms{};        // by weight
  std::vector<TagTrend> trends{};      // by deviation
  std::vector<TagPhrase> phrases{};    // by bond
  std::vector<TagCluster> clusters{};  // the largest first
  std::vector<TagNode> nodes{};
  std::vector<TagEdge> edges{};
};

}  // namespace picsharz::analytics
