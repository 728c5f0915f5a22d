// A response without an end: server-sent events, pushed as they happen.
//
// What:      a handler answers with a stream as its body and keeps a copy; what is sent from then
//            on reaches the client in order. The transport keeps the line alive with a comment
//            every 15 seconds. A client that falls too far behind is cut off: it comes back and
//            asks for what it missed.
// Format:    https://html.spec.whatwg.org/multipage/server-sent-events.html
// Threads:   send(), end() and ended() from any thread; they never block on the socket. The other
//            half is the transport's.
// Ownership: shared by the one who sends and the connection; whoever goes first ends it.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace picsharz::http {

// One event as it stands on the wire. `data` is one line (JSON).
std::string event_text(std::string_view name, std::string_view data);

class EventStream {
 public:
  // False: it is over, nobody hears this.
  bool send(std::string_view text);
  // What was sent before is still delivered.
  void end();
  bool ended() const;

  // For the transport: `notify` is called, on the thread that sends, when there is something to
  // take or the stream was ended; at once where that is so already. Null: the client is gone.
  void attach(std::function<void()> notify);
  std::string take();

 private:
  static constexpr std::size_t waiting_max = 64 * 1024;  // bytes

  mutable std::mutex mutex_;
  std::string waiting_;
  bool ended_ = false;
  std::function<void()> notify_;
};

}  // namespace picsharz::http
