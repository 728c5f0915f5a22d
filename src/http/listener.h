// Listening sockets: opened here, or inherited from systemd (LISTEN_FDS).
//
// What:      opened before anything else is built, so that a port in use is found at once and the
//            real port of "port 0" is known to whoever makes links.
// Failures:  std::system_error, where the address is in use, not ours, or not an address.
// Threads:   use it from one thread.
#pragma once

#include <string>

namespace picsharz::http {

struct Endpoint {
  std::string host;
  int port = 0;
};

// "127.0.0.1:8080", "[::1]:8080".
Endpoint parse_endpoint(const std::string& text);

class Listener {
 public:
  explicit Listener(const Endpoint& endpoint);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  const std::string& host() const { return host_; }
  std::string address() const;  // "127.0.0.1:8080"
  // Hands the descriptor over: the caller closes it.
  int release();

 private:
  std::string host_;
  int port_ = 0;
  int descriptor_ = -1;
};

}  // namespace picsharz::http
