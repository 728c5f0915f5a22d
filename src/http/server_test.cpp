// The server over real sockets: what it answers, what it refuses, how it begins and ends.
#include "http/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "http/test_client.h"

namespace picsharz::http {
namespace {

using testing::Client;
using testing::get;
using testing::post;
using testing::Reply;

class HttpServer : public testing::ServerTest {
 protected:
  HttpServer() {
    add(Method::get, "/io", Pool::io, [](Request&) { return text(200, "io"); });
    add(Method::get, "/web", Pool::web, [](Request&) { return text(200, "web"); });
    add(Method::get, "/echo/{value}", Pool::io, [](Request& request) {
      return text(200, request.path_values[0] + "|" +
                           std::string(request.query_value("q").value_or("-")) + "|" +
                           request.remote_address);
    });
    add(
        Method::post, "/json", Pool::web,
        [](Request& request) { return json(200, std::string(request.body)); }, BodyKind::json);
    add(
        Method::post, "/text", Pool::io,
        [](Request& request) { return text(200, std::string(request.body)); }, BodyKind::text);
  }
};

TEST_F(HttpServer, AnswersOnEveryPool) {
  add(Method::get, "/password", Pool::password, [](Request&) { return text(200, "password"); });
  start();
  Client client(port());
  for (const char* path : {"/io", "/web", "/password"}) {
    const Reply reply = client.exchange(get(path));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, path + 1);
    EXPECT_EQ(reply.header("X-Request-Id").size(), 32u);
    EXPECT_EQ(reply.header("Date").size(), 29u);
    EXPECT_EQ(reply.header("Connection"), "");
  }
  EXPECT_EQ(server_->stats().connections, 1);
}

TEST_F(HttpServer, PassesPathQueryAndAddress) {
  start();
  EXPECT_EQ(Client(port()).exchange(get("/echo/a%20b?q=c+d")).body, "a b|c d|127.0.0.1");
}

TEST_F(HttpServer, TrustsOnlyItsProxies) {
  options_.trusted_proxies = {"::ffff:127.0.0.1"};
  start();
  EXPECT_EQ(Client(port()).exchange(get("/echo/a", "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n")).body,
            "a|-|1.2.3.4");
}

TEST_F(HttpServer, TakesTheTraceId) {
  start();
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const Reply reply =
      Client(port()).exchange(get("/io", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n"));
  EXPECT_EQ(reply.header("X-Request-Id"), trace);
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  start();
  Client client(port());
  std::string all;
  for (int i = 0; i < 300; ++i) {
    all += get("/echo/" + std::to_string(i));
    all += get("/web");
    all += post("/json", "application/json", "[" + std::to_string(i) + "]");
  }
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(client.receive().body, std::to_string(i) + "|-|127.0.0.1");
    ASSERT_EQ(client.receive().body, "web");
    ASSERT_EQ(client.receive().body, "[" + std::to_string(i) + "]");
  }
  sender.join();
}

TEST_F(HttpServer, AnswersARequestThatComesByteByByte) {
  start();
  Client client(port());
  const std::string chunked =
      "POST /text HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (const std::string& request : {get("/io"), post("/text", "a/b", "x"), chunked}) {
    for (const char c : request) ASSERT_TRUE(client.send({&c, 1}));
    ASSERT_EQ(client.receive().status, 200);
  }
}

TEST_F(HttpServer, ChunkedBodiesMayBePipelined) {
  start();
  Client client(port());
  const std::string big(20'000, 'x');
  const std::string chunked =
      "POST /text HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n" + big +
      "\r\n0\r\n\r\n";
  client.send(chunked + chunked + get("/io") + get("/web"));
  EXPECT_EQ(client.receive().body, big);
  EXPECT_EQ(client.receive().body, big);
  EXPECT_EQ(client.receive().body, "io");
  EXPECT_EQ(client.receive().body, "web");
}

TEST_F(HttpServer, SpeaksHttp10) {
  start();
  Client closing(port());
  const Reply reply = closing.exchange("GET /io HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.body, "io");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(closing.ends());
  Client staying(port());
  const std::string keep = "GET /io HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(staying.exchange(keep).header("Connection"), "keep-alive");
  EXPECT_EQ(staying.exchange(keep).body, "io");
}

TEST_F(HttpServer, ClosesWhenAsked) {
  start();
  Client client(port());
  EXPECT_EQ(client.exchange(get("/io", "Connection: close\r\n")).header("Connection"), "close");
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpServer, HeadHasTheHeadersOfGet) {
  start();
  Client client(port());
  client.send("HEAD /io HTTP/1.1\r\nHost: a\r\n\r\n");
  const Reply reply = client.receive(true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), "2");
  EXPECT_EQ(client.exchange(get("/web")).body, "web");  // nothing was left over
}

TEST_F(HttpServer, AnswersNotModified) {
  add(Method::get, "/etag", Pool::io,
      [](Request&) { return text(200, "big").header("ETag", "\"v1\""); });
  start();
  Client client(port());
  const Reply reply = client.exchange(get("/etag", "If-None-Match: \"v0\", W/\"v1\"\r\n"));
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.header("ETag"), "\"v1\"");
  EXPECT_EQ(reply.header("Content-Length"), "");
  EXPECT_EQ(client.exchange(get("/etag", "If-None-Match: \"v0\"\r\n")).body, "big");
}

TEST_F(HttpServer, SendsFilesWhole) {
  std::string bytes(5'000'000, 0);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  char name[] = "/tmp/server_test_XXXXXX";
  const int descriptor = ::mkstemp(name);
  ASSERT_GE(descriptor, 0);
  ::unlink(name);
  ASSERT_EQ(::write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  const auto file = std::make_shared<const FileHandle>(descriptor, 5'000'000);
  add(Method::get, "/file", Pool::io, [file](Request&) {
    Response response;
    response.body = FileBody{file, 0, file->size()};
    return response;
  });
  start();
  Client client(port());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(client.exchange(get("/file")).body == bytes);
  client.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).header("Content-Length"), "5000000");
}

TEST_F(HttpServer, TheDefaultHeadersAreOnEveryAnswer) {
  options_.default_headers = "X-Content-Type-Options: nosniff\r\n";
  start();
  Client client(port());
  EXPECT_EQ(client.exchange(get("/io")).header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(client.exchange(get("/none")).header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(client.exchange("nonsense\r\n\r\n").header("X-Content-Type-Options"), "nosniff");
}

TEST_F(HttpServer, WhatIsKnownIsAnsweredAtOnceAndTheRestLater) {
  for (const Pool pool : {Pool::io, Pool::web}) {
    Route route;
    route.pattern = pool == Pool::io ? "/io/{name}/{more}" : "/web/{name}/{more}";
    route.access = Access::open;
    route.pool = pool;
    route.at_once = [](Request& request) -> std::optional<Response> {
      if (request.path_values.at(0) == "thrown") throw std::runtime_error("broken");
      if (request.path_values.at(0) != "known") return std::nullopt;
      return text(200, request.path_values.at(1) + " at once");
    };
    route.async = [](Request& request, const Responder& responder) {
      responder.answer(text(200, request.path_values.at(1) + " later"));
    };
    router_.add(std::move(route));
  }
  start();
  Client client(port());
  for (const std::string pool : {"/io", "/web"}) {
    EXPECT_EQ(client.exchange(get(pool + "/known/one")).body, "one at once");
    EXPECT_EQ(client.exchange(get(pool + "/other/two")).body, "two later");
    EXPECT_EQ(client.exchange(get(pool + "/thrown/x")).status, 500);
    // Answers that need no waiting keep their order, too.
    client.send(get(pool + "/known/1") + get(pool + "/other/2") + get(pool + "/known/3"));
    for (const char* expected : {"1 at once", "2 later", "3 at once"}) {
      EXPECT_EQ(client.receive().body, expected);
    }
  }
  EXPECT_EQ(client.exchange(get("/io/known/one?a=b&c=d")).body, "one at once");
  EXPECT_EQ(client.exchange(get("/none")).status, 404);
  EXPECT_EQ(client.exchange(get("/io/known/last")).body, "last at once");
}

TEST_F(HttpServer, AnswersWhatHasNoRoute) {
  start();
  Client client(port());
  const Reply missing = client.exchange(get("/none"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("Content-Type"), "application/problem+json");
  EXPECT_NE(missing.body.find("\"code\":\"not_found\""), std::string::npos);
  const Reply wrong = client.exchange("DELETE /io HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.exchange("BREW /io HTTP/1.1\r\nHost: a\r\n\r\n").status, 501);
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpServer, TheFallbackAnswersTheRest) {
  router_.set_fallback([](Request& request) { return text(200, "shell of " + request.path); });
  start();
  Client client(port());
  EXPECT_EQ(client.exchange(get("/some/page")).body, "shell of /some/page");
  EXPECT_EQ(client.exchange("POST /io HTTP/1.1\r\nHost: a\r\n\r\n").status, 405);
}

TEST_F(HttpServer, RefusesMalformedRequestsAndCloses) {
  start();
  const std::string head = "POST /text HTTP/1.1\r\nHost: a\r\n";
  const std::string refused[] = {
      head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
      head + "Transfer-Encoding: gzip\r\n\r\n",
      head + "Transfer-Encoding: chunked, chunked\r\n\r\n",
      head + "Folded: a\r\n b\r\n\r\n",
      head + "Space : a\r\n\r\n",
      head + "Bare: a\n\r\n",
      head + std::string("Nul: \0\r\n\r\n", 10),
      head + "Control: \x02\r\n\r\n",
      head + "Host: b\r\n\r\n",
      "GET /io HTTP/1.1\r\n\r\n",
      "GET /io HTTP/3.0\r\nHost: a\r\n\r\n",
      "GET http://a/io HTTP/1.1\r\nHost: a\r\n\r\n",
      get("/%00"),
      get("/%zz"),
      get("/io?%"),
      head + "Big: " + std::string(20'000, 'x') + "\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02",
      std::string("\0\0\0\0", 4),
      head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(10'000, 'e') + "\r\nx\r\n",
  };
  for (const std::string& bytes : refused) {
    Client client(port());
    const Reply reply = client.exchange(bytes);
    EXPECT_EQ(reply.status, 400) << bytes;
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    EXPECT_NE(reply.body.find("\"code\":\"malformed_request\""), std::string::npos);
    EXPECT_TRUE(client.ends());
  }
  EXPECT_EQ(server_->stats().refused, static_cast<std::int64_t>(std::size(refused)));
}

TEST_F(HttpServer, NothingBehindAMalformedRequestIsAnswered) {
  start();
  Client client(port());
  client.send("GET /io HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n" + get("/io") + get("/io"));
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpServer, RefusesBodiesThatTheRouteDoesNotWant) {
  start();
  const auto refused = [this](const std::string& bytes) {
    Client client(port());
    const Reply reply = client.exchange(bytes);
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client.ends());
    return reply.status;
  };
  EXPECT_EQ(refused("GET /io HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"), 400);
  EXPECT_EQ(refused(post("/json", "text/plain", "{}")), 415);
  EXPECT_EQ(refused(post("/json", "application/jsonx", "{}")), 415);
  EXPECT_EQ(refused(post("/json", "application/json", std::string(70'000, ' '))), 413);
  EXPECT_EQ(
      refused("POST /text HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" +
              std::string(70'000, 'x') + "\r\n0\r\n\r\n"),
      413);
  EXPECT_EQ(refused(post("/none", "application/json", "{}")), 404);
  Client client(port());
  EXPECT_EQ(client.exchange(post("/json", "Application/JSON; charset=utf-8", "{}")).body, "{}");
  EXPECT_EQ(client.exchange(post("/json", "application/json", std::string(65'536, ' '))).status,
            200);
  EXPECT_EQ(client.exchange("GET /io HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status,
            200);
}

TEST_F(HttpServer, AnswersContinueOnlyToWhatItWants) {
  start();
  const std::string head = "POST /json HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
  Client client(port());
  const Reply go =
      client.exchange(head + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(go.status, 100);
  EXPECT_EQ(client.exchange("[]").body, "[]");
  const Reply stop =
      client.exchange(head + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(stop.status, 415);
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpServer, TheAuthenticatorDecides) {
  authenticate_ = [](Request& request, const Route& route) -> Result<void> {
    if (route.access == Access::open) return {};
    if (request.header("Authorization") != "let me in") {
      return fail(ErrorKind::unauthenticated, "sign_in", "Nobody is signed in.", "Sign in.");
    }
    request.viewer.account = AccountId{7};
    return {};
  };
  for (const Pool pool : {Pool::io, Pool::web}) {
    Route route;
    route.pattern = pool == Pool::io ? "/member/io" : "/member/web";
    route.access = Access::member;
    route.pool = pool;
    route.handler = [](Request& request) { return text(200, request.viewer.account.str()); };
    router_.add(std::move(route));
  }
  start();
  Client client(port());
  for (const char* path : {"/member/io", "/member/web"}) {
    const Reply refused = client.exchange(get(path));
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.body.find(refused.header("X-Request-Id")), std::string::npos);
    EXPECT_EQ(client.exchange(get(path, "Authorization: let me in\r\n")).body, "7");
  }
}

TEST_F(HttpServer, AnExceptionIsAnsweredOnce) {
  options_.explain_exception = [](const std::exception& failure) -> std::optional<Error> {
    if (std::string_view(failure.what()) != "database is down") return std::nullopt;
    Error error{ErrorKind::unavailable, "unavailable", "Not now.", "Try again."};
    error.retry_after_seconds = 5;
    return error;
  };
  for (const Pool pool : {Pool::io, Pool::web}) {
    const std::string at = pool == Pool::io ? "/io" : "/web";
    add(Method::get, at + "/known", pool,
        [](Request&) -> Response { throw std::runtime_error("database is down"); });
    add(Method::get, at + "/unknown", pool,
        [](Request&) -> Response { throw std::logic_error("secret"); });
    add(Method::get, at + "/odd", pool, [](Request&) -> Response { throw 1; });
  }
  start();
  Client client(port());
  for (const std::string at : {"/io", "/web"}) {
    const Reply known = client.exchange(get(at + "/known"));
    EXPECT_EQ(known.status, 503);
    EXPECT_EQ(known.header("Retry-After"), "5");
    const Reply unknown = client.exchange(get(at + "/unknown"));
    EXPECT_EQ(unknown.status, 500);
    EXPECT_NE(unknown.body.find("\"code\":\"internal\""), std::string::npos);
    EXPECT_EQ(unknown.body.find("secret"), std::string::npos);
    EXPECT_EQ(client.exchange(get(at + "/odd")).status, 500);
  }
}

TEST_F(HttpServer, APageIsShownInsteadOfAProblem) {
  options_.explain_exception = [](const std::exception&) -> std::optional<Error> {
    Error error{ErrorKind::unavailable, "unavailable", "Not now.", "Try again."};
    error.retry_after_seconds = 5;
    return error;
  };
  const auto page = [&](std::string pattern, Handler handler) {
    router_.add(
        {.method = Method::get,
         .pattern = std::move(pattern),
         .access = Access::open,
         .handler = std::move(handler),
         .instead = [](Request& request) { return text(200, "shell of " + request.path); }});
  };
  page("/page/down", [](Request&) -> Response { throw std::runtime_error("down"); });
  page("/page/missing",
       [](Request& request) { return problem(not_found().error(), request.request_id); });
  page("/page/much", [](Request& request) {
    Error error{ErrorKind::too_many, "too_many_requests", "Too much.", "Wait."};
    error.retry_after_seconds = 7;
    return problem(error, request.request_id);
  });
  start();
  Client client(port());
  const Reply much = client.exchange(get("/page/much"));
  EXPECT_EQ(much.status, 429);
  EXPECT_EQ(much.body, "shell of /page/much");
  EXPECT_EQ(much.header("Retry-After"), "7");
  const Reply down = client.exchange(get("/page/down"));
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.body, "shell of /page/down");
  EXPECT_EQ(down.header("Retry-After"), "5");
  const Reply missing = client.exchange(get("/page/missing"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("Content-Type"), "application/problem+json");
}

TEST_F(HttpServer, ObservesEveryRequestOnce) {
  std::mutex mutex;
  std::vector<std::string> seen;
  observe_ = [&](const Served& served) {
    const std::lock_guard lock(mutex);
    seen.push_back(std::string(served.route) + " " + std::to_string(served.status));
    EXPECT_GT(served.bytes, 0);
    EXPECT_GE(served.duration, 0);
  };
  start();
  {
    Client client(port());
    client.exchange(get("/echo/1"));
    client.exchange(get("/web"));
    client.exchange(get("/none"));
    client.exchange("junk\r\n\r\n");
  }
  server_->stop();
  EXPECT_EQ(seen, (std::vector<std::string>{"/echo/{value} 200", "/web 200", "(none) 404",
                                            "(malformed) 400"}));
  EXPECT_EQ(server_->stats().requests, 4);
}

// Holds handlers until it is opened.
class Gate {
 public:
  explicit Gate(int visitors) : arrived_(visitors) {}
  void pass() {
    arrived_.count_down();
    opened_.wait();
  }
  void wait_for_visitors() { arrived_.wait(); }
  void open() { opened_.count_down(); }

 private:
  std::latch arrived_;
  std::latch opened_{1};
};

// Its only worker is held by /slow until the gate opens.
class HttpQueue : public HttpServer {
 protected:
  void start_with_one_worker(Gate& gate, std::size_t queue) {
    options_.web_workers = 1;
    options_.web_queue = queue;
    add(Method::get, "/slow", Pool::web, [&gate](Request&) {
      gate.pass();
      return text(200, "slow");
    });
    start();
  }
};

TEST_F(HttpQueue, ShedsWhatDoesNotFit) {
  Gate gate(1);
  start_with_one_worker(gate, 1);
  Client running(port());
  running.send(get("/slow"));
  gate.wait_for_visitors();
  Client waiting(port());
  waiting.send(get("/web"));
  while (server_->stats().queue < 1) std::this_thread::yield();
  Client shed(port());
  const Reply reply = shed.exchange(get("/web"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(shed.exchange(get("/io")).body, "io");  // the connection stays, the I/O thread lives
  EXPECT_EQ(server_->stats().shed, 1);
  gate.open();
  EXPECT_EQ(running.receive().body, "slow");
  EXPECT_EQ(waiting.receive().body, "web");
}

TEST_F(HttpQueue, ShedsAPageWithItsShell) {
  Gate gate(1);
  router_.add({.method = Method::get,
               .pattern = "/page",
               .access = Access::open,
               .handler = [](Request&) { return text(200, "full"); },
               .instead = [](Request&) { return text(200, "shell"); }});
  start_with_one_worker(gate, 1);
  Client running(port());
  running.send(get("/slow"));
  gate.wait_for_visitors();
  Client waiting(port());
  waiting.send(get("/page"));
  while (server_->stats().queue < 1) std::this_thread::yield();
  const Reply reply = Client(port()).exchange(get("/page"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(reply.body, "shell");
  gate.open();
  EXPECT_EQ(running.receive().body, "slow");
  EXPECT_EQ(waiting.receive().body, "full");
}

TEST_F(HttpQueue, VisitorsAreSentAwayBeforeMembers) {
  Gate gate(1);
  start_with_one_worker(gate, 3);
  Client running(port());
  // Connected before: in half a second members, too, would be sent away from a queue that stands.
  Client one(port());
  Client two(port());
  Client three(port());
  Client member(port());
  for (Client* each : {&one, &two, &three, &member}) {
    EXPECT_EQ(each->exchange(get("/io")).status, 200);
  }
  running.send(get("/slow"));
  gate.wait_for_visitors();
  one.send(get("/web"));
  two.send(get("/web"));
  while (server_->stats().queue < 2) std::this_thread::yield();
  EXPECT_EQ(three.exchange(get("/web")).status, 503);
  member.send(get("/web", "Cookie: sid=x\r\n"));
  while (server_->stats().queue < 3) std::this_thread::yield();
  EXPECT_EQ(server_->stats().shed_by_importance[static_cast<std::size_t>(Importance::visitor)], 1);
  gate.open();
  EXPECT_EQ(member.receive().body, "web");
}

TEST_F(HttpServer, KnowsHowManyWorkersWereAwakeAtOnce) {
  Gate gate(2);
  options_.web_workers = 3;
  add(Method::get, "/slow", Pool::web, [&](Request&) {
    gate.pass();
    return text(200, "slow");
  });
  start();
  while (server_->most_awake() != 0) std::this_thread::yield();  // they have just started
  Client one(port());
  Client two(port());
  one.send(get("/slow"));
  two.send(get("/slow"));
  gate.wait_for_visitors();
  gate.open();
  EXPECT_EQ(one.receive().body, "slow");
  EXPECT_EQ(two.receive().body, "slow");
  EXPECT_GE(server_->most_awake(), 2);  // also when they sleep again
  while (server_->most_awake() != 0) std::this_thread::yield();
}

TEST_F(HttpServer, ThePasswordQueueIsItsOwn) {
  Gate gate(1);
  add(Method::get, "/login", Pool::password, [&](Request&) {
    gate.pass();
    return text(200, "hashed");
  });
  start();
  Client login(port());
  login.send(get("/login"));
  gate.wait_for_visitors();
  EXPECT_EQ(Client(port()).exchange(get("/web")).body, "web");
  gate.open();
  EXPECT_EQ(login.receive().body, "hashed");
}

TEST_F(HttpServer, AsyncHandlersAnswerFromAnyThread) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  for (const Pool pool : {Pool::io, Pool::web}) {
    Route route;
    route.pattern = pool == Pool::io ? "/later/io" : "/later/web";
    route.access = Access::open;
    route.pool = pool;
    route.async = [&](Request& request, Responder responder) {
      const std::lock_guard lock(mutex);
      threads.emplace_back([&request, responder] {
        responder.answer(text(200, "later " + request.path));
        responder.answer(text(200, "never"));
      });
    };
    router_.add(std::move(route));
  }
  start();
  Client client(port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.exchange(get("/later/io")).body, "later /later/io");
    EXPECT_EQ(client.exchange(get("/later/web")).body, "later /later/web");
  }
  server_.reset();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HttpServer, OnlyWhatConfirmsItsSessionStartsFromMemory) {
  std::vector<std::string> recalled;  // of the I/O thread
  options_.recall = [&](Request& request, const Route&) {
    recalled.push_back(request.path);
    return true;
  };
  for (const bool confirms : {true, false}) {
    Route route;
    route.pattern = confirms ? "/confirms" : "/trusts";
    route.access = Access::open;
    route.confirms_session = confirms;
    route.async = [](Request&, const Responder& responder) { responder.answer(text(200, "done")); };
    router_.add(std::move(route));
  }
  start();
  Client client(port());
  EXPECT_EQ(client.exchange(get("/trusts")).body, "done");
  EXPECT_EQ(client.exchange(get("/confirms")).body, "done");
  server_.reset();
  EXPECT_EQ(recalled, std::vector<std::string>{"/confirms"});
}

TEST_F(HttpServer, AsyncHoldsNoWorker) {
  options_.web_workers = 1;
  std::mutex mutex;
  std::vector<Responder> waiting;
  Route route;
  route.pattern = "/wait";
  route.access = Access::open;
  route.async = [&](Request&, Responder responder) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(responder));
  };
  router_.add(std::move(route));
  start();
  Client one(port());
  Client two(port());
  one.send(get("/wait"));
  two.send(get("/wait"));
  EXPECT_EQ(Client(port()).exchange(get("/web")).body, "web");
  for (bool both = false; !both; std::this_thread::yield()) {
    const std::lock_guard lock(mutex);
    both = waiting.size() == 2;
  }
  for (const Responder& responder : waiting) responder.answer(text(200, "done"));
  EXPECT_EQ(one.receive().body, "done");
  EXPECT_EQ(two.receive().body, "done");
}

TEST_F(HttpServer, AsyncThatIsDroppedOrThrowsIsAnswered) {
  for (const Pool pool : {Pool::io, Pool::web}) {
    const std::string at = pool == Pool::io ? "/io" : "/web";
    Route dropped;
    dropped.pattern = at + "/dropped";
    dropped.access = Access::open;
    dropped.pool = pool;
    dropped.async = [](Request&, Responder) {};
    router_.add(std::move(dropped));
    Route thrown;
    thrown.pattern = at + "/thrown";
    thrown.access = Access::open;
    thrown.pool = pool;
    thrown.async = [](Request&, Responder) { throw std::runtime_error("broken"); };
    router_.add(std::move(thrown));
  }
  start();
  Client client(port());
  for (const std::string at : {"/io", "/web"}) {
    EXPECT_EQ(client.exchange(get(at + "/dropped")).status, 500);
    EXPECT_EQ(client.exchange(get(at + "/thrown")).status, 500);
    EXPECT_EQ(client.exchange(get("/io")).status, 200);
  }
}

TEST_F(HttpServer, ManyThreadsManyConnections) {
  options_.io_threads = 3;
  options_.connections_per_address = 0;
  start();
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int c = 0; c < 5; ++c) {
        Client client(port());
        for (int i = 0; i < 20; ++i) {
          const std::string value = std::to_string(t * 1000 + i);
          right += client.exchange(get("/echo/" + value)).body == value + "|-|127.0.0.1";
          right += client.exchange(get("/web")).body == "web";
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8 * 5 * 20 * 2);
}

TEST_F(HttpServer, BoundsConnections) {
  options_.connections = 3;
  options_.connections_per_address = 2;
  start();
  auto one = std::make_unique<Client>(port());
  Client two(port());
  EXPECT_EQ(one->exchange(get("/io")).status, 200);
  EXPECT_EQ(two.exchange(get("/io")).status, 200);
  Client three(port());
  EXPECT_EQ(three.receive().status, 503);
  EXPECT_TRUE(three.ends());
  one.reset();
  while (server_->stats().connections > 1) std::this_thread::yield();
  EXPECT_EQ(Client(port()).exchange(get("/io")).status, 200);
}

TEST_F(HttpServer, StopFinishesWhatRuns) {
  Gate gate(1);
  add(Method::get, "/slow", Pool::web, [&](Request&) {
    gate.pass();
    return text(200, "finished");
  });
  start();
  Client idle(port());
  EXPECT_EQ(idle.exchange(get("/io")).status, 200);
  Client busy(port());
  busy.send(get("/slow"));
  gate.wait_for_visitors();
  std::thread stopping([&] { server_->stop(); });
  EXPECT_TRUE(idle.ends());  // at once: nothing was going on there
  gate.open();
  const Reply reply = busy.receive();
  EXPECT_EQ(reply.body, "finished");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(busy.ends());
  stopping.join();
  EXPECT_EQ(server_->stats().connections, 0);
  server_->stop();  // again: nothing
}

TEST_F(HttpServer, StopCutsOffWhatTakesTooLong) {
  Gate gate(1);
  options_.web_workers = 1;
  options_.drain_timeout = 100'000;
  add(Method::get, "/slow", Pool::web, [&](Request&) {
    gate.pass();
    return text(200, "too late");
  });
  start();
  Client busy(port());
  busy.send(get("/slow"));
  gate.wait_for_visitors();
  Client queued(port());
  queued.send(get("/web"));
  while (server_->stats().queue < 1) std::this_thread::yield();
  std::thread stopping([&] { server_->stop(); });
  EXPECT_EQ(busy.receive().status, 0);
  EXPECT_EQ(queued.receive().status, 0);
  gate.open();
  stopping.join();
}

TEST_F(HttpServer, StartSaysWhenTheAddressIsTaken) {
  start();
  ServerOptions options = options_;
  options.port = port();
  Server second(router_, authenticate_, observe_, clock_, options);
  EXPECT_THROW(second.start(), std::system_error);
  options.host = "not an address";
  Server third(router_, authenticate_, observe_, clock_, options);
  EXPECT_THROW(third.start(), std::system_error);
  options.trusted_proxies = {"proxy.example"};
  EXPECT_THROW(Server(router_, authenticate_, observe_, clock_, options), std::system_error);
}

TEST_F(HttpServer, TakesAnInheritedSocket) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(descriptor, 10), 0);
  options_.inherited_descriptor = descriptor;
  start();
  EXPECT_EQ(Client(port()).exchange(get("/io")).body, "io");
}

}  // namespace
}  // namespace picsharz::http
