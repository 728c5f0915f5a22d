#include "features/photos/photo.h"

#include <gtest/gtest.h>

#include "features/photos/media_urls.h"
#include "features/photos/photo_json.h"

namespace picsharz::photos {
namespace {

TEST(Photo, NamesOfStatesAndVisibilities) {
  EXPECT_EQ(visibility_of("public"), Visibility::everyone);
  EXPECT_EQ(visibility_of("followers"), Visibility::followers);
  EXPECT_EQ(visibility_of("private"), Visibility::only_me);
  EXPECT_EQ(visibility_of("Public"), std::nullopt);
  EXPECT_EQ(state_name(PhotoState::received), "received");
  EXPECT_EQ(state_name(PhotoState::rejected), "rejected");
}

TEST(Photo, ListsItsRenditions) {
  const auto names = rendition_names("320.webp,640.webp,1280.jpg");
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(names[2], "1280.jpg");
  EXPECT_EQ(rendition_size(names[2]), "1280");
  EXPECT_EQ(rendition_format(names[2]), image::Format::jpeg);
  EXPECT_EQ(rendition_format(names[0]), image::Format::webp);
  EXPECT_TRUE(rendition_names("").empty());
}

TEST(Photo, ListsExtrasBesideTheRenditionsOfTheirSize) {
  const auto list = [](std::string_view renditions, std::vector<std::string> made) {
    return with_made(renditions, made);
  };
  const auto without = [](std::string_view renditions, std::vector<std::string> made) {
    return without_made(renditions, made);
  };
  const std::string plain = "320.webp,640.webp,1280.jpg";
  const std::string all = "320.webp,640.webp,640.avif,1280.jpg,1280.avif,2048.jpg";
  EXPECT_EQ(list(plain, {"1280.avif", "2048.jpg", "640.avif"}), all);
  EXPECT_EQ(list(plain, {"2048.jpg"}), "320.webp,640.webp,1280.jpg,2048.jpg");
  EXPECT_EQ(list(all, {"2048.jpg"}), all);
  EXPECT_EQ(list(plain + ",download.jpg", {"2048.jpg"}), plain + ",2048.jpg,download.jpg");
  EXPECT_EQ(list("", {"2048.jpg"}), "");
  EXPECT_EQ(without(all, {"2048.jpg", "1280.avif"}), "320.webp,640.webp,640.avif,1280.jpg");
  EXPECT_EQ(without(all + ",download.jpg", {"download.jpg"}), all);
  EXPECT_EQ(made_on_demand(all + ",download.jpg"),
            (std::vector<std::string>{"640.avif", "1280.avif", "2048.jpg", "download.jpg"}));
  EXPECT_TRUE(lists_download(plain + ",download.jpg"));
  EXPECT_FALSE(lists_download(all));
  // It has no address among them.
  EXPECT_EQ(rendition_names(plain + ",download.jpg").size(), 3U);
  EXPECT_EQ(rendition_address("640.avif"), "640.avif");
  EXPECT_EQ(rendition_address("2048.webp"), "2048");
  EXPECT_EQ(rendition_format("640.avif"), image::Format::avif);
  for (const char* name : {"2048.jpg", "2048.webp", "640.avif"}) EXPECT_TRUE(is_extra(name));
  for (const char* name : {"320.webp", "1280.jpg", "download.jpg"}) EXPECT_FALSE(is_extra(name));
}

TEST(Photo, KeysAreContentAddressed) {
  EXPECT_EQ(original_key("abcdef"), "originals/ab/abcdef");
  EXPECT_EQ(rendition_key("abcdef", "320.webp"), "renditions/ab/abcdef/320.webp");
}

class Addresses : public ::testing::Test {
 protected:
  std::string url(AccountId account) {
    std::string out;
    signer_.append_url(out, PhotoId{7}, "320", 1, account);
    return out;
  }
  static std::string after(const std::string& text, std::string_view mark) {
    const std::size_t at = text.find(mark) + mark.size();
    return text.substr(at, text.find('&', at) - at);
  }
  MediaClaim claim(const std::string& address, AccountId account = {}) {
    return {PhotoId{7}, "320", 1, account, std::stoll(after(address, "?e="))};
  }

  FakeClock clock_;
  crypto::HmacKey key_{"key"};
  MediaSigner signer_{key_, clock_};
};

TEST_F(Addresses, StayTheSameForHoursAndLiveTwelveToTwentyFour) {
  const std::string first = url({});
  const std::int64_t now = clock_.now() / second;
  const std::int64_t left = claim(first).expires - now;
  EXPECT_EQ(claim(first).expires % (12 * 3600), 0);
  EXPECT_GT(left, 12 * 3600);
  EXPECT_LE(left, 24 * 3600);
  clock_.advance((left - 12 * 3600 - 1) * second);
  EXPECT_EQ(url({}), first);
  clock_.advance(2 * second);
  EXPECT_NE(url({}), first);
}

TEST_F(Addresses, AreVerifiedUntilTheyExpire) {
  const std::string address = url({});
  const MediaClaim honest = claim(address);
  const std::string signature = after(address, "&s=");
  EXPECT_EQ(signature.size(), 22u);
  EXPECT_TRUE(signer_.verify(honest, signature));
  clock_.advance(honest.expires * second - clock_.now() - second);
  EXPECT_TRUE(signer_.verify(honest, signature));
  clock_.advance(second);
  EXPECT_FALSE(signer_.verify(honest, signature));
}

TEST_F(Addresses, AreRefusedWhereAnythingIsDifferent) {
  const std::string address = url({});
  const MediaClaim honest = claim(address);
  const std::string signature = after(address, "&s=");
  const auto refused = [&](const auto& change) {
    MediaClaim other = honest;
    change(other);
    return !signer_.verify(other, signature);
  };
  EXPECT_TRUE(refused([](MediaClaim& c) { c.photo = PhotoId{8}; }));
  EXPECT_TRUE(refused([](MediaClaim& c) { c.rendition = "640"; }));
  EXPECT_TRUE(refused([](MediaClaim& c) { c.epoch = 2; }));
  EXPECT_TRUE(refused([](MediaClaim& c) { c.account = AccountId{1}; }));
  EXPECT_TRUE(refused([](MediaClaim& c) { c.expires += 12 * 3600; }));
  EXPECT_FALSE(signer_.verify(honest, ""));
  EXPECT_FALSE(signer_.verify(honest, signature + "A"));
  crypto::HmacKey other_key("another");
  EXPECT_FALSE(MediaSigner(other_key, clock_).verify(honest, signature));
}

class PhotoJson : public Addresses {
 protected:
  PhotoJson() {
    view_.photo.id = PhotoId{7};
    view_.photo.owner = AccountId{1};
    view_.photo.title = "A \"boat\"";
    view_.photo.tags = R"(["harbour"])";
    view_.photo.labels = R"([{"name":"boat","confidence":0.91}])";
    view_.photo.state = PhotoState::published;
    view_.photo.width = 2000;
    view_.photo.height = 1000;
    view_.photo.thumbhash = "3wc=";
    view_.photo.renditions = "320.webp,640.webp";
    view_.owner_handle = "mei";
    view_.owner_name = "Mei Tan";
  }
  std::string json(const Viewer& viewer) {
    std::string body;
    JsonWriter out(body);
    write_photo(out, view_, viewer, signer_);
    return body;
  }
  bool has(const std::string& text, std::string_view part) { return text.contains(part); }

  PhotoView view_;
};

TEST_F(PhotoJson, HasTheShapeOfTheContract) {
  view_.photo.created_at = 1'790'000'000 * second;
  const std::string expected =
      R"({"id":"7","owner":{"handle":"mei","name":"Mei Tan","avatar":null},)"
      R"("title":"A \"boat\"","description":"","alt":"","tags":["harbour"],)"
      R"("labels":[{"name":"boat","confidence":0.91}],"visibility":"public",)"
      R"("state":"published","reason":null,"width":2000,"height":1000,"thumbhash":"3wc=",)"
      R"("urls":{"320":")" +
      url({}) + R"(","640":")";
  const std::string body = json({});
  EXPECT_EQ(body.substr(0, expected.size()), expected);
  EXPECT_TRUE(has(body, R"("likes":0,"liked":false,"comments":0,"created_at":"2026-)")) << body;
}

TEST_F(PhotoJson, HasTheAddressOfALargePictureBeforeItIsMade) {
  const auto addresses = [this](std::string_view renditions) {
    view_.photo.renditions = renditions;
    std::string body = json({});
    std::string found;
    for (std::size_t at = body.find("/media/7/"); at != std::string::npos;
         at = body.find("/media/7/", at + 1)) {
      found += body.substr(at + 9, body.find('?', at) - at - 9) + " ";
    }
    return found;
  };
  EXPECT_EQ(addresses("320.webp,640.webp,1280.jpg"), "320 640 1280 2048 ");
  EXPECT_EQ(addresses("320.webp,640.webp,640.avif,1280.jpg,1280.avif,2048.jpg"),
            "320 640 640.avif 1280 1280.avif 2048 ");
  EXPECT_EQ(addresses(""), "");
  view_.photo.width = 1280;
  view_.photo.height = 900;
  EXPECT_EQ(addresses("320.webp,640.webp,1280.jpg"), "320 640 1280 ");
}

TEST_F(PhotoJson, SignsForTheViewerWhatIsNotForAll) {
  const Viewer follower{.account = AccountId{5}};
  EXPECT_FALSE(has(json(follower), "&a="));
  view_.owner_private = true;
  EXPECT_TRUE(has(json(follower), "&a=5&"));
  view_.owner_private = false;
  view_.photo.visibility = Visibility::followers;
  EXPECT_TRUE(has(json(follower), "&a=5&"));
  view_.photo.visibility = Visibility::everyone;
  view_.photo.state = PhotoState::held;
  EXPECT_TRUE(has(json({.account = AccountId{1}}), "&a=1&"));
  EXPECT_TRUE(has(json({}), R"("urls":{})"));
}

TEST_F(PhotoJson, HasNoAddressesOfRemovedAndRejectedPhotos) {
  const Viewer owner{.account = AccountId{1}};
  for (const PhotoState state : {PhotoState::removed, PhotoState::rejected}) {
    view_.photo.state = state;
    EXPECT_TRUE(has(json(owner), R"("urls":{})"));
  }
}

TEST_F(PhotoJson, TellsTheReasonToItsOwnerAndModeratorsOnly) {
  view_.photo.state = PhotoState::held;
  view_.photo.reason = "suggestive";
  EXPECT_TRUE(has(json({.account = AccountId{1}}), R"("reason":"suggestive")"));
  EXPECT_TRUE(has(json({.account = AccountId{2}, .role = Role::moderator}), "suggestive"));
  EXPECT_TRUE(has(json({.account = AccountId{2}}), R"("reason":null)"));
  EXPECT_TRUE(has(json({}), R"("reason":null)"));
}

}  // namespace
}  // namespace picsharz::photos
