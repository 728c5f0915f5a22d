// Objects on their way into a target: small ones together, large ones by themselves.
//
// What:      read() takes an object's bytes and says their hash, so that it can be compared before
//            anything is put. put() keeps it, or lets a small one wait for others; note() says that
//            it is in the target. What was put or noted is durable when flush() returns.
// Threads:   one.
// Ownership: keeps a reference to the vault.
// Failures:  those of the vault and of reading.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_handle.h"
#include "features/backups/vault_service.h"

namespace picsharz::backups {

class ObjectBatch {
 public:
  struct Object {
    std::string sha256;
    std::int64_t bytes = 0;
    std::string content{};             // of a small one
    std::unique_ptr<Parcel> parcel{};  // of a large one
  };

  explicit ObjectBatch(Vault& vault) : vault_(vault) {}

  Object read(const FileHandle& file);
  void put(Object object);
  void note(std::string_view sha256);
  void flush();

 private:
  void put_waiting();

  Vault& vault_;
  std::vector<std::string> waiting_;
  std::int64_t waiting_bytes_ = 0;
  std::array<std::string, 256> folders_;  // a hash for each folder of the target
};

}  // namespace picsharz::backups
