// Photos that somebody gathered, in an order of his own. Plain structs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/accounts/account.h"
#include "features/photos/photo.h"

namespace picsharz::collections {

using CollectionId = Id<struct CollectionTag>;

inline constexpr std::size_t name_max = 100;  // characters
inline constexpr std::size_t description_max = 2'000;
inline constexpr int collections_max = 200;    // of one account
inline constexpr int photos_max = 1'000;       // of one collection
inline constexpr int saved_max = 10'000;       // of one account
inline constexpr std::size_t among_max = 100;  // photos asked about at once

struct Collection {
  CollectionId id;
  AccountId owner;
  bool saved = false;  // the built-in one: always private, in no list
  std::string name{};
  std::string description{};
  photos::Visibility visibility = photos::Visibility::everyone;
  Micros created_at = 0;
  Micros changed_at = 0;
};

// As one viewer sees it. How many photos it holds is told to nobody: some of them he may not see.
struct CollectionView {
  Collection collection;
  accounts::Account owner;
  std::optional<photos::PhotoView> cover{};  // the first of the first few that he may see
};

struct CollectionEdit {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<photos::Visibility> visibility;
};

// One's own, beside a photo: does it hold the photo?
struct OwnCollection {
  CollectionId id;
  std::string name;
  photos::Visibility visibility = photos::Visibility::everyone;
  bool holds = false;
};

struct OwnCollections {
  std::vector<OwnCollection> collections{};  // newest first
  bool saved = false;
};

}  // namespace picsharz::collections
