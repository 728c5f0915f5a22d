// What things cost: one price for each unit of use, in two books.
//
// What:      the table of prices (what each is for, its unit, what it is at first), and PriceBook,
//            which holds an amount for each of them. "machine" is the one server that Picsharz
//            runs on; "original" is what the services of the original asked for the same use.
// Units:     dollars, Decimal.
// Threads:   plain values and constant tables.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "features/costs/decimal.h"

namespace picsharz::costs {

// The thirteen lines of the original's bill, in its order.
enum class Service {
  functions,
  image_analysis,
  storage,
  data_out,
  archive,
  database,
  search,
  api_calls,
  query,
  batch,
  mail,
  analytics,
  server,
};
inline constexpr std::size_t service_count = 13;

struct ServiceInfo {
  Service service;
  std::string_view id;        // in JSON and CSV
  std::string_view original;  // the line's name on the original's bill
};
std::span<const ServiceInfo, service_count> services();
const ServiceInfo& info(Service service);

enum class Price {
  function_compute,
  function_calls,
  image_analysis,
  storage,
  storage_reads,
  storage_writes,
  data_out,
  archive,
  database,
  search,
  api_calls,
  query,
  batch,
  mail,
  analytics,
  server_hours,
  server_months,
};
inline constexpr std::size_t price_count = 17;

struct PriceInfo {
  Price price;
  std::string_view id;
  Service service;
  std::string_view unit;  // of what is counted: "GB", "million calls"
  Decimal machine;        // at first
  Decimal original;
};
std::span<const PriceInfo, price_count> prices();
inline constexpr Decimal most_of_a_price = 1'000'000;

enum class Book { machine, original };
inline constexpr std::array both_books = {Book::machine, Book::original};
std::string_view book_name(Book book);
std::optional<Book> book_of(std::string_view name);

// One amount for each Price: dollars a unit in a PriceBook, how many units in a use.
template <class Tag>
class PerPrice {
 public:
  Decimal& operator[](Price price) { return amounts_[static_cast<std::size_t>(price)]; }
  Decimal operator[](Price price) const { return amounts_[static_cast<std::size_t>(price)]; }
  bool operator==(const PerPrice&) const = default;

 private:
  std::array<Decimal, price_count> amounts_{};
};
using PriceBook = PerPrice<struct DollarsTag>;
using Quantities = PerPrice<struct UnitsTag>;

PriceBook first_prices(Book book);

// What a use costs, by service and together.
struct Bill {
  std::array<Decimal, service_count> lines{};
  Decimal total;

  Decimal of(Service service) const { return lines[static_cast<std::size_t>(service)]; }
};
Bill price(const Quantities& used, const PriceBook& book);
// The same in whole cents, for showing. The total is the exact sum, rounded once: the rounded lines
// may add up to a few cents more or less.
Bill in_cents(const Bill& bill);

// A book as it stands: its version is 0 until somebody changes it.
struct PricesNow {
  PriceBook prices;
  std::int64_t version = 0;
};
struct PriceChange {
  Price price{};
  Decimal amount;
};
// One edit by an administrator, for the record. Empty `by`: the account is gone.
struct PriceEdit {
  std::int64_t version = 0;
  std::string by;  // a handle
  std::string note;
  Micros at = 0;
  std::vector<PriceChange> changes;
};

}  // namespace picsharz::costs
