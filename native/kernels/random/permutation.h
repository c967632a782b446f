#pragma once

#include <cstdint>
#include <span>

namespace scoring_bias {

/// Fills `out` with a uniformly random permutation of 0, ..., out.size() - 1 by the inside-out Fisher-Yates
/// shuffle (Knuth, TAOCP vol. 2, 3.4.2, algorithm P), driven by Philox(seed, stream, replicate).
///
/// Requires out.size() < 2^32. Thread safe, no allocation. O(n) time: about 5 ns an element while `out` fits
/// the cache.
void RandomPermutation(std::uint64_t seed, std::uint32_t stream, std::uint32_t replicate,
                       std::span<std::uint32_t> out);

}  // namespace scoring_bias
