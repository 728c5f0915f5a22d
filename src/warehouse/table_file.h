// The file of a table, written and read in pieces.
//
// Threads:   one at a time.
// Failures:  WarehouseError.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picsharz::warehouse {

class OutputFile {
 public:
  // Made anew, but for standard_output.
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // What is written next is appended here; write_full() sends it on once it is worth it.
  std::string& buffer() { return buffer_; }
  void write_full();
  // All is written and synced: its size.
  std::int64_t finish();

 private:
  void write_all();

  const std::string path_;
  int descriptor_;
  std::int64_t size_ = 0;
  std::string buffer_;
};

class InputFile {
 public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  // The next byte as an unsigned number; -1 at the end.
  int next() {
    if (place_ == filled_.size() && !fill()) return -1;
    return static_cast<unsigned char>(filled_[place_++]);
  }
  // The same without taking it.
  int peek() {
    if (place_ == filled_.size() && !fill()) return -1;
    return static_cast<unsigned char>(filled_[place_]);
  }

 private:
  bool fill();

  const std::string path_;
  int descriptor_;
  std::string filled_;
  std::size_t place_ = 0;
};

// Of a file that another process wrote: synced, and its size.
std::int64_t sync_file(const std::string& path);
void make_empty_file(const std::string& path);

}  // namespace picsharz::warehouse
