#include "http/inner.h"

#include <gtest/gtest.h>

namespace picsharz::http {
namespace {

Result<void> members_see_all(const Viewer& viewer, const Route& route) {
  if (route.access == Access::open || viewer.signed_in()) return {};
  return fail(ErrorKind::unauthenticated, "unauthenticated", "Nobody is signed in.", "Log in.");
}

class InnerRoutesTest : public ::testing::Test {
 protected:
  InnerRoutesTest() {
    add(Method::get, "/v1/things/{id}", Access::open, [](Request& request) {
      return json(200, request.path_values.at(0) + " of " + request.viewer.account.str() + " " +
                           std::to_string(request.query.size() + request.headers.size()));
    });
    add(Method::get, "/v1/mine", Access::member, [](Request&) { return json(200, "mine"); });
    add(Method::post, "/v1/posts", Access::open, [](Request&) -> Response {
      ADD_FAILURE() << "nothing is changed by what is only looked at";
      return no_content();
    });
    Route later{.method = Method::get, .pattern = "/v1/later", .access = Access::open};
    later.async = [](Request&, const Responder&) {};
    router_.add(std::move(later));
    outer_.request_id = "0123456789abcdef0123456789abcdef";
    outer_.query = {{"limit", "3"}};
    outer_.headers = {{"Cookie", "a=b"}};
  }

  void add(Method method, std::string pattern, Access access, Handler handler) {
    router_.add({.method = method,
                 .pattern = std::move(pattern),
                 .access = access,
                 .handler = std::move(handler)});
  }

  Router router_;
  InnerRoutes inner_{router_, members_see_all};
  Request outer_;
};

TEST_F(InnerRoutesTest, AnswersTheSameViewerWithoutTheRestOfTheirRequest) {
  outer_.viewer.account = AccountId{7};
  Response answer = inner_.get(outer_, "/v1/things/a b");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(take_text(answer), "a b of 7 0");
}

TEST_F(InnerRoutesTest, WhoMayNotUseARouteIsRefusedAsFromOutside) {
  EXPECT_EQ(inner_.get(outer_, "/v1/mine").status, 401);
  outer_.viewer.account = AccountId{7};
  Response answer = inner_.get(outer_, "/v1/mine");
  EXPECT_EQ(take_text(answer), "mine");
}

TEST_F(InnerRoutesTest, ForEverybodyItIsAskedAsNobody) {
  outer_.viewer.account = AccountId{7};
  EXPECT_EQ(inner_.get_as_visitor(outer_, "/v1/mine").status, 401);
  Response answer = inner_.get_as_visitor(outer_, "/v1/things/a");
  EXPECT_EQ(take_text(answer), "a of 0 0");
}

TEST_F(InnerRoutesTest, OnlyWhatIsReadAtOnceIsThere) {
  EXPECT_EQ(inner_.get(outer_, "/v1/nothing").status, 404);
  EXPECT_EQ(inner_.get(outer_, "/v1/posts").status, 404);
  EXPECT_EQ(inner_.get(outer_, "/v1/later").status, 404);
}

TEST(TakeText, OfEveryKindOfBodyThatHoldsText) {
  Response response;
  EXPECT_EQ(take_text(response), "");
  response.body = std::string("own");
  EXPECT_EQ(take_text(response), "own");
  response.body = std::string_view("static");
  EXPECT_EQ(take_text(response), "static");
  response.body = std::make_shared<const std::string>("shared");
  EXPECT_EQ(take_text(response), "shared");
}

}  // namespace
}  // namespace picsharz::http
