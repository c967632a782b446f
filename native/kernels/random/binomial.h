#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/random/variates.h"
#include "kernels/random/variates_factorial.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {

namespace variates_detail {

/// x rounded down, 0 <= x < 2^63: by conversion, which unlike std::floor is one instruction everywhere.
inline double Whole(double x) { return static_cast<double>(static_cast<std::int64_t>(x)); }

/// Up to here q^n by repeated squaring is faster than by the exponential of a logarithm, and accurate enough.
inline constexpr double kPowerBySquaringBelow = 512;

/// Where sequential search is the faster method, as measured. The rejection method is valid from n p = 10 on.
inline bool InversionIsFaster(double n, double p) { return n * p < (n < kPowerBySquaringBelow ? 20 : 10); }

inline double Power(double base, unsigned exponent) {
  double power = 1;
  for (; exponent != 0; exponent >>= 1) {
    power *= (exponent & 1) != 0 ? base : 1;
    base *= base;
  }
  return power;
}

/// A binomial variate by sequential search from 0, p <= 1/2, n p < 20: Kachitvichyanukul and
/// Schmeiser (CACM 1988), algorithm BINV. One uniform; about n p steps.
template <UniformSource Rng>
std::int64_t BinomialByInversion(Rng& rng, double n, double p) {
  // With a mean below 20 more than this many have a probability below 1e-50: where rounding makes the search
  // go on, it starts again.
  constexpr std::size_t kSteps = 120;
  static constexpr auto kInverse = [] {
    std::array<double, kSteps + 1> inverse{};
    for (std::size_t i = 1; i <= kSteps; ++i) inverse[i] = 1 / static_cast<double>(i);
    return inverse;
  }();
  double u = rng.NextUniform();
  // Bernoulli's inequality: q^n is at least this.
  if (u <= 1 - n * p) return 0;
  const double q = 1 - p, odds = p / q, scale = (n + 1) * odds;
  const double first =
      n < kPowerBySquaringBelow ? Power(q, static_cast<unsigned>(n)) : portable::Exp(n * portable::Log1p(-p));
  const auto last = static_cast<std::size_t>(std::min(n, static_cast<double>(kSteps)));
  while (true) {
    double probability = first;
    for (std::size_t k = 0;; ++k) {
      if (u <= probability) return static_cast<std::int64_t>(k);
      if (k == last) break;
      u -= probability;
      probability *= scale * kInverse[k + 1] - odds;
    }
    u = rng.NextUniform();
  }
}

/// The hat of BTRD for Bin(n, p), p <= 1/2, with Hormann's constants. His v_r = 0.92 - 4.2 / b and
/// alpha = (2.83 + 5.1 / b) sqrt(n p q) are kept times b: the algorithm then divides only where it must.
struct BinomialHat {
  double n, p, q, npq, b, a, centre, v_r_b, alpha_b;

  BinomialHat(double n_in, double p_in) : n(n_in), p(p_in), q(1 - p_in) {
    npq = n * p * q;
    const double root = std::sqrt(npq);
    b = 1.15 + 2.53 * root;
    a = -0.0873 + 0.0248 * b + 0.01 * p;
    centre = n * p + 0.5;
    v_r_b = 0.92 * b - 4.2;
    alpha_b = (2.83 * b + 5.1) * root;
  }

  /// The value that u in (-1/2, 1/2) is mapped to, before rounding down.
  double Transform(double u) const { return (2 * a / (0.5 - std::abs(u)) + b) * u + centre; }
};

/// log(f(k) / f(m)), f the probabilities of Bin(n, p), k = m + d.
inline double LogBinomialRatio(double n, double p, double q, double m, double d) {
  const double rest = n - m;
  return d * portable::Log(p * (rest + 0.5) / (q * (m + 0.5))) - FactorialRatioRest(m, d) -
         FactorialRatioRest(rest, -d);
}

/// Whether log(f(k) / f(m)), k = m + d, is at least log_v; |d| > 15.
inline bool AcceptBinomial(const BinomialHat& hat, double m, double d, double log_v) {
  // The squeeze of Kachitvichyanukul and Schmeiser (1988) holds for |d| < n p q / 2 - 1.
  const double distance = std::abs(d);
  if (distance < 0.5 * hat.npq - 1) {
    const double rho = distance / hat.npq * ((distance * (distance / 3 + 0.625) + 1.0 / 6) / hat.npq + 0.5);
    const double t = -distance * distance / (2 * hat.npq);
    if (log_v < t - rho) return true;
    if (log_v > t + rho) return false;
  }
  return log_v <= LogBinomialRatio(hat.n, hat.p, hat.q, m, d);
}

/// A binomial variate by transformed rejection with decomposition, p <= 1/2, n p >= 10: Hormann,
/// "The generation of binomial random variates" (J. Statist. Comput. Simul. 46, 1993), algorithm BTRD; the
/// final comparison is by LogBinomialRatio, not by Stirling sums of logarithms. 1.2 to 1.9 uniforms.
template <UniformSource Rng>
std::int64_t BinomialByRejection(Rng& rng, double n, double p) {
  const BinomialHat hat(n, p);
  while (true) {
    double v = rng.NextUniform();
    const double in_box = v * hat.b / hat.v_r_b;
    // Inside the box |u| <= 0.43, v <= v_r everything is accepted, and what is left of v serves as u.
    if (in_box <= 0.86) return static_cast<std::int64_t>(hat.Transform(in_box - 0.43));
    double u;
    if (in_box >= 1) {
      u = rng.NextUniform() - 0.5;
    } else {
      u = in_box - 0.93;
      u = (u < 0 ? -0.5 : 0.5) - u;
      v = rng.NextUniform() * hat.v_r_b / hat.b;
    }
    const double x = hat.Transform(u);
    if (!(x >= 0 && x < n + 1)) continue;
    const double k = Whole(x);
    // Accept when v alpha / (a / us^2 + b) <= f(k) / f(m), m the mode.
    const double square = (0.5 - std::abs(u)) * (0.5 - std::abs(u));
    const double left = v * hat.alpha_b * square, right = (hat.a + hat.b * square) * hat.b;
    const double m = Whole((n + 1) * p);
    const double d = k - m;
    bool accept;
    if (std::abs(d) <= 15) {
      // f(i) / f(i - 1) = p (n + 1 - i) / (q i); the factors on either side stay far from overflow.
      double numerator = 1, denominator = 1;
      for (double i = std::min(k, m) + 1, end = std::max(k, m); i <= end; ++i) {
        numerator *= p * (n + 1 - i);
        denominator *= hat.q * i;
      }
      accept = d >= 0 ? left * denominator <= right * numerator : left * numerator <= right * denominator;
    } else {
      accept = AcceptBinomial(hat, m, d, portable::Log(left / right));
    }
    if (accept) return static_cast<std::int64_t>(k);
  }
}

}  // namespace variates_detail

/// A binomial variate: the number of successes in n trials, 0 <= n < 2^31, 0 <= p <= 1.
/// Sequential search for small means of the rarer outcome, else rejection: 15 to 70 ns, whatever n, with
/// nothing to prepare when the parameters change.
template <UniformSource Rng>
std::int64_t BinomialVariate(Rng& rng, std::int64_t n, double p) {
  if (n == 0 || p == 0) return 0;
  if (p == 1) return n;
  const bool flip = p > 0.5;
  const double rarer = flip ? 1 - p : p;
  const auto trials = static_cast<double>(n);
  const std::int64_t k = variates_detail::InversionIsFaster(trials, rarer)
                             ? variates_detail::BinomialByInversion(rng, trials, rarer)
                             : variates_detail::BinomialByRejection(rng, trials, rarer);
  return flip ? n - k : k;
}

}  // namespace scoring_bias
