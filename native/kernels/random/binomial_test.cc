// What makes the binomial sampler exact, checked without chance: sequential search inverts the distribution
// function, and the rejection method's hat, box and squeeze bound the law that it must produce. The draws
// themselves are tested in variates_test.cc.

#include "kernels/random/binomial.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using variates_detail::BinomialHat;
using variates_detail::LogBinomialRatio;

/// A source that always gives the same uniform.
struct Constant {
  double u;
  double NextUniform() const { return u; }
};

void CheckInversion() {
  struct Law {
    double n, p;
  };
  for (const auto [n, p] : {Law{1, 0.5}, Law{1, 1e-9}, Law{2, 0.3}, Law{7, 0.5}, Law{31, 0.5}, Law{39, 0.5},
                            Law{200, 0.099}, Law{511, 0.039}, Law{513, 0.019}, Law{1e4, 1e-4},
                            Law{1e6, 9.9e-6}, Law{2147483647, 4.6e-9}, Law{2147483647, 1e-12}}) {
    for (double u = 0x1p-53; u < 1; u += 0x1p-9 + 1e-5) {
      Constant rng{u};
      const std::int64_t k = variates_detail::BinomialByInversion(rng, n, p);
      const auto trials = static_cast<std::int64_t>(n);
      CHECK(u <= BinomialTails(k, trials, p).lower * (1 + 1e-12) + 1e-14);
      CHECK(u >= BinomialTails(k - 1, trials, p).lower * (1 - 1e-12) - 1e-14);
    }
  }
}

void CheckRatio() {
  for (const double n : {20.0, 101.0, 1e4, 1e6, 2147483647.0})
    for (const double p : {1e-6, 0.004, 0.1, 0.37, 0.5}) {
      if (n * p < 10) continue;
      const double q = 1 - p, m = std::floor((n + 1) * p), deviation = std::sqrt(n * p * q);
      for (const double z : {-25.0, -6.0, -1.0, 0.0, 0.3, 2.0, 9.0, 30.0}) {
        const double d = std::floor(z * deviation);
        if (m + d < 0 || m + d > n) continue;
        const auto log_pmf = [&](double k) {
          return LogBinomialPmf(static_cast<std::int64_t>(k), static_cast<std::int64_t>(n), p, q);
        };
        const double expected = log_pmf(m + d) - log_pmf(m);
        // p / q and the mode's odds are known to an ulp or two, which d multiplies.
        const double tolerance = 1e-13 * std::abs(expected) + 1e-12 + 0x1p-51 * std::abs(d);
        CHECK(std::abs(LogBinomialRatio(n, p, q, m, d) - expected) < tolerance);
      }
    }
}

/// The u in (-1/2, 1/2) that the hat's transformation maps to x.
double InverseTransform(const BinomialHat& hat, double x) {
  double low = -0.5, high = 0.5;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (hat.Transform(middle) < x ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// A trial (u, v) is accepted when v alpha / (a / us^2 + b) <= f(k) / f(m), us = 1/2 - |u|. The law is right
/// when no k asks for v > 1 (the hat), and the immediate acceptance of |u| <= 0.43, v <= v_r is right when
/// the inequality holds there (the box). Within the cell of k the left side is extreme where |u| is.
void CheckHatAndBox(double n, double p) {
  const BinomialHat hat(n, p);
  const double m = std::floor((n + 1) * p);
  const double reach = 12 * std::sqrt(hat.npq) + 20;
  const double first = std::max(0.0, m - reach), last = std::min(n, m + reach);
  const double step = std::max(1.0, std::floor(reach / 300));
  const auto scale = [&](double u) {
    const double us = 0.5 - std::abs(u);
    return (hat.a / (us * us) + hat.b) * hat.b / hat.alpha_b;
  };
  double worst_hat = 0, worst_box = 1e9;
  for (double k = first; k <= last; k += std::abs(k - m) < 50 ? 1 : step) {
    const double left = InverseTransform(hat, k), right = InverseTransform(hat, k + 1);
    const double ratio = std::exp(LogBinomialRatio(n, p, hat.q, m, k - m));
    const double outermost = std::max(std::abs(left), std::abs(right));
    const double innermost = left < 0 && right > 0 ? 0 : std::min(std::abs(left), std::abs(right));
    worst_hat = std::max(worst_hat, ratio * scale(std::min(outermost, 0.5 - 1e-12)));
    if (innermost < 0.43) worst_box = std::min(worst_box, ratio * scale(innermost) / (hat.v_r_b / hat.b));
  }
  if (!(worst_hat <= 1 && worst_box >= 1))
    std::fprintf(stderr, "n = %g, p = %g: hat %.6f, box %.6f\n", n, p, worst_hat, worst_box);
  CHECK(worst_hat <= 1);
  CHECK(worst_box >= 1);
  // Everything in the box is a number of successes.
  CHECK(hat.Transform(-0.43) >= 0);
  CHECK(hat.Transform(0.43) < n + 1);
}

/// Every acceptance that the squeeze decides agrees with the ratio itself.
void CheckSqueeze(double n, double p) {
  const BinomialHat hat(n, p);
  const double m = std::floor((n + 1) * p);
  const double reach = 12 * std::sqrt(hat.npq) + 20;
  for (double d = -std::min(m, reach); d <= std::min(n - m, reach);
       d += std::max(1.0, std::floor(reach / 300))) {
    if (std::abs(d) <= 15) continue;
    const double exact = LogBinomialRatio(n, p, hat.q, m, d);
    const double margin = 1e-11 * (1 + std::abs(exact));
    CHECK(variates_detail::AcceptBinomial(hat, m, d, exact - margin));
    CHECK(!variates_detail::AcceptBinomial(hat, m, d, exact + margin));
  }
}

void CheckRejection() {
  for (const double p : {0.5, 0.49999, 0.45, 0.4, 0.3, 0.2, 0.1, 0.03, 0.01, 1e-3, 1e-5, 1e-8})
    for (double mean = 10; mean <= 1e9; mean *= mean < 40 ? 1.017 : 2.13) {
      const double n = std::ceil(mean / p);
      if (n > 2147483647) continue;
      CheckHatAndBox(n, p);
      CheckSqueeze(n, p);
    }
}

void CheckDegenerate() {
  for (const double u : {0x1p-53, 0.5, 1 - 0x1p-53}) {
    Constant rng{u};
    CHECK_EQUAL(BinomialVariate(rng, 0, 0.5), 0);
    CHECK_EQUAL(BinomialVariate(rng, 100, 0), 0);
    CHECK_EQUAL(BinomialVariate(rng, 100, 1), 100);
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::CheckInversion();
  scoring_bias::CheckRatio();
  scoring_bias::CheckRejection();
  scoring_bias::CheckDegenerate();
  return scoring_bias::check::Finish();
}
