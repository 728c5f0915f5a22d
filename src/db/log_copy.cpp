#include "db/log_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

namespace picsharz::db {

namespace {

constexpr std::int64_t header_bytes = 32;
constexpr std::int64_t frame_header_bytes = 24;
constexpr std::uint32_t magic = 0x377f0682;   // its last bit: sums are of big-endian words
constexpr std::int64_t frames_at_once = 256;  // 1 MiB, before the writer may go on

std::uint32_t number_at(const char* bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return std::endian::native == std::endian::little ? __builtin_bswap32(number) : number;
}

// All of it, or what there is.
std::size_t read_at(int file, char* into, std::size_t count, std::int64_t offset) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got =
        ::pread(file, into + done, count - done, offset + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw DatabaseError("the log cannot be read: " + std::to_string(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

// SQLite's running sum, over pairs of words.
template <bool Swapped>
void add_words(std::array<std::uint32_t, 2>& sum, const char* bytes, std::size_t count) {
  std::uint32_t a = sum[0];
  std::uint32_t b = sum[1];
  for (std::size_t at = 0; at < count; at += 8) {
    std::uint32_t words[2];
    std::memcpy(words, bytes + at, sizeof words);
    a += (Swapped ? __builtin_bswap32(words[0]) : words[0]) + b;
    b += (Swapped ? __builtin_bswap32(words[1]) : words[1]) + a;
  }
  sum = {a, b};
}

void add(std::array<std::uint32_t, 2>& sum, bool big_endian, const char* bytes, std::size_t count) {
  if (big_endian == (std::endian::native == std::endian::big)) {
    add_words<false>(sum, bytes, count);
  } else {
    add_words<true>(sum, bytes, count);
  }
}

std::unique_ptr<const FileHandle> open_log(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw DatabaseError("the database's log cannot be opened");
  return std::make_unique<const FileHandle>(descriptor, 0);
}

std::int64_t frame_at(std::int64_t frame, std::uint32_t page_bytes) {
  return header_bytes + frame * (frame_header_bytes + page_bytes);
}

}  // namespace

void apply_step(int file, const LogStep& step) {
  for (const auto& [number, page] : step.changed) {
    const std::int64_t offset = std::int64_t{number - 1} * step.page_bytes;
    for (std::size_t done = 0; done < page.size();) {
      const ssize_t put = ::pwrite(file, page.data() + done, page.size() - done,
                                   offset + static_cast<std::int64_t>(done));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) throw DatabaseError("a page cannot be written: " + std::to_string(errno));
      done += static_cast<std::size_t>(put);
    }
  }
  if (::ftruncate(file, std::int64_t{step.pages} * step.page_bytes) != 0) {
    throw DatabaseError("the file cannot be cut: " + std::to_string(errno));
  }
}

LogCopy::LogCopy(Database& database, const Clock& clock)
    : database_(database), clock_(clock), files_(log_files(database)), log_(open_log(files_.log)) {
  listen_to_log(database_, this);
}

LogCopy::~LogCopy() { listen_to_log(database_, nullptr); }

void LogCopy::begin() {
  {
    const std::lock_guard lock(mutex_);
    end_with("it was not begun");
    wanted_ = true;
  }
  database_.run_write([](Tx&) { return true; });
}

std::optional<std::string> LogCopy::broken() {
  const std::lock_guard lock(mutex_);
  return following_ ? std::nullopt : std::optional(why_);
}

std::vector<LogStep> LogCopy::take(std::int64_t most) {
  const std::lock_guard lock(mutex_);
  std::vector<LogStep> taken;
  std::int64_t bytes = 0;
  while (!steps_.empty() && (taken.empty() || bytes < most)) {
    LogStep& step = steps_.front();
    bytes += static_cast<std::int64_t>(step.changed.size()) * step.page_bytes;
    taken.push_back(std::move(step));
    steps_.pop_front();
  }
  bytes_ -= bytes;
  return taken;
}

std::int64_t LogCopy::waiting_bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::int64_t LogCopy::first_needed() {
  const std::lock_guard lock(mutex_);
  return first_of_log_;
}

std::int64_t LogCopy::last_step() {
  const std::lock_guard lock(mutex_);
  return last_;
}

// The writer tells of a new log when its first transaction is committed. Where it is not heard of
// that, another process wrote: a transaction that does nothing lets the writer look.
void LogCopy::copy(bool look) {
  for (bool more = true; more;) {
    const std::lock_guard lock(mutex_);
    if (!following_) return;
    try {
      const auto header = read_header();
      look = look || (header && !same_log(header));
      more = same_log(header) && bytes_ < memory_most;
      check_unfinished();
      const std::int64_t until = reached() + frames_at_once;
      while (more && reached() < until) more = copy_frame();
    } catch (const DatabaseError& failure) {
      return end_with(failure.what());
    }
  }
  if (look) database_.run_write([](Tx&) { return true; });
}

void LogCopy::begun(bool others_wrote) {
  const std::lock_guard lock(mutex_);
  try {
    if (std::exchange(wanted_, false)) {
      steps_.clear();
      bytes_ = last_ = at_ = 0;
      following_ = true;
      follow(read_header());
      copy_all();
    } else if (following_ && others_wrote) {
      if (!same_log(read_header())) return end_with("another process emptied the log");
      known_.reset();
      unfinished_ = {};
      copy_all();
    }
  } catch (const std::exception& failure) {
    end_with(failure.what());
  }
}

void LogCopy::committed(int frames) {
  const std::lock_guard lock(mutex_);
  if (!following_) return;
  try {
    const auto header = read_header();
    if (!header) return end_with("the log is gone");
    if (!same_log(header)) {
      if (known_ != copied_) return end_with("the log was emptied before it was copied");
      // Not this transaction's: another process was quicker than this look.
      if (!frame_is_of(*header, frames - 1)) return end_with("another process wrote at once");
      follow(header);
    }
    // This one is shorter than what was read of one that was taken back.
    if (reached() > frames) unfinished_ = {};
    known_ = frames;
    ends_.emplace_back(frames, clock_.now());
  } catch (const std::exception& failure) {
    end_with(failure.what());
  }
}

void LogCopy::before_checkpoint() {
  const std::lock_guard lock(mutex_);
  if (!following_) return;
  try {
    if (same_log(read_header())) copy_all();
  } catch (const std::exception& failure) {
    end_with(failure.what());
  }
}

std::optional<LogCopy::Header> LogCopy::read_header() const {
  std::array<char, header_bytes> bytes{};
  if (read_at(log_->descriptor(), bytes.data(), bytes.size(), 0) < bytes.size()) return {};
  if ((number_at(bytes.data()) & ~1U) != magic) return std::nullopt;
  Header header;
  header.big_endian = (number_at(bytes.data()) & 1U) != 0;
  header.page_bytes = number_at(bytes.data() + 8);
  std::memcpy(header.salts.data(), bytes.data() + 16, header.salts.size());
  add(header.sum, header.big_endian, bytes.data(), 24);
  const Sum told{number_at(bytes.data() + 24), number_at(bytes.data() + 28)};
  return told == header.sum ? std::optional(header) : std::nullopt;
}

bool LogCopy::same_log(const std::optional<Header>& header) const {
  if (!header || !header_) return !header && !header_;
  return header->salts == header_->salts;
}

bool LogCopy::frame_is_of(const Header& header, std::int64_t frame) const {
  std::array<char, frame_header_bytes> bytes{};
  const std::size_t got =
      read_at(log_->descriptor(), bytes.data(), bytes.size(), frame_at(frame, header.page_bytes));
  return got == bytes.size() && number_at(bytes.data() + 4) != 0 &&
         std::memcmp(bytes.data() + 8, header.salts.data(), header.salts.size()) == 0;
}

void LogCopy::follow(const std::optional<Header>& header) {
  header_ = header;
  sum_ = header ? header->sum : Sum{};
  copied_ = 0;
  unfinished_ = {};
  known_ = header ? std::nullopt : std::optional<std::int64_t>(0);
  ends_.clear();
  // Its first transaction may be of the second of the last step.
  first_of_log_ = std::max<std::int64_t>(1, last_);
}

void LogCopy::end_with(std::string why) {
  following_ = false;
  unfinished_ = {};
  why_ = std::move(why);
}

void LogCopy::copy_all() {
  check_unfinished();
  while (bytes_ < memory_most) {
    if (copy_frame()) continue;
    if (!known_) known_ = copied_;
    return;
  }
}

// A transaction that was taken back is written over by the next one, and pages that are written
// twice in one are written over, with sums made anew when it ends. Sums run on from frame to frame:
// where that of the last frame is what it was, so are all before it. Where the next transaction is
// shorter, committed() says so, or begun() that another process wrote.
void LogCopy::check_unfinished() {
  if (unfinished_.frames == 0) return;
  std::array<char, frame_header_bytes> bytes{};
  const std::size_t got = read_at(log_->descriptor(), bytes.data(), bytes.size(),
                                  frame_at(reached() - 1, header_->page_bytes));
  const Sum told{number_at(bytes.data() + 16), number_at(bytes.data() + 20)};
  if (got < bytes.size() || told != unfinished_.sum) unfinished_ = {};
}

// False: the next one is not there yet.
bool LogCopy::copy_frame() {
  if (!header_) return false;
  const std::uint32_t page_bytes = header_->page_bytes;
  frame_.resize(frame_header_bytes + page_bytes);
  const char* bytes = frame_.data();
  const std::int64_t offset = frame_at(reached(), page_bytes);
  if (read_at(log_->descriptor(), frame_.data(), frame_.size(), offset) < frame_.size()) {
    return false;
  }
  if (std::memcmp(bytes + 8, header_->salts.data(), 8) != 0) return false;
  Sum sum = unfinished_.frames == 0 ? sum_ : unfinished_.sum;
  add(sum, header_->big_endian, bytes, 8);
  add(sum, header_->big_endian, bytes + frame_header_bytes, page_bytes);
  if (sum != Sum{number_at(bytes + 16), number_at(bytes + 20)}) return false;
  unfinished_.changed.insert_or_assign(number_at(bytes), frame_.substr(frame_header_bytes));
  unfinished_.sum = sum;
  ++unfinished_.frames;
  const std::uint32_t pages = number_at(bytes + 4);
  if (pages == 0) {
    if (std::ssize(unfinished_.changed) * page_bytes <= memory_most) return true;
    end_with("a transaction is larger than the memory for it");
    return false;
  }
  copied_ = reached();
  sum_ = sum;
  keep(pages, std::exchange(unfinished_, {}).changed);
  return true;
}

void LogCopy::keep(std::uint32_t pages, Changed changed) {
  Micros at = clock_.now();
  while (!ends_.empty() && ends_.front().first <= copied_) {
    at = ends_.front().second;
    ends_.pop_front();
  }
  at_ = std::max(at_, at);  // a clock that is put back must not mix them up
  const bool goes_on = !steps_.empty() && steps_.back().at / second == at_ / second &&
                       steps_.back().page_bytes == header_->page_bytes;
  if (!goes_on) {
    steps_.push_back({.number = ++last_, .page_bytes = header_->page_bytes});
  }
  LogStep& step = steps_.back();
  step.at = at_;
  step.pages = pages;
  for (auto& [number, page] : changed) {
    const bool fresh = step.changed.insert_or_assign(number, std::move(page)).second;
    if (fresh) bytes_ += header_->page_bytes;
  }
}

}  // namespace picsharz::db
