#include "features/uploads/upload_rules.h"

#include <gtest/gtest.h>

namespace picsharz::uploads {
namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> codes(const Form& form, bool has_file = true) {
  const auto fields = check_fields(form, has_file);
  std::vector<std::string> found;
  if (fields) return found;
  EXPECT_EQ(fields.error().code, "invalid_request");
  for (const FieldError& error : fields.error().fields) {
    found.push_back(error.field + ":" + error.code);
  }
  return found;
}

TEST(UploadRules, TagsAreNormalised) {
  EXPECT_EQ(normalize_tag("  #Old \t Harbour "), "old-harbour");
  EXPECT_EQ(normalize_tag("##Sea"), "sea");
  EXPECT_EQ(normalize_tag("# sea"), "sea");
  EXPECT_EQ(normalize_tag("\xC3\x84rger"), "\xC3\xA4rger");  // Ä
  EXPECT_EQ(normalize_tag("\xCE\xA9"), "\xCF\x89");          // Ω
  EXPECT_EQ(normalize_tag("\xD0\x9C\xD0\xBE\xD1\x80\xD0\x95"),
            "\xD0\xBC\xD0\xBE\xD1\x80\xD0\xB5");             // МорЕ
  EXPECT_EQ(normalize_tag("\xE6\xB5\xB7"), "\xE6\xB5\xB7");  // 海
  EXPECT_EQ(normalize_tag(" # "), "");
}

TEST(UploadRules, TakesWhatAFormHolds) {
  const auto fields = check_fields({{"title", " The harbour "},
                                    {"description", "one\r\ntwo"},
                                    {"alt", "boats"},
                                    {"tags", "Sea, #boats,,sea"},
                                    {"tags", "old town"},
                                    {"visibility", "followers"}},
                                   true);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->title, "The harbour");
  EXPECT_EQ(fields->description, "one\ntwo");
  EXPECT_EQ(fields->alt, "boats");
  EXPECT_EQ(fields->tags, (std::vector<std::string>{"sea", "boats", "old-town"}));
  EXPECT_EQ(fields->visibility, photos::Visibility::followers);
}

TEST(UploadRules, APhotoIsPublicWhereNothingIsSaid) {
  const auto fields = check_fields({}, true);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->visibility, photos::Visibility::everyone);
}

TEST(UploadRules, NamesEveryFieldThatIsNotRight) {
  using Codes = std::vector<std::string>;
  EXPECT_EQ(codes({}, false), Codes{"file:required"});
  EXPECT_EQ(codes({{"titel", "x"}, {"visibility", "all"}, {"title", std::string(201, 'x')}}),
            (Codes{"titel:unknown_field", "visibility:unknown_value", "title:too_long"}));
  EXPECT_EQ(codes({{"title", "a"}, {"title", "b"}}), Codes{"title:repeated"});
  EXPECT_EQ(codes({{"alt", "\xFF"}}), Codes{"alt:invalid_text"});
  EXPECT_EQ(codes({{"tags", "\xFF"}}), Codes{"tags:invalid_text"});
  EXPECT_EQ(codes({{"tags", std::string(51, 'x')}}), Codes{"tags:too_long"});
  std::string many;
  for (int i = 0; i < 30; ++i) many += std::to_string(i) + ",";
  EXPECT_EQ(codes({{"tags", many}}), Codes{});
  EXPECT_EQ(codes({{"tags", many + "x"}}), Codes{"tags:too_many"});
}

TEST(UploadRules, CharactersCountNotBytes) {
  std::string title;
  for (int i = 0; i < 200; ++i) title += "\xE6\xB5\xB7";
  EXPECT_TRUE(codes({{"title", title}}).empty());
  EXPECT_FALSE(codes({{"title", title + "x"}}).empty());
}

TEST(UploadRules, AFileNameIsKeptWhereItIsText) {
  EXPECT_EQ(clean_file_name("IMG_1.jpg"), "IMG_1.jpg");
  EXPECT_EQ(clean_file_name("a\nb\x01"), "");
  EXPECT_EQ(clean_file_name(std::string(300, 'x')), "");
}

}  // namespace
}  // namespace picsharz::uploads
