#include "image/decoder_pool.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "image/decoder_process.h"
#include "image/refusals.h"
#include "image/renditions.h"

namespace picsharz::image {
namespace {

constexpr Micros start_timeout = 10 * second;
constexpr Micros longest_wait = 60 * second;  // for a free process
constexpr Micros backoff_first = 100'000;
constexpr Micros backoff_max = 5 * second;
constexpr int failures_to_give_up = 3;  // waiting callers are told then; the keeper goes on trying
constexpr std::int64_t pixels_a_step = 25'000'000;
constexpr Micros time_a_step = 2 * second;
constexpr int heif_slower = 2;  // than other formats, at the least

std::chrono::microseconds micros(Micros value) { return std::chrono::microseconds(value); }

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::replied:
      return "replied";
    case Outcome::not_sent:
      return "gone";
    case Outcome::killed:
      return "killed from outside";
    case Outcome::crashed:
      return "crashed";
    case Outcome::forbidden:
      return "forbidden system call";
    case Outcome::too_slow:
      return "too slow";
    case Outcome::starved:
      return "no processor was free for it";
    case Outcome::too_large:
      return "too much memory";
  }
  return "";
}

// Says nothing of the picture.
bool is_accident(Outcome outcome) {
  return outcome == Outcome::not_sent || outcome == Outcome::killed;
}

}  // namespace

// Processes are started by one thread, the keeper, which lives as long as the pool. A process
// belongs to `idle_` or to the caller of develop() that took it; `alive_` counts both.
class DecoderPool::Impl {
 public:
  explicit Impl(DecoderOptions options)
      : options_(std::move(options)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_.get() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    keeper_ = std::thread([this] { keep(); });
  }

  // No develop() may be running.
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    ::eventfd_write(stop_.get(), 1);
    changed_.notify_all();
    keeper_.join();
    idle_.clear();
  }

  Result<Developed> develop(int descriptor, std::int64_t size, const Probe& probe, Wanted wanted) {
    Request request = to_request(probe, size);
    request.pixels = wanted == Wanted::pixels_too ? 1 : 0;
    return send<Developed>(
        descriptor, size, probe, request, is_heif(probe.format),
        [&](const Reply& reply, int output) { return read_reply(reply, output, probe, wanted); });
  }

  Result<std::vector<Rendition>> encode(int descriptor, std::int64_t size, const Probe& probe,
                                        Extra extra) {
    if (plan_extra(extra, probe.display_width(), probe.display_height()).empty()) {
      return std::vector<Rendition>();
    }
    Request request = to_request(probe, size);
    request.extra = static_cast<std::int32_t>(extra);
    const bool risky = is_heif(probe.format) || extra == Extra::avif;
    return send<std::vector<Rendition>>(descriptor, size, probe, request, risky,
                                        [&](const Reply& reply, int output) {
                                          return read_extra_reply(reply, output, probe, extra);
                                        });
  }

  DecoderStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

  std::vector<pid_t> processes() const {
    const std::lock_guard lock(mutex_);
    return pids_;
  }

 private:
  // `risky`: what only a complete sandbox may do. `read` takes the reply apart.
  template <class Made, class Read>
  Result<Made> send(int descriptor, std::int64_t size, const Probe& probe, Request request,
                    bool risky, Read read) {
    const bool lent = may_be_lent(descriptor, size);
    request.lent = lent ? 1 : 0;
    const Descriptor copy = lent ? Descriptor() : sealed_copy(descriptor, size);
    const int input = lent ? descriptor : copy.get();
    const Watch watch{time_limit(probe),
                      is_heif(probe.format) ? options_.heif_memory_bytes : options_.memory_bytes};
    const Micros begin = clock_.steady();
    Reply reply;
    Outcome outcome = Outcome::not_sent;
    std::optional<Result<Made>> made;
    // A process may have died while it was idle, or be killed while it works: as many tries as
    // there may be such processes.
    for (int tries = 0; is_accident(outcome) && tries <= options_.processes; ++tries) {
      Turn turn(*this);
      if (risky && !turn.process().sandbox().complete()) {
        turn.ended(Outcome::replied, Reply{});
        return unsupported_format({.avif = false, .heic = false});
      }
      outcome = turn.process().run(request, input, watch, reply);
      turn.ended(outcome, reply);
      if (outcome == Outcome::replied) made = read(reply, turn.process().output());
    }
    if (is_accident(outcome)) throw DecoderUnavailable("decoder processes keep dying");
    if (outcome == Outcome::starved) throw DecoderBusy("the machine is too busy to decode");
    if (!made) made = refusal_of(outcome);
    count(outcome, made->has_value(), reply, clock_.steady() - begin);
    return *std::move(made);
  }

  // A process while a caller has it: until what it made was read, because the next picture takes
  // the place of that.
  class Turn {
   public:
    explicit Turn(Impl& pool) : pool_(pool), process_(pool.take()) {}
    ~Turn() { pool_.give_back(std::move(process_), outcome_, good_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    DecoderProcess& process() { return *process_; }
    void ended(Outcome outcome, const Reply& reply) {
      outcome_ = outcome;
      good_ = outcome == Outcome::replied &&
              reply.status == static_cast<std::int32_t>(ReplyStatus::developed);
    }

   private:
    Impl& pool_;
    std::unique_ptr<DecoderProcess> process_;
    Outcome outcome_ = Outcome::not_sent;
    bool good_ = false;
  };

  Micros time_limit(const Probe& probe) const {
    const std::int64_t pixels = std::int64_t{probe.width} * probe.height;
    const Micros most = std::max(options_.time_limit_min, options_.time_limit_max);
    const int slower = is_heif(probe.format) ? heif_slower : 1;
    return slower * std::clamp(time_a_step * pixels / pixels_a_step, options_.time_limit_min, most);
  }

  std::unique_ptr<DecoderProcess> take() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    if (on_demand()) {
      if (alive_ == 0 && waiting_ == 1) failures_ = 0;  // of earlier callers
      changed_.notify_all();
    }
    const bool woken = changed_.wait_for(lock, micros(longest_wait), [this] {
      return !idle_.empty() || (alive_ == 0 && failures_ >= failures_to_give_up);
    });
    --waiting_;
    if (!woken) throw DecoderBusy("all decoder processes are busy");
    if (idle_.empty()) throw DecoderUnavailable("decoder processes cannot start: " + last_failure_);
    auto process = std::move(idle_.back());
    idle_.pop_back();
    return process;
  }

  // A process goes on only after a good picture, and not for ever.
  void give_back(std::unique_ptr<DecoderProcess> process, Outcome outcome, bool good) {
    const bool goes_on = good && process->pictures() < options_.pictures_per_process;
    if (goes_on) process->trim_output();
    const std::unique_ptr<DecoderProcess> retired = goes_on ? nullptr : std::move(process);
    const bool lost = outcome != Outcome::replied && outcome != Outcome::not_sent;
    if (lost) log_warning("decoder process lost", {{"reason", outcome_name(outcome)}});
    {
      const std::lock_guard lock(mutex_);
      if (lost) ++stats_.killed;
      if (retired) {
        --alive_;
        std::erase(pids_, retired->pid());
      } else {
        idle_.push_back(std::move(process));
      }
    }
    changed_.notify_all();
  }

  static std::unexpected<Error> refusal_of(Outcome outcome) {
    switch (outcome) {
      case Outcome::too_slow:
        return image_too_slow("decoder: killed after its time limit");
      case Outcome::too_large:
        return image_too_large("decoder: killed for its memory");
      case Outcome::forbidden:
        return image_corrupt("decoder: killed for a forbidden system call");
      case Outcome::crashed:
      case Outcome::killed:
      case Outcome::not_sent:
      case Outcome::starved:
      case Outcome::replied:
        break;
    }
    return image_corrupt("decoder: crashed");
  }

  void count(Outcome outcome, bool developed, const Reply& reply, Micros busy) {
    const std::lock_guard lock(mutex_);
    ++stats_.pictures;
    if (!developed) ++stats_.rejected;
    if (outcome == Outcome::forbidden) ++stats_.forbidden;
    stats_.busy += busy;
    // The child's own figure; it cannot have used more than one processor of the time it had.
    if (outcome == Outcome::replied) stats_.cpu += std::clamp<Micros>(reply.cpu_micros, 0, busy);
  }

  bool on_demand() const { return options_.idle_time > 0; }

  // Until something changes. Where nothing did for the idle time, idle processes end.
  void wait_for_change(std::unique_lock<std::mutex>& lock) {
    if (!on_demand()) return changed_.wait(lock);
    const auto woken = changed_.wait_for(lock, micros(options_.idle_time));
    if (woken == std::cv_status::no_timeout || waiting_ > 0) return;
    auto retired = std::exchange(idle_, {});
    alive_ -= static_cast<int>(retired.size());
    for (const auto& process : retired) std::erase(pids_, process->pid());
    lock.unlock();
    retired.clear();  // waits for their end
    lock.lock();
  }

  void keep() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const bool needed = !on_demand() || waiting_ > static_cast<int>(idle_.size());
      if (alive_ >= options_.processes || !needed) {
        wait_for_change(lock);
        continue;
      }
      ++stats_.started;
      lock.unlock();
      auto process = start();
      lock.lock();
      if (process) {
        failures_ = 0;
        ++alive_;
        pids_.push_back(process->pid());
        idle_.push_back(std::move(process));
        changed_.notify_all();
      } else if (!stopping_) {
        ++failures_;
        changed_.notify_all();
        const Micros pause = std::min(backoff_max, backoff_first << std::min(failures_, 10));
        changed_.wait_for(lock, micros(pause), [this] { return stopping_; });
      }
    }
  }

  // A process that is ready, or nullptr. Runs without the lock; last_failure_ is set under it.
  std::unique_ptr<DecoderProcess> start() {
    std::string failure = "no sign of life";
    try {
      auto process = DecoderProcess::start(options_.program, options_.niceness);
      if (process->wait_until_ready(stop_.get(), start_timeout)) return process;
    } catch (const std::system_error& error) {
      failure = error.what();
    }
    const std::lock_guard lock(mutex_);
    if (!stopping_) log_error("decoder process cannot start", {{"reason", failure}});
    last_failure_ = std::move(failure);
    return nullptr;
  }

  const DecoderOptions options_;
  const Descriptor stop_;
  const SystemClock clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<DecoderProcess>> idle_;
  std::vector<pid_t> pids_;
  DecoderStats stats_;
  std::string last_failure_;
  int alive_ = 0;
  int failures_ = 0;
  int waiting_ = 0;  // callers without a process
  bool stopping_ = false;
  std::thread keeper_;
};

DecoderPool::DecoderPool(DecoderOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

DecoderPool::~DecoderPool() = default;

Result<Developed> DecoderPool::develop(int descriptor, std::int64_t size, const Probe& probe,
                                       Wanted wanted) {
  return impl_->develop(descriptor, size, probe, wanted);
}

Result<std::vector<Rendition>> DecoderPool::encode(int descriptor, std::int64_t size,
                                                   const Probe& probe, Extra extra) {
  return impl_->encode(descriptor, size, probe, extra);
}

DecoderStats DecoderPool::stats() const { return impl_->stats(); }

std::vector<pid_t> DecoderPool::processes() const { return impl_->processes(); }

}  // namespace picsharz::image
