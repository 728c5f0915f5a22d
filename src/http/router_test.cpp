#include "http/router.h"

#include <gtest/gtest.h>

namespace picsharz::http {
namespace {

Route route(Method method, std::string pattern) {
  Route made;
  made.method = method;
  made.pattern = std::move(pattern);
  made.access = Access::open;
  made.handler = [](Request&) { return no_content(); };
  return made;
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    for (const char* pattern :
         {"/", "/v1/photos", "/v1/photos/{id}", "/v1/photos/search", "/v1/photos/{id}/likes",
          "/v1/{kind}/all", "/v1/photos/search/deep/down", "/assets/{path...}", "/slash/",
          "/@{handle}", "/@{handle}/photos"}) {
      router_.add(route(Method::get, pattern));
    }
    router_.add(route(Method::post, "/v1/photos"));
    router_.add(route(Method::del, "/v1/photos/{id}"));
    router_.add(route(Method::head, "/v1/only-head"));
  }

  std::string matched(Method method, std::string_view path) {
    const Match match = router_.match(method, path);
    std::string said = match.route == nullptr ? "none" : match.route->pattern;
    for (const std::string& value : match.values) said += " " + value;
    if (!match.allow.empty()) said += " allow " + match.allow;
    return said;
  }

  Router router_;
};

TEST_F(RouterTest, ValuesOfAnEarlierRequestAreGone) {
  std::vector<std::string> values(5, "earlier");
  EXPECT_EQ(router_.match(Method::get, "/v1/photos/12", values).values,
            std::vector<std::string>{"12"});
  EXPECT_TRUE(router_.match(Method::get, "/v1/photos", values).values.empty());
  EXPECT_TRUE(router_.match(Method::get, "/none", values).values.empty());
  EXPECT_TRUE(router_.match(Method::post, "/v1/photos/12", values).values.empty());
}

TEST_F(RouterTest, TableOfPaths) {
  const std::tuple<Method, const char*, const char*> table[] = {
      {Method::get, "/", "/"},
      {Method::get, "/v1/photos", "/v1/photos"},
      {Method::post, "/v1/photos", "/v1/photos"},
      {Method::get, "/v1/photos/12", "/v1/photos/{id} 12"},
      {Method::get, "/v1/photos/search", "/v1/photos/search"},
      {Method::get, "/v1/photos/12/likes", "/v1/photos/{id}/likes 12"},
      // The literal "search" leads nowhere here, so that the value is tried.
      {Method::get, "/v1/photos/search/likes", "/v1/photos/{id}/likes search"},
      {Method::get, "/v1/photos/all", "/v1/photos/{id} all"},
      {Method::get, "/v1/tags/all", "/v1/{kind}/all tags"},
      {Method::get, "/assets/a/b.js", "/assets/{path...} a/b.js"},
      {Method::get, "/assets/", "/assets/{path...} "},
      {Method::get, "/slash/", "/slash/"},
      {Method::head, "/v1/photos/12", "/v1/photos/{id} 12"},
      {Method::head, "/v1/only-head", "/v1/only-head"},
      {Method::get, "/@mei", "/@{handle} mei"},
      {Method::get, "/@@mei", "/@{handle} @mei"},
      {Method::get, "/@mei/photos", "/@{handle}/photos mei"},
      {Method::post, "/@mei", "none allow GET, HEAD"},
      {Method::get, "/@", "none"},
      {Method::get, "/mei", "none"},
      {Method::get, "/@mei/likes", "none"},
      {Method::get, "/assets", "none"},
      {Method::get, "/slash", "none"},
      {Method::get, "/v1/photos/", "none"},
      {Method::get, "/v1/photos/12/", "none"},
      {Method::get, "//", "none"},
      {Method::get, "/V1/photos", "none"},
      {Method::get, "/v1", "none"},
      {Method::get, "", "none"},
      {Method::put, "/v1/photos", "none allow GET, HEAD, POST"},
      {Method::post, "/v1/photos/12", "none allow GET, HEAD, DELETE"},
      {Method::get, "/v1/only-head", "none allow HEAD"},
      {Method::options, "/", "none allow GET, HEAD"},
  };
  for (const auto& [method, path, expected] : table) {
    EXPECT_EQ(matched(method, path), expected) << path;
  }
}

TEST_F(RouterTest, ListsItsRoutes) {
  EXPECT_EQ(router_.routes().size(), 14u);
  EXPECT_EQ(router_.routes().front()->pattern, "/");
}

TEST(RouterDeathTest, RefusesProgrammersErrors) {
  Router router;
  router.add(route(Method::get, "/a/{x}"));
  EXPECT_DEATH(router.add(route(Method::get, "/a/{y}")), "is there already");
  EXPECT_DEATH(router.add(route(Method::get, "a")), "slash");
  EXPECT_DEATH(router.add(route(Method::get, "/{rest...}/a")), "must be last");
  Route silent = route(Method::get, "/b");
  silent.access = Access::undeclared;
  EXPECT_DEATH(router.add(silent), "does not say who may use it");
  Route empty = route(Method::get, "/b");
  empty.handler = nullptr;
  EXPECT_DEATH(router.add(empty), "needs a handler");
  Route two = route(Method::get, "/b");
  two.async = [](Request&, Responder) {};
  EXPECT_DEATH(router.add(two), "needs a handler");
  Route stream = route(Method::post, "/b");
  stream.body = BodyKind::stream;
  EXPECT_DEATH(router.add(stream), "needs `begin`");
  stream.begin = [](const Request&) -> Result<std::unique_ptr<BodySink>> { return nullptr; };
  EXPECT_DEATH(router.add(stream), "needs a bound");
}

}  // namespace
}  // namespace picsharz::http
