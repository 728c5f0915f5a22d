// For the tests of this room: a server on a free port and a client that sends raw bytes.
//
// Failures:  a client that waits longer than a minute reports it as the end of the connection.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "http/server.h"
#include "http/text.h"

namespace picsharz::http::testing {

struct Reply {
  int status = 0;  // 0: the connection ended before a head was complete
  std::string head;
  std::string body;

  std::string header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find("\r\n"), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 2, rest.size()));
      const std::size_t colon = std::min(line.find(':'), line.size());
      if (equals_ignoring_case(line.substr(0, colon), name)) {
        return std::string(trimmed(line.substr(std::min(colon + 1, line.size()))));
      }
    }
    return {};
  }
};

class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False: the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // One answer; `to_head`: the request was HEAD, so that no body follows.
  Reply receive(bool to_head = false) {
    Reply reply;
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return reply;
    }
    reply.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    reply.status = std::atoi(reply.head.c_str() + 9);
    if (to_head || reply.status < 200) return reply;
    const auto length =
        static_cast<std::size_t>(std::atoll(reply.header("Content-Length").c_str()));
    while (pending_.size() < length) {
      if (!more()) break;
    }
    reply.body = pending_.substr(0, length);
    pending_.erase(0, length);
    return reply;
  }

  // The head of an answer without a length.
  Reply receive_head() { return receive(true); }

  // What comes up to and with `mark`, or what came before the connection ended.
  std::string read_until(std::string_view mark) {
    while (pending_.find(mark) == std::string::npos && more()) {
    }
    const std::size_t at = pending_.find(mark);
    const std::size_t size = at == std::string::npos ? pending_.size() : at + mark.size();
    std::string read = pending_.substr(0, size);
    pending_.erase(0, size);
    return read;
  }

  Reply exchange(std::string_view bytes) {
    send(bytes);
    return receive();
  }

  // True when the server closes without another byte.
  bool ends() {
    if (!pending_.empty()) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
  }

  bool has_bytes() const {
    char byte = 0;
    return !pending_.empty() || ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  }

 private:
  bool more() {
    char bytes[65536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    pending_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  std::string pending_;
};

inline std::string get(std::string_view path, std::string_view more_headers = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
         "\r\n";
}

inline std::string post(std::string_view path, std::string_view type, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Add routes, then start().
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options_.port = 0;
    options_.access_log = false;
    options_.web_workers = 2;
    options_.password_workers = 1;
  }

  void start() {
    server_ = std::make_unique<Server>(router_, authenticate_, observe_, clock_, options_);
    server_->start();
  }

  void add(Method method, std::string pattern, Pool pool, Handler handler,
           BodyKind body = BodyKind::none) {
    Route route;
    route.method = method;
    route.pattern = std::move(pattern);
    route.access = Access::open;
    route.handler = std::move(handler);
    route.body = body;
    route.pool = pool;
    router_.add(std::move(route));
  }

  int port() const { return server_->port(); }

  Router router_;
  SystemClock clock_;
  ServerOptions options_;
  Authenticator authenticate_ = [](Request&, const Route&) { return Result<void>(); };
  Observer observe_;
  std::unique_ptr<Server> server_;
};

}  // namespace picsharz::http::testing
