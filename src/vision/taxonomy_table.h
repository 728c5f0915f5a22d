// src/vision/taxonomy.tsv as a table: each class of a model, what people call it, and the more
// general words above it.
//
// What:      the file is embedded; its first lines describe it, tools/models/taxonomy.py writes it.
//            Read strictly: a line that is not exactly as described is refused.
// Threads:   pure functions; taxonomy() reads the file at its first call.
// Ownership: the words point into the text that was read.
// Failures:  std::runtime_error with the line's number. A test reads the embedded file, so that
//            taxonomy() does not fail.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace picsharz::vision {

struct TaxonomyEntry {
  std::string_view name;                  // as the model's list of classes has it
  std::vector<std::string_view> words{};  // none where the name says nothing to a person
  std::vector<std::string_view> general{};
};

// The classes of one model.
class TaxonomyTable {
 public:
  void add(TaxonomyEntry entry) { entries_.push_back(std::move(entry)); }
  // After the last add().
  void index();
  std::span<const TaxonomyEntry> entries() const { return entries_; }

  // The entries of `classes`, nullptr where one is not known. A name may be the whole one of the
  // file or its first part ("tench" of "tench, Tinca tinca"). Names that occur more than once (two
  // classes are called "crane", a bird and a machine) are told apart by their order.
  std::vector<const TaxonomyEntry*> find(std::span<const std::string> classes) const;

 private:
  std::vector<TaxonomyEntry> entries_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_name_;
};

struct Taxonomy {
  TaxonomyTable objects;   // the detector's
  TaxonomyTable imagenet;  // the classifier's
};

// The bytes of the file; defined in what tools/embed.py generates.
std::string_view taxonomy_text();

Taxonomy parse_taxonomy(std::string_view text);
const Taxonomy& taxonomy();

}  // namespace picsharz::vision
