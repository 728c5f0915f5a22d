#include "base/escape_html.h"

#include <gtest/gtest.h>

namespace picsharz {
namespace {

TEST(EscapeHtml, NothingBeginsOrEndsATagOrAnAttribute) {
  EXPECT_EQ(escape_html(R"("><script>alert(1)</script>)"),
            "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
  EXPECT_EQ(escape_html("<!--"), "&lt;!--");
  EXPECT_EQ(escape_html("Tom & Jerry &lt;"), "Tom &amp; Jerry &amp;lt;");
}

TEST(EscapeHtml, WhatIsNoMarkupStaysAsItIs) {
  EXPECT_EQ(escape_html(""), "");
  EXPECT_EQ(escape_html("Müller's 灯台\n"), "Müller's 灯台\n");
}

TEST(EscapeHtml, EveryByteOnItsOwn) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool markup = std::string_view("&<>\"").find(text[0]) != std::string_view::npos;
    EXPECT_EQ(escape_html(text) == text, !markup) << byte;
    EXPECT_EQ(escape_html(text).find_first_of("<>\""), std::string::npos) << byte;
  }
}

TEST(EscapeHtml, JsonInAScriptElementSaysTheSame) {
  std::string out;
  append_json_in_html(out, R"({"a":"</script><!--","b":[1,"x > y & \"z\""]})");
  EXPECT_EQ(out, R"({"a":"\u003c/script>\u003c!--","b":[1,"x > y & \"z\""]})");
}

TEST(EscapeHtml, AppendsAfterWhatIsThere) {
  std::string out = "<b>";
  append_html(out, "a<b");
  EXPECT_EQ(out, "<b>a&lt;b");
}

}  // namespace
}  // namespace picsharz
