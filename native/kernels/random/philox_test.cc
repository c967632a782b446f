#include "kernels/random/philox.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

static_assert(std::uniform_random_bit_generator<Philox>);

// The three "philox4x32 10" lines of kat_vectors in Random123 1.14.
void KnownAnswers() {
  const PhiloxBlock zeros = Philox4x32({0, 0, 0, 0}, {0, 0});
  CHECK(zeros == (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t ones = 0xffffffff;
  const PhiloxBlock all_ones = Philox4x32({ones, ones, ones, ones}, {ones, ones});
  CHECK(all_ones == (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  const PhiloxBlock pi =
      Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
  CHECK(pi == (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

void GeneratorIsCounterMode() {
  const std::uint64_t seed = 0x299f31d0a4093822;
  Philox random(seed, 7, 0x13198a2e);
  for (std::uint32_t block = 0; block < 100; ++block) {
    const PhiloxBlock expected = Philox4x32({block, 0, 0x13198a2e, 7}, {0xa4093822, 0x299f31d0});
    for (const std::uint32_t word : expected) CHECK_EQUAL(random.NextUint32(), word);
  }
}

void UniformsAreInsideTheUnitInterval() {
  Philox random(1, 0, 0);
  Philox words(1, 0, 0);
  const int n = 200000;
  double sum = 0, sum_of_squares = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.NextUniform();
    const std::uint64_t bits = words.NextUint64() >> 12;
    CHECK_EQUAL(u, std::ldexp(static_cast<double>(2 * bits + 1), -53));
    CHECK(u > 0 && u < 1);
    sum += u;
    sum_of_squares += u * u;
  }
  // Five standard errors of the mean of u (sd 0.289) and of u^2 (sd 0.298).
  CHECK(std::abs(sum / n - 0.5) < 5 * 0.289 / std::sqrt(n));
  CHECK(std::abs(sum_of_squares / n - 1.0 / 3) < 5 * 0.298 / std::sqrt(n));
}

void ManyUniformsAreThoseOfOneAfterTheOther() {
  for (int skipped = 0; skipped < 20; ++skipped) {
    for (const std::size_t n : {0, 1, 7, 8, 9, 31, 64, 1001}) {
      Philox one(0x299f31d0a4093822, 7, 99), many = one;
      for (int i = 0; i < skipped; ++i) CHECK_EQUAL(one.NextUint32(), many.NextUint32());
      std::vector<double> uniforms(n);
      many.NextUniforms(uniforms);
      for (const double uniform : uniforms) CHECK_EQUAL(uniform, one.NextUniform());
      CHECK_EQUAL(one.NextUint32(), many.NextUint32());
    }
  }
}

// Pearson's chi-square over equiprobable cells; the bound is its mean plus six standard deviations.
void CheckFlat(const std::vector<int>& counts, int draws) {
  const double cells = static_cast<double>(counts.size());
  const double expected = draws / cells;
  double statistic = 0;
  for (const int count : counts) statistic += (count - expected) * (count - expected) / expected;
  CHECK(statistic < cells - 1 + 6 * std::sqrt(2 * (cells - 1)));
}

void BoundedIntegersAreUnbiased() {
  const int draws = 400000;
  for (const std::uint32_t bound : {1u, 2u, 3u, 10u, 1000u}) {
    Philox random(2, 0, bound);
    std::vector<int> counts(bound);
    for (int i = 0; i < draws; ++i) ++counts.at(random.NextBelow(bound));
    if (bound > 1) CheckFlat(counts, draws);
  }
  // At 3 * 2^30 plain multiplication would give every third value twice the probability of the others: the
  // residues modulo 3 show it.
  Philox random(2, 1, 0);
  std::vector<int> residues(3);
  for (int i = 0; i < draws; ++i) {
    const std::uint32_t value = random.NextBelow(3u << 30);
    CHECK(value < (3u << 30));
    ++residues.at(value % 3);
  }
  CheckFlat(residues, draws);
}

void StreamsDiffer() {
  const PhiloxKey key{0, 0};
  CHECK(Philox4x32({0, 0, 1, 0}, key) != Philox4x32({0, 0, 0, 1}, key));
  Philox a(5, 1, 2), b(5, 2, 1), c(5ull << 32, 1, 2);
  const std::uint64_t first = a.NextUint64();
  CHECK(first != b.NextUint64());
  CHECK(first != c.NextUint64());
}

void CopyContinues() {
  Philox a(3, 0, 0);
  for (int i = 0; i < 5; ++i) a.NextUint32();
  Philox b = a;
  for (int i = 0; i < 100; ++i) CHECK_EQUAL(a.NextUint32(), b.NextUint32());
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  KnownAnswers();
  GeneratorIsCounterMode();
  UniformsAreInsideTheUnitInterval();
  ManyUniformsAreThoseOfOneAfterTheOther();
  BoundedIntegersAreUnbiased();
  StreamsDiffer();
  CopyContinues();
  return check::Finish();
}
