#pragma once

#include <cstddef>

namespace scoring_bias {

/// Why a kernel refused or stopped. Kernels return it and never throw: they run on threads that nobody could
/// catch for. Each has the meaning of the error code of the same name in src/errors.ts.
enum class StatusCode {
  kOk,
  kEmptySample,
  kLengthMismatch,
  kNotANumber,
  kOutOfRange,
  kOutOfMemory,
  kAborted
};

/// The outcome of a kernel. Where one value is to blame, `array` is the number of the argument array it
/// stands in, as the kernel's documentation counts them, and `index` its position there.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::kOk;
  std::size_t array = 0;
  std::size_t index = 0;

  bool ok() const { return code == StatusCode::kOk; }
  friend bool operator==(const Status&, const Status&) = default;
};

}  // namespace scoring_bias
