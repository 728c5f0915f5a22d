#include "features/pages/shell_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace picsharz::pages {
namespace {

constexpr std::string_view index_html = R"html(<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <meta name="theme-color" content="#FBFAF8" media="(prefers-color-scheme: light)" />
    <meta name="theme-color" content="#121211" media="(prefers-color-scheme: dark)" />
    <meta name="description" content="Of the build." />
    <title>Of the build</title>
    <link rel="icon" href="/assets/icon.svg" />
    <script type="module" crossorigin src="/assets/index.js"></script>
    <link rel="stylesheet" crossorigin href="/assets/index.css">
  </head>
  <body><div id="app"></div><noscript>Of the build.</noscript></body>
</html>)html";

constexpr std::string_view shell_json = R"json({
  "languages": ["en", "de", "ar-XB"], "starter": "/assets/starter.js",
  "catalogues": {"en": {"photo": ["/assets/en-photo.js"]},
                 "de": {"core": ["/assets/de.js"], "errors": ["/assets/de-errors.js"],
                        "photo": ["/assets/de-photo.js"], "admin": ["/assets/de-admin.js"]}},
  "pages": {"photo": {"modules": ["/assets/photo.js"], "styles": ["/assets/photo.css"],
                      "areas": ["photo", "none"],
                      "sizes": "100vw", "first": 1},
            "home": {"sizes": "50vw", "first": 99, "soon": 1, "rest_media": "(c)",
                     "avif_media": "(a)", "other_media": "(b)"}}})json";

const Site site{.name = "Picsharz", .description = "Photos.", .url = "https://photos.example.org"};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

int count(std::string_view text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

std::string document(const Page& page, const Reader& reader = {},
                     std::string_view index = index_html, std::string_view json = shell_json) {
  return write_document(read_shell(index, json), site, reader, page);
}

TEST(ReadShell, TakesWhatEveryPageHasInCommon) {
  const Shell shell = read_shell(index_html, shell_json);
  EXPECT_TRUE(
      has(shell.head, R"(<script type="module" crossorigin src="/assets/index.js"></script>)"));
  EXPECT_TRUE(has(shell.head, R"(<link rel="icon" href="/assets/icon.svg" />)"));
  EXPECT_FALSE(has(shell.head, "Of the build"));
  EXPECT_FALSE(has(shell.head, "charset"));
  EXPECT_FALSE(has(shell.head, "viewport"));
  EXPECT_EQ(count(shell.head, "theme-color"), 2);
  EXPECT_EQ(shell.program, "/assets/index.js");
  EXPECT_EQ(shell.starter, "/assets/starter.js");
  EXPECT_EQ(shell.languages, (std::vector<std::string>{"en", "de", "ar-XB"}));
  EXPECT_EQ(shell.kinds.at("photo").modules, std::vector<std::string>{"/assets/photo.js"});
  EXPECT_EQ(shell.kinds.at("photo").first, 1u);
  EXPECT_EQ(shell.kinds.at("home").first, 8u);  // a page that asks for more asks for too much
  EXPECT_EQ(shell.kinds.at("home").other_media, "(b)");
  EXPECT_EQ(shell.kinds.at("home").soon, 1u);
  EXPECT_EQ(shell.kinds.at("photo").soon, 2u);
  EXPECT_EQ(shell.kinds.at("home").rest_media, "(c)");
}

TEST(ReadShell, OneThemeForThoseWhoChose) {
  const Shell shell = read_shell(index_html, "");
  for (const auto* chosen : {&shell.light_head, &shell.dark_head}) {
    EXPECT_EQ(count(*chosen, "theme-color"), 1);
    EXPECT_FALSE(has(*chosen, "prefers-color-scheme"));
    EXPECT_TRUE(has(*chosen, "/assets/index.css"));
  }
  EXPECT_TRUE(has(shell.dark_head, R"(content="dark")"));
  EXPECT_TRUE(has(shell.dark_head, "#121211"));
  EXPECT_TRUE(has(shell.light_head, R"(content="light")"));
  EXPECT_TRUE(has(shell.light_head, "#FBFAF8"));
}

TEST(ReadShell, ABuildThatSaysLittle) {
  for (const std::string_view index : {"", "<head>", "</head><head>", "<head><script></head>"}) {
    EXPECT_EQ(read_shell(index, "").head, "") << index;
  }
  for (const std::string_view json : {"", "{", "[]", R"({"languages":7,"pages":[1]})"}) {
    EXPECT_EQ(read_shell(index_html, json).languages, std::vector<std::string>{"en"}) << json;
    EXPECT_TRUE(read_shell(index_html, json).kinds.empty()) << json;
  }
}

TEST(WriteDocument, APageAsItIs) {
  Page page;
  page.kind = "photo";
  page.head = {.title = "Boat",
               .description = "A boat.",
               .path = "/photo/7",
               .type = "article",
               .image = Image{"/media/7/1280", 1280, 960, "A boat"},
               .card = true,
               .index = true};
  page.data = R"({"answers":{}})";
  page.preloads = {{"/a 640w", "100vw", "(b)", true},
                   {.srcset = "/c 640w", .sizes = "100vw", .soon = false}};
  page.photos = {{"/photo/7", {"/media/7/640", 640, 480, "A boat"}}};
  const std::string html = document(page);
  for (const std::string_view part :
       {"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\" />\n<title>Boat</title>",
        "<meta name=\"description\" content=\"A boat.\">",
        "<link rel=\"canonical\" href=\"https://photos.example.org/photo/7\">",
        "<link rel=\"preload\" as=\"image\" fetchpriority=\"high\" imagesrcset=\"/a 640w\" "
        "imagesizes=\"100vw\" media=\"(b)\" type=\"image/avif\">",
        "<link rel=\"preload\" as=\"image\" imagesrcset=\"/c 640w\" imagesizes=\"100vw\">",
        "<link rel=\"stylesheet\" crossorigin href=\"/assets/photo.css\">\n"
        "<link rel=\"modulepreload\" crossorigin href=\"/assets/photo.js\">",
        "<meta property=\"og:image\" content=\"https://photos.example.org/media/7/1280\">",
        "<meta property=\"og:image:height\" content=\"960\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
        "<script type=\"application/json\" id=\"data\">{\"answers\":{}}</script>",
        "<li><a href=\"/photo/7\"><img loading=\"lazy\" src=\"/media/7/640\" width=\"640\" "
        "height=\"480\" alt=\"A boat\"></a></li>"}) {
    EXPECT_TRUE(has(html, part)) << part << "\n" << html;
  }
  EXPECT_FALSE(has(html, "robots"));
}

TEST(WriteDocument, SaysNoMoreThanItIsTold) {
  const std::string html = document({});
  for (const std::string_view part : {"og:", "twitter:", "canonical", "id=\"data\"", "preload",
                                      "data-theme", "description", "<a"}) {
    EXPECT_EQ(has(html, part), part == "preload" && has(index_html, part)) << part;
  }
  EXPECT_TRUE(has(html, "<meta name=\"robots\" content=\"noindex\">"));
}

TEST(WriteDocument, CataloguesOfTheLanguageAndThePage) {
  const auto seen = [](std::string_view kind, std::string_view language) {
    Page page;
    page.kind = kind;
    const std::string html = document(page, {.language = std::string(language)});
    std::vector<std::string> modules;
    for (const char* one : {"en-photo", "de", "de-errors", "de-photo", "de-admin"}) {
      if (has(html, std::string("modulepreload\" crossorigin href=\"/assets/") + one + ".js\"")) {
        modules.emplace_back(one);
      }
    }
    return modules;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(seen("photo", "en"), Names{"en-photo"});
  EXPECT_EQ(seen("photo", "ar-XB"), Names{"en-photo"});
  EXPECT_EQ(seen("home", "en"), Names{});
  EXPECT_EQ(seen("photo", "de"), (Names{"de", "de-photo"}));
  EXPECT_EQ(seen("nothing", "de"), (Names{"de"}));
}

TEST(WriteDocument, ThemeAndLanguage) {
  const std::string dark = document({}, {.theme = "dark", .language = "de"});
  EXPECT_TRUE(has(dark, R"(<html lang="de" data-theme="dark">)"));
  EXPECT_TRUE(has(dark, R"(href="/assets/de.js")"));
  EXPECT_EQ(count(dark, "theme-color"), 1);
  const std::string mirrored = document({}, {.language = "ar-XB"});
  EXPECT_TRUE(has(mirrored, R"(<html lang="ar-XB" dir="rtl">)"));
  EXPECT_FALSE(has(mirrored, "/assets/de.js"));
}

TEST(WriteDocument, ThePictureBeforeTheApplication) {
  Page page;
  EXPECT_TRUE(has(document(page), "<div id=\"app\"></div>"));
  page.ahead = Ahead{.image = {"/media/7/640", 4000, 3000, "A boat"},
                     .srcset = "/media/7/640 640w",
                     .sizes = "88vw"};
  EXPECT_TRUE(has(document(page),
                  "<div id=\"app\"><div class=\"ahead\"><picture><img fetchpriority=\"high\" "
                  "src=\"/media/7/640\" srcset=\"/media/7/640 640w\" sizes=\"88vw\" width=\"4000\" "
                  "height=\"3000\" alt=\"A boat\"></picture></div></div>\n"));
  page.ahead->avif = "/media/7/640.avif 640w";
  page.ahead->avif_media = "(a)";
  EXPECT_TRUE(has(document(page),
                  "<picture><source type=\"image/avif\" srcset=\"/media/7/640.avif 640w\" "
                  "sizes=\"88vw\" media=\"(a)\"><img "));
  EXPECT_FALSE(has(document(page), "style="));
}

TEST(WriteDocument, TheProgramComesAfterThePictureThatIsSeenAlready) {
  Page page;
  page.kind = "photo";
  EXPECT_FALSE(has(document(page), "/assets/starter.js"));
  EXPECT_FALSE(has(document(page), "id=\"program\""));
  page.ahead = Ahead{.image = {"/media/7/640", 4000, 3000, "A boat"},
                     .srcset = "/media/7/640 640w",
                     .sizes = "88vw"};
  for (const std::string_view theme : {"", "light", "dark"}) {
    const std::string written = document(page, {.theme = theme, .language = "de"});
    EXPECT_TRUE(has(written, R"(<script type="module" crossorigin src="/assets/starter.js">)"));
    EXPECT_EQ(count(written, "modulepreload"), 0);
    // The program, the page's part of it, and the catalogues of the language.
    EXPECT_TRUE(has(written, R"(<script type="application/json" id="program">["/assets/index.js",)"
                             R"("/assets/photo.js","/assets/de.js",)"
                             R"("/assets/de-photo.js"]</script>)"))
        << written;
    EXPECT_EQ(count(written, "/assets/index.js"), 1);
    EXPECT_EQ(count(written, "rel=\"stylesheet\""), 2);  // no style waits
  }
}

TEST(WriteDocument, WithoutAStarterTheProgramComesAtOnce) {
  Page page;
  page.kind = "photo";
  page.ahead = Ahead{.image = {"/media/7/640", 4000, 3000, "A boat"},
                     .srcset = "/media/7/640 640w",
                     .sizes = "88vw"};
  const std::string written = document(page, {}, index_html, "{}");
  EXPECT_TRUE(has(written, R"(<script type="module" crossorigin src="/assets/index.js">)"));
  EXPECT_FALSE(has(written, "id=\"program\""));
}

// A22: whatever a text holds, the tags and attributes of the document stay as many as they are.
TEST(WriteDocument, NoTextOfAPersonIsMarkup) {
  const auto with = [](const std::string& text) {
    Page page;
    page.head = {.title = text,
                 .description = text,
                 .path = "/x?" + text,
                 .image = Image{"/media/" + text, 1, 1, text},
                 .card = true};
    page.preloads = {{text, text, text, false}};
    page.text = text;
    page.ahead = Ahead{{"/" + text, 1, 1, text}, text, text, text, text};
    page.photos = {{"/photo/" + text, {"/" + text, 1, 1, text}}};
    page.data = "{\"a\":\"" + text + "\"}";
    return document(page);
  };
  const std::string plain = with("text");
  const char* ends[] = {"",         "\"",           "'",         "\">",       "'>",
                        "</title>", "-->",          "</script>", "</SCRIPT ", "</noscript>",
                        "<!--",     "<!--<script>", "]]>",       "&quot;",    "\\"};
  const char* payloads[] = {
      "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
      " onmouseover=alert(1) x=",  "<style>a{}</style>",           "<base href=//evil.example>",
      "<meta http-equiv=refresh>", "javascript:alert(1)"};
  int shapes = 0;
  for (const char* end : ends) {
    for (const char* payload : payloads) {
      const std::string html = with(std::string(end) + payload);
      for (const std::string_view mark : {"<", ">"}) {
        // In the data a `>` may stand, as it ends nothing there.
        const std::size_t from = html.find("id=\"data\">") + 10;
        const std::size_t to = html.find("</script>", from);
        const std::string outside = html.substr(0, from) + html.substr(to);
        const std::size_t was = plain.find("id=\"data\">") + 10;
        const std::string before =
            plain.substr(0, was) + plain.substr(plain.find("</script>", was));
        EXPECT_EQ(count(outside, mark), count(before, mark)) << end << payload;
        EXPECT_EQ(count(html.substr(from, to - from), "<"), 0) << end << payload;
        EXPECT_EQ(count(outside, "\""), count(before, "\"")) << end << payload;
      }
      ++shapes;
    }
  }
  EXPECT_GE(shapes, 120);
}

}  // namespace
}  // namespace picsharz::pages
