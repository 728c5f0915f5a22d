#include "load_requests.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "http/text.h"

namespace picsharz::bench {

namespace {

std::string wire_of(const std::string& method, const std::string& path, const std::string& token,
                    const std::string& host) {
  std::string wire = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n";
  if (token != "-") wire += "Authorization: Bearer " + token + "\r\n";
  if (method != "GET") wire += "Content-Length: 0\r\n";
  return wire + "\r\n";
}

// Of a header in the block, or "".
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2);
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        !http::equals_ignoring_case(line.substr(0, name.size()), name)) {
      continue;
    }
    const std::string_view value = line.substr(name.size() + 1);
    const auto start = value.find_first_not_of(' ');
    return start == std::string_view::npos ? "" : value.substr(start);
  }
  return "";
}

}  // namespace

std::vector<Wanted> read_requests(const std::string& path, const std::string& host) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Wanted> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string method;
    std::string target;
    std::string token;
    Wanted wanted;
    if (!(fields >> method >> target >> token >> wanted.status >> wanted.least_bytes >>
          wanted.contains)) {
      throw std::runtime_error("not a request: " + line);
    }
    if (wanted.contains == "-") wanted.contains.clear();
    wanted.wire = wire_of(method, target, token, host);
    all.push_back(std::move(wanted));
  }
  if (all.empty()) throw std::runtime_error(path + " is empty");
  return all;
}

Reply parse_reply(const std::string& received) {
  Reply reply;
  const auto end = received.find("\r\n\r\n");
  if (end == std::string::npos) {
    reply.broken = received.size() > 64 * 1024;
    return reply;
  }
  const std::string_view head(received.data(), end + 2);
  reply.head_bytes = end + 4;
  const std::string_view length = header(head, "Content-Length");
  const auto status_end = head.data() + std::min<std::size_t>(head.size(), 12);
  reply.broken =
      !head.starts_with("HTTP/1.1 ") ||
      std::from_chars(head.data() + 9, status_end, reply.status).ec != std::errc{} ||
      std::from_chars(length.data(), length.data() + length.size(), reply.body_bytes).ec !=
          std::errc{};
  reply.complete = !reply.broken && received.size() >= reply.head_bytes + reply.body_bytes;
  return reply;
}

}  // namespace picsharz::bench
