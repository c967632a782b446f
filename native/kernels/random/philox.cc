#include "kernels/random/philox.h"

#include "kernels/base/vectors.h"

#ifdef SCORING_BIAS_AVX2
#include <immintrin.h>
#endif

namespace scoring_bias {

#ifdef SCORING_BIAS_AVX2
namespace {

// Of pairs of words, in the lower halves: as NextUniform 1 + k 2^-52, less 1, plus half a step, all exact.
SCORING_BIAS_AVX2 inline __m256d Uniforms(__m256i low_words, __m256i high_words) {
  const __m256i low = _mm256_and_si256(low_words, _mm256_set1_epi64x(0xffffffff));
  const __m256i words = _mm256_or_si256(low, _mm256_slli_epi64(high_words, 32));
  const __m256i bits = _mm256_or_si256(_mm256_srli_epi64(words, 12), _mm256_set1_epi64x(0x3ffll << 52));
  const __m256d steps = _mm256_sub_pd(_mm256_castsi256_pd(bits), _mm256_set1_pd(1));
  return _mm256_add_pd(steps, _mm256_set1_pd(0x1p-53));
}

}  // namespace

// The uniforms of batches of four blocks, one block in each of four 64-bit lanes.
SCORING_BIAS_AVX2 void Philox::UniformBatches(std::size_t n_batches, double* out) {
  using namespace philox_detail;
  const __m256i multiplier0 = _mm256_set1_epi64x(kMultiplier0),
                multiplier1 = _mm256_set1_epi64x(kMultiplier1);
  __m256i keys0[kRounds], keys1[kRounds];
  PhiloxKey key = key_;
  for (int round = 0; round < kRounds; ++round) {
    keys0[round] = _mm256_set1_epi64x(key[0]);
    keys1[round] = _mm256_set1_epi64x(key[1]);
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  for (std::size_t batch = 0; batch < n_batches; ++batch, block_ += kBatchBlocks, out += kBatchWords / 2) {
    __m256i c0 = _mm256_add_epi64(_mm256_set1_epi64x(Low(block_)), _mm256_set_epi64x(3, 2, 1, 0));
    __m256i c1 = _mm256_set1_epi64x(High(block_));
    __m256i c2 = _mm256_set1_epi64x(replicate_), c3 = _mm256_set1_epi64x(stream_);
    // Products and words take the lower halves alone: what is above them need not be cleared.
    for (int round = 0; round < kRounds; ++round) {
      const __m256i product0 = _mm256_mul_epu32(multiplier0, c0);
      const __m256i product1 = _mm256_mul_epu32(multiplier1, c2);
      c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product1, 32), c1), keys0[round]);
      c1 = product1;
      c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product0, 32), c3), keys1[round]);
      c3 = product0;
    }
    const __m256d first = Uniforms(c0, c1), second = Uniforms(c2, c3);
    const __m256d even = _mm256_unpacklo_pd(first, second), odd = _mm256_unpackhi_pd(first, second);
    _mm256_storeu_pd(out, _mm256_permute2f128_pd(even, odd, 0x20));
    _mm256_storeu_pd(out + 4, _mm256_permute2f128_pd(even, odd, 0x31));
  }
}
#endif

void Philox::NextUniforms(std::span<double> out) {
  auto next = out.begin();
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) {
    while (next != out.end() && position_ != kBatchWords) *next++ = NextUniform();
    const auto n_batches = static_cast<std::size_t>(out.end() - next) / (kBatchWords / 2);
    if (n_batches > 0) UniformBatches(n_batches, &*next);
    next += static_cast<std::ptrdiff_t>(n_batches * (kBatchWords / 2));
  }
#endif
  while (next != out.end()) *next++ = NextUniform();
}

}  // namespace scoring_bias
