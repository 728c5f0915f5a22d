// What a month used, as it is billed. Plain structs.
//
// Units:     times are microseconds UTC. GB and TB are powers of ten. Quantities are those of the
//            prices of price_book.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "features/costs/price_book.h"

namespace picsharz::costs {

// A month and the part of it that has something to bill: since the instance began, until now.
struct Period {
  std::string name;  // "2026-11"
  Micros from = 0;   // the month
  Micros to = 0;
  Micros begin = 0;  // the part; begin == until: nothing
  Micros until = 0;

  Decimal share() const;  // of the month, 0 to 1
  Decimal hours() const;
};

// What stands in rows rather than in counts, at the end of the period; nullopt: nobody knows.
struct Stock {
  std::optional<std::int64_t> members{};
  std::int64_t active = 0;  // in 30 days
  std::optional<std::int64_t> photos{};
  std::int64_t administrators = 0;  // now
  // Bytes now, for a period that nobody measured yet.
  std::int64_t originals = 0;
  std::int64_t renditions = 0;
};

// One thing that was measured: requests of a class, CPU seconds of a kind of work.
struct Measured {
  std::string id;     // requests, data_out, stored, cpu, mails, pictures, queries
  std::string label;  // feed, originals, decode ...; "" where there is none
  Decimal quantity;
  std::string unit;
};

struct MonthUse {
  Quantities billed;
  std::vector<Measured> measured;  // sorted by id and label
};

// A bill, and each one's share of it; nullopt: there is nobody, or nobody knows how many.
struct Shares {
  Decimal total;  // exact
  std::optional<Decimal> per_active{};
  std::optional<Decimal> per_photo{};
};

struct BookedBill {
  Book book{};
  std::int64_t version = 0;  // of the prices
  Bill bill;
  Shares shares;
};

struct MonthCosts {
  Period period;
  Stock stock{};
  MonthUse use{};
  std::array<BookedBill, 2> bills{};  // machine, original
  Micros updated_at = 0;
};

}  // namespace picsharz::costs
