// The small parts of the transport, each without a server.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <latch>

#include "http/admission.h"
#include "http/client_address.h"
#include "http/request_id.h"
#include "http/response_writer.h"
#include "http/timer_wheel.h"
#include "http/worker_pool.h"

namespace picsharz::http {
namespace {

TEST(TraceId, Table) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string parent = "-00f067aa0ba902b7-01";
  EXPECT_EQ(trace_id("00-" + trace + parent), trace);
  EXPECT_EQ(trace_id("cc-" + trace + parent + "-more"), trace);
  for (const std::string& header :
       {std::string(), trace, "00-" + trace + parent + "-more", "ff-" + trace + parent,
        "00-" + std::string(32, '0') + parent, "00-" + trace + "-0000000000000000-01",
        "00-" + trace.substr(1) + "g" + parent, "00-4BF92F3577B34DA6A3CE929D0E0E4736" + parent,
        "00_" + trace + parent, "00-" + trace + "-00f067aa0ba902b7-0"}) {
    EXPECT_EQ(trace_id(header), std::nullopt) << header;
  }
}

TEST(RequestIds, AreThirtyTwoDigitsAndDiffer) {
  RequestIds ids;
  std::string one;
  std::string two;
  ids.make(one);
  ids.make(two);
  EXPECT_EQ(one.size(), 32u);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, two);
}

TEST(ClientAddress, BelievesOnlyTrustedProxies) {
  const AddressList trusted(std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
  const std::vector<Header> one = {{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.0.0.2"}};
  EXPECT_EQ(client_address(one, "10.0.0.1", trusted), "1.2.3.4");
  EXPECT_EQ(client_address(one, "9.9.9.9", trusted), "9.9.9.9");
  EXPECT_EQ(client_address({}, "10.0.0.1", trusted), "10.0.0.1");
  const std::vector<Header> two = {{"x-forwarded-for", "1.1.1.1"},
                                   {"X-Forwarded-For", "::ffff:2.2.2.2"}};
  EXPECT_EQ(client_address(two, "10.0.0.1", trusted), "2.2.2.2");
  const std::vector<Header> unsound = {{"X-Forwarded-For", "1.1.1.1, unknown, 10.0.0.2"}};
  EXPECT_EQ(client_address(unsound, "10.0.0.1", trusted), "10.0.0.2");
  const std::vector<Header> all_trusted = {{"X-Forwarded-For", "10.0.0.2"}};
  EXPECT_EQ(client_address(all_trusted, "10.0.0.1", trusted), "10.0.0.2");
}

TEST(ClientAddress, IsCanonical) {
  EXPECT_EQ(canonical_address("::FFFF:1.2.3.4"), "1.2.3.4");
  EXPECT_EQ(canonical_address("2001:DB8:0::1"), "2001:db8::1");
  for (const std::string_view text :
       {"", "1.2.3", "1.2.3.4:80", "[::1]", "localhost", "1.2.3.4 "}) {
    EXPECT_EQ(canonical_address(text), std::nullopt) << text;
  }
}

TEST(AddressList, HoldsAddressesAndNetworks) {
  const AddressList list(std::vector<std::string>{"10.1.0.0/16", "192.168.7.128/25", "127.0.0.1",
                                                  "2001:db8::/33", "::1", "::ffff:172.16.0.1"});
  for (const std::string address : {"10.1.0.1", "10.1.255.255", "192.168.7.255", "127.0.0.1",
                                    "2001:db8:7fff::1", "::1", "172.16.0.1"}) {
    EXPECT_TRUE(list.contains(address)) << address;
  }
  for (const std::string address : {"10.2.0.1", "192.168.7.127", "127.0.0.2", "2001:db8:8000::1",
                                    "::2", "172.16.0.2", "", "no address"}) {
    EXPECT_FALSE(list.contains(address)) << address;
  }
  EXPECT_FALSE(AddressList().contains("127.0.0.1"));
  EXPECT_TRUE(AddressList(std::vector<std::string>{"0.0.0.0/0"}).contains("9.9.9.9"));
  EXPECT_FALSE(AddressList(std::vector<std::string>{"0.0.0.0/0"}).contains("2001:db8::1"));
}

TEST(AddressList, NamesWhatIsNeitherAddressNorNetwork) {
  for (const std::string entry : {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x",
                                  "10.0.0/8", "::/129", "10.0.0.0/-1", "/8"}) {
    EXPECT_THROW(AddressList(std::vector<std::string>{"10.0.0.1", entry}), std::system_error)
        << entry;
  }
}

TEST(AddressLedger, CountsClients) {
  AddressLedger ledger(2, AddressList(std::vector<std::string>{"10.0.0.1"}));
  EXPECT_TRUE(ledger.admit("1.1.1.1"));
  EXPECT_TRUE(ledger.admit("1.1.1.1"));
  EXPECT_FALSE(ledger.admit("1.1.1.1"));
  EXPECT_TRUE(ledger.admit("1.1.1.2"));
  ledger.release("1.1.1.1");
  EXPECT_TRUE(ledger.admit("1.1.1.1"));
  // One IPv6 network is one client.
  EXPECT_TRUE(ledger.admit("2001:db8::1"));
  EXPECT_TRUE(ledger.admit("2001:db8::2"));
  EXPECT_FALSE(ledger.admit("2001:db8::3"));
  EXPECT_TRUE(ledger.admit("2001:db8:0:1::3"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ledger.admit("10.0.0.1"));
  AddressLedger unbounded(0, AddressList());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(unbounded.admit("1.1.1.1"));
}

TEST(TimerWheel, MeetsDeadlinesOnceAndNotEarly) {
  constexpr Micros tick = 100;
  TimerWheel wheel(tick, 0);
  // Some lie beyond one turn of the wheel.
  const std::vector<Micros> deadlines = {1, 99, 100, 101, 5'000, 25'599, 25'600, 100'000};
  std::vector<TimerNode> nodes(deadlines.size());
  std::vector<Micros> met(deadlines.size(), -1);
  for (std::size_t i = 0; i < nodes.size(); ++i) wheel.schedule(nodes[i], deadlines[i]);
  for (Micros now = 0; now <= 101'000; now += 50) {
    wheel.advance(now, [&](TimerNode& node) {
      const auto index = static_cast<std::size_t>(&node - nodes.data());
      EXPECT_EQ(met[index], -1);
      met[index] = now;
    });
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_GE(met[i], deadlines[i]);
    EXPECT_LE(met[i], deadlines[i] + 2 * tick);
  }
}

TEST(TimerWheel, MovesAndCancels) {
  TimerWheel wheel(100, 0);
  TimerNode later;
  TimerNode sooner;
  TimerNode cancelled;
  wheel.schedule(later, 500);
  wheel.schedule(later, 2'000);
  wheel.schedule(sooner, no_deadline);
  wheel.schedule(sooner, 500);
  wheel.schedule(cancelled, 500);
  wheel.cancel(cancelled);
  wheel.cancel(cancelled);
  std::vector<TimerNode*> due;
  const auto note = [&](TimerNode& node) { due.push_back(&node); };
  wheel.advance(1'000, note);
  EXPECT_EQ(due, std::vector<TimerNode*>{&sooner});
  wheel.advance(1'000'000, note);  // a long pause
  EXPECT_EQ(due, (std::vector<TimerNode*>{&sooner, &later}));
}

TEST(TimerWheel, WhatIsDueMayCancelAndScheduleOthers) {
  TimerWheel wheel(100, 0);
  TimerNode first;
  TimerNode second;
  wheel.schedule(first, 100);
  wheel.schedule(second, 100);
  int calls = 0;
  const auto due = [&](TimerNode& node) {
    ++calls;
    wheel.cancel(&node == &first ? second : first);
    wheel.schedule(node, calls * 10'000);
  };
  wheel.advance(1'000, due);
  EXPECT_EQ(calls, 1);
  wheel.advance(10'100, due);
  EXPECT_EQ(calls, 2);
}

TEST(WorkerPool, RefusesWhatDoesNotFit) {
  WorkerPool pool(1, 2);
  pool.start();
  std::latch running(1);
  std::promise<void> release;
  std::atomic<int> done{0};
  ASSERT_TRUE(pool.submit([&] {
    running.count_down();
    release.get_future().wait();
    ++done;
  }));
  running.wait();
  EXPECT_TRUE(pool.submit([&] { ++done; }));
  EXPECT_TRUE(pool.submit([&] { ++done; }));
  EXPECT_FALSE(pool.submit([&] { ++done; }));
  EXPECT_EQ(pool.waiting(), 2u);
  release.set_value();
  std::promise<void> last;
  while (!pool.submit([&] { last.set_value(); })) std::this_thread::yield();
  last.get_future().wait();
  EXPECT_EQ(done, 3);
  pool.stop();
  EXPECT_FALSE(pool.submit([] {}));
}

// One task runs until it is released, so that what comes after it waits.
class HeldPool {
 public:
  explicit HeldPool(std::size_t queue) : pool_(1, queue, [] { return now_.load(); }) {
    now_ = 100 * second;
    pool_.start();
    std::latch running(1);
    pool_.submit([this, &running] {
      running.count_down();
      release_.get_future().wait();
    });
    running.wait();
  }
  ~HeldPool() { release_.set_value(); }

  bool submit(Patience patience) {
    return pool_.submit([] {}, patience);
  }
  static void pass(Micros time) { now_ += time; }

 private:
  static inline std::atomic<Micros> now_;
  std::promise<void> release_;
  WorkerPool pool_;
};

TEST(WorkerPool, AStandingQueueIsLeftToThePatient) {
  constexpr Micros millisecond = second / 1000;
  HeldPool pool(100);
  EXPECT_TRUE(pool.submit({.wait = 0}));  // nobody waits yet
  HeldPool::pass(200 * millisecond);
  EXPECT_TRUE(pool.submit({.wait = 50 * millisecond}));  // may be a burst
  HeldPool::pass(WorkerPool::standing - 200 * millisecond);
  EXPECT_FALSE(pool.submit({.wait = 50 * millisecond}));
  EXPECT_TRUE(pool.submit({.wait = 500 * millisecond}));
  EXPECT_TRUE(pool.submit({}));
}

TEST(WorkerPool, ThePatientMayFillMoreOfTheQueue) {
  HeldPool pool(4);
  EXPECT_TRUE(pool.submit({.share = 50}));
  EXPECT_TRUE(pool.submit({.share = 50}));
  EXPECT_FALSE(pool.submit({.share = 50}));
  EXPECT_TRUE(pool.submit({.share = 75}));
  EXPECT_FALSE(pool.submit({.share = 75}));
  EXPECT_TRUE(pool.submit({}));
  EXPECT_FALSE(pool.submit({}));
}

TEST(Admission, WhatPeopleCanDoWithoutIsSentAwayFirst) {
  Request visitor;
  Request member;
  member.headers.emplace_back("Cookie", "sid=x");
  const Route page{.pattern = "/v1/x", .access = Access::open, .rate = RateClass::read};
  const Route search{.pattern = "/v1/x", .access = Access::open, .rate = RateClass::search};
  const Route upload{.pattern = "/v1/x", .access = Access::member, .rate = RateClass::upload};
  const Route log_in{.pattern = "/v1/x", .access = Access::open, .rate = RateClass::auth};
  const Route queue{.pattern = "/v1/x", .access = Access::moderator, .rate = RateClass::read};
  EXPECT_EQ(importance_of(page, visitor), Importance::visitor);
  EXPECT_EQ(importance_of(page, member), Importance::member);
  EXPECT_EQ(importance_of(search, member), Importance::search);
  EXPECT_EQ(importance_of(upload, member), Importance::upload);
  EXPECT_EQ(importance_of(log_in, visitor), Importance::essential);
  EXPECT_EQ(importance_of(queue, member), Importance::essential);
  for (std::size_t each = 1; each < importances; ++each) {
    const Patience less = patience_of(static_cast<Importance>(each - 1));
    const Patience more = patience_of(static_cast<Importance>(each));
    EXPECT_LT(less.wait, more.wait) << importance_names[each];
    EXPECT_LT(less.share, more.share) << importance_names[each];
  }
  EXPECT_EQ(patience_of(Importance::essential), Patience());
}

TEST(WorkerPool, TasksRunBesideEachOther) {
  constexpr int workers = 4;
  WorkerPool pool(workers, 100);
  pool.start();
  for (int round = 0; round < 100; ++round) {
    // Each task waits for all: the pool must wake every worker.
    std::latch together(workers);
    std::latch done(workers);
    for (int i = 0; i < workers; ++i) {
      ASSERT_TRUE(pool.submit([&] {
        together.arrive_and_wait();
        done.count_down();
      }));
    }
    done.wait();
  }
}

TEST(EtagMatches, Table) {
  EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"a\"", "W/\"a\""));
  EXPECT_TRUE(etag_matches("\"x\", W/\"y,z\" ,\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("*", "\"a\""));
  EXPECT_FALSE(etag_matches("*", ""));
  EXPECT_FALSE(etag_matches("\"b\"", "\"a\""));
  EXPECT_FALSE(etag_matches("a", "\"a\""));
  EXPECT_FALSE(etag_matches("\"a", "\"a\""));
  EXPECT_FALSE(etag_matches("", "\"a\""));
}

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets_), 0); }
  ~WriterTest() override {
    ::close(sockets_[0]);
    ::close(sockets_[1]);
  }

  // Everything the writer sends, through a socket that takes it in small bites.
  std::string written(Response response, const ResponseContext& context = {}) {
    writer_.start(std::move(response), context);
    std::string all;
    char bytes[65536];
    for (auto progress = ResponseWriter::Progress::blocked;;) {
      if (progress == ResponseWriter::Progress::blocked) progress = writer_.write(sockets_[0]);
      if (progress == ResponseWriter::Progress::failed) return "failed";
      ssize_t count = 0;
      while ((count = ::read(sockets_[1], bytes, sizeof bytes)) > 0) {
        all.append(bytes, static_cast<std::size_t>(count));
      }
      if (progress == ResponseWriter::Progress::done) return all;
    }
  }

  int sockets_[2] = {-1, -1};
  ResponseWriter writer_;
};

TEST_F(WriterTest, SmallAnswers) {
  ResponseContext context;
  context.date = "Date: today\r\n";
  context.request_id = "id";
  context.default_headers = "X-Default: 1\r\n";
  const std::string hello =
      "HTTP/1.1 200 OK\r\nX-Default: 1\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Date: today\r\nContent-Length: 5\r\nX-Request-Id: id\r\n\r\nhello";
  EXPECT_EQ(written(text(200, "hello"), context), hello);
  EXPECT_EQ(writer_.sent(), static_cast<std::int64_t>(hello.size()));
  EXPECT_EQ(written(no_content()), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(written(Response()), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  context.keep_alive = false;
  EXPECT_EQ(written(Response(), context),
            "HTTP/1.1 200 OK\r\nX-Default: 1\r\nDate: today\r\nContent-Length: 0\r\n"
            "X-Request-Id: id\r\nConnection: close\r\n\r\n");
}

TEST_F(WriterTest, AHeaderBlockReplacesTheDefaults) {
  Response response;
  response.header_block = std::make_shared<const std::string>("ETag: \"a\"\r\nX-Mine: 1\r\n");
  response.body = std::string_view("static");
  ResponseContext context;
  context.default_headers = "X-Default: 1\r\n";
  EXPECT_EQ(written(response, context),
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nX-Mine: 1\r\nContent-Length: 6\r\n\r\nstatic");
  context.if_none_match = "\"b\", \"a\"";
  EXPECT_EQ(written(response, context),
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nX-Mine: 1\r\n\r\n");
}

TEST_F(WriterTest, NoValueMakesAHeaderOfItsOwn) {
  Response response;
  response.header("Location", "/a\r\nSet-Cookie: sid=1").header("Content-Length", "99");
  EXPECT_EQ(written(std::move(response)),
            "HTTP/1.1 200 OK\r\nLocation: /a  Set-Cookie: sid=1\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(WriterTest, BodiesOfEveryKindInManyBites) {
  std::string big(3'000'000, 'x');
  for (std::size_t i = 0; i < big.size(); i += 7) big[i] = static_cast<char>(i);
  Response owned;
  owned.body = big;
  Response shared;
  shared.body = std::make_shared<const std::string>(big);
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
  EXPECT_TRUE(written(std::move(owned)) == head + big);
  EXPECT_TRUE(written(std::move(shared)) == head + big);
}

TEST_F(WriterTest, PartsOfFiles) {
  char name[] = "/tmp/writer_test_XXXXXX";
  const int descriptor = ::mkstemp(name);
  ASSERT_GE(descriptor, 0);
  ::unlink(name);
  ASSERT_EQ(::write(descriptor, "0123456789", 10), 10);
  const auto file = std::make_shared<const FileHandle>(descriptor, 10);
  Response response;
  response.body = FileBody{file, 2, 5};
  const std::string whole = "HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 5\r\n\r\n";
  EXPECT_EQ(written(response), whole + "23456");
  ResponseContext head;
  head.method = Method::head;
  head.range = "bytes=1-2";
  EXPECT_EQ(written(response, head), whole);
  response.body = FileBody{file, 8, 5};  // the file is shorter than it was
  EXPECT_EQ(written(response), "failed");
}

TEST_F(WriterTest, AFileInMemoryIsSentLikeAnyOther) {
  Response response;
  response.body = FileBody::of(std::make_shared<const std::string>("01234567"));
  response.header("ETag", "\"a\"");
  EXPECT_EQ(written(response),
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\nContent-Length: 8\r\n\r\n"
            "01234567");
  ResponseContext context;
  context.range = "bytes=1-3";
  EXPECT_EQ(written(response, context),
            "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes 1-3/8\r\n"
            "Accept-Ranges: bytes\r\nContent-Length: 3\r\n\r\n123");
  context.range = "bytes=8-";
  EXPECT_TRUE(written(response, context).starts_with("HTTP/1.1 416 "));
  context.range = {};
  context.method = Method::head;
  EXPECT_TRUE(written(response, context).ends_with("Content-Length: 8\r\n\r\n"));
  context.method = Method::get;
  context.if_none_match = "\"a\"";
  EXPECT_TRUE(written(response, context).starts_with("HTTP/1.1 304 "));
}

TEST_F(WriterTest, RangesOfFiles) {
  char name[] = "/tmp/writer_test_XXXXXX";
  const int descriptor = ::mkstemp(name);
  ASSERT_GE(descriptor, 0);
  ::unlink(name);
  ASSERT_EQ(::write(descriptor, "0123456789", 10), 10);
  Response response;
  response.body = FileBody{std::make_shared<const FileHandle>(descriptor, 10), 2, 6};  // 234567
  response.header("ETag", "\"a\"");
  ResponseContext context;
  context.range = "bytes=1-3";
  const std::string part =
      "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes 1-3/6\r\n"
      "Accept-Ranges: bytes\r\nContent-Length: 3\r\n\r\n345";
  EXPECT_EQ(written(response, context), part);
  context.if_range = "\"a\"";
  EXPECT_EQ(written(response, context), part);
  context.if_range = "\"b\"";
  EXPECT_TRUE(written(response, context).ends_with("\r\n\r\n234567"));
  context.if_range = {};
  context.range = "bytes=-2";
  EXPECT_TRUE(written(response, context).ends_with("\r\n\r\n67"));
  context.range = "bytes=6-";
  const std::string refused = written(response, context);
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 416 Range Not Satisfiable\r\n")) << refused;
  EXPECT_NE(refused.find("Content-Range: bytes */6\r\n"), std::string::npos) << refused;
  EXPECT_NE(refused.find("\"code\":\"no_such_range\""), std::string::npos) << refused;
  context.range = "bytes=1-3";
  context.if_none_match = "\"a\"";
  EXPECT_TRUE(written(response, context).starts_with("HTTP/1.1 304 "));
}

// "0123456789" in files of three bytes, the last of which may be gone.
class Thirds final : public FileParts {
 public:
  explicit Thirds(std::int64_t there) : there_(there) {}
  std::int64_t size() const override { return 10; }
  FileBody at(std::int64_t offset) const override {
    if (offset >= there_) return {};
    const std::int64_t from = offset / 3 * 3;
    const int descriptor = ::memfd_create("part", MFD_CLOEXEC);
    const std::string bytes = std::string("0123456789").substr(static_cast<std::size_t>(from), 3);
    EXPECT_EQ(::write(descriptor, bytes.data(), bytes.size()), std::ssize(bytes));
    auto file = std::make_shared<const FileHandle>(descriptor, std::ssize(bytes));
    return {std::move(file), offset - from, std::ssize(bytes) - (offset - from)};
  }

 private:
  const std::int64_t there_;
};

TEST_F(WriterTest, FilesOneBehindAnother) {
  Response response;
  response.body = PartsBody{std::make_shared<Thirds>(10), 0, 10};
  response.header("ETag", "\"a\"");
  EXPECT_TRUE(written(response).ends_with("Content-Length: 10\r\n\r\n0123456789"));
  ResponseContext context;
  context.if_range = "\"a\"";
  for (int from = 0; from < 10; ++from) {
    for (int to = from; to < 10; ++to) {
      const std::string range = "bytes=" + std::to_string(from) + "-" + std::to_string(to);
      context.range = range;
      const std::string answer = written(response, context);
      const std::string part =
          std::string("0123456789").substr(static_cast<std::size_t>(from), to - from + 1);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 206 ")) << answer;
      EXPECT_TRUE(answer.ends_with("\r\n\r\n" + part)) << answer;
    }
  }
  context.range = "bytes=10-";
  EXPECT_TRUE(written(response, context).starts_with("HTTP/1.1 416 "));
  ResponseContext head;
  head.method = Method::head;
  EXPECT_TRUE(written(response, head).ends_with("Content-Length: 10\r\n\r\n"));
  response.body = PartsBody{std::make_shared<Thirds>(6), 0, 10};
  EXPECT_EQ(written(response), "failed");
}

TEST_F(WriterTest, APeerThatIsGone) {
  ::shutdown(sockets_[1], SHUT_RDWR);
  EXPECT_EQ(written(text(200, "x")), "failed");
}

}  // namespace
}  // namespace picsharz::http
