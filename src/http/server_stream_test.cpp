// Bodies that are streamed into a sink, and peers that are slow.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/test_client.h"

namespace picsharz::http {
namespace {

using testing::Client;
using testing::Reply;

// FNV-1a: tells whether the same bytes came in the same order.
std::uint64_t hash_of(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

class HashSink final : public BodySink {
 public:
  explicit HashSink(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~HashSink() override { --alive_; }
  Result<void> write(std::string_view piece) override {
    size_ += piece.size();
    if (piece.find("poison") != std::string_view::npos) {
      return fail(ErrorKind::unprocessable, "poison", "This is poison.", "Send something else.");
    }
    if (piece.find("bomb") != std::string_view::npos) throw std::runtime_error("disk on fire");
    hash_ = hash_of(piece, hash_);
    return {};
  }
  Result<void> finish() override {
    if (size_ == 13) return fail(ErrorKind::invalid, "thirteen", "Unlucky.", "Send more.");
    finished_ = true;
    return {};
  }
  std::string summary() const {
    return std::to_string(size_) + " " + std::to_string(hash_) + (finished_ ? " whole" : " cut");
  }

 private:
  std::atomic<int>& alive_;
  std::size_t size_ = 0;
  std::uint64_t hash_ = hash_of("");
  bool finished_ = false;
};

std::string summary_of(std::string_view bytes) {
  return std::to_string(bytes.size()) + " " + std::to_string(hash_of(bytes)) + " whole";
}

class HttpStream : public testing::ServerTest {
 protected:
  HttpStream() {
    authenticate_ = [this](Request& request, const Route&) -> Result<void> {
      ++authenticated_;
      if (request.has_header("X-Member")) request.viewer.account = AccountId{7};
      if (request.has_header("Authorization")) return {};
      return fail(ErrorKind::unauthenticated, "sign_in", "Nobody is signed in.", "Sign in.");
    };
    Route route;
    route.method = Method::post;
    route.pattern = "/upload";
    route.access = Access::open;
    route.body = BodyKind::stream;
    route.max_body = 10'000'000;
    route.begin = [this](const Request& request) -> Result<std::unique_ptr<BodySink>> {
      if (request.has_header("X-Quota")) {
        return fail(ErrorKind::storage_full, "quota", "It is full.", "Remove something.");
      }
      return std::make_unique<HashSink>(sinks_);
    };
    route.handler = [](Request& request) {
      return text(201, static_cast<HashSink&>(*request.sink).summary());
    };
    router_.add(std::move(route));
    Route ping;
    ping.pattern = "/ping";
    ping.access = Access::open;
    ping.pool = Pool::io;
    ping.handler = [](Request&) { return text(200, "pong"); };
    router_.add(std::move(ping));
  }

  static std::string head(std::string_view framing, std::string_view more = "") {
    return "POST /upload HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n" + std::string(framing) +
           "\r\n" + std::string(more) + "\r\n";
  }
  static std::string with_length(std::size_t length, std::string_view more = "") {
    return head("Content-Length: " + std::to_string(length), more);
  }

  static std::string sample(std::size_t size) {
    std::string bytes(size, 0);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 16);
    return bytes;
  }

  void wait_for_no_sinks() {
    while (sinks_ > 0) std::this_thread::yield();
  }

  std::atomic<int> sinks_{0};
  std::atomic<int> authenticated_{0};
};

TEST_F(HttpStream, BytesOfAKnownLength) {
  start();
  Client client(port());
  for (const std::size_t size : {1, 1000, 5'000'000}) {
    const std::string bytes = sample(size);
    const Reply reply = client.exchange(with_length(size) + bytes);
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.body, summary_of(bytes));
  }
  EXPECT_EQ(client.exchange(with_length(0)).body, summary_of(""));
  EXPECT_EQ(authenticated_, 4);
  wait_for_no_sinks();
}

TEST_F(HttpStream, Chunks) {
  start();
  Client client(port());
  const std::string bytes = sample(300'000);
  std::string body;
  for (std::size_t at = 0, size = 1; at < bytes.size(); at += size, size = size * 3 % 70'001) {
    const std::string piece = bytes.substr(at, size);
    char length[32];
    std::snprintf(length, sizeof length, "%zx\r\n", piece.size());
    body += length + piece + "\r\n";
  }
  body += "0\r\nIgnored: trailer\r\n\r\n";
  client.send(head("Transfer-Encoding: chunked") + body +
              "GET /ping HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n");
  EXPECT_EQ(client.receive().body, summary_of(bytes));
  EXPECT_EQ(client.receive().body, "pong");
}

TEST_F(HttpStream, IsRefusedBeforeItsBody) {
  start();
  const auto refused = [this](const std::string& bytes) {
    Client client(port());
    const Reply reply = client.exchange(bytes);
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client.ends());
    return reply.status;
  };
  EXPECT_EQ(refused("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"), 401);
  EXPECT_EQ(refused(with_length(1000, "X-Quota: full\r\n")), 507);
  EXPECT_EQ(refused(with_length(10'000'001)), 413);
  EXPECT_EQ(refused(with_length(1000, "X-Quota: full\r\n") + sample(200'000)), 507);
  EXPECT_EQ(sinks_, 0);
}

// A client that sends all of it before it listens would otherwise see a broken line, and no reason.
TEST_F(HttpStream, AMemberIsHeardOutAfterARefusal) {
  start();
  const std::string bytes = sample(9'000'000);
  for (const char* more : {"X-Member: 7\r\nX-Quota: full\r\n", "X-Member: 7\r\n"}) {
    Client client(port());
    EXPECT_TRUE(client.send(with_length(bytes.size(), more) + "poison" + bytes.substr(6)));
    EXPECT_EQ(client.receive().status, std::string_view(more).ends_with("full\r\n") ? 507 : 422);
    EXPECT_TRUE(client.ends());
  }
  wait_for_no_sinks();
}

TEST_F(HttpStream, ContinueComesAfterAuthenticationAndBegin) {
  start();
  Client stranger(port());
  EXPECT_EQ(stranger
                .exchange("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                          "Expect: 100-continue\r\n\r\n")
                .status,
            401);
  EXPECT_TRUE(stranger.ends());
  Client member(port());
  EXPECT_EQ(member.exchange(with_length(5, "Expect: 100-continue\r\n")).status, 100);
  EXPECT_EQ(member.exchange("hello").body, summary_of("hello"));
  // Who does not wait for it is not told to go on.
  EXPECT_EQ(member.exchange(with_length(5, "Expect: 100-continue\r\n") + "hello").status, 201);
}

TEST_F(HttpStream, TheSinkMayRefuse) {
  start();
  Client poison(port());
  EXPECT_EQ(poison.exchange(with_length(1000) + "poison").status, 422);
  EXPECT_TRUE(poison.ends());
  Client bomb(port());
  EXPECT_EQ(bomb.exchange(with_length(1000) + "bomb").status, 500);
  EXPECT_TRUE(bomb.ends());
  Client unlucky(port());
  EXPECT_EQ(unlucky.exchange(with_length(13) + "thirteen char").status, 400);
  EXPECT_EQ(unlucky.exchange(with_length(5) + "hello").status, 201);
  Client endless(port());
  endless.send(head("Transfer-Encoding: chunked") + "FFFFFFF\r\n");
  const std::string bytes = sample(1'000'000);
  for (int i = 0; i < 10; ++i) endless.send(bytes);
  endless.send("more");
  EXPECT_EQ(endless.receive().status, 413);
  wait_for_no_sinks();
}

TEST_F(HttpStream, ACutUploadIsForgotten) {
  start();
  {
    Client client(port());
    client.send(with_length(1000) + "some");
    while (sinks_ == 0) std::this_thread::yield();
  }
  wait_for_no_sinks();
  while (server_->stats().connections > 0) std::this_thread::yield();
  EXPECT_EQ(server_->stats().requests, 0);
}

TEST_F(HttpStream, StopLetsAnUploadFinish) {
  start();
  Client client(port());
  client.send(with_length(10) + "hello");
  while (sinks_ == 0) std::this_thread::yield();
  std::thread stopping([&] { server_->stop(); });
  client.send("hello");
  EXPECT_EQ(client.receive().body, summary_of("hellohello"));
  stopping.join();
}

TEST_F(HttpStream, SlowHeadersAreCut) {
  options_.header_timeout = 200'000;
  start();
  Client client(port());
  client.send("GET /ping HTTP/1.1\r\nHo");
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status, 408);
  EXPECT_TRUE(client.ends());
  // The next request's head has its own time.
  Client second(port());
  EXPECT_EQ(second.exchange("GET /ping HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n").body,
            "pong");
  EXPECT_EQ(second.exchange("G").status, 408);
}

// Clients may come, and send, before there is a server that accepts them.
int socket_before_the_server() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(descriptor, 10), 0);
  return descriptor;
}

int port_before_the_server(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

TEST_F(HttpStream, IdleConnectionsAreClosed) {
  options_.idle_timeout = 200'000;
  options_.inherited_descriptor = socket_before_the_server();
  // Its request is there when it is accepted: on a busy machine it would be idle before it sends.
  Client used(port_before_the_server(options_.inherited_descriptor));
  used.send("GET /ping HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n");
  start();
  EXPECT_EQ(used.receive().status, 200);
  EXPECT_TRUE(used.ends());
  Client fresh(port());
  EXPECT_TRUE(fresh.ends());
}

TEST_F(HttpStream, SlowBodiesAreCut) {
  options_.slow_body_grace = 200'000;
  start();
  Client client(port());
  client.send(with_length(1000) + "few bytes");
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.ends());
  wait_for_no_sinks();
}

// Who sends is looked at again while they send (A20).
class HttpLooks : public HttpStream {
 protected:
  HttpLooks() {
    options_.look_interval = 40'000;
    options_.stands = [this](const Viewer& viewer) {
      EXPECT_EQ(viewer.account, AccountId{7});
      ++looks_;
      if (unknown_) throw std::runtime_error("the database is down");
      return stands_.load();
    };
    authenticate_ = [](Request& request, const Route&) -> Result<void> {
      if (request.has_header("Authorization")) request.viewer.account = AccountId{7};
      return {};
    };
  }

  void wait_for_looks(int more) {
    for (const int wanted = looks_ + more; looks_ < wanted;) std::this_thread::yield();
  }

  std::atomic<int> looks_{0};
  std::atomic<bool> stands_{true};
  std::atomic<bool> unknown_{false};
};

TEST_F(HttpLooks, WhoIsSignedOutWhileTheirBodyComesIsRefused) {
  start();
  Client client(port());
  client.send(with_length(1000) + "few bytes");
  wait_for_looks(3);
  EXPECT_FALSE(client.has_bytes());
  stands_ = false;
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status, 401);
  EXPECT_NE(reply.body.find("unauthenticated"), std::string::npos);
  EXPECT_TRUE(client.ends());
  wait_for_no_sinks();
}

TEST_F(HttpLooks, AnotherRequestOfTheConnectionIsLookedAtAnew) {
  start();
  Client client(port());
  for (int round = 0; round < 3; ++round) {
    client.send(with_length(20) + "0123456789");
    wait_for_looks(2);
    EXPECT_EQ(client.exchange("0123456789").status, 201);
  }
  client.send(with_length(20) + "0123456789");
  stands_ = false;
  EXPECT_EQ(client.receive().status, 401);
}

TEST_F(HttpLooks, ABodyThatEndsBetweenTwoLooksIsRefusedAllTheSame) {
  options_.look_interval = 400'000;
  start();
  stands_ = false;
  Client client(port());
  // Who is told to go on was let in before: the rest comes later than half an interval after that.
  EXPECT_EQ(client.exchange(with_length(20, "Expect: 100-continue\r\n")).status, 100);
  client.send("0123456789");
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(client.exchange("0123456789").status, 401);
  wait_for_no_sinks();
}

TEST_F(HttpLooks, WhereNobodyKnowsNobodyIsCut) {
  start();
  unknown_ = true;
  Client client(port());
  client.send(with_length(20) + "0123456789");
  wait_for_looks(3);
  unknown_ = false;
  EXPECT_EQ(client.exchange("0123456789").status, 201);
}

TEST_F(HttpLooks, WhatComesAtOnceIsNotLookedAt) {
  options_.look_interval = 60 * second;
  start();
  Client client(port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.exchange(with_length(20) + "01234567890123456789").status, 201);
  }
  EXPECT_EQ(looks_, 0);
}

TEST_F(HttpLooks, WhoIsSignedOutWhileTheyReadIsCut) {
  const std::string big(30'000'000, 'x');
  Route route;
  route.pattern = "/big";
  route.access = Access::open;
  route.handler = [&](Request&) {
    Response response;
    response.body = std::string_view(big);
    return response;
  };
  router_.add(std::move(route));
  start();
  Client client(port());
  client.send("GET /big HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n");
  wait_for_looks(3);
  EXPECT_EQ(server_->stats().connections, 1);
  stands_ = false;
  while (server_->stats().connections > 0) std::this_thread::yield();
  server_.reset();  // before what it sends goes
}

TEST_F(HttpStream, PeersThatDoNotReadAreCut) {
  options_.slow_body_grace = 200'000;
  const std::string big(30'000'000, 'x');
  std::atomic<bool> asked = false;
  Route route;
  route.pattern = "/big";
  route.access = Access::open;
  route.pool = Pool::io;
  route.handler = [&](Request&) {
    asked = true;
    Response response;
    response.body = std::string_view(big);
    return response;
  };
  router_.add(std::move(route));
  start();
  Client client(port());
  client.send("GET /big HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n");
  while (!asked) std::this_thread::yield();
  while (server_->stats().connections > 0) std::this_thread::yield();
  EXPECT_EQ(server_->stats().requests, 0);
  server_.reset();  // before what it sends goes
}

}  // namespace
}  // namespace picsharz::http
