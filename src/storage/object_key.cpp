#include "storage/object_key.h"

#include "storage/object_store.h"

namespace picsharz::storage {

namespace {

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

}  // namespace

bool valid_key(std::string_view key) {
  if (key.empty() || key.size() > object_key_max) return false;
  bool segment_begins = true;
  for (const char c : key) {
    if (segment_begins && (c == '/' || c == '.')) return false;
    if (c != '/' && !allowed(c)) return false;
    segment_begins = c == '/';
  }
  return !segment_begins;
}

void check_key(std::string_view key) {
  if (!valid_key(key)) throw StorageError("not an object key");
}

}  // namespace picsharz::storage
