// bench_calibrate serve          a trivial epoll server on a free loopback port, which it prints;
//                                it answers everything with 200 and 200 bytes until it is ended
// bench_calibrate decode FILE    decodes a JPEG for a second, prints CPU milliseconds of the
// fastest
//
// How fast is this machine just now? Both do work that never changes, so that two measurements may
// be compared only where these agree.
#include <cstdio>  // before jpeglib.h, which needs FILE

#include <arpa/inet.h>
#include <jpeglib.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::bench {

namespace {

std::string small_reply() {
  const std::string body(200, 'x');
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n" + body;
}

int listen_somewhere() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || ::bind(listener, generic, length) != 0 || ::listen(listener, 128) != 0 ||
      ::getsockname(listener, generic, &length) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// The load client sends one whole request at a time, so that each read is one.
void answer(int descriptor, std::string_view reply) {
  char request[4096];
  if (::recv(descriptor, request, sizeof request, 0) <= 0 ||
      ::send(descriptor, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) {
    ::close(descriptor);
  }
}

[[noreturn]] void serve() {
  const std::string reply = small_reply();
  const int listener = listen_somewhere();
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  watch(epoll, listener);
  for (;;) {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll, events, std::size(events), -1);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener) {
        watch(epoll, ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
      } else {
        answer(events[i].data.fd, reply);
      }
    }
  }
}

double cpu_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// A picture that libjpeg refuses ends the program with libjpeg's own message.
void decode_once(const std::string& bytes) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = ::jpeg_std_error(&errors);
  ::jpeg_create_decompress(&jpeg);
  ::jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  ::jpeg_read_header(&jpeg, TRUE);
  ::jpeg_start_decompress(&jpeg);
  std::vector<unsigned char> row(static_cast<std::size_t>(jpeg.output_width) *
                                 static_cast<std::size_t>(jpeg.output_components));
  unsigned char* rows[] = {row.data()};
  while (jpeg.output_scanline < jpeg.output_height) ::jpeg_read_scanlines(&jpeg, rows, 1);
  ::jpeg_finish_decompress(&jpeg);
  ::jpeg_destroy_decompress(&jpeg);
}

void decode(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) throw std::runtime_error(std::string("cannot read ") + path);
  constexpr double enough = 1000;
  double fastest = enough;
  const double started = cpu_milliseconds();
  for (double before = started; before - started < enough;) {
    decode_once(bytes);
    const double after = cpu_milliseconds();
    fastest = std::min(fastest, after - before);
    before = after;
  }
  std::printf("%.2f\n", fastest);
}

}  // namespace

}  // namespace picsharz::bench

int main(int count, char** values) {
  const std::string_view command = count > 1 ? values[1] : "";
  try {
    if (command == "serve" && count == 2) picsharz::bench::serve();
    if (command == "decode" && count == 3) {
      picsharz::bench::decode(values[2]);
      return 0;
    }
    throw std::invalid_argument("usage: bench_calibrate serve | decode FILE");
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_calibrate: %s\n", failure.what());
    return 2;
  }
}
