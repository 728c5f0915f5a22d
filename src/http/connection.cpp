#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace picsharz::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t buffer_initial = 4 * limits::KiB;
constexpr std::size_t buffer_max = limits::header_block + limits::KiB;
constexpr std::size_t body_input_small = 16 * limits::KiB;
constexpr std::size_t body_input_stream = 64 * limits::KiB;
constexpr std::size_t target_usual = 512;
// What is read of a refused body so that its sender hears the answer, instead of a broken line:
// little from anybody, and most of a photo from a member, who would not learn why otherwise.
constexpr std::size_t discard_max = 256 * limits::KiB;
constexpr std::size_t discard_upload_max = 32 * limits::MiB;
constexpr Micros linger_time = 2 * second;
constexpr Micros linger_upload_time = 15 * second;
constexpr Micros heartbeat = 15 * second;  // proxies end what is silent for half a minute
constexpr std::string_view heartbeat_text = ":\n\n";
constexpr Micros tick_max = 250'000;
constexpr Micros tick_min = 20'000;

Micros tick_for(const ServerOptions& options) {
  const Micros shortest =
      std::min({options.header_timeout, options.idle_timeout, options.slow_body_grace});
  return std::clamp(shortest / 4, tick_min, tick_max);
}

}  // namespace

ServerCore::ServerCore(const Router& router, Authenticator authenticate, Observer observer,
                       const Clock& wall, ServerOptions wanted)
    : options(std::move(wanted)),
      clock(wall),
      observe(std::move(observer)),
      dispatcher(router, std::move(authenticate), options.explain_exception, options.idempotency,
                 options.rates, options.stands),
      proxies(options.trusted_proxies),
      addresses(options.connections_per_address, proxies),
      web(options.web_workers, options.web_queue),
      password(options.password_workers, options.password_queue) {}

IoThread::IoThread(ServerCore& shared)
    : core(shared),
      work(context.get_executor()),
      inbox(context),
      ticker(context),
      wheel(tick_for(shared.options), steady_now()),
      discard(16 * limits::KiB) {}

std::string_view IoThread::date() {
  const std::int64_t now = core.clock.now() / second;
  if (now != date_second || date_line.empty()) {
    const std::time_t time = now;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 64> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line.assign(text.data(), size);
    date_second = now;
  }
  return date_line;
}

void IoThread::turn_wheel() {
  if (core.phase == ServerCore::Phase::closing) return;
  wheel.advance(steady_now(), [](TimerNode& node) { Connection::on_deadline(node); });
  ticker.expires_after(std::chrono::microseconds(wheel.tick()));
  ticker.async_wait([this](error_code failure) {
    if (!failure) turn_wheel();
  });
}

Connection::Connection(ServerCore& core, IoThread& io, Socket socket, std::string peer)
    : core_(core), io_(io), socket_(std::move(socket)), peer_(std::move(peer)) {}

void Connection::start() {
  io_.connections.insert(this);
  error_code failure;
  socket_.set_option(asio::ip::tcp::no_delay(true), failure);
  socket_.native_non_blocking(true, failure);
  if (failure || core_.phase == ServerCore::Phase::closing) return close();
  set_deadline(steady_now() + core_.options.idle_timeout);
  read_head();
  if (core_.phase != ServerCore::Phase::running) drain();
}

void Connection::drain() {
  if (state_ == State::streaming) return end_stream();  // the client comes back, to who follows
  if (state_ == State::lingering) return set_deadline(steady_now() + linger_time);
  if (state_ != State::idle) return;
  // A request that is here already is still answered.
  char byte = 0;
  if (::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) close();
}

void Connection::close() {
  if (state_ == State::closed) return;
  // Otherwise a worker has its hands on the sink, and lets go of it.
  if (state_ != State::opening && state_ != State::flushing && state_ != State::handling) {
    release_sink();
  }
  state_ = State::closed;
  if (stream_) stream_->attach(nullptr);
  io_.wheel.cancel(*this);
  io_.connections.erase(this);
  error_code ignored;
  socket_.close(ignored);
  core_.addresses.release(peer_);
  if (core_.connections.fetch_sub(1) == 1 && core_.phase != ServerCore::Phase::running) {
    const std::lock_guard lock(core_.gone_mutex);
    core_.gone.notify_all();
  }
}

void Connection::on_deadline(TimerNode& node) {
  auto& connection = static_cast<Connection&>(node);
  const auto alive = connection.shared_from_this();
  connection.time_out();
}

void Connection::time_out() {
  if (state_ == State::body || state_ == State::writing) {
    const Micros now = steady_now();
    if (now >= next_look_) look();
    if (now < window_end_) return await_window();
  }
  switch (state_) {
    case State::head:
      begin_unreadable();
      return refuse_slow();
    case State::body:
      return window_was_idle() ? refuse_slow() : open_window();
    case State::writing:
      return window_was_idle() ? close() : open_window();
    case State::streaming:
      return stalled_ ? end_stream() : keep_stream_alive();
    case State::idle:
    case State::lingering:
      return close();
    case State::opening:
    case State::flushing:
    case State::handling:
    case State::closed:
      return;
  }
}

// While bytes flow, each window of slow_body_grace must see enough of them.
void Connection::open_window() {
  window_bytes_ = 0;
  window_end_ = steady_now() + core_.options.slow_body_grace;
  await_window();
}

void Connection::await_window() { set_deadline(std::min(window_end_, next_look_)); }

bool Connection::window_was_idle() const {
  return window_bytes_ <
         core_.options.slow_body_grace * limits::slow_body_bytes_per_second / second;
}

// A session, a token or an account may end while a body is on its way, or an answer.
void Connection::begin_looks() {
  if (!core_.dispatcher.looks_again(request_)) return;
  let_in_ = steady_now();
  next_look_ = let_in_ + core_.options.look_interval;
}

void Connection::look() {
  next_look_ = no_deadline;  // until this one is answered
  const bool asked =
      core_.web.submit([self = shared_from_this(), viewer = request_.viewer, turn = turn_,
                        loop = asio::make_work_guard(io_.context)]() mutable {
        const bool stands = self->core_.dispatcher.stands(viewer);
        Inbox& inbox = self->io_.inbox;
        inbox.leave([self = std::move(self), turn, stands] { self->seen(turn, stands); });
      });
  if (!asked) next_look_ = steady_now() + core_.options.look_interval;
}

void Connection::seen(std::int64_t turn, bool stands) {
  if (turn != turn_ || state_ == State::closed) return;
  if (stands) {
    next_look_ = steady_now() + core_.options.look_interval;
    if (state_ == State::body || (state_ == State::writing && stalled_)) await_window();
    return;
  }
  dismissed_ = true;
  if (state_ == State::body) return refuse_dismissed();
  if (state_ == State::writing) return close();
  // Flushing: what comes after it. Handling: the body was complete, and is looked at there.
}

// Reading a head

void Connection::read_head() {
  make_room();
  socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                          [self = shared_from_this()](error_code failure, std::size_t count) {
                            if (self->state_ != State::idle && self->state_ != State::head) return;
                            if (failure) return self->close();
                            self->on_head_bytes(count);
                          });
}

void Connection::make_room() {
  if (buffer_.empty()) buffer_.resize(buffer_initial);
  if (end_ < buffer_.size()) return;
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  } else {
    // The parser refuses a head before the buffer has reached its largest size.
    buffer_.resize(std::max(buffer_.size() + 1, std::min(buffer_.size() * 2, buffer_max)));
  }
}

void Connection::on_head_bytes(std::size_t count) {
  end_ += count;
  if (state_ == State::idle) {
    state_ = State::head;
    set_deadline(steady_now() + core_.options.header_timeout);
  }
  parse_head();
}

void Connection::parse_head() {
  switch (parser_.parse(std::string_view(buffer_.data() + begin_, end_ - begin_))) {
    case HeadStatus::incomplete:
      return read_head();
    case HeadStatus::malformed:
      begin_unreadable();
      return refuse_malformed(parser_.reason());
    case HeadStatus::complete:
      return begin_request();
  }
}

// A request that has no sound head is answered, logged and counted all the same.
void Connection::begin_unreadable() {
  io_.ids.make(request_.request_id);
  request_.method = Method::get;
  request_.route = "(malformed)";
  http_1_0_ = false;
  started_ = steady_now();
}

void Connection::begin_request() {
  RequestHead& head = parser_.head();
  started_ = steady_now();
  set_deadline(no_deadline);
  state_ = State::handling;
  keep_alive_ = head.keep_alive;
  http_1_0_ = head.http_1_0;
  expects_continue_ = head.expects_continue;
  body_unread_ = head.has_body();
  consumed_ = begin_ + head.size;
  decoder_.start(head);
  if (fill_request(head)) route_request(head);
}

// False: answered already.
bool Connection::fill_request(RequestHead& head) {
  request_.target = head.target;
  request_.headers.swap(head.headers);
  request_.content_length = head.content_length;
  if (const auto trace = trace_id(request_.header("traceparent"))) {
    request_.request_id.assign(*trace);
  } else {
    io_.ids.make(request_.request_id);
  }
  request_.remote_address = client_address(request_.headers, peer_, core_.proxies);
  const std::optional<Method> method = method_of(head.method);
  if (!method) {
    request_.route = "(none)";
    keep_alive_ = false;
    refuse(501, method_unknown());
    return false;
  }
  request_.method = *method;
  if (!parse_target(request_.target, request_.path, request_.query)) {
    refuse_malformed("the address is not soundly encoded");
    return false;
  }
  return true;
}

void Connection::route_request(const RequestHead& head) {
  Response otherwise;
  route_ = core_.dispatcher.find(request_, otherwise);
  if (route_ == nullptr) return respond(std::move(otherwise));
  if (!core_.proxies.contains(request_.remote_address)) {
    if (auto refused = core_.dispatcher.refuse_flood(*route_, request_)) {
      return respond(*std::move(refused));
    }
  }
  if (auto refused = core_.dispatcher.refuse_body(*route_, head, request_)) {
    return respond(*std::move(refused));
  }
  if (route_->body == BodyKind::stream) return open_stream();
  if (body_unread_) return start_body();
  dispatch();
}

// Reading a body

void Connection::open_stream() {
  state_ = State::opening;
  hand_over(core_.web, importance_of(*route_, request_), [self = shared_from_this()] {
    std::optional<Response> refused = self->core_.dispatcher.begin(*self->route_, self->request_);
    self->io_.inbox.leave([self, refused = std::move(refused)]() mutable {
      self->awaiting_.reset();
      if (self->state_ == State::closed) return self->release_sink();
      if (refused) return self->respond(*std::move(refused));
      self->start_body();
    });
  });
}

void Connection::start_body() {
  state_ = State::body;
  if (route_->body == BodyKind::stream) begin_looks();
  open_window();
  const std::string_view arrived(buffer_.data() + consumed_, end_ - consumed_);
  if (expects_continue_ && body_unread_ && arrived.empty() && !send_continue()) return close();
  feed(arrived);
}

// The socket's buffer is empty or nearly so: what does not fit at once is a peer that does not
// read.
bool Connection::send_continue() {
  constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  return ::send(socket_.native_handle(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(line.size());
}

void Connection::read_body() {
  if (body_input_.empty()) {
    body_input_.resize(route_->body == BodyKind::stream ? body_input_stream : body_input_small);
  }
  const std::size_t size = std::min(body_input_.size(), decoder_.wanted());
  socket_.async_read_some(asio::buffer(body_input_.data(), size),
                          [self = shared_from_this()](error_code failure, std::size_t count) {
                            if (self->state_ != State::body) return;
                            if (failure) return self->close();
                            self->window_bytes_ += static_cast<std::int64_t>(count);
                            self->feed({self->body_input_.data(), count});
                          });
}

void Connection::feed(std::string_view input) {
  for (;;) {
    std::string_view piece;
    switch (decoder_.next(input, piece)) {
      case BodyDecoder::Step::piece:
        if (auto refused = take(piece)) return respond(*std::move(refused));
        if (request_.sink && request_.sink->wants_flush()) return flush(input);
        break;
      case BodyDecoder::Step::more:
        return read_body();
      case BodyDecoder::Step::malformed:
        return refuse_malformed("the chunks of the body are malformed");
      case BodyDecoder::Step::done:
        return body_complete(input);
    }
  }
}

// Nothing is read meanwhile, so that `rest` stays where it is.
void Connection::flush(std::string_view rest) {
  state_ = State::flushing;
  set_deadline(no_deadline);
  hand_over(core_.web, Importance::essential, [self = shared_from_this(), rest] {
    std::optional<Response> refused = self->core_.dispatcher.flush(self->request_);
    self->io_.inbox.leave([self, rest, refused = std::move(refused)]() mutable {
      self->awaiting_.reset();
      if (self->state_ == State::closed) return self->release_sink();
      if (refused) return self->respond(*std::move(refused));
      self->state_ = State::body;
      if (self->dismissed_) return self->refuse_dismissed();
      self->open_window();
      self->feed(rest);
    });
  });
}

// A sink that goes may sync and remove files, which the I/O thread must not wait for.
void Connection::release_sink() {
  if (!request_.sink) return;
  core_.web.submit([sink = std::move(request_.sink)]() mutable { sink.reset(); });
}

std::optional<Response> Connection::take(std::string_view piece) {
  body_bytes_ += static_cast<std::int64_t>(piece.size());
  if (const std::int64_t bound = body_bound(*route_); body_bytes_ > bound) {
    return problem(body_too_large(bound), request_.request_id);
  }
  if (request_.sink) return core_.dispatcher.write(request_, piece);
  body_.append(piece);
  return std::nullopt;
}

void Connection::body_complete(std::string_view leftover) {
  if (body_input_.empty()) {
    consumed_ = end_ - leftover.size();
  } else {
    consumed_ = end_;
    overshoot_.assign(leftover);
  }
  body_unread_ = false;
  request_.body = body_;
  set_deadline(no_deadline);
  state_ = State::handling;
  dispatch();
}

// Handling

// False: it would wait too long, and that is answered.
bool Connection::hand_over(WorkerPool& pool, Importance importance, WorkerPool::Task task) {
  awaiting_.emplace(io_.context.get_executor());
  if (pool.submit(std::move(task), patience_of(importance))) return true;
  awaiting_.reset();
  core_.shed[static_cast<std::size_t>(importance)].fetch_add(1, std::memory_order_relaxed);
  respond(
      core_.dispatcher.shown(*route_, request_, problem(503, server_busy(), request_.request_id)));
  return false;
}

Authenticated Connection::authenticated() const {
  if (route_->body != BodyKind::stream) return Authenticated::no;
  const bool long_ago = steady_now() - let_in_ > core_.options.look_interval / 2;
  return let_in_ > 0 && long_ago ? Authenticated::earlier : Authenticated::yes;
}

// Whoever has sent all of its body is not sent away.
Importance Connection::importance() const {
  return route_->body == BodyKind::stream ? Importance::essential
                                          : importance_of(*route_, request_);
}

void Connection::dispatch() {
  if (route_->async) return dispatch_async();
  if (route_->pool == Pool::io) {
    return respond(core_.dispatcher.handle(*route_, request_, authenticated()));
  }
  WorkerPool& pool = route_->pool == Pool::password ? core_.password : core_.web;
  hand_over(pool, importance(), [self = shared_from_this()] {
    self->deliver(
        self, self->core_.dispatcher.handle(*self->route_, self->request_, self->authenticated()));
  });
}

void Connection::dispatch_async() {
  const bool recalled =
      route_->confirms_session && core_.options.recall && core_.options.recall(request_, *route_);
  if (recalled || route_->pool == Pool::io) {
    Authenticated known = authenticated();
    if (route_->at_once) {
      if (auto answer = core_.dispatcher.handle_at_once(*route_, request_, known)) {
        return respond(*std::move(answer));
      }
      known = Authenticated::yes;
    }
    awaiting_.emplace(io_.context.get_executor());
    core_.dispatcher.handle_async(*route_, request_, known, make_responder());
    return;
  }
  WorkerPool& pool = route_->pool == Pool::password ? core_.password : core_.web;
  hand_over(pool, importance(), [self = shared_from_this()] { self->work_async(); });
}

// On a worker.
void Connection::work_async() {
  Authenticated known = authenticated();
  if (route_->at_once) {
    if (auto answer = core_.dispatcher.handle_at_once(*route_, request_, known)) {
      return deliver(shared_from_this(), *std::move(answer));
    }
    known = Authenticated::yes;
  }
  core_.dispatcher.handle_async(*route_, request_, known, make_responder());
}

// Whoever answers may be slow to let go of the Responder: once it has delivered, only the loop
// holds the connection, and the loop itself outlives the call.
Responder Connection::make_responder() {
  return Responder(
      [alive = core_.lifetime.lock(), self = shared_from_this()](Response response) mutable {
        Connection& connection = *self;
        connection.deliver(std::move(self), std::move(response));
      },
      [id = request_.request_id] { return problem(500, internal_error(), id); });
}

void Connection::deliver(std::shared_ptr<Connection> me, Response response) {
  io_.inbox.leave([self = std::move(me), response = std::move(response)]() mutable {
    self->awaiting_.reset();
    self->respond(std::move(response));
  });
}

// Answering

void Connection::refuse(int status, const Error& error) {
  respond(problem(status, error, request_.request_id));
}

void Connection::refuse_slow() {
  may_linger_ = false;  // a read of this connection is still waiting
  body_unread_ = true;
  refuse(408, too_slow());
}

void Connection::refuse_dismissed() {
  may_linger_ = false;  // as above; and nobody wants to hear the rest
  body_unread_ = true;
  respond(problem(signed_out(), request_.request_id));
}

// Where one request ends and the next begins is not known any more: close.
void Connection::refuse_malformed(std::string_view reason) {
  core_.refused.fetch_add(1, std::memory_order_relaxed);
  if (request_.route.empty()) request_.route = "(malformed)";
  body_unread_ = true;
  refuse(400, malformed_request(reason));
}

void Connection::respond(Response response) {
  if (state_ == State::closed) return;
  state_ = State::writing;
  if (route_ != nullptr) {
    response.headers.insert(response.headers.end(), route_->headers.begin(), route_->headers.end());
  }
  if (body_unread_ || core_.phase != ServerCore::Phase::running) keep_alive_ = false;
  if (std::holds_alternative<std::shared_ptr<EventStream>>(response.body)) keep_alive_ = false;
  ResponseContext context;
  context.method = request_.method;
  context.keep_alive = keep_alive_;
  context.say_keep_alive = http_1_0_;
  context.date = io_.date();
  context.request_id = request_.request_id;
  context.default_headers = core_.options.default_headers;
  rate_lines_.clear();
  if (core_.options.rates != nullptr) {
    core_.options.rates->append_lines(rate_lines_, request_.rate);
  }
  context.more_headers = rate_lines_;
  context.if_none_match = request_.header("If-None-Match");
  context.range = request_.header("Range");
  context.if_range = request_.header("If-Range");
  writer_.start(std::move(response), context);
  stalled_ = false;
  continue_writing();
}

void Connection::continue_writing() {
  const std::int64_t before = writer_.sent();
  const ResponseWriter::Progress progress = writer_.write(socket_.native_handle());
  if (progress == ResponseWriter::Progress::failed) return close();
  if (progress == ResponseWriter::Progress::done) return finish_response();
  if (!std::exchange(stalled_, true)) {
    begin_looks();
    open_window();
  }
  window_bytes_ += writer_.sent() - before;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code failure) {
    if (self->state_ != State::writing) return;
    if (failure) return self->close();
    self->continue_writing();
  });
}

void Connection::finish_response() {
  if (auto stream = writer_.stream()) return begin_stream(std::move(stream));
  report();
  if (keep_alive_) return next_request();
  // Closing over bytes that were not read makes the kernel reset the connection, and the peer may
  // lose the answer: hear it out for a while.
  if (may_linger_ && (body_unread_ || consumed_ < end_)) return linger();
  close();
}

// An event stream

void Connection::begin_stream(std::shared_ptr<EventStream> stream) {
  state_ = State::streaming;
  stalled_ = false;
  stream_ = std::move(stream);
  if (request_.method == Method::head || core_.phase != ServerCore::Phase::running) {
    return end_stream();
  }
  watch_peer();
  set_deadline(steady_now() + heartbeat);
  // Who sends may do so while this server stops: it keeps alive what the call needs.
  stream_->attach([alive = core_.lifetime.lock(), &io = io_, weak = weak_from_this()] {
    io.inbox.leave([weak] {
      if (const auto self = weak.lock()) self->pump();
    });
  });
}

// Nothing of use comes from the peer any more, but its end does.
void Connection::watch_peer() {
  socket_.async_read_some(asio::buffer(io_.discard),
                          [self = shared_from_this()](error_code failure, std::size_t count) {
                            if (self->state_ != State::streaming) return;
                            self->discarded_ += count;
                            if (failure || self->discarded_ > discard_max) {
                              return self->end_stream();
                            }
                            self->watch_peer();
                          });
}

void Connection::pump() {
  if (state_ != State::streaming || stalled_) return;
  for (;;) {
    const bool over = stream_->ended();  // before the take: nothing comes after the end
    if (outgoing_.empty()) outgoing_ = stream_->take();
    if (outgoing_.empty()) return over ? end_stream() : void();
    if (!send_events()) return;
  }
}

// False: the socket is full, or gone.
bool Connection::send_events() {
  const ssize_t count = ::send(socket_.native_handle(), outgoing_.data(), outgoing_.size(),
                               MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) {
    outgoing_.erase(0, static_cast<std::size_t>(count));
    streamed_bytes_ += count;
    set_deadline(steady_now() + heartbeat);
    return true;
  }
  if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return end_stream(), false;
  stalled_ = true;
  set_deadline(steady_now() + core_.options.slow_body_grace);
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code failure) {
    if (self->state_ != State::streaming) return;
    if (failure) return self->end_stream();
    self->stalled_ = false;
    self->pump();
  });
  return false;
}

void Connection::keep_stream_alive() {
  outgoing_.append(heartbeat_text);
  pump();
}

void Connection::end_stream() {
  report();
  close();
}

void Connection::report() {
  core_.requests.fetch_add(1, std::memory_order_relaxed);
  const Micros duration = steady_now() - started_;
  const Served served{request_.route,   request_.method,
                      writer_.status(), writer_.sent() + streamed_bytes_,
                      duration,         request_.viewer.account};
  if (core_.observe) core_.observe(served);
  if (!core_.options.access_log) return;
  const LogField route("route", served.route);
  const LogField method("method", method_name(served.method));
  const LogField status("status", served.status);
  const LogField bytes("bytes", served.bytes);
  const LogField spent("duration_ms", static_cast<double>(duration) / 1000);
  const LogField id("request_id", request_.request_id);
  if (request_.viewer.signed_in()) {
    const std::string account = request_.viewer.account.str();
    log_info("request", {route, method, status, bytes, spent, {"account", account}, id});
  } else {
    log_info("request", {route, method, status, bytes, spent, id});
  }
}

void Connection::next_request() {
  writer_.clear();
  request_.headers.clear();
  // Its strings are used again, unless they are large.
  if (request_.target.size() > target_usual) request_.query = {};
  request_.route = request_.body = request_.target = {};
  release_sink();
  request_.claim = {};
  request_.rate = {};
  request_.viewer = {};
  next_look_ = no_deadline;
  let_in_ = 0;
  dismissed_ = false;
  ++turn_;
  request_.content_length = -1;
  route_ = nullptr;
  parser_.reset();
  body_bytes_ = 0;
  std::string().swap(body_);
  std::vector<char>().swap(body_input_);
  begin_ = consumed_;
  if (!overshoot_.empty()) {
    buffer_.assign(overshoot_.begin(), overshoot_.end());
    begin_ = 0;
    end_ = overshoot_.size();
    std::string().swap(overshoot_);
  }
  if (begin_ < end_) {
    // Posted, not called: many small pipelined requests neither nest nor starve the others.
    state_ = State::head;
    set_deadline(steady_now() + core_.options.header_timeout);
    return asio::post(io_.context, [self = shared_from_this()] {
      if (self->state_ == State::head) self->parse_head();
    });
  }
  begin_ = end_ = consumed_ = 0;
  if (buffer_.size() > buffer_initial) std::vector<char>().swap(buffer_);
  state_ = State::idle;
  set_deadline(steady_now() + core_.options.idle_timeout);
  read_head();
  if (core_.phase != ServerCore::Phase::running) drain();
}

void Connection::linger() {
  state_ = State::lingering;
  release_sink();  // an upload that was refused gives back its space now
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  const bool patient = upload_of_member() && core_.phase == ServerCore::Phase::running;
  set_deadline(steady_now() + (patient ? linger_upload_time : linger_time));
  discard_more();
}

bool Connection::upload_of_member() const {
  return route_ != nullptr && route_->body == BodyKind::stream && request_.viewer.signed_in();
}

void Connection::discard_more() {
  socket_.async_read_some(asio::buffer(io_.discard), [self = shared_from_this()](
                                                         error_code failure, std::size_t count) {
    self->discarded_ += count;
    const std::size_t most = self->upload_of_member() ? discard_upload_max : discard_max;
    if (failure || self->discarded_ > most) return self->close();
    if (self->state_ == State::lingering) self->discard_more();
  });
}

}  // namespace picsharz::http
