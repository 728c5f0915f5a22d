// What a picture is like, as numbers of a model: pictures that are alike point the same way.
//
// What:      a direction; its numbers are kept in eight bits each, the largest as 127. Two of them
//            compare by the cosine of the angle between them: 1 is the same picture, from 0.8 a
//            near duplicate (turned, cropped), from 0.5 a similar one.
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::vision {

using Embedding = std::vector<std::int8_t>;

inline constexpr double near_duplicate_from = 0.8;
inline constexpr double similar_from = 0.5;

// Empty for no numbers, and for numbers that are all zero: they point nowhere.
Embedding embedding_of(std::span<const float> numbers);

// -1..1; 0 where one of them is empty or they have different lengths.
double cosine(std::span<const std::int8_t> a, std::span<const std::int8_t> b);

// As bytes for the database, and back.
std::string bytes_of(const Embedding& embedding);
Embedding embedding_from(std::string_view bytes);

}  // namespace picsharz::vision
