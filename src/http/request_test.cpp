#include "http/request.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace picsharz::http {
namespace {

TEST(Request, FindsHeadersWithoutCase) {
  Request request;
  request.headers = {{"Accept", "a"}, {"X-One", "1"}, {"accept", "b"}};
  EXPECT_EQ(request.header("ACCEPT"), "a");
  EXPECT_EQ(request.header("x-one"), "1");
  EXPECT_EQ(request.header("x-two"), "");
  EXPECT_TRUE(request.has_header("x-ONE"));
  EXPECT_FALSE(request.has_header("x-on"));
}

TEST(Request, FindsCookies) {
  Request request;
  request.headers = {{"cookie", "a=1; sid=abc=;b=2"}, {"Cookie", "late=x"}};
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("sid"), "abc=");
  EXPECT_EQ(request.cookie("b"), "2");
  EXPECT_EQ(request.cookie("late"), "x");
  EXPECT_EQ(request.cookie("si"), "");
  EXPECT_EQ(request.cookie("A"), "");  // names of cookies have case
}

TEST(Request, FindsQueryValues) {
  Request request;
  request.query = {{"q", "x"}, {"empty", ""}, {"q", "y"}};
  EXPECT_EQ(request.query_value("q"), "x");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("none"), std::nullopt);
}

TEST(PercentCoding, EveryByteSurvives) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all), false), all);
  EXPECT_EQ(percent_encode("a-._~ /é"), "a-._~%20%2F%C3%A9");
}

TEST(PercentCoding, DecodesOnceAndKeepsWhatIsNoEncoding) {
  EXPECT_EQ(percent_decode("%2541", false), "%41");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
  EXPECT_EQ(percent_decode("100%", false), "100%");
  EXPECT_EQ(percent_decode("%4", false), "%4");
  EXPECT_EQ(percent_decode("%zz", false), "%zz");
}

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [each, value] : response.headers) {
    if (each == name) return value;
  }
  return {};
}

TEST(Problem, SaysWhatAPersonAndAProgramNeed) {
  Error error{ErrorKind::conflict, "handle_taken", "This handle is taken.", "Choose another.",
              "secret detail"};
  error.fields.push_back({"handle", "taken", "It belongs to somebody."});
  const Response response = problem(error, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(header_of(response, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header_of(response, "Retry-After"), "");
  EXPECT_EQ(std::get<std::string>(response.body),
            R"({"type":"about:blank","title":"Conflict","status":409,)"
            R"("detail":"This handle is taken. Choose another.","code":"handle_taken",)"
            R"("request_id":"0123456789abcdef0123456789abcdef",)"
            R"("errors":[{"field":"handle","code":"taken","detail":"It belongs to somebody."}]})");
}

TEST(Problem, SaysWhenToComeBack) {
  Error error{ErrorKind::too_many, "too_many", "Slow down.", ""};
  error.retry_after_seconds = 30;
  const Response response = problem(error, "");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header_of(response, "Retry-After"), "30");
  EXPECT_TRUE(std::get<std::string>(response.body).contains(R"("retry_after":30)"));
}

TEST(Problem, NamesTheFiguresThatItsSentencesHold) {
  Error error{ErrorKind::too_large, "file_too_large", "This file is too large.", ""};
  EXPECT_FALSE(std::get<std::string>(problem(error, "").body).contains("limit"));
  error.limit = 50'000'000;
  error.fields.push_back({"title", "too_long", "At most 200 characters are allowed.", 200});
  const Response response = problem(error, "");
  const std::string& body = std::get<std::string>(response.body);
  EXPECT_TRUE(body.contains(R"("limit":50000000,"errors":[)"));
  EXPECT_TRUE(body.contains(R"(characters are allowed.","limit":200})"));
}

TEST(Problem, EveryKindHasItsStatus) {
  const std::vector<std::pair<ErrorKind, int>> expected = {
      {ErrorKind::invalid, 400},       {ErrorKind::unauthenticated, 401},
      {ErrorKind::forbidden, 403},     {ErrorKind::not_found, 404},
      {ErrorKind::conflict, 409},      {ErrorKind::gone, 410},
      {ErrorKind::too_large, 413},     {ErrorKind::unsupported, 415},
      {ErrorKind::unprocessable, 422}, {ErrorKind::too_many, 429},
      {ErrorKind::unavailable, 503},   {ErrorKind::storage_full, 507}};
  for (const auto& [kind, status] : expected) EXPECT_EQ(status_of(kind), status);
}

TEST(Response, Makers) {
  EXPECT_EQ(header_of(json(201, "{}"), "Content-Type"), "application/json");
  EXPECT_EQ(header_of(text(200, "x"), "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(no_content().status, 204);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(no_content().body));
}

}  // namespace
}  // namespace picsharz::http
