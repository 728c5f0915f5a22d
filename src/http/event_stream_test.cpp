#include "http/event_stream.h"

#include <atomic>
#include <condition_variable>
#include <thread>

#include "http/test_client.h"

namespace picsharz::http {
namespace {

using testing::Client;
using testing::get;
using testing::Reply;

TEST(EventStream, TellsWhenThereIsSomethingToTake) {
  EventStream stream;
  int told = 0;
  EXPECT_TRUE(stream.send("a"));
  stream.attach([&] { ++told; });
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(stream.send("b"));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(stream.take(), "ab");
  EXPECT_EQ(stream.take(), "");
  stream.end();
  EXPECT_EQ(told, 3);
  EXPECT_FALSE(stream.send("c"));
  EXPECT_EQ(stream.take(), "");
}

TEST(EventStream, WhoFallsBehindIsCutOff) {
  EventStream stream;
  const std::string kilobyte(1000, 'x');
  int sent = 0;
  while (stream.send(kilobyte) && sent < 1000) ++sent;
  EXPECT_TRUE(stream.ended());
  EXPECT_GT(sent, 50);
  EXPECT_LT(sent, 70);
}

TEST(EventStream, IsOverWhenTheClientIsGone) {
  EventStream stream;
  stream.attach([] {});
  stream.attach(nullptr);
  EXPECT_TRUE(stream.ended());
  EXPECT_FALSE(stream.send("x"));
}

// A route that streams; the test holds the other end.
class EventsTest : public testing::ServerTest {
 protected:
  EventsTest() {
    add(Method::get, "/events", Pool::io, [this](Request&) {
      const std::lock_guard lock(mutex_);
      stream_ = std::make_shared<EventStream>();
      stream_->send("first\n\n");
      Response response;
      response.header("Content-Type", "text/event-stream");
      response.body = stream_;
      return response;
    });
    observe_ = [this](const Served& served) {
      const std::lock_guard lock(mutex_);
      served_bytes_ = served.bytes;
      changed_.notify_all();
    };
    start();
  }
  std::shared_ptr<EventStream> stream() {
    const std::lock_guard lock(mutex_);
    return stream_;
  }
  std::int64_t wait_until_served() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return served_bytes_ > 0; });
    return served_bytes_;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<EventStream> stream_;
  std::int64_t served_bytes_ = 0;
};

TEST_F(EventsTest, WhatIsSentArrivesInOrderUntilTheEnd) {
  Client client(port());
  client.send(get("/events"));
  const Reply reply = client.receive_head();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(reply.header("Content-Length"), "");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(client.read_until("\n\n"), "first\n\n");
  std::thread sender([this] {
    for (int i = 0; i < 1000; ++i) {
      EXPECT_TRUE(stream()->send(std::to_string(i) + "\n\n"));
    }
    stream()->end();
  });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(client.read_until("\n\n"), std::to_string(i) + "\n\n");
  EXPECT_TRUE(client.ends());
  sender.join();
  EXPECT_GT(wait_until_served(), 5'000);
}

TEST_F(EventsTest, AClientThatLeavesEndsTheStream) {
  {
    Client client(port());
    client.send(get("/events"));
    EXPECT_EQ(client.receive_head().status, 200);
  }
  wait_until_served();
  while (!stream()->ended()) std::this_thread::yield();
  EXPECT_FALSE(stream()->send("x"));
}

TEST_F(EventsTest, AStoppingServerEndsItsStreams) {
  Client client(port());
  client.send(get("/events"));
  EXPECT_EQ(client.receive_head().status, 200);
  EXPECT_EQ(client.read_until("\n\n"), "first\n\n");
  server_->stop();
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(stream()->ended());
}

TEST_F(EventsTest, HeadStreamsNothing) {
  Client client(port());
  client.send("HEAD /events HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.receive_head().status, 200);
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(stream()->ended());
}

}  // namespace
}  // namespace picsharz::http
