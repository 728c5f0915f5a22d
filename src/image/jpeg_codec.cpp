#include "image/jpeg_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

// libjpeg's header wants <cstdio> before it.
#include <jpeglib.h>

#include <jerror.h>

#include "image/caps.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

constexpr int block_rows_max = 4 * DCTSIZE;  // the largest sampling factor, never scaled up

// libjpeg's error manager with the way out. `cut_short` notes that the file ended inside the
// picture.
struct JpegErrors {
  jpeg_error_mgr manager;  // first: libjpeg hands out a pointer to it
  std::jmp_buf exit;
  bool cut_short;
};

JpegErrors* errors_of(j_common_ptr codec) { return reinterpret_cast<JpegErrors*>(codec->err); }

[[noreturn]] void on_error(j_common_ptr codec) { std::longjmp(errors_of(codec)->exit, 1); }

void on_message(j_common_ptr codec, int level) {
  if (level == -1 && codec->err->msg_code == JWRN_JPEG_EOF) errors_of(codec)->cut_short = true;
}

void on_output(j_common_ptr) {}

void set_errors(JpegErrors& errors) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = on_error;
  errors.manager.emit_message = on_message;
  errors.manager.output_message = on_output;
  errors.cut_short = false;
}

// Owns the decoder. Each method that calls libjpeg sets its own way out and has no object with a
// destructor between there and the calls, so that longjmp skips nothing.
class JpegDecoder {
 public:
  JpegDecoder() { set_errors(errors_); }
  ~JpegDecoder() { jpeg_destroy_decompress(&codec_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  bool read_header(std::string_view bytes) {
    codec_.err = &errors_.manager;
    if (setjmp(errors_.exit)) return false;
    jpeg_create_decompress(&codec_);
    jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_save_markers(&codec_, JPEG_APP0 + 2, 0xffff);
    return jpeg_read_header(&codec_, TRUE) == JPEG_HEADER_OK;
  }

  // Three components in YCbCr, both chromas alike, luma not subsampled.
  bool is_plain() const {
    if (codec_.num_components != 3 || codec_.jpeg_color_space != JCS_YCbCr) return false;
    const jpeg_component_info* c = codec_.comp_info;
    return c[0].h_samp_factor == codec_.max_h_samp_factor &&
           c[0].v_samp_factor == codec_.max_v_samp_factor &&
           c[1].h_samp_factor == c[2].h_samp_factor && c[1].v_samp_factor == c[2].v_samp_factor;
  }

  // The smallest scale that gives at least `wanted`.
  bool choose_scale(Extent wanted) {
    codec_.raw_data_out = TRUE;
    codec_.out_color_space = JCS_YCbCr;
    codec_.do_fancy_upsampling = FALSE;
    if (setjmp(errors_.exit)) return false;
    codec_.scale_denom = DCTSIZE;
    for (const unsigned scale : scales) {
      codec_.scale_num = scale;
      jpeg_calc_output_dimensions(&codec_);
      if (codec_.output_width >= static_cast<unsigned>(wanted.width) &&
          codec_.output_height >= static_cast<unsigned>(wanted.height)) {
        break;
      }
    }
    return true;
  }

  bool start() {
    if (setjmp(errors_.exit)) return false;
    return jpeg_start_decompress(&codec_) != FALSE;
  }

  // All rows of blocks into the planes, which are large enough for whole blocks.
  bool read_planes(Plane* const* planes) {
    JSAMPROW rows[3][block_rows_max];
    JSAMPARRAY components[3] = {rows[0], rows[1], rows[2]};
    if (setjmp(errors_.exit)) return false;
    while (codec_.output_scanline < codec_.output_height) {
      if (errors_.cut_short) return false;
      const auto step =
          static_cast<unsigned>(codec_.max_v_samp_factor * codec_.min_DCT_scaled_size);
      const int done = static_cast<int>(codec_.output_scanline / step);
      for (int c = 0; c < 3; ++c) {
        const int count = block_rows(c);
        for (int i = 0; i < count; ++i) rows[c][i] = planes[c]->row(done * count + i);
      }
      if (jpeg_read_raw_data(&codec_, components, step) == 0) return false;
    }
    return true;
  }

  // What read_planes() fills of a component: whole blocks.
  Extent padded_size(int c) const {
    const jpeg_component_info& info = codec_.comp_info[c];
    return {static_cast<int>(info.width_in_blocks) * info.DCT_scaled_size,
            static_cast<int>(codec_.total_iMCU_rows) * block_rows(c)};
  }

  // How much of it is picture.
  double covered_width(int c) const {
    const jpeg_component_info& info = codec_.comp_info[c];
    return static_cast<double>(codec_.image_width) * info.h_samp_factor * info.DCT_scaled_size /
           (codec_.max_h_samp_factor * DCTSIZE);
  }
  double covered_height(int c) const {
    const jpeg_component_info& info = codec_.comp_info[c];
    return static_cast<double>(codec_.image_height) * info.v_samp_factor * info.DCT_scaled_size /
           (codec_.max_v_samp_factor * DCTSIZE);
  }

  std::string icc_profile() {
    JOCTET* data = nullptr;
    unsigned size = 0;
    if (!read_icc(&data, &size)) return {};
    std::string profile;
    if (size <= caps::icc_bytes) profile.assign(reinterpret_cast<const char*>(data), size);
    std::free(data);
    return profile;
  }

  Extent image_size() const {
    return {static_cast<int>(codec_.image_width), static_cast<int>(codec_.image_height)};
  }

 private:
  // Those that libjpeg-turbo has vector code for. At 3/8 it has none, and the whole picture takes
  // longer although there are fewer samples.
  static constexpr std::array<unsigned, 4> scales{1, 2, 4, 8};

  int block_rows(int c) const {
    return codec_.comp_info[c].v_samp_factor * codec_.comp_info[c].DCT_scaled_size;
  }

  bool read_icc(JOCTET** data, unsigned* size) {
    if (setjmp(errors_.exit)) return false;
    return jpeg_read_icc_profile(&codec_, data, size) != FALSE;
  }

  jpeg_decompress_struct codec_{};
  JpegErrors errors_{};
};

class JpegEncoder {
 public:
  JpegEncoder() { set_errors(errors_); }
  ~JpegEncoder() {
    jpeg_destroy_compress(&codec_);
    std::free(out_);
  }
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  bool start(int width, int height, int quality) {
    codec_.err = &errors_.manager;
    if (setjmp(errors_.exit)) return false;
    jpeg_create_compress(&codec_);
    jpeg_mem_dest(&codec_, &out_, &out_size_);
    codec_.image_width = static_cast<unsigned>(width);
    codec_.image_height = static_cast<unsigned>(height);
    codec_.input_components = 3;
    codec_.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&codec_);  // chroma halved both ways
    jpeg_set_quality(&codec_, quality, TRUE);
    codec_.raw_data_in = TRUE;
    jpeg_start_compress(&codec_, TRUE);
    return true;
  }

  // One row of blocks: 16 rows of luma, 8 of each chroma, each a whole number of blocks wide.
  bool write(JSAMPIMAGE components) {
    if (setjmp(errors_.exit)) return false;
    return jpeg_write_raw_data(&codec_, components, 2 * DCTSIZE) != 0;
  }

  bool finish() {
    if (setjmp(errors_.exit)) return false;
    jpeg_finish_compress(&codec_);
    return true;
  }

  std::string_view bytes() const { return {reinterpret_cast<const char*>(out_), out_size_}; }

 private:
  jpeg_compress_struct codec_{};
  JpegErrors errors_{};
  unsigned char* out_ = nullptr;
  unsigned long out_size_ = 0;
};

// A strip of `rows` rows: those of the plane where they are whole blocks, or copies, padded by
// repeating the last column and the last row.
class Strip {
 public:
  Strip(const Plane& plane, int rows, int width) : plane_(plane), buffer_(width, rows) {}

  JSAMPARRAY fill(int first_row) {
    const bool whole = plane_.width == buffer_.width && first_row + buffer_.height <= plane_.height;
    for (int i = 0; i < buffer_.height; ++i) {
      const std::uint8_t* source = plane_.row(std::min(first_row + i, plane_.height - 1));
      // libjpeg reads them only.
      pointers_.at(static_cast<std::size_t>(i)) =
          whole ? const_cast<JSAMPROW>(source) : buffer_.row(i);
      if (whole) continue;
      std::memcpy(buffer_.row(i), source, static_cast<std::size_t>(plane_.width));
      std::memset(buffer_.row(i) + plane_.width, source[plane_.width - 1],
                  static_cast<std::size_t>(buffer_.width - plane_.width));
    }
    return pointers_.data();
  }

 private:
  const Plane& plane_;
  Plane buffer_;
  std::array<JSAMPROW, std::size_t{2} * DCTSIZE> pointers_{};
};

}  // namespace

Result<std::optional<ScaledJpeg>> decode_jpeg_scaled(std::string_view bytes, Extent wanted) {
  JpegDecoder decoder;
  if (!decoder.read_header(bytes)) return image_corrupt("jpeg: header");
  if (!decoder.is_plain()) return std::nullopt;
  ScaledJpeg picture;
  picture.width = decoder.image_size().width;
  picture.height = decoder.image_size().height;
  picture.icc = decoder.icc_profile();
  if (!decoder.choose_scale(wanted) || !decoder.start()) return image_corrupt("jpeg: start");
  Plane* const planes[3] = {&picture.y, &picture.u, &picture.v};
  for (int c = 0; c < 3; ++c) {
    const Extent size = decoder.padded_size(c);
    *planes[c] = Plane(size.width, size.height);
  }
  if (!decoder.read_planes(planes)) return image_corrupt("jpeg: data");
  picture.luma_width = decoder.covered_width(0);
  picture.luma_height = decoder.covered_height(0);
  picture.chroma_width = decoder.covered_width(1);
  picture.chroma_height = decoder.covered_height(1);
  for (int c = 0; c < 3; ++c) {
    // What is beyond the picture must not be mixed into it: rows and columns end with the picture.
    planes[c]->width = static_cast<int>(std::ceil(decoder.covered_width(c)));
    planes[c]->height = static_cast<int>(std::ceil(decoder.covered_height(c)));
  }
  return picture;
}

std::string encode_jpeg(const Yuv& picture, int quality) {
  constexpr int step = 2 * DCTSIZE;
  const int width = (picture.y.width + step - 1) / step * step;
  JpegEncoder encoder;
  if (!encoder.start(picture.y.width, picture.y.height, quality)) throw std::bad_alloc();
  Strip y(picture.y, step, width);
  Strip u(picture.u, DCTSIZE, width / 2);
  Strip v(picture.v, DCTSIZE, width / 2);
  for (int row = 0; row < picture.y.height; row += step) {
    JSAMPARRAY components[3] = {y.fill(row), u.fill(row / 2), v.fill(row / 2)};
    if (!encoder.write(components)) throw std::bad_alloc();
  }
  if (!encoder.finish()) throw std::bad_alloc();
  return std::string(encoder.bytes());
}

}  // namespace picsharz::image
