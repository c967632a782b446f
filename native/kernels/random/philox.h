#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/vectors.h"

namespace scoring_bias {

using PhiloxKey = std::array<std::uint32_t, 2>;
using PhiloxBlock = std::array<std::uint32_t, 4>;

namespace philox_detail {

// Multipliers and Weyl constants of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (SC 2011), section 3.3.
inline constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
inline constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
inline constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
inline constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
inline constexpr int kRounds = 10;

inline constexpr std::uint32_t High(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }
inline constexpr std::uint32_t Low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }

}  // namespace philox_detail

/// Philox4x32-10: the bijection of Salmon et al. (SC 2011) that turns a 128-bit counter into 128 random bits.
/// Agrees with the known answers published with Random123 (philox_test.cc). Pure, thread safe, no allocation.
constexpr PhiloxBlock Philox4x32(PhiloxBlock counter, PhiloxKey key) {
  using namespace philox_detail;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {High(product1) ^ counter[1] ^ key[0], Low(product1), High(product0) ^ counter[3] ^ key[1],
               Low(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

/// A stream of random words that is a pure function of (seed, stream, replicate).
///
/// The key is the 64-bit seed (low word first); the counter's words are (block, low half; block, high half;
/// replicate; stream). Generators that differ in any of seed, stream and replicate never encrypt the same
/// counter under the same key, so every replicate of every stream can be drawn alone, in any order and on any
/// thread, with the same bits. Each (seed, stream, replicate) offers 2^66 words before it repeats.
///
/// Words come in the order of plain counter mode: block 0 word 0, block 0 word 1, ... (philox_test.cc holds
/// this). They are made kBatchWords at a time so that the rounds of several blocks overlap in the processor.
///
/// Satisfies std::uniform_random_bit_generator. Copyable: a copy continues with the same words. Not thread
/// safe: one generator per thread. No allocation. Cost: about 2 ns a word.
class Philox {
 public:
  using result_type = std::uint32_t;
  static constexpr std::size_t kBatchWords = 16;

  Philox(std::uint64_t seed, std::uint32_t stream, std::uint32_t replicate)
      : key_{philox_detail::Low(seed), philox_detail::High(seed)}, replicate_(replicate), stream_(stream) {}

  /// The first four words of such a stream, without making more.
  static constexpr PhiloxBlock FirstBlock(std::uint64_t seed, std::uint32_t stream, std::uint32_t replicate) {
    return Philox4x32({0, 0, replicate, stream}, {philox_detail::Low(seed), philox_detail::High(seed)});
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return NextUint32(); }

  /// The next 32 random bits.
  std::uint32_t NextUint32() {
    if (position_ == kBatchWords) Refill();
    return words_[position_++];
  }

  /// The next 64 random bits: two words, the first one low.
  std::uint64_t NextUint64() {
    const std::uint64_t low = NextUint32();
    return low | std::uint64_t{NextUint32()} << 32;
  }

  /// A uniform double strictly inside (0, 1): (k + 1/2) 2^-52 with k uniform on the 52-bit integers, taken
  /// from the high bits of NextUint64. Both u and 1 - u are exact and never 0 or 1, so logarithms and
  /// quantile functions of either are finite. Smallest value 2^-53.
  double NextUniform() {
    const auto k = static_cast<double>(static_cast<std::int64_t>(NextUint64() >> 12));
    return (k + 0.5) * 0x1p-52;
  }

  /// As many uniforms as there are places, those of NextUniform one after the other. Cost: 4 ns each, 1 with
  /// AVX2.
  void NextUniforms(std::span<double> out);

  /// An integer uniform on 0, ..., bound - 1, without bias: Lemire, "Fast random integer generation in an
  /// interval" (ACM TOMACS 2019), algorithm 5 with 32-bit words. Takes one word, and one more for each
  /// rejection (probability below bound / 2^32). Requires bound >= 1.
  std::uint32_t NextBelow(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{NextUint32()} * bound;
    if (philox_detail::Low(product) < bound) {
      const std::uint32_t unfair = (0u - bound) % bound;
      while (philox_detail::Low(product) < unfair) product = std::uint64_t{NextUint32()} * bound;
    }
    return philox_detail::High(product);
  }

 private:
  static constexpr std::uint32_t kBatchBlocks = kBatchWords / 4;

  void Refill() {
    // The block index is a multiple of kBatchBlocks, so its low half does not overflow within a batch.
    const auto low = philox_detail::Low(block_), high = philox_detail::High(block_);
    for (std::uint32_t i = 0; i < kBatchBlocks; ++i) {
      const PhiloxBlock block = Philox4x32({low + i, high, replicate_, stream_}, key_);
      for (std::size_t word = 0; word < block.size(); ++word) words_[block.size() * i + word] = block[word];
    }
    block_ += kBatchBlocks;
    position_ = 0;
  }

#ifdef SCORING_BIAS_AVX2
  void UniformBatches(std::size_t n_batches, double* out);
#endif

  PhiloxKey key_;
  std::uint32_t replicate_;
  std::uint32_t stream_;
  std::uint64_t block_ = 0;
  std::size_t position_ = kBatchWords;
  std::array<std::uint32_t, kBatchWords> words_;  // not set before the first word is asked for
};

}  // namespace scoring_bias
