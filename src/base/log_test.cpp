#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace picsharz {
namespace {

constexpr int flood = 10'000;  // lines, far more than a pipe holds

// Standard output is what nobody reads until read() does.
class LogTest : public testing::Test {
 protected:
  void TearDown() override {
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
    ::close(reader_);
    keep_log_from_waiting();
  }
  void log_into(int reader, int writer) {
    reader_ = reader;
    ASSERT_GE(::dup2(writer, STDOUT_FILENO), 0);
    ::close(writer);
    keep_log_from_waiting();
  }
  std::vector<std::string> read() {
    std::string text;
    char piece[65'536];
    ::fcntl(reader_, F_SETFL, O_NONBLOCK);
    for (ssize_t got = 0; (got = ::read(reader_, piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(got));
    }
    std::vector<std::string> lines;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
      end = std::min(text.find('\n', at), text.size());
      lines.push_back(text.substr(at, end - at));
    }
    return lines;
  }
  void expect_no_waiting() {
    const std::string_view request = "request";  // these are not left out when they are many
    for (int line = 0; line < flood; ++line) {
      log_info(request, {{"path", "/v1/feeds/home"}, {"status", line}, {"bytes", 12'345}});
    }
    const auto kept = read();
    ASSERT_GT(kept.size(), 100U);
    ASSERT_LT(kept.size(), flood);
    log_info(request);
    log_info(request);
    const auto after = read();
    ASSERT_EQ(after.size(), 2U);
    const std::string lost = std::to_string(flood - kept.size());
    EXPECT_NE(after[0].find("\"lost_before\":" + lost), std::string::npos) << after[0];
    EXPECT_EQ(after[1].find("lost_before"), std::string::npos) << after[1];
    for (const auto& line : kept) EXPECT_TRUE(line.starts_with('{') && line.ends_with('}')) << line;
  }

 private:
  const int before_ = ::dup(STDOUT_FILENO);
  int reader_ = -1;
};

TEST_F(LogTest, APipeThatNobodyReadsCostsLinesAndNoThread) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  log_into(ends[0], ends[1]);
  expect_no_waiting();
}

TEST_F(LogTest, ASocketThatNobodyReadsCostsLinesAndNoThread) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  log_into(ends[0], ends[1]);
  expect_no_waiting();
}

}  // namespace
}  // namespace picsharz
