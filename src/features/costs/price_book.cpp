#include "features/costs/price_book.h"

namespace picsharz::costs {

namespace {

consteval Decimal millionths(std::int64_t count) { return Decimal::of_millionths(count); }

constexpr std::array<ServiceInfo, service_count> service_table = {{
    {Service::functions, "functions", "Lambda"},
    {Service::image_analysis, "image_analysis", "Rekognition"},
    {Service::storage, "storage", "S3 operations and storage"},
    {Service::data_out, "data_out", "S3 data out"},
    {Service::archive, "archive", "Glacier"},
    {Service::database, "database", "DynamoDB"},
    {Service::search, "search", "Elasticsearch"},
    {Service::api_calls, "api_calls", "API calls"},
    {Service::query, "query", "Athena"},
    {Service::batch, "batch", "EMR"},
    {Service::mail, "mail", "SES"},
    {Service::analytics, "analytics", "Analytics (QuickSight)"},
    {Service::server, "server", "Web server"},
}};

// The original's are those of its bill: US East, 2017. What the machine does by itself costs
// nothing there; what leaves it, what lies on it and what is archived is priced as the original's
// until an administrator says what this machine's are.
constexpr std::array<PriceInfo, price_count> price_table = {{
    {Price::function_compute, "function_compute", Service::functions, "million GB-seconds", 0,
     millionths(16'670'000)},
    {Price::function_calls, "function_calls", Service::functions, "million calls", 0,
     millionths(200'000)},
    {Price::image_analysis, "image_analysis", Service::image_analysis,
     "thousand looks at a picture", 0, 1},
    {Price::storage, "storage", Service::storage, "GB for a month", millionths(23'000),
     millionths(23'000)},
    {Price::storage_reads, "storage_reads", Service::storage, "thousand reads", 0, millionths(400)},
    {Price::storage_writes, "storage_writes", Service::storage, "thousand writes", 0,
     millionths(5'000)},
    {Price::data_out, "data_out", Service::data_out, "GB", millionths(90'000), millionths(90'000)},
    {Price::archive, "archive", Service::archive, "GB for a month", millionths(4'000),
     millionths(4'000)},
    {Price::database, "database", Service::database, "GB for a month", 0, millionths(250'000)},
    {Price::search, "search", Service::search, "hour of a node", 0, millionths(73'000)},
    {Price::api_calls, "api_calls", Service::api_calls, "million calls", 0, millionths(3'500'000)},
    {Price::query, "query", Service::query, "TB read", 0, 5},
    {Price::batch, "batch", Service::batch, "hour of a node", 0, millionths(44'000)},
    {Price::mail, "mail", Service::mail, "thousand mails", millionths(100'000),
     millionths(100'000)},
    {Price::analytics, "analytics", Service::analytics, "person for a month", 0, 9},
    {Price::server_hours, "server_hours", Service::server, "hour", 0, millionths(100'000)},
    {Price::server_months, "server_months", Service::server, "month", 72, 0},
}};

template <class Table, class Key>
consteval bool in_order(const Table& table, Key Table::value_type::*key) {
  for (std::size_t at = 0; at < table.size(); ++at) {
    if (static_cast<std::size_t>(table[at].*key) != at) return false;
  }
  return true;
}
static_assert(in_order(service_table, &ServiceInfo::service));
static_assert(in_order(price_table, &PriceInfo::price));

}  // namespace

std::span<const ServiceInfo, service_count> services() { return service_table; }
const ServiceInfo& info(Service service) {
  return service_table[static_cast<std::size_t>(service)];
}
std::span<const PriceInfo, price_count> prices() { return price_table; }

std::string_view book_name(Book book) { return book == Book::machine ? "machine" : "original"; }

std::optional<Book> book_of(std::string_view name) {
  for (const Book book : both_books) {
    if (book_name(book) == name) return book;
  }
  return std::nullopt;
}

PriceBook first_prices(Book book) {
  PriceBook made;
  for (const PriceInfo& each : price_table) {
    made[each.price] = book == Book::machine ? each.machine : each.original;
  }
  return made;
}

Bill price(const Quantities& used, const PriceBook& book) {
  Bill bill;
  for (const PriceInfo& each : price_table) {
    const Decimal amount = used[each.price] * book[each.price];
    bill.lines[static_cast<std::size_t>(each.service)] += amount;
    bill.total += amount;
  }
  return bill;
}

Bill in_cents(const Bill& bill) {
  Bill rounded;
  for (std::size_t at = 0; at < service_count; ++at) {
    rounded.lines[at] = bill.lines[at].cents();
  }
  rounded.total = bill.total.cents();
  return rounded;
}

}  // namespace picsharz::costs
