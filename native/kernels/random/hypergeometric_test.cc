// What makes the hypergeometric sampler exact, checked without chance: sequential search inverts the
// distribution function and the ratio of uniforms' rectangle holds the law. The draws themselves are tested
// in variates_test.cc.

#include "kernels/random/hypergeometric.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "kernels/random/philox.h"
#include "kernels/testing/check.h"
#include "kernels/testing/hypergeometric_pmf.h"

namespace scoring_bias {
namespace {

struct Constant {
  double u;
  double NextUniform() const { return u; }
};

struct Law {
  double total, good, draws;
};

double Pmf(const Law& law, double k) {
  return HypergeometricPmf(static_cast<std::int64_t>(k), static_cast<std::int64_t>(law.good),
                           static_cast<std::int64_t>(law.total - law.good),
                           static_cast<std::int64_t>(law.draws));
}

void CheckInversion() {
  for (const Law& law :
       {Law{2, 1, 1}, Law{9, 4, 4}, Law{36, 18, 18}, Law{100, 9, 50}, Law{100, 50, 9}, Law{1e4, 300, 300},
        Law{1e6, 3000, 3000}, Law{1e6, 19, 5e5}, Law{2147483647, 140000, 140000}, Law{2147483647, 1e9, 9},
        Law{2147483647, 15, 1e9}, Law{2147483647, 3, 3}}) {
    double below = 0, at = Pmf(law, 0);
    std::int64_t expected = 0;
    for (double u = 0x1p-53; u < 1; u += 0x1p-9 + 1e-5) {
      while (u > below + at) {
        below += at;
        at = Pmf(law, static_cast<double>(++expected));
      }
      Constant rng{u};
      const std::int64_t k = variates_detail::HypergeometricByInversion(rng, law.total, law.good, law.draws);
      // Where u lies within rounding of a step either side is right.
      const bool at_step = u - below < 1e-12 || below + at - u < 1e-12;
      CHECK(k == expected || at_step);
    }
  }
}

void CheckRatio() {
  for (const Law& law : {Law{40, 20, 20}, Law{1000, 400, 300}, Law{1e6, 1e5, 4e5}, Law{2e9, 9e8, 1e9}}) {
    const double bad = law.total - law.good;
    const double m = std::floor((law.draws + 1) * ((law.good + 1) / (law.total + 2)));
    const double deviation = std::sqrt(m * (bad / law.total) * (1 - law.draws / law.total));
    for (const double z : {-20.0, -5.0, -1.0, 0.0, 0.4, 3.0, 25.0}) {
      const double d = std::floor(z * deviation);
      if (Pmf(law, m + d) < 1e-290) continue;
      const double expected = std::log(Pmf(law, m + d) / Pmf(law, m));
      const double ratio = variates_detail::LogHypergeometricRatio(law.good, bad, law.draws, m, d);
      CHECK(std::abs(ratio - expected) < 1e-12 * (1 + std::abs(expected)) + 0x1p-51 * std::abs(d));
    }
  }
}

/// A trial (u, x) is accepted when u^2 <= f(floor x) / f(m). The law is right when no x that can be accepted
/// with some u lies outside what the trial can propose with it: |x - centre| u <= width / 2.
void CheckRectangle(const Law& law) {
  const variates_detail::HypergeometricHat hat(law.total, law.good, law.draws);
  const double reach = 40 * hat.width;
  double worst = 0;
  for (double k = std::max(0.0, hat.mode - reach); k <= std::min(hat.end - 1, hat.mode + reach);
       k += std::abs(k - hat.mode) < 50 ? 1 : std::max(1.0, std::floor(reach / 500))) {
    const double log_ratio = variates_detail::LogHypergeometricRatio(law.good, law.total - law.good,
                                                                     law.draws, hat.mode, k - hat.mode);
    const double distance = std::max(std::abs(k - hat.centre), std::abs(k + 1 - hat.centre));
    worst = std::max(worst, distance * std::exp(0.5 * log_ratio) / (0.5 * hat.width));
  }
  if (worst > 1)
    std::fprintf(stderr, "total %g, good %g, draws %g: %.6f\n", law.total, law.good, law.draws, worst);
  CHECK(worst <= 1);
}

void CheckRejection() {
  for (const double total : {40.0, 41.0, 50.0, 77.0, 100.0, 333.0, 1e3, 1e4, 1e6, 1e8, 2147483647.0})
    for (const double good_share : {0.5, 0.45, 0.3, 0.1, 0.02, 1e-3, 1e-5})
      for (const double draws_share : {0.5, 0.49, 0.33, 0.1, 0.03, 1e-3, 1e-5}) {
        const Law law{total, std::floor(total * good_share), std::floor(total * draws_share)};
        if (law.good * law.draws >= 10 * total) CheckRectangle(law);
      }
}

/// Every small case: the support, and nothing left to chance where the support is one point.
void CheckSupport() {
  Philox rng(11, 0, 0);
  for (std::int64_t good = 0; good <= 6; ++good)
    for (std::int64_t bad = 0; bad <= 6; ++bad)
      for (std::int64_t draws = 0; draws <= good + bad; ++draws)
        for (int i = 0; i < 20; ++i) {
          const std::int64_t k = HypergeometricVariate(rng, good, bad, draws);
          CHECK(k >= std::max<std::int64_t>(0, draws - bad));
          CHECK(k <= std::min(good, draws));
        }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::CheckInversion();
  scoring_bias::CheckRatio();
  scoring_bias::CheckRejection();
  scoring_bias::CheckSupport();
  return scoring_bias::check::Finish();
}
