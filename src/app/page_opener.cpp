#include "app/page_opener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/app.h"
#include "app/config.h"
#include "app/startup_error.h"
#include "base/cpu_meter.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "confinement/child_process.h"

namespace picsharz::app {

namespace {

constexpr int patience_seconds = 20;
constexpr std::size_t piece_bytes = 65'536;
constexpr int pages_niceness = 5;  // behind everybody's pages

// What a server of this process answers, whole; "" where it does not.
std::string get(int port, const std::string& path) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return "";
  const timeval patience{patience_seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    std::string piece(piece_bytes, '\0');
    for (ssize_t got = 0; (got = ::recv(socket, piece.data(), piece.size(), 0)) > 0;) {
      answer.append(piece, 0, static_cast<std::size_t>(got));
    }
  }
  ::close(socket);
  return answer;
}

bool good(std::string_view answer) { return answer.starts_with("HTTP/1.1 200 "); }

std::string_view body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string_view() : answer.substr(end + 4);
}

// Of the first rendition that the API names; "" where it names none.
std::string picture_of(std::string_view photo) {
  const auto tree = JsonTree::parse(photo);
  if (!tree) return "";
  const auto& urls = (*tree)["urls"].members();
  return urls.empty() ? "" : urls.front().second.text();
}

std::string problem_of(int port, PhotoId photo) {
  if (!good(get(port, "/photo/" + photo.str()))) return "its page";
  const std::string answer = get(port, "/v1/photos/" + photo.str());
  if (!good(answer)) return "what the API says of it";
  const std::string picture = picture_of(body_of(answer));
  if (picture.empty() || !good(get(port, picture))) return "its picture";
  return "";
}

// None of this machine's own settings: its database is another one.
std::vector<std::string> settings_of(const std::string& data) {
  return {"data.dir=" + data,       "database.url=",
          "database.url_file=",     "http.listen=127.0.0.1:0",
          "admin.listen=",          "log.requests=false",
          "instance.visitors=true", "instance.base_url=",
          "backups.every=0",        "models.dir=" + data + "/models"};
}

backups::Opened open_here(const std::string& data, std::span<const PhotoId> photos) {
  const auto config = Config::load("", {}, settings_of(data));
  if (!config) throw StartupError(config.error().front().what);
  App app(*config, Parts::web);
  app.start();
  const std::string address = app.address();
  int port = 0;
  const std::size_t colon = address.rfind(':');
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  backups::Opened opened;
  for (const PhotoId photo : photos) {
    const std::string problem = problem_of(port, photo);
    if (problem.empty()) {
      ++opened.pages;
    } else {
      opened.problems.push_back("Of the photo " + photo.str() + " does not open: " + problem + ".");
    }
  }
  app.stop();
  return opened;
}

// What the two processes say to each other: one text each way, up to the end of what is sent.
void send_whole(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) break;  // nobody is there: what it answers says so
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  ::shutdown(socket, SHUT_WR);
}

std::string receive_whole(int socket) {
  std::string text;
  std::string piece(piece_bytes, '\0');
  for (;;) {
    const ssize_t got = ::recv(socket, piece.data(), piece.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(piece, 0, static_cast<std::size_t>(got));
  }
}

// The process, as its parent sees it; gone with its owner.
class PageProcess {
 public:
  PageProcess() {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
      throw std::system_error(errno, std::generic_category(), "a socket to open pages");
    }
    socket_ = pair[0];
    try {
      pid_ = confinement::start_child({.program = "",
                                       .command = pages_command,
                                       .socket = pair[1],
                                       .niceness = pages_niceness,
                                       .variable = "TZ=UTC0"});
    } catch (const std::system_error&) {
      ::close(pair[0]);
      ::close(pair[1]);
      throw;
    }
    ::close(pair[1]);
  }
  ~PageProcess() {
    ::kill(pid_, SIGKILL);
    rusage used{};
    while (::wait4(pid_, nullptr, 0, &used) < 0 && errno == EINTR) {
    }
    meter_child("backups", used);
    ::close(socket_);
  }
  PageProcess(const PageProcess&) = delete;
  PageProcess& operator=(const PageProcess&) = delete;
  int socket() const { return socket_; }

 private:
  int socket_ = -1;
  pid_t pid_ = -1;
};

std::string failed_to_open(std::string_view why) {
  std::string answer;
  JsonWriter out(answer);
  out.begin_object().field("failed", why).end_object();
  return answer;
}

std::string pages_opened_for(const std::string& text) {
  const auto job = JsonTree::parse(text);
  if (!job) return failed_to_open("It was not told what to open.");
  std::vector<PhotoId> photos;
  for (const JsonTree& each : (*job)["photos"].items()) {
    if (const auto id = PhotoId::parse(each.text())) photos.push_back(*id);
  }
  try {
    const backups::Opened opened = open_here((*job)["data"].text(), photos);
    std::string answer;
    JsonWriter out(answer);
    out.begin_object().field("pages", opened.pages).key("problems").begin_array();
    for (const std::string& problem : opened.problems) out.value(problem);
    out.end_array().end_object();
    return answer;
  } catch (const std::exception& failure) {
    return failed_to_open(failure.what());
  }
}

}  // namespace

backups::Opened open_pages(const std::string& data, std::span<const PhotoId> photos) {
  std::string job;
  JsonWriter out(job);
  out.begin_object().field("data", data).key("photos").begin_array();
  for (const PhotoId photo : photos) out.value(photo.str());
  out.end_array().end_object();
  const PageProcess process;
  send_whole(process.socket(), job);
  const auto answer = JsonTree::parse(receive_whole(process.socket()));
  if (!answer) throw StartupError("The process that opens pages ended before its work.");
  if (const std::string why = (*answer)["failed"].text(); !why.empty()) throw StartupError(why);
  backups::Opened opened{.pages = (*answer)["pages"].number().value_or(0)};
  for (const JsonTree& each : (*answer)["problems"].items()) {
    opened.problems.push_back(each.text());
  }
  return opened;
}

void page_opener_main(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  send_whole(socket, pages_opened_for(receive_whole(socket)));
  ::_exit(0);
}

}  // namespace picsharz::app
