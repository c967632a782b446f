#include "kernels/random/philox.h"

namespace scoring_bias {

// The rounds of Philox4x32 on the words of all blocks of a batch at once, which compilers turn into vectors.
void Philox::Refill() {
  using namespace philox_detail;
  using Lanes = std::array<std::uint32_t, kBatchBlocks>;
  std::array<Lanes, 4> words{};
  // The block index is a multiple of kBatchBlocks, so its low half does not overflow within a batch.
  for (std::uint32_t i = 0; i < kBatchBlocks; ++i) {
    words[0][i] = Low(block_) + i;
    words[1][i] = High(block_);
    words[2][i] = replicate_;
    words[3][i] = stream_;
  }
  PhiloxKey key = key_;
  for (int round = 0; round < kRounds; ++round) {
    std::array<Lanes, 4> next;
    for (std::uint32_t i = 0; i < kBatchBlocks; ++i) {
      const std::uint64_t product0 = kMultiplier0 * words[0][i], product1 = kMultiplier1 * words[2][i];
      next[0][i] = High(product1) ^ words[1][i] ^ key[0];
      next[1][i] = Low(product1);
      next[2][i] = High(product0) ^ words[3][i] ^ key[1];
      next[3][i] = Low(product0);
    }
    words = next;
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  for (std::uint32_t i = 0; i < kBatchBlocks; ++i) {
    for (std::uint32_t word = 0; word < 4; ++word) words_[4 * i + word] = words[word][i];
  }
  block_ += kBatchBlocks;
  position_ = 0;
}

}  // namespace scoring_bias
