// bench_load --port N --requests FILE [--connections N] [--seconds S | --count N]
//            [--order cycle|zipf] [--seed N] [--skip N] [--rate R]
//
// Loads a server on loopback over keep-alive connections, each with one request on its way, checks
// every reply (status, length, content) and prints {"requests", "errors", "seconds", "p50_ms",
// "p99_ms", "bytes", "first_error", "shed", "shed_p99_ms"} as JSON. The exit code is 1 where a
// reply was wrong.
//
// With --rate, R requests become due every second whether the server keeps up or not, and how long
// one took counts from when it was due: a server that stalls is not spared what would have come
// meanwhile (Tene's "coordinated omission"). Then 503 with Retry-After is an answer, too: `shed`,
// not among `requests`.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>

#include "dice.h"
#include "load_requests.h"

namespace picsharz::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int errors_max = 100;
constexpr std::size_t read_bytes = 64 * 1024;
constexpr auto stall = std::chrono::seconds(20);  // no reply at all for so long ends the run

struct Options {
  int port = 0;
  std::string requests;
  int connections = 16;
  double seconds = 0;
  std::size_t count = 0;
  bool zipf = false;
  std::uint64_t seed = 1;
  std::size_t skip = 0;
  double rate = 0;  // a second; 0: the next when the last is answered
};

double seconds_between(Steady::time_point from, Steady::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

struct Connection {
  int descriptor = -1;
  const Wanted* asked = nullptr;
  std::string received;
  Steady::time_point asked_at;  // when it was due, with a rate
};

double percentile(const std::vector<float>& sorted, double share) {
  const auto at = static_cast<std::size_t>(static_cast<double>(sorted.size()) * share);
  return sorted.empty() ? 0.0 : static_cast<double>(sorted[at]);
}

class Load {
 public:
  Load(const Options& options, const std::vector<Wanted>& requests)
      : options_(options),
        requests_(requests),
        dice_(options.seed),
        popularity_(Weighted::zipf(requests.size(), 1.0, 1)),
        next_(options.skip),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() {
    for (const auto& each : connections_) ::close(each->descriptor);
    ::close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  int run();

 private:
  void connect(Connection& connection);
  void go_on(Connection& connection);
  void ask(Connection& connection, Steady::time_point due);
  void ask_what_is_due();
  void hear(Connection& connection);
  bool is_shed(const Reply& reply, const std::string& received) const;
  void judge(const Connection& connection, const Reply& reply);
  void fail(Connection& connection, const std::string& what);
  void note_error(const std::string& what);
  bool over(Steady::time_point now) const;
  void wait();
  void report(double seconds);

  const Options options_;
  const std::vector<Wanted>& requests_;
  Dice dice_;
  const Weighted popularity_;
  std::size_t next_;
  std::size_t asked_ = 0;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;  // with a rate: those that wait for a request to become due
  std::size_t waiting_ = 0;        // for a reply
  Steady::time_point started_;
  Steady::time_point due_;
  bool over_ = false;
  std::vector<float> milliseconds_;
  std::vector<float> shed_;
  std::size_t bytes_ = 0;
  int errors_ = 0;
  std::string first_error_;
};

void Load::connect(Connection& connection) {
  connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) !=
      0) {
    throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event);
}

void Load::go_on(Connection& connection) {
  if (options_.rate > 0) {
    idle_.push_back(&connection);
  } else {
    ask(connection, Steady::now());
  }
}

void Load::ask_what_is_due() {
  const auto now = Steady::now();
  const std::chrono::duration<double> apart(1 / options_.rate);
  over_ = over_ || over(now);
  while (!over_ && !idle_.empty() && due_ <= now) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    ask(connection, due_);
    due_ += std::chrono::duration_cast<Steady::duration>(apart);
  }
}

void Load::ask(Connection& connection, Steady::time_point due) {
  if (over_ || (options_.count > 0 && asked_ == options_.count)) return;
  ++asked_;
  const std::size_t index = options_.zipf ? popularity_.draw(dice_) : next_++ % requests_.size();
  connection.asked = &requests_[index];
  connection.received.clear();
  connection.asked_at = due;
  const std::string& wire = connection.asked->wire;
  ++waiting_;
  // A request fits the socket's buffer: the write is whole or the connection is gone.
  const auto sent = ::send(connection.descriptor, wire.data(), wire.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(wire.size())) fail(connection, "the connection was closed");
}

void Load::note_error(const std::string& what) {
  if (errors_++ == 0) first_error_ = what;
  if (errors_ >= errors_max) over_ = true;
}

void Load::fail(Connection& connection, const std::string& what) {
  note_error(what);
  --waiting_;
  ::close(connection.descriptor);
  connect(connection);
  if (!over_) go_on(connection);
}

bool Load::is_shed(const Reply& reply, const std::string& received) const {
  return options_.rate > 0 && reply.status == 503 &&
         received.substr(0, reply.head_bytes).find("\r\nRetry-After: ") != std::string::npos;
}

void Load::judge(const Connection& connection, const Reply& reply) {
  const Wanted& wanted = *connection.asked;
  const std::string_view body =
      std::string_view(connection.received).substr(reply.head_bytes, reply.body_bytes);
  bytes_ += connection.received.size();
  if (reply.status == wanted.status && body.size() >= wanted.least_bytes &&
      body.find(wanted.contains) != std::string_view::npos) {
    return;
  }
  note_error("status " + std::to_string(reply.status) + ", " + std::to_string(body.size()) +
             " bytes for " + wanted.wire.substr(0, wanted.wire.find('\r')));
}

void Load::hear(Connection& connection) {
  static char buffer[read_bytes];
  const auto got = ::recv(connection.descriptor, buffer, sizeof buffer, 0);
  if (got <= 0) return fail(connection, "the connection was closed");
  connection.received.append(buffer, static_cast<std::size_t>(got));
  const Reply reply = parse_reply(connection.received);
  if (reply.broken) return fail(connection, "not a reply of HTTP/1.1 with a length");
  if (!reply.complete) return;
  const auto now = Steady::now();
  const bool shed = is_shed(reply, connection.received);
  (shed ? shed_ : milliseconds_)
      .push_back(static_cast<float>(seconds_between(connection.asked_at, now) * 1e3));
  if (!shed) judge(connection, reply);
  --waiting_;
  over_ = over_ || over(now);
  go_on(connection);
}

bool Load::over(Steady::time_point now) const {
  return options_.seconds > 0 && seconds_between(started_, now) >= options_.seconds;
}

void Load::wait() {
  epoll_event events[64];
  const bool soon = options_.rate > 0 && !over_ && !idle_.empty();
  // To the nanosecond: what is asked for a millisecond late would count as the server's.
  const std::chrono::nanoseconds patience =
      soon ? std::max(std::chrono::nanoseconds(0), due_ - Steady::now()) : stall;
  const timespec until{.tv_sec = patience / std::chrono::seconds(1),
                       .tv_nsec = (patience % std::chrono::seconds(1)).count()};
  const int count = ::epoll_pwait2(epoll_, events, std::size(events), &until, nullptr);
  if (count == 0 && !soon) throw std::runtime_error("the server does not answer");
  for (int i = 0; i < count; ++i) hear(*static_cast<Connection*>(events[i].data.ptr));
}

void Load::report(double seconds) {
  std::ranges::sort(milliseconds_);
  std::ranges::sort(shed_);
  std::ranges::replace(first_error_, '"', '\'');
  std::printf(
      "{\"requests\": %zu, \"errors\": %d, \"seconds\": %.4f, \"p50_ms\": %.3f,"
      " \"p99_ms\": %.3f, \"bytes\": %zu, \"first_error\": \"%s\", \"shed\": %zu,"
      " \"shed_p99_ms\": %.3f}\n",
      milliseconds_.size(), errors_, seconds, percentile(milliseconds_, 0.5),
      percentile(milliseconds_, 0.99), bytes_, first_error_.c_str(), shed_.size(),
      percentile(shed_, 0.99));
}

int Load::run() {
  for (int i = 0; i < options_.connections; ++i) {
    connect(*connections_.emplace_back(std::make_unique<Connection>()));
  }
  started_ = due_ = Steady::now();
  for (const auto& each : connections_) go_on(*each);
  do {
    if (options_.rate > 0) ask_what_is_due();
    if (waiting_ > 0 || !over_) wait();
  } while (waiting_ > 0 || (options_.rate > 0 && !over_));
  report(seconds_between(started_, Steady::now()));
  return errors_ == 0 ? 0 : 1;
}

Options read_options(int count, char** values) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < count; i += 2) given[values[i]] = values[i + 1];
  const auto value = [&](const std::string& name, const std::string& fallback) {
    const auto found = given.find(name);
    return found == given.end() ? fallback : found->second;
  };
  Options options{.port = std::stoi(value("--port", "0")),
                  .requests = value("--requests", ""),
                  .connections = std::stoi(value("--connections", "16")),
                  .seconds = std::stod(value("--seconds", "0")),
                  .count = std::stoul(value("--count", "0")),
                  .zipf = value("--order", "cycle") == "zipf",
                  .seed = std::stoull(value("--seed", "1")),
                  .skip = std::stoul(value("--skip", "0")),
                  .rate = std::stod(value("--rate", "0"))};
  // What comes at a rate ends by the clock.
  const bool bounded = options.seconds > 0 || (options.count > 0 && options.rate == 0);
  if (count % 2 == 0 || options.port == 0 || options.requests.empty() || !bounded) {
    throw std::invalid_argument(
        "usage: bench_load --port N --requests FILE [--connections N] [--seconds S | --count N]"
        " [--order cycle|zipf] [--seed N] [--skip N] [--rate R]");
  }
  return options;
}

}  // namespace

}  // namespace picsharz::bench

int main(int count, char** values) {
  try {
    const auto options = picsharz::bench::read_options(count, values);
    const auto requests = picsharz::bench::read_requests(options.requests, "127.0.0.1");
    return picsharz::bench::Load(options, requests).run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_load: %s\n", failure.what());
    return 2;
  }
}
