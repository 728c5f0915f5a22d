#include "features/events/event_routes.h"

#include <memory>
#include <utility>

#include "http/answer.h"
#include "http/event_stream.h"

namespace picsharz::events {

using http::Request;
using http::Response;

namespace {

constexpr PhotoId nothing{-1};

class StreamListener final : public EventListener {
 public:
  explicit StreamListener(std::shared_ptr<http::EventStream> stream) : stream_(std::move(stream)) {}
  bool send(std::string_view name, std::string_view data) override {
    return stream_->send(http::event_text(name, data));
  }
  bool gone() const override { return stream_->ended(); }
  void end() override { stream_->end(); }

 private:
  const std::shared_ptr<http::EventStream> stream_;
};

Result<Response> open_stream(Request& request, EventService& events) {
  auto stream = std::make_shared<http::EventStream>();
  // The first byte tells the page that it listens; lost lines come back after three seconds.
  stream->send("retry: 3000\n\n");
  // What is no id is a photo that does not exist.
  const auto watched = request.query_value("photo");
  TRY(events.listen(request.viewer, std::make_shared<StreamListener>(stream),
                    watched ? PhotoId::parse(*watched).value_or(nothing) : PhotoId{}));
  Response response;
  response.header("Content-Type", "text/event-stream");
  response.header("Cache-Control", "no-store");
  response.header("X-Accel-Buffering", "no");  // nginx would keep events until a buffer is full
  response.body = std::move(stream);
  return response;
}

}  // namespace

void add_event_routes(http::Router& router, EventService& events) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/events",
              .access = http::Access::member,
              .scope = Scope::read,
              .handler = http::answer(
                  [&events](Request& request) { return open_stream(request, events); })});
}

}  // namespace picsharz::events
