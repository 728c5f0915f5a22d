#include "features/backups/object_batch_service.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "crypto/crypto.h"

namespace picsharz::backups {

namespace {

constexpr std::int64_t small_object = limits::MiB;  // as it is, together with others
constexpr std::int64_t together_bytes = 8 * limits::MiB;
constexpr std::size_t together_most = 256;
constexpr std::size_t object_piece = 262'144;

}  // namespace

ObjectBatch::Object ObjectBatch::read(const FileHandle& file) {
  Object object;
  const bool small = file.size() <= small_object;
  if (!small) object.parcel = vault_.begin();
  crypto::Sha256 hash;
  while (object.bytes < file.size()) {
    const std::string piece = file.read(object.bytes, object_piece);
    if (piece.empty()) break;
    hash.update(piece);
    small ? void(object.content += piece) : object.parcel->write(piece);
    object.bytes += static_cast<std::int64_t>(piece.size());
  }
  object.sha256 = crypto::hex(hash.finish());
  return object;
}

void ObjectBatch::put(Object object) {
  note(object.sha256);
  if (object.parcel) return vault_.put(vault_object_key(object.sha256), *object.parcel);
  waiting_bytes_ += object.bytes;
  waiting_.push_back(std::move(object.content));
  if (waiting_bytes_ >= together_bytes || waiting_.size() == together_most) put_waiting();
}

void ObjectBatch::note(std::string_view sha256) {
  folders_[static_cast<std::size_t>(std::stoi(std::string(sha256.substr(0, 2)), nullptr, 16))] =
      sha256;
}

void ObjectBatch::flush() {
  put_waiting();
  std::vector<std::string> there;
  for (std::string& hash : folders_) {
    if (!hash.empty()) there.push_back(std::exchange(hash, {}));
  }
  vault_.confirm(there);
}

void ObjectBatch::put_waiting() {
  vault_.put_objects(std::exchange(waiting_, {}));
  waiting_bytes_ = 0;
}

}  // namespace picsharz::backups
