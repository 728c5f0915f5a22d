// Words and phrases as numbers.
//
// What:      a term is a stem, or two terms that are a phrase. Its text is how most members write
//            it, of a phrase the texts of its parts.
// Threads:   one.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace picsharz::analytics {

using TermId = std::uint32_t;

class TagVocabulary {
 public:
  TermId word(const std::string& stem);
  TermId phrase(TermId first, TermId second);
  // One more member writes it so.
  void written(TermId term, std::string_view surface);

  std::string text(TermId term) const;
  bool is_phrase(TermId term) const { return entries_[term].first != none; }
  // Chinese pairs of one run: the last character of the one is the first of the other.
  bool overlap(TermId first, TermId second) const;
  std::size_t size() const { return entries_.size(); }

 private:
  static constexpr TermId none = std::numeric_limits<TermId>::max();

  struct Entry {
    std::string key;
    std::vector<std::pair<std::string, std::uint32_t>> surfaces;
    TermId first = none;  // of a phrase
    TermId second = none;
  };

  TermId entry(std::string key, TermId first, TermId second);

  std::unordered_map<std::string, TermId> ids_;
  std::vector<Entry> entries_;
};

}  // namespace picsharz::analytics
