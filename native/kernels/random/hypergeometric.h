#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/random/variates.h"
#include "kernels/random/variates_factorial.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {

namespace variates_detail {

/// By sequential search from 0, for good, draws <= total / 2 and a mean below 10. One uniform.
template <UniformSource Rng>
std::int64_t HypergeometricByInversion(Rng& rng, double total, double good, double draws) {
  // f is symmetric in the two; the smaller one in the exponent amplifies rounding least.
  const double large = std::max(good, draws), small = std::min(good, draws);
  const double bad = total - large;
  // f(0) = bad! (total - small)! / ((bad - small)! total!)
  const double log_first = small * portable::Log1p(-large / (total - small + 0.5)) +
                           FactorialRatioRest(bad - small, small) - FactorialRatioRest(total - small, small);
  const double first = portable::Exp(log_first);
  constexpr double kSteps = 120;  // as for the binomial, whose tail is the longer one
  const double last = std::min(small, kSteps);
  while (true) {
    double u = rng.NextUniform(), probability = first;
    for (double k = 0;; ++k) {
      if (u <= probability) return static_cast<std::int64_t>(k);
      if (k == last) break;
      u -= probability;
      probability *= (large - k) * (small - k) / ((k + 1) * (bad - small + k + 1));
    }
  }
}

/// log(f(m + d) / f(m)), f the probabilities of `draws` from good + bad.
inline double LogHypergeometricRatio(double good, double bad, double draws, double m, double d) {
  const double a = good - m, b = draws - m, c = bad - b;
  return d * portable::Log((a + 0.5) * (b + 0.5) / ((m + 0.5) * (c + 0.5))) - FactorialRatioRest(m, d) -
         FactorialRatioRest(a, -d) - FactorialRatioRest(b, -d) - FactorialRatioRest(c, d);
}

/// The rectangle of HRUA* for good, draws <= total / 2.
struct HypergeometricHat {
  double centre, width, mode, end;

  HypergeometricHat(double total, double good, double draws) {
    constexpr double kD1 = 1.7155277699214135;  // 2 sqrt(2 / e)
    constexpr double kD2 = 0.8989161620588988;  // 3 - 2 sqrt(3 / e)
    const double share = good / total, rest = (total - good) / total;
    const double variance = (total - draws) * draws * share * rest / (total - 1);
    centre = draws * share + 0.5;
    width = kD1 * std::sqrt(variance + 0.5) + kD2;
    mode = std::floor((draws + 1) * ((good + 1) / (total + 2)));
    end = std::min(draws, good) + 1;
  }
};

/// By ratio of uniforms: Stadlober, "The ratio of uniforms approach for generating discrete random variates"
/// (J. Comput. Appl. Math. 31, 1990), algorithm HRUA*. About 2.6 uniforms.
template <UniformSource Rng>
std::int64_t HypergeometricByRejection(Rng& rng, double total, double good, double draws) {
  const HypergeometricHat hat(total, good, draws);
  while (true) {
    const double u = rng.NextUniform();
    const double x = hat.centre + hat.width * (rng.NextUniform() - 0.5) / u;
    if (!(x >= 0 && x < hat.end)) continue;
    const double k = std::floor(x);
    const double t = LogHypergeometricRatio(good, total - good, draws, hat.mode, k - hat.mode);
    // Accept when 2 log u <= t; first by two bounds of the logarithm.
    if (u * (4 - u) - 3 <= t) return static_cast<std::int64_t>(k);
    if (u * (u - t) >= 1) continue;
    if (2 * portable::Log(u) <= t) return static_cast<std::int64_t>(k);
  }
}

}  // namespace variates_detail

/// A hypergeometric variate: how many of `draws` objects, taken without replacement from good + bad, are
/// good. Requires non-negative counts, good + bad < 2^31 and draws <= good + bad. Inversion for small means,
/// else rejection: cost 50 to 300 ns, whatever the counts.
template <UniformSource Rng>
std::int64_t HypergeometricVariate(Rng& rng, std::int64_t good, std::int64_t bad, std::int64_t draws) {
  const std::int64_t total = good + bad;
  const std::int64_t rarer = std::min(good, bad), taken = std::min(draws, total - draws);
  if (rarer == 0 || taken == 0) return good == 0 || draws == 0 ? 0 : bad == 0 ? draws : good;
  const auto n = static_cast<double>(total), g = static_cast<double>(rarer), d = static_cast<double>(taken);
  std::int64_t k = g * d < 10 * n ? variates_detail::HypergeometricByInversion(rng, n, g, d)
                                  : variates_detail::HypergeometricByRejection(rng, n, g, d);
  // Back from the rarer kind and the smaller part to those asked for.
  if (good > bad) k = taken - k;
  return taken < draws ? good - k : k;
}

}  // namespace scoring_bias
