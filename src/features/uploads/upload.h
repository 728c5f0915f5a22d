// A resumable upload: bytes that may come over several connections, and what they will be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/photos/photo.h"

namespace picsharz::uploads {

// What is said about a photo, checked (upload_rules.h).
struct UploadFields {
  std::string title;
  std::string description;
  std::string alt;
  std::vector<std::string> tags;
  photos::Visibility visibility = photos::Visibility::everyone;
};

// taken: an import has the archive.
enum class UploadState { open = 0, done = 1, expired = 2, taken = 3 };

struct ResumableUpload {
  UploadId id;
  AccountId account;
  UploadState state = UploadState::open;
  std::optional<std::int64_t> length;  // nullopt: deferred
  std::int64_t received = 0;           // synced, and so acknowledged
  std::int64_t reserved = 0;           // of the account's quota
  std::string original;                // SHA-256 in hex once all bytes are there, else ""
  std::optional<PhotoId> photo;        // once it is done
  UploadFields fields;
  std::string file_name;
  std::string metadata{};         // as the client sent it
  std::string idempotency_key{};  // "": none
  std::string fingerprint{};      // of the creating request
  bool archive = false;           // to be imported, it becomes no photo by itself
  Micros created_at = 0;
  Micros expires_at = 0;

  bool complete() const { return length && received == *length; }
};

// What a client asks for when it creates one.
struct NewUpload {
  std::optional<std::int64_t> length;  // nullopt: told later
  UploadFields fields;
  std::string file_name;
  std::string metadata{};         // as the client sent it, to be told to it again
  std::string sha256{};           // hex, where the client knows it; "": unknown
  std::string idempotency_key{};  // "": none
  std::string fingerprint{};      // of the request, for the key
  std::int64_t announced = -1;    // bytes that come with the request; -1: unknown
  bool archive = false;           // for an import
};

struct Checksum {
  enum class Algorithm { sha1, sha256 };
  Algorithm algorithm = Algorithm::sha1;
  std::string digest;  // raw
};

}  // namespace picsharz::uploads
