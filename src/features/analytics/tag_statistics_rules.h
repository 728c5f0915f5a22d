// The measures of the tag analysis: how tightly words stand together, how far a week is from what
// was to be expected, and what belongs together in a graph.
//
// Sources:   PMI: Church and Hanks, 1990; normalized: Bouma, 2009. G2: Dunning, 1993. The
// deviation:
//            Anscombe's transform of a count, 1948, widened by the overdispersion of the past.
//            Communities: Blondel, Guillaume, Lambiotte and Lefebvre ("Louvain"), 2008.
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace picsharz::analytics {

// How often two things occur, each and together, in `all` places.
struct Pairing {
  std::int64_t first = 0;
  std::int64_t second = 0;
  std::int64_t both = 0;
  std::int64_t all = 0;
};

// Normalized pointwise mutual information: 1 where they only occur together, 0 where chance would
// do it, below where they avoid each other.
double bond_of(const Pairing& pair);
// Dunning's log-likelihood ratio: beyond 10.83 chance does it less than once in a thousand times.
double surprise_of(const Pairing& pair);

// One stretch of time: how many, of all that there was then.
struct Week {
  std::int64_t count = 0;
  std::int64_t all = 0;
};
struct Deviation {
  double expected = 0;
  double score = 0;  // in standard deviations; 0 where there is no past to compare with
};
// Of the last week from what the weeks before it let expect, for as much at all. Smoothed: what
// never was before is no wonder when a few begin.
Deviation deviation_of(std::span<const Week> past, const Week& last);

struct Link {
  std::size_t from = 0;
  std::size_t to = 0;
  double weight = 0;  // > 0
};
// The community of each of `nodes`, numbered from 0; a node without links is alone. The same input
// gives the same answer.
std::vector<std::size_t> communities(std::size_t nodes, std::span<const Link> links);

}  // namespace picsharz::analytics
