// What a key may look like.
//
// What:      segments of lower-case letters, digits, '.' and '-', parted by single slashes; none is
//            empty or begins with a dot. So "..", absolute paths and a store's own hidden folders
//            cannot be named.
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace picsharz::storage {

inline constexpr std::size_t object_key_max = 200;

bool valid_key(std::string_view key);
// Throws StorageError where the key is not valid: nothing of it reaches the disk.
void check_key(std::string_view key);

}  // namespace picsharz::storage
