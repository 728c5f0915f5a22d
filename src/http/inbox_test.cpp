#include "http/inbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace picsharz::http {
namespace {

// A loop with an inbox, as an I/O thread has it.
class InboxTest : public ::testing::Test {
 protected:
  InboxTest() {
    inbox_.open();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~InboxTest() override { end(); }

  // Everything that was left before is done when this returns.
  void end() {
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] { inbox_.close(); });
    thread_.join();
  }

  boost::asio::io_context context_{1};
  Inbox inbox_{context_};
  std::thread thread_;
};

TEST_F(InboxTest, EverythingIsDoneOnceAndInTheOrderOfWhoLeftIt) {
  constexpr int leavers = 4;
  constexpr int each = 20'000;
  std::vector<std::vector<int>> done(leavers);
  std::atomic<int> elsewhere = 0;
  std::vector<std::thread> threads;
  for (int leaver = 0; leaver < leavers; ++leaver) {
    threads.emplace_back([&, leaver] {
      for (int i = 0; i < each; ++i) {
        inbox_.leave([&, leaver, i] {
          if (std::this_thread::get_id() != thread_.get_id()) ++elsewhere;
          done[static_cast<std::size_t>(leaver)].push_back(i);
        });
        if (i % 1000 == 0) std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  end();
  EXPECT_EQ(elsewhere, 0);
  for (const std::vector<int>& of_one : done) {
    ASSERT_EQ(of_one.size(), static_cast<std::size_t>(each));
    for (int i = 0; i < each; ++i) ASSERT_EQ(of_one[static_cast<std::size_t>(i)], i);
  }
}

// One at a time, each waited for: a thread that sleeps is woken every time.
TEST_F(InboxTest, ASleepingThreadIsWokenEachTime) {
  for (int i = 0; i < 5'000; ++i) {
    std::atomic<bool> done = false;
    inbox_.leave([&] {
      done = true;
      done.notify_one();
    });
    done.wait(false);
  }
}

TEST_F(InboxTest, ATaskMayLeaveAnother) {
  std::atomic<int> left = 50;
  std::function<void()> again = [&] {
    if (--left > 0) inbox_.leave(again);
    left.notify_one();
  };
  inbox_.leave(again);
  for (int now = left; now > 0; now = left) left.wait(now);
}

// Sockets have their turn while tasks leave tasks without end.
TEST_F(InboxTest, TasksWithoutEndLeaveTheLoopItsTurn) {
  std::atomic<bool> over = false;
  std::atomic<bool> had_its_turn = false;
  std::function<void()> again = [&] {
    if (!over) inbox_.leave(again);
  };
  inbox_.leave(again);
  boost::asio::post(context_, [&] {
    had_its_turn = true;
    had_its_turn.notify_one();
  });
  had_its_turn.wait(false);
  over = true;
  end();
}

TEST_F(InboxTest, WhatIsLeftAfterTheEndIsDoneWhileTheLoopRuns) {
  auto running = std::make_optional(boost::asio::make_work_guard(context_));
  std::atomic<bool> closed = false;
  boost::asio::post(context_, [&] {
    inbox_.close();
    closed = true;
    closed.notify_one();
  });
  closed.wait(false);
  std::atomic<bool> done = false;
  inbox_.leave([&] {
    done = true;
    done.notify_one();
  });
  done.wait(false);
  running.reset();
  thread_.join();
}

TEST(InboxLifetime, WhatNobodyDoesIsDestroyedWithIt) {
  const auto owned = std::make_shared<int>(1);
  {
    boost::asio::io_context context;
    Inbox inbox(context);
    inbox.leave([owned] {});
    EXPECT_EQ(owned.use_count(), 2);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace picsharz::http
