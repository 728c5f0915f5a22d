// Uploads and pictures over HTTP: the routes, the form, the headers.
#include "features/uploads/upload_routes.h"

#include "features/photos/media_routes.h"
#include "features/photos/photo_routes.h"
#include "features/photos/photo_world_test.h"
#include "http/test_client.h"
#include "support/test_database.h"

namespace picsharz::uploads {
namespace {

using http::testing::Client;
using http::testing::Reply;
using photos::test::png_bytes;
using photos::test::World;

// Who asks is said by a header, in place of a session.
Viewer viewer_of(const http::Request& request) {
  return {.account = AccountId::parse(request.header("X-Viewer")).value_or(AccountId{})};
}

Result<void> authenticate(http::Request& request, const http::Route& route) {
  request.viewer = viewer_of(request);
  if (route.access == http::Access::open || request.viewer.signed_in()) return {};
  return fail(ErrorKind::unauthenticated, "unauthenticated", "Nobody is signed in.", "Log in.");
}

class UploadRoutesTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = world_->add_account("mei");
    cursors_ = std::make_unique<crypto::CursorCodec>(world_->key);
    uploads_ = std::make_unique<UploadService>(world_->photos, world_->spool, world_->store);
    router_ = std::make_unique<http::Router>();
    add_upload_routes(*router_, *uploads_, world_->signer);
    photos::add_photo_routes(*router_, world_->photos, world_->signer, *cursors_);
    photos::add_media_routes(*router_, world_->media, viewer_of);
    http::ServerOptions options;
    options.port = 0;
    options.access_log = false;
    server_ = std::make_unique<http::Server>(
        *router_, authenticate, [](const http::Served&) {}, world_->clock, options);
    server_->start();
  }
  void TearDown() override {
    server_.reset();
    router_.reset();
    uploads_.reset();
    cursors_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  Reply ask(const std::string& head, std::string_view body = "", AccountId viewer = {}) {
    Client client(server_->port());
    std::string bytes = head + " HTTP/1.1\r\nHost: x\r\n";
    if (viewer) bytes += "X-Viewer: " + viewer.str() + "\r\n";
    if (!body.empty()) {
      bytes += "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n";
    }
    client.send(bytes + "\r\n" + std::string(body));
    return client.receive();
  }
  Reply get(const std::string& target, AccountId viewer = {}) {
    return ask("GET " + target, "", viewer);
  }
  static std::string part(const std::string& name, std::string_view value,
                          const std::string& file = "") {
    return "--xx\r\nContent-Disposition: form-data; name=\"" + name + "\"" +
           (file.empty() ? "" : "; filename=\"" + file + "\"") + "\r\n\r\n" + std::string(value) +
           "\r\n";
  }
  Reply upload(const std::string& fields, std::string_view picture) {
    return ask("POST /v1/photos", fields + part("file", picture, "IMG_1.png") + "--xx--\r\n", mei_);
  }
  // The address of that size in a photo's JSON.
  static std::string url(const std::string& json, const std::string& size) {
    const std::string mark = "\"" + size + "\":\"";
    const std::size_t at = json.find(mark);
    if (at == std::string::npos) return "/media/none";
    return json.substr(at + mark.size(), json.find('"', at + mark.size()) - at - mark.size());
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<crypto::CursorCodec> cursors_;
  std::unique_ptr<UploadService> uploads_;
  std::unique_ptr<http::Router> router_;
  std::unique_ptr<http::Server> server_;
  AccountId mei_;
};
ON_BOTH_ENGINES(UploadRoutesTest);

TEST_P(UploadRoutesTest, AnUploadBecomesAPictureThatEverybodyMayFetch) {
  const Reply created =
      upload(part("title", "The harbour") + part("tags", "Sea, old town"), png_bytes(1600, 900));
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string location = created.header("Location");
  EXPECT_TRUE(location.starts_with("/v1/photos/")) << location;
  EXPECT_TRUE(created.body.contains(R"("tags":["sea","old-town"])")) << created.body;
  EXPECT_TRUE(created.body.contains(R"("state":"received")")) << created.body;
  EXPECT_TRUE(created.body.contains(R"("urls":{})")) << created.body;

  ASSERT_TRUE(world_->run_job());
  const Reply list = get("/v1/me/photos", mei_);
  ASSERT_EQ(list.status, 200);
  EXPECT_TRUE(list.body.contains(R"("state":"published")")) << list.body;
  for (int round = 0; round < 2; ++round) {  // read from the database, then remembered
    const Reply picture = get(url(list.body, "320"));
    ASSERT_EQ(picture.status, 200) << picture.head;
    EXPECT_TRUE(picture.body.starts_with("RIFF"));
    EXPECT_EQ(picture.header("Content-Type"), "image/webp");
    EXPECT_TRUE(picture.header("Cache-Control").starts_with("public, max-age="));
    EXPECT_EQ(picture.header("Content-Security-Policy"), "default-src 'none'; sandbox");
    EXPECT_EQ(picture.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(picture.header("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(picture.header("Content-Disposition"),
              "inline; filename=\"" + location.substr(11) + "-320.webp\"");
    EXPECT_FALSE(picture.header("ETag").empty());
  }
  EXPECT_EQ(get(url(list.body, "1280")).header("Content-Type"), "image/jpeg");
}

TEST_P(UploadRoutesTest, APictureThatIsNotForAllNeedsItsViewersSession) {
  ASSERT_EQ(upload(part("visibility", "private"), png_bytes(1600, 900)).status, 201);
  ASSERT_TRUE(world_->run_job());
  const std::string address = url(get("/v1/me/photos", mei_).body, "320");
  EXPECT_TRUE(address.contains("&a=" + mei_.str())) << address;
  const Reply mine = get(address, mei_);
  ASSERT_EQ(mine.status, 200);
  EXPECT_EQ(mine.header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(get(address).status, 404);
  EXPECT_EQ(get(address, world_->add_account("other")).status, 404);
}

TEST_P(UploadRoutesTest, EveryRefusedAddressGetsTheSameAnswer) {
  ASSERT_EQ(upload("", png_bytes(1600, 900)).status, 201);
  ASSERT_TRUE(world_->run_job());
  const std::string good = url(get("/v1/me/photos", mei_).body, "320");
  ASSERT_EQ(get(good).status, 200);
  const std::string photo = good.substr(0, good.find('?'));
  const std::string addresses[] = {
      photo,
      photo + "?e=1&s=x",
      photo + "?e=x&s=x",
      good + "x",
      good + "&a=0",
      good + "&a=7",
      "/media/1/320" + good.substr(good.find('?')),
      "/media/x/320" + good.substr(good.find('?')),
      photo.substr(0, photo.rfind('/')) + "/640" + good.substr(good.find('?')),
      photo.substr(0, photo.rfind('/')) + "/.." + good.substr(good.find('?')),
  };
  for (const std::string& address : addresses) {
    const Reply reply = get(address);
    EXPECT_EQ(reply.status, 404) << address;
    EXPECT_TRUE(reply.body.contains(R"("code":"not_found")")) << address << reply.body;
    EXPECT_EQ(reply.header("ETag"), "");
  }
}

TEST_P(UploadRoutesTest, APictureThatIsKnownIsNotSentAgain) {
  ASSERT_EQ(upload("", png_bytes(1600, 900)).status, 201);
  ASSERT_TRUE(world_->run_job());
  const std::string address = url(get("/v1/me/photos", mei_).body, "320");
  const std::string etag = get(address).header("ETag");
  Client client(server_->port());
  client.send("GET " + address + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + etag + "\r\n\r\n");
  EXPECT_EQ(client.receive(true).status, 304);
}

TEST_P(UploadRoutesTest, RefusalsLeaveNothingBehind) {
  const std::string picture = png_bytes(1600, 900);
  EXPECT_EQ(ask("POST /v1/photos", part("file", picture, "a.png") + "--xx--\r\n").status, 401);
  const Reply fields = upload(part("titel", "x"), picture);
  EXPECT_EQ(fields.status, 400);
  EXPECT_TRUE(fields.body.contains("unknown_field")) << fields.body;
  EXPECT_EQ(ask("POST /v1/photos", part("title", "no file") + "--xx--\r\n", mei_).status, 400);
  EXPECT_EQ(ask("POST /v1/photos", part("file", picture, "a.png"), mei_).status, 400);  // cut off
  EXPECT_EQ(upload("", "BM bitmap").status, 415);
  EXPECT_EQ(upload("", "").status, 422);
  EXPECT_EQ(upload("", picture.substr(0, 50)).status, 422);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos"), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs"), 0);
  EXPECT_EQ(world_->store.objects(""), 0);
  server_->stop();  // what was cut off is closed for certain
  EXPECT_EQ(world_->scratch.files(), 0);
}

TEST_P(UploadRoutesTest, ATooLargeFileIsRefusedFromItsHeaders) {
  Client client(server_->port());
  client.send("POST /v1/photos HTTP/1.1\r\nHost: x\r\nX-Viewer: " + mei_.str() +
              "\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
              "Content-Length: 60000000\r\n\r\n");
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_TRUE(reply.body.contains(R"("code":"file_too_large")")) << reply.body;
}

TEST_P(UploadRoutesTest, ABodyThatIsNoFormIsRefused) {
  Client client(server_->port());
  client.send("POST /v1/photos HTTP/1.1\r\nHost: x\r\nX-Viewer: " + mei_.str() +
              "\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\nabcd");
  EXPECT_EQ(client.receive().status, 415);
}

TEST_P(UploadRoutesTest, ABadCursorIsRefused) {
  EXPECT_EQ(get("/v1/me/photos?cursor=abc", mei_).status, 400);
  EXPECT_EQ(get("/v1/me/photos?limit=0", mei_).status, 400);
  EXPECT_EQ(get("/v1/me/photos").status, 401);
}

}  // namespace
}  // namespace picsharz::uploads
