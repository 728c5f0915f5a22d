#include "http/request_parser.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace picsharz::http {
namespace {

HeadStatus parse_once(std::string_view bytes) { return RequestParser().parse(bytes); }

std::string with_header(std::string_view line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n\r\n";
}

TEST(RequestParser, ReadsAHead) {
  RequestParser parser;
  const std::string bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: example.org:80\r\nX-Empty:\r\nX-Pad: \t v \t\r\n"
      "Content-Length: 12\r\nExpect: 100-Continue\r\n\r\nrest";
  ASSERT_EQ(parser.parse(bytes), HeadStatus::complete);
  const RequestHead& head = parser.head();
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.size, bytes.size() - 4);
  EXPECT_EQ(head.content_length, 12);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.expects_continue);
  ASSERT_EQ(head.headers.size(), 5u);
  EXPECT_EQ(head.headers[1].value, "");
  EXPECT_EQ(head.headers[2].name, "X-Pad");
  EXPECT_EQ(head.headers[2].value, "v");
}

TEST(RequestParser, TheSameWhereverTheBytesAreCut) {
  const std::string bytes = "\r\nGET /x HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
  RequestParser parser;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(parser.parse(std::string_view(bytes).substr(0, size)), HeadStatus::incomplete)
        << size;
  }
  ASSERT_EQ(parser.parse(bytes), HeadStatus::complete);
  EXPECT_EQ(parser.head().target, "/x");
  EXPECT_EQ(parser.head().headers.size(), 2u);
}

TEST(RequestParser, KnowsWhenTheConnectionStays) {
  const auto keeps = [](std::string_view bytes) {
    RequestParser parser;
    EXPECT_EQ(parser.parse(bytes), HeadStatus::complete);
    return parser.head().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(RequestParser, RefusesWhatCouldBeReadInTwoWays) {
  const std::string refused[] = {
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\rHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: \r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET / http/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.10\r\nHost: a\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      std::string("\x16\x03\x01\x02\0\x01\0", 7),  // the beginning of TLS
      std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28),
      with_header(std::string("A: b\0c", 6)),
      with_header("A: b\x01"),
      with_header("A: b\x7f"),
      with_header("A : b"),
      with_header(": b"),
      with_header("A"),
      with_header("A: b\r\n c"),
      with_header("A: b\r\n\tc"),
      with_header("A(: b"),
      with_header("Content-Length: 5\r\nContent-Length: 5"),
      with_header("Content-Length: 5\r\ncontent-length: 6"),
      with_header("Content-Length: 5, 5"),
      with_header("Content-Length: +5"),
      with_header("Content-Length: -5"),
      with_header("Content-Length: 0x5"),
      with_header("Content-Length: 5 5"),
      with_header("Content-Length:"),
      with_header("Content-Length: 99999999999999999999"),
      with_header("Content-Length: 5\r\nTransfer-Encoding: chunked"),
      with_header("Transfer-Encoding: chunked\r\nContent-Length: 5"),
      with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
      with_header("Transfer-Encoding: gzip, chunked"),
      with_header("Transfer-Encoding: chunked, identity"),
      with_header("Transfer-Encoding: identity"),
      with_header("Transfer-Encoding: xchunked"),
      with_header("Transfer-Encoding: \x0b"
                  "chunked"),
      with_header("Transfer-Encoding:"),
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  for (const std::string& bytes : refused) {
    EXPECT_EQ(parse_once(bytes), HeadStatus::malformed) << bytes;
  }
}

TEST(RequestParser, BoundsTheHead) {
  std::string headers;
  for (std::size_t i = 0; i + 1 < limits::header_count; ++i) headers += "A: b\r\n";
  EXPECT_EQ(parse_once("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n"), HeadStatus::complete);
  EXPECT_EQ(parse_once("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "A: b\r\n\r\n"),
            HeadStatus::malformed);
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
  const std::string fits(limits::header_block - start.size() - 4, 'x');
  EXPECT_EQ(parse_once(start + fits + "\r\n\r\n"), HeadStatus::complete);
  EXPECT_EQ(parse_once(start + fits + "x\r\n\r\n"), HeadStatus::malformed);
  const std::string target(limits::request_target, 'x');
  EXPECT_EQ(parse_once("GET /" + target.substr(1) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
            HeadStatus::complete);
  EXPECT_EQ(parse_once("GET /" + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), HeadStatus::malformed);
}

TEST(ParseTarget, DecodesPathAndQueryOnce) {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  ASSERT_TRUE(parse_target("/a%20b/%2541+c?q=x+y%26&empty&=v&&u=%C3%A9", path, query));
  EXPECT_EQ(path, "/a b/%41+c");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"q", "x y&"}, {"empty", ""}, {"", "v"}, {"u", "é"}};
  EXPECT_EQ(query, expected);
  ASSERT_TRUE(parse_target("/b?one=1&two=", path, query));  // of what was there nothing is left
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(path, "/b");
  EXPECT_EQ(query, (Pairs{{"one", "1"}, {"two", ""}}));
  ASSERT_TRUE(parse_target("/%C3%A9", path, query));
  EXPECT_EQ(path, "/é");
  ASSERT_TRUE(parse_target("/", path, query));
  EXPECT_EQ(path, "/");
  EXPECT_TRUE(query.empty());
}

TEST(ParseTarget, RefusesUnsoundEncodings) {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  for (const std::string_view target :
       {"/%00", "/%", "/%4", "/%zz", "/a?b=%00", "/a?%=b", "/a?b=%g1", "", "a", "*", "/%c0%af",
        "/a%ff", "/%ed%a0%80"}) {
    EXPECT_FALSE(parse_target(target, path, query)) << target;
  }
  std::string many = "/?";
  for (std::size_t i = 0; i < limits::header_count; ++i) many += "a&";
  EXPECT_TRUE(parse_target(many, path, query));
  EXPECT_FALSE(parse_target(many + "a", path, query));
}

struct Decoded {
  BodyDecoder::Step end = BodyDecoder::Step::more;
  std::string body;
  std::string left;
};

// Gives the bytes in pieces of `size`.
Decoded decode(const RequestHead& head, std::string_view bytes, std::size_t size) {
  BodyDecoder decoder;
  decoder.start(head);
  Decoded decoded;
  while (true) {
    std::string_view input = bytes.substr(0, size);
    bytes.remove_prefix(input.size());
    std::string_view piece;
    while ((decoded.end = decoder.next(input, piece)) == BodyDecoder::Step::piece) {
      decoded.body += piece;
    }
    if (decoded.end != BodyDecoder::Step::more || bytes.empty()) {
      decoded.left = std::string(input) + std::string(bytes);
      return decoded;
    }
  }
}

RequestHead chunked() {
  RequestHead head;
  head.chunked = true;
  return head;
}

TEST(BodyDecoder, FixedLength) {
  RequestHead head;
  head.content_length = 5;
  for (std::size_t size = 1; size < 9; ++size) {
    const Decoded decoded = decode(head, "helloGET", size);
    EXPECT_EQ(decoded.end, BodyDecoder::Step::done);
    EXPECT_EQ(decoded.body, "hello");
    EXPECT_EQ(decoded.left, "GET");
  }
  EXPECT_EQ(decode(head, "hell", 9).end, BodyDecoder::Step::more);
}

TEST(BodyDecoder, ChunksWhereverTheyAreCut) {
  const std::string bytes =
      "5;a=\"b\"\r\nhello\r\n00b\r\n, the world\r\n0\r\nTrailer: x\r\nB: y\r\n\r\nGET";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const Decoded decoded = decode(chunked(), bytes, size);
    EXPECT_EQ(decoded.end, BodyDecoder::Step::done) << size;
    EXPECT_EQ(decoded.body, "hello, the world");
    EXPECT_EQ(decoded.left, "GET");
  }
}

TEST(BodyDecoder, RefusesMalformedChunks) {
  const std::string refused[] = {"\r\n",
                                 ";a\r\n",
                                 "g\r\n",
                                 "-1\r\n",
                                 "0x5\r\nhello\r\n",
                                 "5\nhello\r\n",
                                 "5\r\nhelloX",
                                 "5\r\nhello\rX",
                                 "5\r\nhello\n",
                                 "5 \r\nhello\r\n",
                                 " 5\r\n",
                                 "1\r\nab\r\n",
                                 "1234567890123456\r\n",
                                 "5;\x01\r\nhello\r\n",
                                 "5;a\nb\r\n",
                                 "0\r\nA: b\n\r\n",
                                 "0\r\n\rX",
                                 "5;" + std::string(5000, 'x'),
                                 "0\r\n" + std::string(5000, 'x')};
  for (const std::string& bytes : refused) {
    for (const std::size_t size : {std::size_t{1}, bytes.size()}) {
      EXPECT_EQ(decode(chunked(), bytes, size).end, BodyDecoder::Step::malformed) << bytes;
    }
  }
}

TEST(BodyDecoder, AMillionExtensionsAreTooMany) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes += "1;a\r\nx\r\n";
  EXPECT_EQ(decode(chunked(), bytes, 65536).end, BodyDecoder::Step::malformed);
}

}  // namespace
}  // namespace picsharz::http
