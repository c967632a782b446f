#include "kernels/sort/threshold.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/base/constants.h"
#include "kernels/random/philox.h"
#include "kernels/sort/rank_arithmetic.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

// Every decimal a / 10^d with d <= 3 and others that binary fractions miss, at every n up to 10^5, against
// integers.
void RanksAreThoseOfRationalArithmetic() {
  struct Decimal {
    std::uint64_t numerator, denominator;
  };
  std::vector<Decimal> targets{{1, 10000},       {7, 10000},        {29, 100000},
                               {12345, 1000000}, {999999, 1000000}, {3, 1000000}};
  for (std::uint64_t a = 1; a < 100; ++a) targets.push_back({a, 100});
  for (std::uint64_t a = 1; a < 1000; a += 37) targets.push_back({a, 1000});
  int wrong = 0;
  for (const Decimal target : targets) {
    const double fpr = static_cast<double>(target.numerator) / static_cast<double>(target.denominator);
    for (std::size_t n = 0; n <= 100000; ++n) {
      const RankProduct product = MultiplyRank(fpr, n);
      if (product.floor != target.numerator * n / target.denominator) ++wrong;
      if (product.exact != (target.numerator * n % target.denominator == 0)) ++wrong;
    }
  }
  CHECK_EQUAL(wrong, 0);
}

// Fractions computed as k / n mean k of n, although most are no decimals of few digits.
void FractionsMeanTheirNumerator() {
  int wrong = 0;
  for (std::size_t n = 1; n <= 1000; ++n) {
    for (std::size_t k = 0; k <= n; ++k) {
      const RankProduct product = MultiplyRank(static_cast<double>(k) / static_cast<double>(n), n);
      if (product.floor != k || !product.exact) ++wrong;
    }
  }
  CHECK_EQUAL(wrong, 0);
}

void RanksOfLargeSamples() {
  const std::size_t n = (std::size_t{1} << 31) - 1;
  CHECK_EQUAL(MultiplyRank(0.05, n).floor, n / 20);
  CHECK_EQUAL(MultiplyRank(1, n).floor, n);
  CHECK_EQUAL(MultiplyRank(0, n).floor, std::size_t{0});
  CHECK_EQUAL(MultiplyRank(0.001, 2000000000).floor, std::size_t{2000000});
  CHECK(MultiplyRank(0.001, 2000000000).exact);
}

double ThresholdOf(const std::vector<double>& sorted, double fpr, ThresholdRule rule) {
  double threshold = 0;
  std::uint32_t tolerated = 0;
  CHECK(Thresholds(std::span<const double>(sorted), std::span(&fpr, 1), rule, std::span(&threshold, 1),
                   std::span(&tolerated, 1))
            .ok());
  return threshold;
}

// The definitions, spelled out: the smallest value with F >= q, and the supremum of those with F <= q.
void ThresholdsFollowTheirDefinitions() {
  Philox random(4, 0, 0);
  for (std::size_t n = 1; n <= 60; ++n) {
    std::vector<double> sorted(n);
    for (double& x : sorted) x = random.NextBelow(static_cast<std::uint32_t>(n));  // Many ties.
    std::sort(sorted.begin(), sorted.end());
    for (std::uint64_t percent = 1; percent < 100; ++percent) {
      const double fpr = static_cast<double>(percent) / 100;
      const auto above = [&](double u) {
        return static_cast<std::uint64_t>(
            std::count_if(sorted.begin(), sorted.end(), [u](double x) { return x > u; }));
      };
      // F(u) >= 1 - fpr, that is above(u) <= fpr n.
      const auto smallest =
          std::find_if(sorted.begin(), sorted.end(), [&](double u) { return above(u) * 100 <= percent * n; });
      CHECK_EQUAL(ThresholdOf(sorted, fpr, ThresholdRule::kInverseCdf), *smallest);
      // The supremum of {u : F(u) <= 1 - fpr} is the first value whose F exceeds 1 - fpr.
      const auto first_beyond =
          std::find_if(sorted.begin(), sorted.end(), [&](double u) { return above(u) * 100 < percent * n; });
      CHECK_EQUAL(ThresholdOf(sorted, fpr, ThresholdRule::kSupremum), *first_beyond);
    }
  }
}

void LinearInterpolates() {
  const std::vector<double> sorted{0, 10, 20, 40};
  CHECK(std::abs(ThresholdOf(sorted, 0.05, ThresholdRule::kLinear) - 37) < 1e-12);  // numpy.quantile(x, 0.95)
  CHECK_EQUAL(ThresholdOf(sorted, 1.0 / 3, ThresholdRule::kLinear), 20);
  CHECK_EQUAL(ThresholdOf({7}, 0.05, ThresholdRule::kLinear), 7);
}

void InfinitiesAreNeverNan() {
  const double max = std::numeric_limits<double>::max();
  CHECK_EQUAL(Interpolate(kInfinity, -kInfinity, 0.5), kInfinity);
  CHECK_EQUAL(Interpolate(kInfinity, -kInfinity, 1), -kInfinity);
  CHECK_EQUAL(Interpolate(kInfinity, kInfinity, 0.5), kInfinity);
  CHECK_EQUAL(Interpolate(-kInfinity, -kInfinity, 0.5), -kInfinity);
  CHECK_EQUAL(Interpolate(3, -kInfinity, 0.5), -kInfinity);
  CHECK_EQUAL(Interpolate(3, -kInfinity, 0), 3);
  CHECK_EQUAL(Interpolate(max, -max, 0.5), 0);
}

void TooFewNormalsTolerateNone() {
  const std::vector<float> sorted{1, 2, 3};
  const double fprs[] = {0.05, 0.34, 0.7};
  double thresholds[3];
  std::uint32_t tolerated[3];
  CHECK(Thresholds(std::span<const float>(sorted), std::span<const double>(fprs), ThresholdRule::kInverseCdf,
                   std::span<double>(thresholds), std::span<std::uint32_t>(tolerated))
            .ok());
  CHECK_EQUAL(tolerated[0], 0u);
  CHECK_EQUAL(tolerated[1], 1u);
  CHECK_EQUAL(tolerated[2], 2u);
  CHECK_EQUAL(thresholds[0], 3);
  CHECK_EQUAL(thresholds[1], 2);
  CHECK_EQUAL(thresholds[2], 1);
}

void BadTargetsAreRefused() {
  const std::vector<double> sorted{1, 2};
  double thresholds[2];
  std::uint32_t tolerated[2];
  for (const double bad : {0.0, 1.0, -0.1, std::nan("")}) {
    const double fprs[] = {0.5, bad};
    CHECK(Thresholds(std::span<const double>(sorted), std::span<const double>(fprs), ThresholdRule::kLinear,
                     std::span<double>(thresholds),
                     std::span<std::uint32_t>(tolerated)) == (Status{StatusCode::kOutOfRange, 1, 1}));
  }
  const double fpr = 0.5;
  CHECK(Thresholds(std::span<const double>(), std::span(&fpr, 1), ThresholdRule::kLinear,
                   std::span<double>(thresholds, 1), std::span<std::uint32_t>(tolerated, 1))
            .code == StatusCode::kEmptySample);
}

template <typename T>
void CountsAreStrict() {
  const T infinity = std::numeric_limits<T>::infinity();
  const std::vector<T> scores{3, T{-0.0}, 1, 3, infinity, -infinity, T{0.1f}};
  std::vector<double> thresholds{3, 0.0, -0.0, 0.1f, -kInfinity, kInfinity, 2.999};
  const std::vector<std::uint32_t> expected{1, 5, 5, 4, 6, 0, 3};
  std::vector<std::uint32_t> flagged(thresholds.size());
  CHECK(CountAbove(std::span<const T>(scores), std::span<const double>(thresholds), std::span(flagged)).ok());
  CHECK(flagged == expected);

  // Enough thresholds to take the sorting way.
  for (int round = 0; round < 2; ++round)
    thresholds.insert(thresholds.end(), thresholds.begin(), thresholds.end());
  flagged.resize(thresholds.size());
  CHECK(thresholds.size() > kScanThresholds);
  CHECK(CountAbove(std::span<const T>(scores), std::span<const double>(thresholds), std::span(flagged)).ok());
  for (std::size_t t = 0; t < flagged.size(); ++t) CHECK_EQUAL(flagged[t], expected[t % expected.size()]);

  std::vector<T> with_nan = scores;
  with_nan[4] = std::numeric_limits<T>::quiet_NaN();
  CHECK(CountAbove(std::span<const T>(with_nan), std::span<const double>(thresholds), std::span(flagged)) ==
        (Status{StatusCode::kNotANumber, 0, 4}));
  thresholds[2] = std::nan("");
  CHECK(CountAbove(std::span<const T>(scores), std::span<const double>(thresholds), std::span(flagged)) ==
        (Status{StatusCode::kNotANumber, 1, 2}));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  RanksAreThoseOfRationalArithmetic();
  FractionsMeanTheirNumerator();
  RanksOfLargeSamples();
  ThresholdsFollowTheirDefinitions();
  LinearInterpolates();
  InfinitiesAreNeverNan();
  TooFewNormalsTolerateNone();
  BadTargetsAreRefused();
  CountsAreStrict<float>();
  CountsAreStrict<double>();
  return check::Finish();
}
