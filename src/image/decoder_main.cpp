// The decoder process: no secret, no environment, one socket, one picture at a time.
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "image/decoder_pool.h"
#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/jpeg_codec.h"
#include "image/pipeline.h"
#include "image/probe.h"
#include "image/vips_pictures.h"
#include "image/webp_encoder.h"

namespace picsharz::image {
namespace {

constexpr rlim_t MiB = 1024 * 1024;

void limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  if (::setrlimit(resource, &both) != 0) {
    throw std::system_error(errno, std::generic_category(), "setrlimit");
  }
}

// Dies with its parent, gains no privilege, and has one arena: each arena costs 64 MiB of
// addresses.
void prepare_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::mallopt(M_ARENA_MAX, 1);
}

// The last step before the first foreign byte. Landlock (before the warm-up, whose threads inherit
// it) and seccomp (after the limits below) are not here yet: until they are, a decoder that is
// taken over has the file system and the network of the server's user, within these limits.
void lock_down() {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 16);
  limit(RLIMIT_FSIZE, static_cast<rlim_t>(decoder_output_max));
#ifndef PICSHARZ_SANITIZED  // sanitizers reserve terabytes of addresses
  limit(RLIMIT_DATA, 400 * MiB);
  limit(RLIMIT_AS, 768 * MiB);
#endif
}

// One grey pixel, 67 bytes.
constexpr std::string_view tiny_png(
    "\x89PNG\r\n\x1a\n"
    "\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"
    "\0\0\0\nIDAT\x78\x9c\x63\x68\0\0\0\x82\0\x81\x77\xcd\x72\xb6"
    "\0\0\0\0IEND\xae\x42\x60\x82",
    67);

Result<Developed> develop_bytes(std::string_view bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  TRY_ASSIGN(const Probe found, probe(size, [bytes](std::int64_t offset, std::size_t count) {
               return std::string(bytes.substr(static_cast<std::size_t>(offset), count));
             }));
  return develop_picture(bytes, found);
}

// A tiny picture of each format: libraries load, tables are built, threads start.
void warm_up() {
  const Yuv grey{Plane(16, 16), Plane(8, 8), Plane(8, 8)};
  for (const std::string& picture :
       {encode_jpeg(grey, 80), encode_webp(grey), std::string(tiny_png)}) {
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

// The sealed input in memory; it cannot shrink under the mapping.
class Mapped {
 public:
  Mapped(int file, std::int64_t size)
      : size_(static_cast<std::size_t>(size)),
        data_(::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0)) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~Mapped() { ::munmap(data_, size_); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  std::size_t size_;
  void* data_;
};

Reply work(const Job& job) {
  try {
    const Mapped input(job.input.get(), job.request.bytes);
    const auto developed = develop_picture(input.bytes(), to_probe(job.request));
    if (!developed) return failure_reply(ReplyStatus::corrupt, developed.error().detail);
    return write_reply(*developed, job.output.get());
  } catch (const std::bad_alloc&) {
    return failure_reply(ReplyStatus::out_of_memory, "memory");
  }
}

Micros cpu_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * second + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

bool send_frame(int socket, const void* frame, std::size_t size) {
  return ::send(socket, frame, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

}  // namespace

int decoder_main(int socket) {
  prepare_process();
  init_vips();
  warm_up();
  lock_down();
  const Hello hello;
  if (!send_frame(socket, &hello, sizeof hello)) return 1;
  while (true) {
    Job job;
    if (!receive(socket, job)) return 0;
    const Micros before = cpu_now();
    Reply reply = work(job);
    reply.cpu_micros = cpu_now() - before;
    if (!send_frame(socket, &reply, sizeof reply)) return 0;
  }
}

}  // namespace picsharz::image
