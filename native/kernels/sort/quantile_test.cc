#include "kernels/sort/quantile.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/base/constants.h"
#include "kernels/random/philox.h"
#include "kernels/sort/ecdf.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

double QuantileOf(const std::vector<double>& sorted, double p, QuantileRule rule) {
  double quantile = 0;
  CHECK(Quantiles(std::span<const double>(sorted), std::span(&p, 1), rule, std::span(&quantile, 1)).ok());
  return quantile;
}

double EcdfOf(const std::vector<double>& sorted, double u) {
  double value = 0;
  CHECK(Ecdf(std::span<const double>(sorted), std::span<const double>(&u, 1), std::span(&value, 1)).ok());
  return value;
}

// quantile(c(1, 2, 4, 8, 16, 32), p, type = 1:9) of R 4.2, at p = 0, 0.1, 0.25, 0.5, 0.75, 1. More, from R
// directly, in test/stats/quantiles.test.ts.
void AgreesWithR() {
  const std::vector<double> sorted{1, 2, 4, 8, 16, 32};
  const double probabilities[] = {0, 0.1, 0.25, 0.5, 0.75, 1};
  const double expected[9][6] = {{1, 1, 2, 4, 16, 32},     {1, 1, 2, 6, 16, 32},
                                 {1, 1, 2, 4, 8, 32},      {1, 1, 1.5, 4, 12, 32},
                                 {1, 1.1, 2, 6, 16, 32},   {1, 1, 1.75, 6, 20, 32},
                                 {1, 1.5, 2.5, 6, 14, 32}, {1, 1, 23.0 / 12, 6, 52.0 / 3, 32},
                                 {1, 1, 1.9375, 6, 17, 32}};
  for (int rule = 0; rule < 9; ++rule) {
    for (int i = 0; i < 6; ++i) {
      const double actual = QuantileOf(sorted, probabilities[i], static_cast<QuantileRule>(rule));
      CHECK(std::abs(actual - expected[rule][i]) <= 1e-14 * expected[rule][i]);
    }
  }
}

// Definition 3 sends a position halfway between two ranks to the even one.
void ClosestObservationPrefersEvenRanks() {
  const std::vector<double> sorted{1, 2, 3, 4};
  CHECK_EQUAL(QuantileOf(sorted, 0.125, QuantileRule::kClosestObservation),
              1);  // n p = 0.5: rank 0, held inside.
  CHECK_EQUAL(QuantileOf(sorted, 0.375, QuantileRule::kClosestObservation), 2);  // 1.5
  CHECK_EQUAL(QuantileOf(sorted, 0.625, QuantileRule::kClosestObservation), 2);  // 2.5
  CHECK_EQUAL(QuantileOf(sorted, 0.875, QuantileRule::kClosestObservation), 4);  // 3.5
}

void EcdfAndInverseCdfInvertEachOther() {
  Philox random(6, 0, 0);
  for (std::size_t n = 1; n <= 300; ++n) {
    std::vector<double> sorted(n);
    for (double& x : sorted) x = random.NextBelow(static_cast<std::uint32_t>(n));
    std::sort(sorted.begin(), sorted.end());
    for (const double x : sorted)
      CHECK_EQUAL(QuantileOf(sorted, EcdfOf(sorted, x), QuantileRule::kInverseCdf), x);
    for (int i = 0; i < 20; ++i) {
      const double p = random.NextUniform();
      CHECK(EcdfOf(sorted, QuantileOf(sorted, p, QuantileRule::kInverseCdf)) >= p);
    }
  }
}

void WholeRanksAreHitExactly() {
  std::vector<double> sorted(101);
  for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = std::sqrt(static_cast<double>(i));
  for (int percent = 0; percent <= 100; ++percent) {
    CHECK_EQUAL(QuantileOf(sorted, percent / 100.0, QuantileRule::kLinear), sorted[percent]);
  }
}

void EcdfMeetsInfinitiesTiesAndOtherTypes() {
  const std::vector<double> sorted{-kInfinity, -0.0, 0.0, 1, 1, kInfinity};
  CHECK_EQUAL(EcdfOf(sorted, -kInfinity), 1.0 / 6);
  CHECK_EQUAL(EcdfOf(sorted, -0.0), 0.5);
  CHECK_EQUAL(EcdfOf(sorted, 0.0), 0.5);
  CHECK_EQUAL(EcdfOf(sorted, 1), 5.0 / 6);
  CHECK_EQUAL(EcdfOf(sorted, kInfinity), 1);

  const std::vector<float> floats{0.1f};
  const double points[] = {0.1, 0.1f};  // The float nearest to 0.1 is larger than the double.
  double values[2];
  CHECK(
      Ecdf(std::span<const float>(floats), std::span<const double>(points), std::span<double>(values)).ok());
  CHECK_EQUAL(values[0], 0);
  CHECK_EQUAL(values[1], 1);
}

void BadArgumentsAreRefused() {
  const std::vector<double> sorted{1, 2};
  const std::vector<double> empty;
  double out[2];
  const double points[] = {0, std::nan("")};
  CHECK(Ecdf(std::span<const double>(sorted), std::span<const double>(points), std::span<double>(out)) ==
        (Status{StatusCode::kNotANumber, 1, 1}));
  CHECK(Ecdf(std::span<const double>(empty), std::span<const double>(points), std::span<double>(out)).code ==
        StatusCode::kEmptySample);
  CHECK(Ecdf(std::span<const double>(sorted), std::span<const double>(points), std::span<double>(out, 1))
            .code == StatusCode::kLengthMismatch);
  for (const double bad : {-1e-9, 1.0000001, std::nan("")}) {
    const double probabilities[] = {0.5, bad};
    CHECK(Quantiles(std::span<const double>(sorted), std::span<const double>(probabilities),
                    QuantileRule::kLinear,
                    std::span<double>(out)) == (Status{StatusCode::kOutOfRange, 1, 1}));
  }
  CHECK(Quantiles(std::span<const double>(empty), std::span<const double>(points), QuantileRule::kLinear,
                  std::span<double>(out))
            .code == StatusCode::kEmptySample);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  AgreesWithR();
  ClosestObservationPrefersEvenRanks();
  EcdfAndInverseCdfInvertEachOther();
  WholeRanksAreHitExactly();
  EcdfMeetsInfinitiesTiesAndOtherTypes();
  BadArgumentsAreRefused();
  return check::Finish();
}
