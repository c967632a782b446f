#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>

namespace scoring_bias {

/// Whether an output has as many elements as its shape says; false when their number overflows.
inline bool HasShape(std::span<const double> out, std::initializer_list<std::size_t> shape) {
  std::size_t size = 1;
  for (const std::size_t extent : shape) {
    if (extent != 0 && size > std::numeric_limits<std::size_t>::max() / extent) return false;
    size *= extent;
  }
  return out.size() == size;
}

}  // namespace scoring_bias
