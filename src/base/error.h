// Expected failures as values.
//
// What:      Error says what went wrong to a person (message), what to do about it (action), to a
//            program (code), and to the log only (detail). Result<T> carries it.
// Failures:  Three kinds exist. Expected or bad input is an Error value. Infrastructure that is
//            down is an exception, caught once at the edge of a request or a job. A programmer's
//            error is an assertion.
// Threads:   Plain values; no sharing.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picsharz {

// What sort of refusal this is. http/problem.cpp is the one place that turns it into a status code.
enum class ErrorKind {
  invalid,          // 400 the request is malformed or a field is wrong
  unauthenticated,  // 401 nobody is signed in
  forbidden,        // 403 signed in, but not allowed
  not_found,        // 404 does not exist, or may not be seen (the two are indistinguishable)
  conflict,         // 409 contradicts what is stored
  gone,             // 410 existed once and is over
  precondition,     // 412 a header asks for what this server does not speak
  too_large,        // 413
  unsupported,      // 415
  unprocessable,    // 422 understood, but the content cannot be used
  locked,           // 423 somebody else is changing it now
  too_many,         // 429
  checksum,         // 460 the bytes are not those that were announced (tus 1.0.0)
  unavailable,      // 503 try again later
  storage_full,     // 507
};

struct FieldError {
  std::string field;
  std::string code;
  std::string detail;
  std::int64_t limit = 0;  // > 0: the figure of the sentence, for who says it in another language
};

struct Error {
  ErrorKind kind = ErrorKind::invalid;
  std::string code;      // stable, snake_case: "handle_taken"
  std::string message;   // one sentence for a person: what happened
  std::string action;    // one sentence for a person: what to do
  std::string detail{};  // private: for the log, never sent
  std::vector<FieldError> fields{};
  int retry_after_seconds = 0;  // > 0: sent as Retry-After, and in the problem
  std::int64_t limit = 0;       // as above: characters, entries, years or bytes, by the code
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string_view code, std::string_view message,
                                   std::string_view action) {
  return std::unexpected(Error{kind, std::string(code), std::string(message), std::string(action)});
}

// The one answer for "does not exist" and "you may not see it".
inline std::unexpected<Error> not_found() {
  return fail(ErrorKind::not_found, "not_found", "There is nothing here.",
              "Check the address; it may have been removed or may not be shared with you.");
}

}  // namespace picsharz

// Returns the error of a Result from the enclosing function. Not inside a lambda: it returns from
// it.
#define PICSHARZ_CONCAT_(a, b) a##b
#define PICSHARZ_CONCAT(a, b) PICSHARZ_CONCAT_(a, b)
#define TRY_ASSIGN(declaration, expression)                                        \
  auto PICSHARZ_CONCAT(result_, __LINE__) = (expression);                          \
  if (!PICSHARZ_CONCAT(result_, __LINE__))                                         \
    return std::unexpected(std::move(PICSHARZ_CONCAT(result_, __LINE__)).error()); \
  declaration = *std::move(PICSHARZ_CONCAT(result_, __LINE__))
#define TRY(expression)                                                                            \
  do {                                                                                             \
    if (auto result_ = (expression); !result_) return std::unexpected(std::move(result_).error()); \
  } while (false)
