#pragma once

#include <cstdint>

namespace scoring_bias {

/// Which replicates to draw and how.
struct ReplicateRange {
  std::uint64_t seed = 0;
  std::uint32_t first = 0;  // number of the first replicate
  std::uint32_t count = 0;  // first + count <= 2^32
  int threads = 0;          // 0: one per core
};

}  // namespace scoring_bias
