#include "http/multipart.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace picsharz::http {
namespace {

class StringReceiver final : public FileReceiver {
 public:
  Result<void> write(std::string_view piece) override {
    bytes += piece;
    return {};
  }
  std::string bytes;
};

MultipartSink make_sink() {
  return MultipartSink("XX", "photo", std::make_unique<StringReceiver>());
}

const std::string& file_of(MultipartSink& sink) {
  return static_cast<StringReceiver&>(sink.receiver()).bytes;
}

std::string part(std::string_view disposition, std::string_view body) {
  return "--XX\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n\r\n" +
         std::string(body) + "\r\n";
}

constexpr std::string_view closing = "--XX--\r\n";

// The code of the refusal, or "" for a form that is taken.
std::string refusal(std::string_view body) {
  MultipartSink sink = make_sink();
  if (const auto written = sink.write(body); !written) return written.error().code;
  if (const auto finished = sink.finish(); !finished) return finished.error().code;
  return "";
}

TEST(Multipart, SplitAtEveryByte) {
  // The file's bytes come as near to the boundary as bytes can.
  const std::string file = "\r\n--X\r\n--XY\r\r\n-\r\n--\r\n\r\n--X\r";
  const std::string body = part("name=\"title\"", "Sea\r\nand sky") +
                           part("name=\"photo\"; filename=\"a b.jpg\"", file) +
                           part("name=\"tag\"", "") + part("name=\"tag\"", "two") +
                           std::string(closing);
  for (std::size_t first = 0; first <= body.size(); ++first) {
    for (const std::size_t rest : {std::size_t{1}, body.size()}) {
      MultipartSink sink = make_sink();
      ASSERT_TRUE(sink.write(std::string_view(body).substr(0, first)));
      for (std::size_t at = first; at < body.size(); at += rest) {
        ASSERT_TRUE(sink.write(std::string_view(body).substr(at, rest))) << at;
      }
      ASSERT_TRUE(sink.finish()) << first;
      const std::vector<std::pair<std::string, std::string>> expected = {
          {"title", "Sea\r\nand sky"}, {"tag", ""}, {"tag", "two"}};
      ASSERT_EQ(sink.fields(), expected);
      ASSERT_EQ(file_of(sink), file);
      ASSERT_EQ(sink.file_name(), "a b.jpg");
      ASSERT_TRUE(sink.has_file());
    }
  }
}

TEST(Multipart, RefusedWhereverItEnds) {
  const std::string body = part("name=\"photo\"; filename=\"a\"", "bytes") + "--XX--";
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(refusal(std::string_view(body).substr(0, size)), "malformed_form") << size;
  }
  EXPECT_EQ(refusal(body), "");
  EXPECT_EQ(refusal(body + "\r\n"), "");
  EXPECT_EQ(refusal(body + "\r"), "malformed_form");
  EXPECT_EQ(refusal(body + "\r\n\r\n"), "malformed_form");
  EXPECT_EQ(refusal(body + "x"), "malformed_form");
}

TEST(Multipart, AnEmptyFormHasNothing) {
  MultipartSink sink = make_sink();
  ASSERT_TRUE(sink.write("--XX--\r\n"));
  ASSERT_TRUE(sink.finish());
  EXPECT_TRUE(sink.fields().empty());
  EXPECT_FALSE(sink.has_file());
}

TEST(Multipart, Names) {
  const std::pair<const char*, const char*> table[] = {
      {R"(name="photo"; filename="a.jpg")", "a.jpg"},
      {R"(name=photo; filename=a.jpg)", "a.jpg"},
      {R"(filename="a.jpg"; name="photo")", "a.jpg"},
      {R"(NAME="photo" ; FileName = "a.jpg")", "a.jpg"},
      {R"(name="photo"; filename="a\"b;c=d.jpg")", "a\"b;c=d.jpg"},
      {R"(name="photo"; filename="C:\new\\x.jpg")", R"(C:\new\x.jpg)"},
      {R"(name="photo"; filename="Übersee 海.jpg")", "Übersee 海.jpg"},
      {R"(name="photo"; filename="")", ""},
      {R"(name="photo")", ""},
  };
  for (const auto& [disposition, name] : table) {
    MultipartSink sink = make_sink();
    ASSERT_TRUE(sink.write(part(disposition, "x") + std::string(closing))) << disposition;
    ASSERT_TRUE(sink.finish());
    EXPECT_TRUE(sink.has_file());
    EXPECT_EQ(sink.file_name(), name);
  }
}

TEST(Multipart, Refusals) {
  const std::string end(closing);
  const std::string file = part("name=\"photo\"; filename=\"a\"", "x");
  const std::pair<std::string, const char*> table[] = {
      {file + file + end, "too_many_files"},
      {part("name=\"other\"; filename=\"a\"", "x") + end, "unexpected_file"},
      {part("name=\"t\"", std::string(limits::multipart_field + 1, 'x')) + end, "field_too_long"},
      {"preamble\r\n" + file + end, "malformed_form"},
      {"\r\n" + file + end, "malformed_form"},
      {"--XY\r\n\r\n", "malformed_form"},
      {"--XX \r\n", "malformed_form"},
      {"--XX\n", "malformed_form"},
      {part("filename=\"a\"", "x") + end, "malformed_form"},
      {part("name=\"a\"; name=\"b\"", "x") + end, "malformed_form"},
      {part("name=\"photo\"; filename=\"a\"; filename=\"b\"", "x") + end, "malformed_form"},
      {part("name=\"a", "x") + end, "malformed_form"},
      {part("name=\"a\" b", "x") + end, "malformed_form"},
      {"--XX\r\n\r\nx\r\n--XX--", "malformed_form"},
      {"--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--", "malformed_form"},
      {"--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--", "malformed_form"},
      {"--XX\r\nContent-Disposition: form-data; name=\"a\"\nB: c\r\n\r\nx\r\n--XX--",
       "malformed_form"},
      {"--XX\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\nx\r\n--XX--",
       "malformed_form"},
      {"--XX\r\nA: " + std::string(9000, 'x'), "malformed_form"},
  };
  for (const auto& [body, code] : table) EXPECT_EQ(refusal(body), code) << body.substr(0, 200);
}

TEST(Multipart, BoundsItsParts) {
  std::string body;
  for (std::size_t i = 0; i < limits::multipart_parts; ++i) body += part("name=\"t\"", "x");
  EXPECT_EQ(refusal(body + std::string(closing)), "");
  EXPECT_EQ(refusal(body + part("name=\"t\"", "x") + std::string(closing)), "malformed_form");
  EXPECT_EQ(
      refusal(part("name=\"t\"", std::string(limits::multipart_field, 'x')) + std::string(closing)),
      "");
}

TEST(Multipart, TakesNothingAfterAnError) {
  MultipartSink sink = make_sink();
  ASSERT_FALSE(sink.write("nonsense"));
  EXPECT_FALSE(sink.write("--XX--"));
  EXPECT_FALSE(sink.finish());
}

TEST(Multipart, PassesOnTheReceiversError) {
  class Full final : public FileReceiver {
   public:
    Result<void> write(std::string_view) override {
      return fail(ErrorKind::storage_full, "storage_full", "Full.", "Wait.");
    }
  };
  MultipartSink sink("XX", "photo", std::make_unique<Full>());
  const auto written = sink.write(part("name=\"photo\"; filename=\"a\"", "x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "storage_full");
}

TEST(MultipartBoundary, Table) {
  const std::pair<std::string, std::optional<std::string>> table[] = {
      {"multipart/form-data; boundary=abc", "abc"},
      {"Multipart/Form-Data;Boundary=\"a b\"", "a b"},
      {"multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4",
       "----WebKitFormBoundary7MA4"},
      {"multipart/form-data; boundary=" + std::string(70, 'x'), std::string(70, 'x')},
      {"multipart/form-data; boundary=" + std::string(71, 'x'), std::nullopt},
      {"multipart/form-data", std::nullopt},
      {"multipart/form-data; boundary=", std::nullopt},
      {"multipart/form-data; boundary=\"\"", std::nullopt},
      {"multipart/form-data; boundary=\"a \"", std::nullopt},
      {"multipart/form-data; boundary=a; boundary=b", std::nullopt},
      {"multipart/form-data; boundary=\"a\r\nb\"", std::nullopt},
      {"multipart/mixed; boundary=a", std::nullopt},
      {"application/json", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [type, boundary] : table) EXPECT_EQ(multipart_boundary(type), boundary) << type;
}

}  // namespace
}  // namespace picsharz::http
