#include "mail/smtp_mailer.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "mail/mail_limits.h"

namespace picsharz::mail {

namespace {

// How far a transaction came: what was said to the server last.
enum class Step { connecting, sender, recipient, data, content };

std::once_flag library_ready;

// Nothing that could end a command, whoever let it in.
bool can_be_named(std::string_view address) {
  return std::ranges::all_of(address, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '<' && c != '>';
  });
}

long milliseconds(Micros time) { return static_cast<long>(std::max<Micros>(1, time / 1000)); }

std::string address_of(const SmtpSettings& settings) {
  const std::string host = settings.host.find(':') == std::string::npos
                               ? settings.host
                               : "[" + settings.host + "]";  // an IPv6 address
  return (settings.security == Security::tls ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(settings.port) + "/" + settings.greeting_name;
}

// One kept connection. Used by one thread at a time; what it points to must stay where it is.
class Connection {
 public:
  Connection(const SmtpSettings& settings, const std::atomic<bool>& stopping)
      : stopping_(stopping), handle_(::curl_easy_init()) {
    if (handle_ == nullptr) throw MailError("libcurl has no memory");
    set(CURLOPT_URL, address_of(settings).c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");  // whatever the environment says
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connect_timeout));
    set(CURLOPT_TIMEOUT_MS, milliseconds(settings.timeout));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
        static_cast<long>(std::max<Micros>(1, settings.reply_timeout / second)));
    set(CURLOPT_USE_SSL,
        static_cast<long>(settings.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
    if (!settings.user.empty()) {
      set(CURLOPT_USERNAME, settings.user.c_str());
      set(CURLOPT_PASSWORD, settings.password.c_str());
    }
    set(CURLOPT_ERRORBUFFER, complaint_);
    set(CURLOPT_WRITEFUNCTION, &Connection::ignore);
    set(CURLOPT_DEBUGFUNCTION, &Connection::watch);
    set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
    set(CURLOPT_VERBOSE, 1L);  // for watch(): nothing is printed
    set(CURLOPT_XFERINFOFUNCTION, &Connection::go_on);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_READFUNCTION, &Connection::read);
    set(CURLOPT_READDATA, static_cast<void*>(this));
  }
  ~Connection() { ::curl_easy_cleanup(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const std::string& from, const std::string& to, std::string_view message) {
    rest_ = message;
    curl_slist* recipients = ::curl_slist_append(nullptr, to.c_str());
    if (recipients == nullptr) throw MailError("libcurl has no memory");
    set(CURLOPT_MAIL_FROM, from.c_str());
    set(CURLOPT_MAIL_RCPT, recipients);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
    set(CURLOPT_UPLOAD, 1L);
    const CURLcode code = perform();
    set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
    ::curl_slist_free_all(recipients);
    if (code != CURLE_OK) fail(code);
  }

  void greet() {
    set(CURLOPT_CUSTOMREQUEST, "NOOP");
    set(CURLOPT_NOBODY, 1L);
    if (const CURLcode code = perform(); code != CURLE_OK) fail(code);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    ::curl_easy_setopt(handle_, option, value);
  }

  CURLcode perform() {
    step_ = Step::connecting;
    leaving_ = false;
    reply_.clear();
    complaint_[0] = '\0';
    return ::curl_easy_perform(handle_);
  }

  // What the server said last, else what libcurl says.
  std::string reason(CURLcode code) const {
    if (stopping_) return "the program ends";
    if (is_reply() && code != CURLE_OPERATION_TIMEDOUT) return reply_;
    std::string text = complaint_[0] != '\0' ? complaint_ : ::curl_easy_strerror(code);
    if (!reply_.empty()) text += " (last answer: " + reply_ + ")";
    return text;
  }

  bool is_reply() const { return reply_.size() > 3 && (reply_[0] == '4' || reply_[0] == '5'); }

  // 550 5.7.1: the second number of the enhanced code (RFC 3463) is the subject.
  bool is_policy() const { return reply_.size() > 6 && reply_.compare(4, 3, "5.7") == 0; }

  [[noreturn]] void fail(CURLcode code) const {
    const std::string why = reason(code).substr(0, limits::reason_max);
    const bool told = is_reply() && (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
                                     code == CURLE_RECV_ERROR);
    if (told && step_ >= Step::recipient) {
      const bool permanent = reply_[0] == '5';
      if (permanent && step_ == Step::recipient && !is_policy()) {
        throw MailRefused(MailRefused::What::address, why);
      }
      if (permanent && step_ == Step::content) throw MailRefused(MailRefused::What::mail, why);
      if (!permanent || step_ == Step::recipient) throw MailError(why);
    }
    throw MailServerDown(why);
  }

  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
  }

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& rest = static_cast<Connection*>(self)->rest_;
    const std::size_t taken = std::min(size * count, rest.size());
    std::memcpy(into, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
  }

  static int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Connection*>(self)->stopping_ ? 1 : 0;
  }

  // Commands and answers pass here; passwords too, which are looked at by nobody.
  static int watch(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    const std::string_view text(data, size);
    if (type == CURLINFO_HEADER_OUT) connection.said(text);
    if (type == CURLINFO_DATA_OUT) connection.step_ = Step::content;
    if (type == CURLINFO_HEADER_IN) connection.heard(text);
    return 0;
  }

  void said(std::string_view command) {
    if (command.starts_with("MAIL FROM")) step_ = Step::sender;
    if (command.starts_with("RCPT TO")) step_ = Step::recipient;
    if (command.starts_with("DATA")) step_ = Step::data;
    if (command.starts_with("QUIT")) leaving_ = true;
  }

  // What it says to QUIT is no answer to the mail.
  void heard(std::string_view line) {
    if (leaving_) return;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    reply_ = line.substr(0, limits::reply_max);
  }

  const std::atomic<bool>& stopping_;
  CURL* handle_;
  char complaint_[CURL_ERROR_SIZE] = {};
  std::string_view rest_;  // of the message
  Step step_ = Step::connecting;
  bool leaving_ = false;
  std::string reply_;
};

}  // namespace

class SmtpMailer::Impl {
 public:
  Impl(SmtpSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {
    std::call_once(library_ready, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  void send(const Mail& mail) {
    if (!can_be_named(mail.to)) {
      throw MailRefused(MailRefused::What::address, "this is no address");
    }
    const std::string message = write_message(mail, settings_.from, clock_.now());
    auto connection = take();
    connection->send("<" + settings_.from.address + ">", "<" + mail.to + ">", message);
    keep(std::move(connection));  // not after a failure
  }

  std::optional<std::string> probe() {
    try {
      Connection(settings_, stopping_).greet();
      return std::nullopt;
    } catch (const std::runtime_error& failure) {
      return failure.what();
    }
  }

  void stop() { stopping_ = true; }

 private:
  std::unique_ptr<Connection> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Connection>(settings_, stopping_);
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  // As many as threads send at the same time, at most.
  void keep(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }

  const SmtpSettings settings_;
  const Clock& clock_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

SmtpMailer::SmtpMailer(SmtpSettings settings, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), clock)) {}
SmtpMailer::~SmtpMailer() = default;

void SmtpMailer::send(const Mail& mail) { impl_->send(mail); }
std::optional<std::string> SmtpMailer::probe() { return impl_->probe(); }
void SmtpMailer::stop() { impl_->stop(); }

}  // namespace picsharz::mail
