#include "http/rate_limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/router.h"
#include "http/test_client.h"

namespace picsharz::http {
namespace {

constexpr auto read = RateClass::read;

RateRules rules(int reads, int address_factor = 5) {
  RateRules made;
  made.per_minute[static_cast<std::size_t>(read)] = reads;
  made.per_minute[static_cast<std::size_t>(RateClass::write)] = 2;
  made.address_factor = address_factor;
  return made;
}

Viewer member(std::int64_t id, std::int64_t token = 0) {
  Viewer viewer;
  viewer.account = AccountId{id};
  viewer.token = TokenId{token};
  return viewer;
}

class RateLimitsTest : public ::testing::Test {
 protected:
  int allowed(RateLimits& limits, const Viewer& viewer, int tries, RateClass rate = read) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limits.count(rate, viewer).refused ? 0 : 1;
    return count;
  }
  int allowed(RateLimits& limits, const std::string& address, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limits.count(read, address).refused ? 0 : 1;
    return count;
  }

  FakeClock clock_;
};

TEST_F(RateLimitsTest, AMinutesRequestsAtOnceThenEvenly) {
  RateLimits limits(clock_, rules(60));
  const RateTold first = limits.count(read, member(1));
  EXPECT_EQ(std::tuple(first.quota, first.remaining, first.seconds), std::tuple(60, 59, 1));
  EXPECT_EQ(allowed(limits, member(1), 100), 59);
  const RateTold refused = limits.count(read, member(1));
  EXPECT_EQ(std::tuple(refused.remaining, refused.seconds), std::tuple(0, 1));
  clock_.advance(second);
  EXPECT_EQ(allowed(limits, member(1), 5), 1);
  clock_.advance(10 * second);
  EXPECT_EQ(allowed(limits, member(1), 50), 10);
  clock_.advance(hour);  // what was not used does not gather
  EXPECT_EQ(allowed(limits, member(1), 100), 60);
}

TEST_F(RateLimitsTest, WhoWaitsAsToldIsLetIn) {
  RateLimits limits(clock_, rules(7));
  EXPECT_EQ(allowed(limits, member(1), 7), 7);
  for (int i = 0; i < 50; ++i) {
    const RateTold told = limits.count(read, member(1));
    ASSERT_TRUE(told.refused);
    clock_.advance(told.seconds * second);
    ASSERT_FALSE(limits.count(read, member(1)).refused);
    while (!limits.count(read, member(1)).refused) {
    }
  }
}

TEST_F(RateLimitsTest, EveryoneAndEveryClassCountsAlone) {
  RateLimits limits(clock_, rules(3));
  EXPECT_EQ(allowed(limits, member(1), 9), 3);
  EXPECT_EQ(allowed(limits, member(2), 9), 3);
  EXPECT_EQ(allowed(limits, member(1, 5), 9), 3);  // a program beside its owner
  EXPECT_EQ(allowed(limits, member(2, 1), 9), 3);
  EXPECT_EQ(allowed(limits, member(1), 9, RateClass::write), 2);
  EXPECT_EQ(limits.count(RateClass::search, member(1)).quota, 0);
  EXPECT_EQ(limits.count(read, Viewer{}).quota, 0);
}

TEST_F(RateLimitsTest, AnAddressIsANetworkAndLoopbackNone) {
  RateLimits limits(clock_, rules(2, 3));
  EXPECT_EQ(allowed(limits, "192.0.2.1", 20), 6);
  EXPECT_EQ(allowed(limits, "192.0.2.2", 20), 6);
  EXPECT_EQ(allowed(limits, "2001:db8:1:2::1", 20), 6);
  EXPECT_EQ(allowed(limits, "2001:db8:1:2:ffff::2", 20), 0);
  EXPECT_EQ(allowed(limits, "2001:db8:1:3::1", 20), 6);
  for (const char* loopback : {"127.0.0.1", "127.8.9.1", "::1"}) {
    EXPECT_EQ(limits.count(read, std::string(loopback)).quota, 0);
  }
}

TEST_F(RateLimitsTest, AFloodOfAddressesForgetsWhoSendsLittle) {
  RateLimits limits(clock_, rules(100, 1));
  EXPECT_EQ(allowed(limits, "192.0.2.1", 200), 100);
  for (int i = 0; i < 500'000; ++i) {
    limits.count(read, "10." + std::to_string(i / 62'500) + "." + std::to_string(i / 250 % 250) +
                           "." + std::to_string(i % 250));
  }
  EXPECT_EQ(allowed(limits, "192.0.2.1", 10), 0);
}

TEST_F(RateLimitsTest, ManyAtOnceGetNoMoreThanThereIs) {
  RateLimits limits(clock_, rules(1000));
  std::atomic<int> got = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { got += allowed(limits, member(1), 1000); });
  }
  threads.clear();
  EXPECT_EQ(got, 1000);
}

TEST_F(RateLimitsTest, TellsInTheWordsOfTheDraft) {
  RateLimits limits(clock_, rules(60));
  const auto lines = [&](const RateTold& told) {
    std::string text;
    limits.append_lines(text, told);
    return text;
  };
  EXPECT_EQ(lines(limits.count(read, member(1))),
            "RateLimit-Policy: \"read\";q=60;w=60\r\nRateLimit: \"read\";r=59;t=1\r\n");
  EXPECT_EQ(lines(limits.count(read, "192.0.2.1")),
            "RateLimit-Policy: \"read-address\";q=300;w=60\r\n"
            "RateLimit: \"read-address\";r=299;t=1\r\n");
  EXPECT_EQ(lines(RateTold()), "");
  const auto [name, value] = rate_policy("too_many_comments", 10, minute);
  EXPECT_EQ(name + ": " + value, "RateLimit-Policy: \"too_many_comments\";q=10;w=60");
}

class RateLimitedServer : public testing::ServerTest {
 protected:
  RateLimitedServer() {
    options_.rates = &limits_;
    options_.trusted_proxies = {"127.0.0.1"};
    authenticate_ = [this](Request& request, const Route&) -> Result<void> {
      ++authenticated_;
      if (request.header("Authorization") == "seven") request.viewer.account = AccountId{7};
      return {};
    };
    for (const auto& [path, pool] : {std::pair("/v1/io", Pool::io), std::pair("/v1/web", Pool::web),
                                     std::pair("/healthz", Pool::io)}) {
      add(Method::get, path, pool, [](Request&) { return text(200, "here"); });
    }
    start();
  }

  static std::string from(std::string_view address, std::string_view more = "") {
    return "X-Forwarded-For: " + std::string(address) + "\r\n" + std::string(more);
  }

  FakeClock fake_;
  RateLimits limits_{fake_, rules(4, 2)};
  std::atomic<int> authenticated_ = 0;
};

TEST_F(RateLimitedServer, AnAddressIsRefusedBeforeAnyWork) {
  testing::Client client(port());
  for (int i = 7; i >= 0; --i) {
    const auto reply =
        client.exchange(testing::get(i % 2 ? "/v1/io" : "/v1/web", from("192.0.2.1")));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("RateLimit"), "\"read-address\";r=" + std::to_string(i) +
                                             ";t=" + std::to_string(((8 - i) * 75 + 9) / 10));
    EXPECT_EQ(reply.header("RateLimit-Policy"), "\"read-address\";q=8;w=60");
  }
  const int before = authenticated_;
  const auto refused = client.exchange(testing::get("/v1/web", from("192.0.2.1")));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "8");
  EXPECT_EQ(refused.header("RateLimit"), "\"read-address\";r=0;t=8");
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json");
  EXPECT_NE(refused.body.find("\"code\":\"too_many_requests\""), std::string::npos);
  EXPECT_NE(refused.body.find("Wait 8 seconds and try again."), std::string::npos);
  EXPECT_EQ(authenticated_, before);
  EXPECT_EQ(client.exchange(testing::get("/v1/web", from("192.0.2.2"))).status, 200);
  EXPECT_EQ(client.exchange(testing::get("/healthz", from("192.0.2.1"))).status, 200);
  // The proxy itself has everybody behind it.
  const auto own = client.exchange(testing::get("/v1/web"));
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.header("RateLimit"), "");
}

TEST_F(RateLimitedServer, AMemberIsLimitedFromWhereverTheyCome) {
  testing::Client client(port());
  for (int i = 0; i < 4; ++i) {
    const auto reply = client.exchange(
        testing::get("/v1/web", from("192.0.2." + std::to_string(i), "Authorization: seven\r\n")));
    ASSERT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.header("RateLimit").starts_with("\"read\";r=" + std::to_string(3 - i)));
  }
  const auto refused =
      client.exchange(testing::get("/v1/web", from("192.0.2.9", "Authorization: seven\r\n")));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("RateLimit-Policy"), "\"read\";q=4;w=60");
  EXPECT_EQ(refused.header("Retry-After"), "15");
  EXPECT_EQ(client.exchange(testing::get("/v1/web", from("192.0.2.9"))).status, 200);
  fake_.advance(15 * second);
  EXPECT_EQ(client.exchange(testing::get("/v1/web", from("192.0.2.9", "Authorization: seven\r\n")))
                .status,
            200);
}

}  // namespace
}  // namespace picsharz::http
