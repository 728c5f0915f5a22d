#include "features/costs/cost_report_rules.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "features/costs/projection_rules.h"

namespace picsharz::costs {

namespace {

std::string_view id_of(Price each) { return prices()[static_cast<std::size_t>(each)].id; }

std::string text_of(const std::optional<Decimal>& amount) {
  return amount ? amount->text() : std::string();
}

void amount_field(JsonWriter& out, std::string_view name, const std::optional<Decimal>& amount) {
  amount ? out.field(name, amount->text()) : out.null_field(name);
}

// --- CSV

void append_cell(std::string& csv, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    csv += text;
    return;
  }
  csv += '"';
  for (const char c : text) {
    if (c == '"') csv += '"';
    csv += c;
  }
  csv += '"';
}

void append_row(std::string& csv, std::initializer_list<std::string_view> cells) {
  bool first = true;
  for (const std::string_view cell : cells) {
    if (!first) csv += ',';
    first = false;
    append_cell(csv, cell);
  }
  csv += "\r\n";
}

// --- a table for a terminal

std::string left(std::string_view text, std::size_t width) {
  std::string cell(text);
  if (cell.size() < width) cell.append(width - cell.size(), ' ');
  return cell;
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t blanks = text.size() < width ? width - text.size() : 0;
  return std::string(blanks, ' ').append(text);
}

std::string shown(const std::optional<Decimal>& amount) { return amount ? amount->text() : "-"; }

std::string shown(const std::optional<std::int64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

constexpr std::size_t name_width = 28;
constexpr std::size_t amount_width = 14;

std::string table_row(std::string_view name, std::initializer_list<std::string> amounts,
                      std::string_view behind = "") {
  std::string row = left(name, name_width);
  for (const std::string& amount : amounts) row += right(amount, amount_width);
  if (!behind.empty()) row.append("  ").append(behind);
  return row + "\n";
}

// --- a month

void write_shares(JsonWriter& out, const BookedBill& booked) {
  out.key(book_name(booked.book)).begin_object().field("total", booked.shares.total.text());
  amount_field(out, "per_active", booked.shares.per_active);
  amount_field(out, "per_photo", booked.shares.per_photo);
  out.field("prices_version", booked.version).end_object();
}

void write_services(JsonWriter& out, const MonthCosts& costs) {
  out.key("services").begin_array();
  for (const ServiceInfo& each : services()) {
    out.begin_object().field("id", each.id).field("original_name", each.original);
    for (const BookedBill& booked : costs.bills) {
      out.field(book_name(booked.book), booked.bill.of(each.service).text());
    }
    out.end_object();
  }
  out.end_array();
}

void write_use(JsonWriter& out, const MonthUse& use) {
  out.key("billed").begin_array();
  for (const PriceInfo& each : prices()) {
    out.begin_object()
        .field("price", each.id)
        .field("service", info(each.service).id)
        .field("quantity", use.billed[each.price].text(0))
        .field("unit", each.unit)
        .end_object();
  }
  out.end_array().key("measured").begin_array();
  for (const Measured& each : use.measured) {
    out.begin_object()
        .field("id", each.id)
        .field("label", each.label)
        .field("quantity", each.quantity.text(0))
        .field("unit", each.unit)
        .end_object();
  }
  out.end_array();
}

const BookedBill& bill_of(const MonthCosts& costs, Book book) {
  return costs.bills[static_cast<std::size_t>(book)];
}

// --- a projection

void write_assumptions(JsonWriter& out, const Assumptions& assumed) {
  out.key("assumptions").begin_array();
  for (const AssumptionInfo& each : assumptions()) {
    out.begin_object()
        .field("id", each.id)
        .field("value", assumed[each.assumption].text(0))
        .field("default", each.value.text(0))
        .field("most", each.most.text(0))
        .field("source", source_name(each.source))
        .field("meaning", each.meaning)
        .end_object();
  }
  out.end_array();
}

void write_line(JsonWriter& out, const ProjectedLine& line) {
  out.begin_object()
      .field("id", info(line.service).id)
      .field("original_name", info(line.service).original)
      .field("recorded", line.recorded.text());
  amount_field(out, "derived", line.derived);
  amount_field(out, "machine", line.machine);
  out.field("verdict", verdict(line))
      .field("reason", reason_name(line.reason))
      .field("explanation", reason_text(line.reason))
      .key("missing");
  if (line.missing) {
    out.begin_object()
        .field("quantity", line.missing->quantity.text(0))
        .field("unit", line.missing->unit)
        .end_object();
  } else {
    out.null();
  }
  out.end_object();
}

std::string words_of(const ProjectedLine& line) {
  if (verdict(line) == "equal" && line.reason == Reason::follows) return "";
  std::string words(reason_text(line.reason));
  if (line.missing) {
    words += " Recorded: " + line.missing->quantity.text(0) + " ";
    words.append(line.missing->unit).append(" more.");
  }
  return words;
}

}  // namespace

std::string month_json(const MonthCosts& costs) {
  std::string json;
  JsonWriter out(json);
  out.begin_object()
      .field("month", costs.period.name)
      .time_field("from", costs.period.begin)
      .time_field("to", costs.period.until)
      .field("share", costs.period.share().text())
      .field("members", costs.stock.members)
      .field("active", costs.stock.active)
      .field("photos", costs.stock.photos)
      .time_field("updated_at", costs.updated_at)
      .key("totals")
      .begin_object();
  for (const BookedBill& booked : costs.bills) write_shares(out, booked);
  out.end_object();
  write_services(out, costs);
  write_use(out, costs.use);
  out.end_object();
  return json;
}

std::string month_csv(const MonthCosts& costs) {
  const BookedBill& machine = bill_of(costs, Book::machine);
  const BookedBill& original = bill_of(costs, Book::original);
  std::string csv;
  append_row(csv, {"month", "section", "id", "label", "quantity", "unit", "machine", "original"});
  const std::string& month = costs.period.name;
  for (const ServiceInfo& each : services()) {
    append_row(csv, {month, "service", each.id, each.original, "", "dollars",
                     machine.bill.of(each.service).text(), original.bill.of(each.service).text()});
  }
  const auto sum = [&](std::string_view id, std::string_view here, std::string_view there) {
    append_row(csv, {month, "total", id, "", "", "dollars", here, there});
  };
  const Shares& ours = machine.shares;
  const Shares& theirs = original.shares;
  sum("total", ours.total.text(), theirs.total.text());
  sum("per_active", text_of(ours.per_active), text_of(theirs.per_active));
  sum("per_photo", text_of(ours.per_photo), text_of(theirs.per_photo));
  for (const PriceInfo& each : prices()) {
    append_row(csv, {month, "billed", each.id, "", costs.use.billed[each.price].text(0), each.unit,
                     "", ""});
  }
  for (const Measured& each : costs.use.measured) {
    append_row(csv,
               {month, "measured", each.id, each.label, each.quantity.text(0), each.unit, "", ""});
  }
  return csv;
}

std::string month_text(const MonthCosts& costs) {
  const BookedBill& machine = bill_of(costs, Book::machine);
  const BookedBill& original = bill_of(costs, Book::original);
  const Bill ours = in_cents(machine.bill);
  const Bill theirs = in_cents(original.bill);
  std::string text = costs.period.name + ", " +
                     (costs.period.share() * Decimal(100)).cents().text(0) +
                     " % of the month, in dollars\n" + shown(costs.stock.members) + " members, " +
                     std::to_string(costs.stock.active) + " of them active, " +
                     shown(costs.stock.photos) + " photos\n\n";
  text += table_row("", {"this machine", "the original"});
  for (const ServiceInfo& each : services()) {
    text += table_row(each.id, {ours.of(each.service).text(), theirs.of(each.service).text()},
                      each.original);
  }
  text += table_row("total", {ours.total.text(), theirs.total.text()});
  text += table_row("for each active member",
                    {shown(machine.shares.per_active), shown(original.shares.per_active)});
  text += table_row("for each photo",
                    {shown(machine.shares.per_photo), shown(original.shares.per_photo)});
  text += "\n" + table_row("used", {"", ""});
  for (const Measured& each : costs.use.measured) {
    const std::string name = each.label.empty() ? each.id : each.id + " " + each.label;
    text += table_row(name, {each.quantity.text(0)}, each.unit);
  }
  return text;
}

namespace {

void write_edits(JsonWriter& out, const std::vector<PriceEdit>& edits) {
  out.key("edits").begin_array();
  for (const PriceEdit& edit : edits) {
    out.begin_object().field("version", edit.version);
    edit.by.empty() ? out.null_field("by") : out.field("by", edit.by);
    out.field("note", edit.note).time_field("at", edit.at).key("changes").begin_array();
    for (const PriceChange& change : edit.changes) {
      out.begin_object()
          .field("id", id_of(change.price))
          .field("amount", change.amount.text())
          .end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
}

void write_book(JsonWriter& out, const BookReport& report) {
  const PriceBook first = first_prices(report.book);
  out.begin_object()
      .field("book", book_name(report.book))
      .field("version", report.now.version)
      .key("prices")
      .begin_array();
  for (const PriceInfo& each : prices()) {
    out.begin_object()
        .field("id", each.id)
        .field("service", info(each.service).id)
        .field("unit", each.unit)
        .field("amount", report.now.prices[each.price].text())
        .field("default", first[each.price].text())
        .end_object();
  }
  out.end_array();
  write_edits(out, report.edits);
  out.end_object();
}

// What somebody typed, for a terminal: without what would command it.
std::string one_line(std::string_view typed) {
  std::string line(typed);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

std::string edit_text(Book book, const PriceEdit& edit) {
  std::string text = "\n";
  text.append(book_name(book)).append(" ").append(std::to_string(edit.version));
  text.append(", ").append(format_time(edit.at)).append(", ");
  text.append(edit.by.empty() ? "-" : edit.by);
  if (!edit.note.empty()) text.append(": ").append(one_line(edit.note));
  text += "\n";
  for (const PriceChange& change : edit.changes) {
    text += table_row(id_of(change.price), {change.amount.text()});
  }
  return text;
}

}  // namespace

std::string prices_json(std::span<const BookReport> books) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().key("books").begin_array();
  for (const BookReport& each : books) write_book(out, each);
  out.end_array().end_object();
  return json;
}

std::string book_json(const BookReport& book) {
  std::string json;
  JsonWriter out(json);
  write_book(out, book);
  return json;
}

std::string prices_csv(const PriceBook& machine, const PriceBook& original) {
  std::string csv;
  append_row(csv, {"price", "service", "unit", "machine", "original"});
  for (const PriceInfo& each : prices()) {
    append_row(csv, {each.id, info(each.service).id, each.unit, machine[each.price].text(),
                     original[each.price].text()});
  }
  return csv;
}

std::string prices_text(const BookReport& machine, const BookReport& original) {
  std::string text = "Dollars a unit\n\n";
  text += table_row("", {"this machine", "the original"});
  for (const PriceInfo& each : prices()) {
    text += table_row(
        each.id, {machine.now.prices[each.price].text(), original.now.prices[each.price].text()},
        each.unit);
  }
  text += table_row("version",
                    {std::to_string(machine.now.version), std::to_string(original.now.version)});
  for (const BookReport* report : {&machine, &original}) {
    for (const PriceEdit& edit : report->edits) text += edit_text(report->book, edit);
  }
  return text;
}

std::string projection_json(const Projection& projection) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().key("lines").begin_array();
  for (const ProjectedLine& line : projection.lines) write_line(out, line);
  out.end_array()
      .key("totals")
      .begin_object()
      .field("recorded", projection.recorded.text())
      .field("derived", projection.derived.text())
      .field("machine", projection.machine.text())
      .end_object();
  write_assumptions(out, projection.assumptions);
  out.end_object();
  return json;
}

std::string projection_csv(const Projection& projection) {
  std::string csv;
  append_row(csv, {"section", "id", "text", "value", "recorded", "derived", "machine", "verdict",
                   "explanation", "missing", "missing_unit"});
  for (const ProjectedLine& line : projection.lines) {
    const auto missing = line.missing.value_or(Missing{});
    append_row(
        csv, {"line", info(line.service).id, info(line.service).original, "", line.recorded.text(),
              text_of(line.derived), text_of(line.machine), verdict(line), reason_text(line.reason),
              line.missing ? missing.quantity.text(0) : std::string(), missing.unit});
  }
  append_row(csv, {"total", "total", "", "", projection.recorded.text(), projection.derived.text(),
                   projection.machine.text(), "", "", "", ""});
  for (const AssumptionInfo& each : assumptions()) {
    append_row(
        csv, {"assumption", each.id, each.meaning, projection.assumptions[each.assumption].text(0),
              "", "", "", source_name(each.source), "", "", ""});
  }
  return csv;
}

std::string projection_text(const Projection& projection) {
  std::string text = "A month, in dollars\n\n";
  text += table_row("", {"recorded", "derived", "this machine"});
  for (const ProjectedLine& line : projection.lines) {
    text +=
        table_row(info(line.service).original,
                  {line.recorded.text(), shown(line.derived), shown(line.machine)}, words_of(line));
  }
  text += table_row(
      "total", {projection.recorded.text(), projection.derived.text(), projection.machine.text()});
  text += "\nAssumptions\n";
  for (const AssumptionInfo& each : assumptions()) {
    text += table_row(each.id, {projection.assumptions[each.assumption].text(0)}, each.meaning);
  }
  return text;
}

}  // namespace picsharz::costs
