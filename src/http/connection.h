// One connection: bytes in, requests in order, bytes out. With server.cpp and inbox.cpp the only
// Boost there is.
//
// What:      a state machine of callbacks. While a request is handled nothing is read, so the views
//            of its Request stay where they are; the next, pipelined request waits in the buffer.
// Threads:   everything runs on the connection's I/O thread but what is handed over to a worker;
//            until that delivers, the I/O thread keeps its hands off the request. deliver(): any
//            thread.
// Ownership: kept alive by what it waits for: a read, a write, a task of a worker, a Responder.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "http/admission.h"
#include "http/client_address.h"
#include "http/dispatcher.h"
#include "http/event_stream.h"
#include "http/inbox.h"
#include "http/request_id.h"
#include "http/request_parser.h"
#include "http/response_writer.h"
#include "http/server.h"
#include "http/timer_wheel.h"
#include "http/worker_pool.h"

namespace picsharz::http {

class Connection;

// Sockets live in real time, whatever clock the program is given.
// What all connections share.
struct ServerCore {
  enum class Phase { running, draining, closing };

  ServerCore(const Router& router, Authenticator authenticate, Observer observe, const Clock& clock,
             ServerOptions options);

  const ServerOptions options;
  const Clock& clock;
  const Observer observe;
  const Dispatcher dispatcher;
  const AddressList proxies;
  AddressLedger addresses;
  WorkerPool web;
  WorkerPool password;
  std::weak_ptr<void> lifetime;  // of everything that a Responder needs
  std::atomic<Phase> phase{Phase::running};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> accepted{0};
  std::atomic<std::int64_t> requests{0};
  std::atomic<std::int64_t> refused{0};
  std::array<std::atomic<std::int64_t>, importances> shed{};
  std::mutex gone_mutex;
  std::condition_variable gone;  // connections became 0
};

// One thread's loop and what only it touches.
struct IoThread {
  explicit IoThread(ServerCore& core);

  std::string_view date();  // "Date: ...\r\n", made once a second
  void turn_wheel();        // once a tick, until the server closes

  ServerCore& core;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  Inbox inbox;
  boost::asio::steady_timer ticker;
  TimerWheel wheel;
  RequestIds ids;
  std::unordered_set<Connection*> connections;
  std::vector<char> discard;  // where bytes go that nobody wants
  std::string date_line;
  std::int64_t date_second = 0;
};

class Connection final : public std::enable_shared_from_this<Connection>, private TimerNode {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `peer`: canonical, admitted by the ledger and counted; close() gives both back.
  Connection(ServerCore& core, IoThread& io, Socket socket, std::string peer);
  void start();
  // The server stops: closes if nothing is going on, else after the answer.
  void drain();
  void close();
  static void on_deadline(TimerNode& node);

 private:
  enum class State {
    idle,
    head,
    opening,
    body,
    flushing,
    handling,
    writing,
    streaming,
    lingering,
    closed
  };

  void set_deadline(Micros when) { io_.wheel.schedule(*this, when); }
  void time_out();
  void open_window();
  void await_window();
  bool window_was_idle() const;

  // Who sends a long body, or reads a long answer, is looked at again.
  void begin_looks();
  void look();
  void seen(std::int64_t turn, bool stands);

  // Reading a head.
  void read_head();
  void make_room();
  void on_head_bytes(std::size_t count);
  void parse_head();
  void begin_unreadable();
  void begin_request();
  bool fill_request(RequestHead& head);
  void route_request(const RequestHead& head);

  // Reading a body.
  void open_stream();
  void start_body();
  void read_body();
  void feed(std::string_view input);
  void flush(std::string_view rest);
  void release_sink();
  std::optional<Response> take(std::string_view piece);
  void body_complete(std::string_view leftover);
  bool send_continue();

  // Handling.
  bool hand_over(WorkerPool& pool, Importance importance, WorkerPool::Task task);
  Importance importance() const;
  void dispatch();
  void dispatch_async();
  void work_async();
  void deliver(std::shared_ptr<Connection> me, Response response);  // from any thread
  Responder make_responder();
  Authenticated authenticated() const;

  // Answering.
  void refuse(int status, const Error& error);
  void refuse_slow();
  void refuse_dismissed();
  void refuse_malformed(std::string_view reason);
  void respond(Response response);
  void continue_writing();
  void finish_response();

  // An event stream: no other request follows on this connection.
  void begin_stream(std::shared_ptr<EventStream> stream);
  void watch_peer();
  void pump();
  bool send_events();
  void keep_stream_alive();
  void end_stream();

  void report();
  void next_request();
  void linger();
  bool upload_of_member() const;
  void discard_more();

  ServerCore& core_;
  IoThread& io_;
  Socket socket_;
  const std::string peer_;
  State state_ = State::idle;

  std::vector<char> buffer_;  // [begin_, end_) holds bytes from the start of the current request
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t consumed_ = 0;  // where in buffer_ the next request begins
  RequestParser parser_;

  Request request_;
  const Route* route_ = nullptr;
  Micros started_ = 0;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool expects_continue_ = false;
  bool body_unread_ = false;  // bytes of this request may still come
  bool may_linger_ = true;

  BodyDecoder decoder_;
  std::string body_;              // BodyKind::json and text
  std::vector<char> body_input_;  // empty: the body is still read out of buffer_
  std::string overshoot_;         // bytes of the next request that came with a chunked body
  std::int64_t body_bytes_ = 0;
  std::int64_t window_bytes_ = 0;  // in this window of slow_body_grace, either direction
  Micros window_end_ = no_deadline;
  Micros next_look_ = no_deadline;
  Micros let_in_ = 0;       // when the sender of this body was looked at first
  std::int64_t turn_ = 0;   // counts the requests: a look may be answered when its own is over
  bool dismissed_ = false;  // its sender was signed out while the body came

  ResponseWriter writer_;
  std::string rate_lines_;  // of the answer's head
  bool stalled_ = false;    // the writer waited for the peer at least once
  std::size_t discarded_ = 0;
  std::shared_ptr<EventStream> stream_;
  std::string outgoing_;  // of the stream, taken and not yet sent
  std::int64_t streamed_bytes_ = 0;
  // The loop must not end while a worker or a Responder may still post to it.
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> awaiting_;
};

}  // namespace picsharz::http
