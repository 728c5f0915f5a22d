#include "warehouse/warehouse_main.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "warehouse/jobs.h"
#include "warehouse/process.h"
#include "warehouse/wire.h"

namespace picsharz::warehouse {
namespace {

void say_failed(int socket, Blame blame, std::string_view sentence) {
  Packer failure;
  failure.number(static_cast<std::int64_t>(blame));
  failure.text(sentence);
  send_frame(socket, FrameKind::failed, failure.bytes());
}

void work(int socket, Unpacker job) {
  const auto kind = static_cast<JobKind>(job.number());
  const std::string library(job.text());
  switch (kind) {
    case JobKind::write:
      return write_parquet_job(socket, library, job);
    case JobKind::read:
      return read_parquet_job(socket, library, job);
    case JobKind::query:
      return query_job(socket, library, job);
  }
  throw WarehouseError("there is no such job");
}

Blame blame_of(std::string_view sentence) {
  return sentence.starts_with("Out of Memory Error") ? Blame::memory : Blame::question;
}

}  // namespace

void warehouse_main(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto frame = receive_frame(socket);
  if (!frame || frame->kind != FrameKind::job) ::_exit(1);
  try {
    work(socket, Unpacker(frame->payload));
  } catch (const DuckdbError& failure) {
    say_failed(socket, blame_of(failure.what()), failure.what());
  } catch (const TooLarge& failure) {
    say_failed(socket, Blame::memory, failure.what());
  } catch (const WarehouseError& failure) {
    say_failed(socket, Blame::engine, failure.what());
  } catch (const std::system_error& failure) {  // of what it is confined by
    say_failed(socket, Blame::engine, failure.what());
  } catch (const std::bad_alloc&) {
    say_failed(socket, Blame::memory, "Out of Memory Error");
  }
  ::_exit(0);  // at once: what libraries do at the end is not allowed
}

}  // namespace picsharz::warehouse
