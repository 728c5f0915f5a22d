// What lies below log/ of a target, and how it is written.
//
//   log/<generation>/base-<from>-<need>-<at>-<sha256>      the database's file
//   log/<generation>/steps-<first>-<last>-<since>-<at>-<sha256>
//                                                          steps of its log (db/log_copy.h), and
//                                                          when the first and the last of them were
//   log/<generation>/objects-<at>-<sha256>                 which objects came, and their hashes
//   log/state                                              when the last round was
//
// Base:      needs the steps from `from` on, all of them up to `need`, and is the database of any
//            moment from `at` on with those that are not younger.
// Sealed:    bases and steps, where there is a key. Lists name objects by their own hashes.
// Hashes:    in the names, of what is inside; of lists as they lie there.
// Threads:   pure functions and plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/log_copy.h"
#include "features/backups/vault_service.h"

namespace picsharz::backups {

struct LogFile {
  enum class What { base, steps, objects };
  What what = What::steps;
  std::string generation{};
  std::int64_t first = 0;  // of a base: from
  std::int64_t last = 0;   // of a base: need
  Micros since = 0;        // of steps
  Micros at = 0;
  std::string sha256{};

  std::string key() const;
};
// nullopt: it is something else.
std::optional<LogFile> read_log_key(std::string_view key);
// All there are: generations in their order, and what is in each in the order of its time.
std::vector<LogFile> log_files(Vault& vault);

// What steps of one file may have, unpacked: whoever reads them has it in memory.
inline constexpr std::int64_t steps_bytes_max = std::int64_t{1} << 30;
// Packed: neighbours of a page are much alike.
std::string text_of(const std::vector<db::LogStep>& steps);
// nullopt: of another version.
std::optional<std::vector<db::LogStep>> read_steps(std::string_view text);

struct LoggedObject {
  std::string key;
  std::string sha256;
  std::int64_t bytes = 0;
};
std::string text_of(const std::vector<LoggedObject>& objects);
// Of a list; Damaged where it is not what was written.
std::vector<LoggedObject> read_objects(Vault& vault, const LogFile& list);

// Whatever was committed before that is in the target. nullopt: nothing was shipped yet, or what
// says so is altered.
// Of a target's directory, which is only read.
std::optional<Micros> shipped_at(const std::string& directory);
void put_shipped_at(Vault& vault, Micros at);
void forget_shipped_at(Vault& vault);

}  // namespace picsharz::backups
