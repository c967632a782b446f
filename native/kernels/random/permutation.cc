#include "kernels/random/permutation.h"

#include "kernels/random/philox.h"

namespace scoring_bias {

void RandomPermutation(std::uint64_t seed, std::uint32_t stream, std::uint32_t replicate,
                       std::span<std::uint32_t> out) {
  Philox random(seed, stream, replicate);
  const auto n = static_cast<std::uint32_t>(out.size());
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t j = random.NextBelow(i + 1);
    out[i] = out[j];
    out[j] = i;
  }
}

}  // namespace scoring_bias
