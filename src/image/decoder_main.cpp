// The decoder process: no secret, no environment, one socket, one picture at a time.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "image/decoder_pool.h"
#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/jpeg_codec.h"
#include "image/metadata.h"
#include "image/pipeline.h"
#include "image/probe.h"
#include "image/sandbox.h"
#include "image/vips_pictures.h"
#include "image/warm_up_pictures.h"
#include "image/webp_encoder.h"

namespace picsharz::image {
namespace {

// Dies with its parent, gains no privilege, and has one arena: each arena costs 64 MiB of
// addresses.
void prepare_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::mallopt(M_ARENA_MAX, 1);
  // Planes of ordinary photos stay in the heap from one picture to the next: fresh pages for each
  // took a tenth of the time.
  ::mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
}

constexpr std::size_t thread_stack = 2 * 1024 * 1024;  // decoders of tiles start a dozen

// What libraries do once, and the sandbox would not let them: glibc reads the time zone for the
// date of a colour profile, again and again unless TZ says it, and its qsort() asks for the size of
// the memory when it first sorts much.
void use_first_times() {
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  std::vector<int> numbers(4'096);
  std::qsort(numbers.data(), numbers.size(), sizeof(int),
             [](const void*, const void*) { return 0; });
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, thread_stack);
  ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
}

Result<Developed> develop_bytes(std::string_view bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  TRY_ASSIGN(const Probe found,
             probe(
                 size,
                 [bytes](std::int64_t offset, std::size_t count) {
                   return std::string(bytes.substr(static_cast<std::size_t>(offset), count));
                 },
                 Formats{}));
  return develop_picture(bytes, found);
}

// A tiny picture of each format: libraries load, tables are built, threads start.
void warm_up() {
  const Yuv grey{Plane(16, 16), Plane(8, 8), Plane(8, 8)};
  std::vector<std::string> pictures{encode_jpeg(grey, 80), encode_webp(grey)};
  for (const Format format : {Format::png, Format::gif, Format::avif, Format::heic}) {
    const bool heif = format == Format::avif || format == Format::heic;
    if (!heif || has_heif_loader()) pictures.emplace_back(warm_up_picture(format));
  }
  for (const std::string& picture : pictures) {
    if (const auto developed = develop_bytes(picture); !developed) {
      throw std::runtime_error("decoder: warm-up failed: " + developed.error().detail);
    }
  }
}

struct Job {
  Request request;
  Descriptor input;
  Descriptor output;
};

// False when the parent has gone.
bool receive(int socket, Job& job) {
  std::array<int, 2> descriptors{-1, -1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  iovec part{&job.request, sizeof job.request};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (got != static_cast<ssize_t>(sizeof job.request) || job.request.magic != request_magic ||
      header == nullptr || header->cmsg_len != CMSG_LEN(sizeof descriptors)) {
    return false;
  }
  std::memcpy(descriptors.data(), CMSG_DATA(header), sizeof descriptors);
  job.input = Descriptor(descriptors[0]);
  job.output = Descriptor(descriptors[1]);
  return true;
}

// The picture's bytes. Sealed memory is mapped: it cannot shrink. A file that was lent is read:
// under a mapping a disk that fails would look like a decoder that crashes, and so like a bad
// picture.
class Input {
 public:
  explicit Input(const Job& job) : size_(static_cast<std::size_t>(job.request.bytes)) {
    if (job.request.lent != 0) {
      whole_ = read(job.input.get());
      return;
    }
    mapped_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, job.input.get(), 0);
    if (mapped_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~Input() {
    if (mapped_ != MAP_FAILED) ::munmap(mapped_, size_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  // False: the disk failed, or the file is shorter than recorded.
  bool is_whole() const { return whole_; }
  std::string_view bytes() const {
    return {read_ ? read_.get() : static_cast<const char*>(mapped_), size_};
  }

 private:
  bool read(int file) {
    read_ = std::make_unique_for_overwrite<char[]>(size_);
    for (std::size_t done = 0; done < size_;) {
      const ssize_t got = ::pread(file, read_.get() + done, size_ - done, static_cast<off_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      done += static_cast<std::size_t>(got);
    }
    return true;
  }

  std::size_t size_;
  void* mapped_ = MAP_FAILED;
  std::unique_ptr<char[]> read_;
  bool whole_ = true;
};

Reply refusal(const Error& error) {
  const bool no_encoder = error.kind == ErrorKind::unsupported;
  return failure_reply(no_encoder ? ReplyStatus::no_encoder : ReplyStatus::corrupt, error.detail);
}

Reply work(const Job& job, const DevelopFunction& develop) {
  try {
    const Input input(job);
    if (!input.is_whole()) return failure_reply(ReplyStatus::unreadable, "input");
    if (::lseek(job.output.get(), 0, SEEK_SET) != 0) {
      return failure_reply(ReplyStatus::unreadable, "output");
    }
    const Probe probe = to_probe(job.request);
    if (job.request.extra != 0) {
      const auto extra = static_cast<Extra>(job.request.extra);
      const auto made = encode_extra(input.bytes(), probe, extra);
      return made ? write_extra_reply(*made, job.output.get()) : refusal(made.error());
    }
    const auto wanted = job.request.pixels != 0 ? Wanted::pixels_too : Wanted::renditions;
    auto developed = develop(input.bytes(), probe, wanted);
    if (!developed) return refusal(developed.error());
    developed->metadata = read_metadata(input.bytes(), probe.format);
    return write_reply(*developed, job.output.get());
  } catch (const std::bad_alloc&) {
    return failure_reply(ReplyStatus::out_of_memory, "memory");
  }
}

Micros cpu_now() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return used.tv_sec * second + used.tv_nsec / 1000;
}

bool send_frame(int socket, void* frame, std::size_t size) {
  iovec part{frame, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

// The order matters: libraries are loaded before files are out of reach, threads start after, and
// the filter comes last.
Hello prepare() {
  prepare_process();
  init_vips();
  Hello hello;
  use_first_times();
  hello.landlock = enter_landlock();
  warm_up();
  enter_limits(decoder_output_max);
  hello.seccomp = enter_seccomp();
  return hello;
}

}  // namespace

void decoder_main(int socket) {
  decoder_main(socket, [](std::string_view bytes, const Probe& probe, Wanted wanted) {
    return develop_picture(bytes, probe, wanted);
  });
}

void decoder_main(int socket, const DevelopFunction& develop) {
  Hello hello = prepare();
  if (!send_frame(socket, &hello, sizeof hello)) ::_exit(1);
  while (true) {
    Job job;
    if (!receive(socket, job)) ::_exit(0);  // at once: what libraries do at the end is not allowed
    const Micros before = cpu_now();
    Reply reply = work(job, develop);
    reply.cpu_micros = cpu_now() - before;
    if (!send_frame(socket, &reply, sizeof reply)) ::_exit(0);
  }
}

}  // namespace picsharz::image
