// A copy of what SQLite's write-ahead log says, taken before the log is overwritten.
//
// What:      steps: the pages of the transactions of one second, each as it was behind the last of
//            them. A copy of the database's file, with all steps from one on that was taken before
//            the copy was begun, up to any that was taken after the copy was ended, is the database
//            as it was then (apply_step). It does not matter what checkpoints do to the file
//            meanwhile: they write nothing but pages that are in these steps.
// How:       plain reads of the log: frames whose salts and running checksums fit, up to the last
//            one that ends a transaction. The log is overwritten only by the first write behind a
//            checkpoint that brought all of it into the file.
// No gaps:   it copies before every checkpoint of this process and, where another process wrote,
//            under the lock on writing, before the first write of this one. Other processes cannot
//            overwrite the log while it is followed (log_listener.h). So the log that is
//            overwritten has been copied whole; where that cannot be said for sure (it was not held
//            after all and another process emptied it, or memory_most was reached), broken() says
//            so, and it has to be begun again with another copy of the file.
// Memory:    steps up to memory_most, and one transaction up to as much again; a larger one breaks
//            the copy, and no other begins while the log has it. What is read of a transaction that
//            has not ended is not read again.
// Threads:   thread-safe.
// Failures:  those of reading break the copy. begin() and copy() throw those of the database.
// Source:    SQLite's documentation, "WAL-mode File Format".
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "db/log_listener.h"

namespace picsharz::db {

struct LogStep {
  std::int64_t number = 0;  // counts from 1 since begin()
  Micros at = 0;            // of its last transaction; never before that of another step
  std::uint32_t page_bytes = 0;
  std::uint32_t pages = 0;  // of the whole file behind it
  std::map<std::uint32_t, std::string> changed{};
};

// Writes a step into a copy of the file. DatabaseError.
void apply_step(int file, const LogStep& step);

class LogCopy final : public LogListener {
 public:
  static constexpr std::int64_t memory_most = 64LL << 20;

  // Listens until its end.
  LogCopy(Database& database, const Clock& clock);
  ~LogCopy() override;
  LogCopy(const LogCopy&) = delete;
  LogCopy& operator=(const LogCopy&) = delete;

  // From now on, whatever was before. Waits for the writer.
  void begin();
  // Copies what can be copied. `look`: lets the writer say whether another process wrote; it does
  // so without being asked where the log is not the one that was followed.
  void copy(bool look = false);
  // Why it is broken; nullopt: it is not.
  std::optional<std::string> broken();
  // What was copied since, in order; at most so many bytes of pages, but one step at least.
  std::vector<LogStep> take(std::int64_t most = memory_most);
  std::int64_t waiting_bytes();
  // A copy of the file that is begun now needs the steps from this one on.
  std::int64_t first_needed();
  // The last step there is.
  std::int64_t last_step();

  void begun(bool others_wrote) override;
  void committed(int frames) override;
  void before_checkpoint() override;

 private:
  struct Header {
    std::array<unsigned char, 8> salts{};
    std::uint32_t page_bytes = 0;
    bool big_endian = false;
    std::array<std::uint32_t, 2> sum{};
  };
  using Sum = std::array<std::uint32_t, 2>;
  using Changed = std::map<std::uint32_t, std::string>;
  // What was read of the transaction behind the copied ones.
  struct Unfinished {
    std::int64_t frames = 0;
    Sum sum{};  // behind them
    Changed changed{};
  };

  std::optional<Header> read_header() const;
  bool frame_is_of(const Header& header, std::int64_t frame) const;
  std::int64_t reached() const { return copied_ + unfinished_.frames; }
  void check_unfinished();
  bool copy_frame();
  void copy_all();
  void keep(std::uint32_t pages, Changed changed);
  void follow(const std::optional<Header>& header);
  void end_with(std::string why);
  bool same_log(const std::optional<Header>& header) const;

  Database& database_;
  const Clock& clock_;
  const LogFiles files_;
  const std::unique_ptr<const FileHandle> log_;

  std::mutex mutex_;
  bool wanted_ = false;  // to be begun with the next transaction
  bool following_ = false;
  std::string why_ = "it was not begun";
  std::optional<Header> header_;  // of the log that is followed; nullopt: it was empty
  Sum sum_{};                     // behind the frames that are copied
  std::int64_t copied_ = 0;       // frames of this log
  Unfinished unfinished_;
  std::string frame_;  // room for one
  // How many it has, as far as this process knows; nullopt: not yet.
  std::optional<std::int64_t> known_;
  std::deque<std::pair<std::int64_t, Micros>> ends_;  // frames, and when they were committed
  std::deque<LogStep> steps_;
  std::int64_t bytes_ = 0;
  std::int64_t last_ = 0;          // step
  std::int64_t first_of_log_ = 1;  // the step in which this log begins, or one before
  Micros at_ = 0;
};

}  // namespace picsharz::db
