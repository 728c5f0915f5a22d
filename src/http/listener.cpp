#include "http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace picsharz::http {

namespace {

constexpr int backlog = 1024;
constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START

[[noreturn]] void fail_with(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

long number_of(const char* text) {
  long value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

// The socket that systemd opened for this very process, once.
std::optional<int> inherited_socket() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr || number_of(pid) != ::getpid() || number_of(count) < 1) {
    return std::nullopt;
  }
  ::unsetenv("LISTEN_PID");
  return first_inherited;
}

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

Address resolve(const Endpoint& endpoint) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  const std::string host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
  const auto port = htons(static_cast<std::uint16_t>(endpoint.port));
  if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    address.length = sizeof *v4;
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    address.length = sizeof *v6;
  } else {
    fail_with(EINVAL, endpoint.host + " is not an address");
  }
  return address;
}

int bound_port(int descriptor) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return 0;
  return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

int open_socket(const Endpoint& endpoint) {
  const Address address = resolve(endpoint);
  const int descriptor =
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) fail_with(errno, "socket");
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.length) !=
          0 ||
      ::listen(descriptor, backlog) != 0) {
    const int error = errno;
    ::close(descriptor);
    fail_with(error, endpoint.host + ":" + std::to_string(endpoint.port));
  }
  return descriptor;
}

}  // namespace

Endpoint parse_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon == std::string::npos) fail_with(EINVAL, text + " is not address:port");
  endpoint.host = text.substr(0, colon);
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']')) {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  }
  const char* first = text.data() + colon + 1;
  const auto [end, failure] = std::from_chars(first, text.data() + text.size(), endpoint.port);
  if (failure != std::errc{} || end != text.data() + text.size() || endpoint.port < 0 ||
      endpoint.port > 65'535) {
    fail_with(EINVAL, text + " is not address:port");
  }
  return endpoint;
}

Listener::Listener(const Endpoint& endpoint) : host_(endpoint.host) {
  const auto inherited = inherited_socket();
  descriptor_ = inherited ? *inherited : open_socket(endpoint);
  port_ = bound_port(descriptor_);
}

Listener::~Listener() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string Listener::address() const {
  const bool v6 = host_.find(':') != std::string::npos;
  return (v6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port_);
}

int Listener::release() { return std::exchange(descriptor_, -1); }

}  // namespace picsharz::http
