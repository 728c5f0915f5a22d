#include "features/analytics/ledger_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <system_error>

#include "base/tally.h"
#include "features/analytics/range_rules.h"

namespace picsharz::analytics {

namespace {

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Of a bucket, by its upper bound.
Micros lower_of(Micros bound) {
  const auto* const upper = std::ranges::lower_bound(time_bounds, bound);
  return upper == time_bounds.begin() ? 0 : *std::prev(upper);
}

}  // namespace

Ledger::Ledger(const Range& range, Micros known_from, Micros now)
    : range_(range), known_from_(known_from), now_(now), times_(divide(range)) {}

void Ledger::place(const usage::CountedView& counted) {
  const When when = counted.at >= range_.from ? When::now : When::before;
  const Micros at = when == When::now ? counted.at : counted.at + range_.length();
  if (at < range_.from || at >= range_.to) return;
  const auto number = std::ranges::upper_bound(times_, at) - times_.begin() - 1;
  Line& line = line_of(counted.kind, counted.label);
  std::vector<Part>& parts = when == When::now ? line.now : line.before;
  if (parts.empty()) parts.resize(times_.size());
  Part& part = parts[static_cast<std::size_t>(number)];
  part.count += counted.count;
  part.amount += counted.amount;
  part.last = counted.amount;
  part.is_there = true;
  if (when == When::now || at > now_) return;
  line.so_far.count += counted.count;
  line.so_far.amount += counted.amount;
}

void Ledger::leave_out(const usage::CountedView& counted) {
  Part& so_far = line_of(counted.kind, counted.label).so_far;
  so_far.count -= counted.count;
  so_far.amount -= counted.amount;
}

Ledger::Line& Ledger::line_of(std::string_view kind, std::string_view label) {
  auto found = kinds_.find(kind);
  if (found == kinds_.end()) found = kinds_.emplace(kind, Kind()).first;
  auto& [lines, next] = found->second;
  std::size_t at = next < lines.size() ? next : 0;
  if (at >= lines.size() || lines[at].label != label) {
    at = static_cast<std::size_t>(std::ranges::find(lines, label, &Line::label) - lines.begin());
    if (at == lines.size()) lines.push_back({.label = std::string(label)});
  }
  next = at + 1;
  return lines[at];
}

std::int64_t Ledger::measure(const Part& part, Of of) {
  return of == Of::count ? part.count : part.amount;
}

std::int64_t Ledger::count_of(const std::vector<Part>& parts) {
  std::int64_t sum = 0;
  for (const Part& part : parts) sum += part.count;
  return sum;
}

template <class F>
void Ledger::each(When when, Which which, F&& line) const {
  const auto found = kinds_.find(which.kind);
  if (found == kinds_.end()) return;
  for (const Line& one : found->second.lines) {
    if (one.of(when).empty() || (which.label && one.label != *which.label)) continue;
    line(one.label, one.of(when));
  }
}

bool Ledger::known(When when, std::size_t part) const {
  const Micros at = when == When::now ? times_[part] : times_[part] - range_.length();
  return at >= known_from_ && at <= now_;
}

template <class Make>
Series Ledger::series(std::string&& id, Make&& make) const {
  Series made{.id = std::move(id), .values = make(When::now)};
  if (range_.compare) made.before = make(When::before);
  return made;
}

template <class Make>
Figure Ledger::figure(std::string&& id, Unit unit, Make&& make) const {
  Figure made{.id = std::move(id), .unit = unit, .value = make(When::now)};
  made.compared = range_.compare;
  if (range_.compare) made.before = make(When::before);
  return made;
}

Values Ledger::sums_of(When when, Which which, Of of, double unit) const {
  std::vector<std::int64_t> sums(times_.size());
  each(when, which, [&](std::string_view, const std::vector<Part>& parts) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += measure(parts[i], of);
  });
  Values values(times_.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (known(when, i)) values[i] = static_cast<double>(sums[i]) / unit;
  }
  return values;
}

Values Ledger::lasts_of(When when, Which which, double unit) const {
  Values values(times_.size());
  each(when, which, [&](std::string_view, const std::vector<Part>& parts) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!parts[i].is_there) continue;
      values[i] = values[i].value_or(0) + static_cast<double>(parts[i].last) / unit;
    }
  });
  return values;
}

Values Ledger::quantiles_of(When when, Which which, double q) const {
  std::map<Micros, std::vector<std::int64_t>> counts;  // of each part, by bound
  each(when, which, [&](std::string_view label, const std::vector<Part>& parts) {
    const auto bound = bound_of(label);
    if (!bound) return;
    std::vector<std::int64_t>& sums = counts[*bound];
    sums.resize(times_.size());
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += parts[i].count;
  });
  Values values;
  values.reserve(times_.size());
  for (std::size_t i = 0; i < times_.size(); ++i) {
    Histogram histogram;
    for (const auto& [bound, sums] : counts) {
      if (sums[i] > 0) histogram.emplace_hint(histogram.end(), bound, sums[i]);
    }
    values.push_back(quantile_of(histogram, q));
  }
  return values;
}

Series Ledger::sums(std::string id, Which which, Of of, double unit) const {
  return series(std::move(id), [&](When when) { return sums_of(when, which, of, unit); });
}

Series Ledger::lasts(std::string id, Which which, double unit) const {
  return series(std::move(id), [&](When when) { return lasts_of(when, which, unit); });
}

Series Ledger::quantiles(std::string id, Which which, double q) const {
  return series(std::move(id), [&](When when) { return quantiles_of(when, which, q); });
}

std::int64_t Ledger::sum(Which which, Of of) const {
  std::int64_t sum = 0;
  each(When::now, which, [&](std::string_view, const std::vector<Part>& parts) {
    for (const Part& part : parts) sum += measure(part, of);
  });
  return sum;
}

std::int64_t Ledger::sum_so_far(Which which, Of of) const {
  const auto found = kinds_.find(which.kind);
  if (found == kinds_.end()) return 0;
  std::int64_t sum = 0;
  for (const Line& one : found->second.lines) {
    if (!which.label || one.label == *which.label) sum += measure(one.so_far, of);
  }
  return sum;
}

Value Ledger::last_of(When when, Which which) const {
  Value sum;
  each(when, which, [&](std::string_view, const std::vector<Part>& parts) {
    const auto last = std::ranges::find(parts.rbegin(), parts.rend(), true, &Part::is_there);
    if (last != parts.rend()) sum = sum.value_or(0) + static_cast<double>(last->last);
  });
  return sum;
}

Histogram Ledger::histogram_of(When when, Which which) const {
  Histogram histogram;
  each(when, which, [&](std::string_view label, const std::vector<Part>& parts) {
    const auto bound = bound_of(label);
    if (bound) histogram[*bound] += count_of(parts);
  });
  return histogram;
}

Figure Ledger::total(std::string id, Which which, Unit unit, Of of) const {
  return figure(std::move(id), unit, [&](When when) {
    const std::int64_t all = when == When::now ? sum(which, of) : sum_so_far(which, of);
    return Value(static_cast<double>(all));
  });
}

Figure Ledger::last(std::string id, Which which, Unit unit) const {
  return figure(std::move(id), unit, [&](When when) { return last_of(when, which); });
}

Figure Ledger::quantile(std::string id, Which which, double q) const {
  return figure(std::move(id), Unit::milliseconds,
                [&](When when) { return quantile_of(histogram_of(when, which), q); });
}

std::vector<std::string> Ledger::labels(std::string_view kind) const {
  std::vector<std::string> found;
  each(When::now, {kind},
       [&](std::string_view label, const std::vector<Part>&) { found.emplace_back(label); });
  std::ranges::sort(found);
  return found;
}

std::map<std::string, Histogram, std::less<>> Ledger::histograms(std::string_view kind) const {
  std::map<std::string, Histogram, std::less<>> found;
  each(When::now, {kind}, [&](std::string_view label, const std::vector<Part>& parts) {
    const auto bound = bound_of(label);
    if (bound) found[std::string(label.substr(0, label.find('/')))][*bound] += count_of(parts);
  });
  return found;
}

Value quantile_of(const Histogram& histogram, double q) {
  std::int64_t total = 0;
  for (const auto& [bound, count] : histogram) total += count;
  if (total == 0) return std::nullopt;
  const double rank = q * static_cast<double>(total);
  double below = 0;
  Micros last = 0;
  for (const auto& [bound, count] : histogram) {
    if (count <= 0) continue;
    const auto here = static_cast<double>(count);
    if (below + here >= rank) {
      const double share = std::max(0.0, rank - below) / here;
      const Micros lower = lower_of(bound);
      return (static_cast<double>(lower) + share * static_cast<double>(bound - lower)) / 1000;
    }
    below += here;
    last = bound;
  }
  return static_cast<double>(last) / 1000;
}

Value quantile_of(std::vector<std::int64_t> numbers, double q) {
  if (numbers.empty()) return std::nullopt;
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(numbers.size())));
  const auto nearest =
      numbers.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1)) - 1;
  std::ranges::nth_element(numbers, nearest);
  return static_cast<double>(*nearest);
}

std::optional<Micros> bound_of(std::string_view label) {
  const std::string_view digits = label.substr(label.find('/') + 1);
  Micros bound = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bound);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return bound;
}

std::string camera_name(std::string_view make, std::string_view model) {
  make = trimmed(make);
  model = trimmed(model);
  if (model.empty()) return std::string(make);
  if (make.empty() || folded(first_word(make)) == folded(first_word(model))) {
    return std::string(model);
  }
  return std::string(make).append(" ").append(model);
}

}  // namespace picsharz::analytics
