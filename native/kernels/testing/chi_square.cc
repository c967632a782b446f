#include "kernels/testing/chi_square.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/special/normal.h"
#include "kernels/special/tail.h"

namespace scoring_bias {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kInverseTwoPi = 0.15915494309189533577;
constexpr double kEpsilon = 0x1p-53;

// From this shape on quadrature is faster than series and continued fraction.
constexpr double kLargeShape = 500;

/// The logarithms of P and Q, and of x times the density.
struct LogTails {
  double lower, upper, density;
};

/// P(a, x) over x^a e^-x / Gamma(a): the sum of x^n / (a (a + 1) ... (a + n)).
double Series(double a, double x) {
  double sum = 1, term = 1;
  for (int n = 1;; ++n) {
    term *= x / (a + n);
    const double next = sum + term;
    if (next == sum) return sum / a;
    sum = next;
  }
}

/// Q(a, x) over x^a e^-x / Gamma(a), by the modified Lentz method.
double ContinuedFraction(double a, double x) {
  double b = x + 1 - a, c = b, d = 0, value = b;
  for (int n = 1;; ++n) {
    const double alpha = n * (a - n);
    b += 2;
    d = 1 / (b + alpha * d);
    c = b + alpha / c;
    const double factor = c * d;
    value *= factor;
    if (std::abs(factor - 1) <= 2 * kEpsilon) return 1 / value;
  }
}

/// The tail of the density on the side of `sign` (-1: below x) over x^a e^-x / Gamma(a).
double TailByQuadrature(double a, double x, double sign) {
  const auto at = [&](double d) { return x + sign * d; };
  return special_detail::IntegrateTail([&](double d) { return Deviance(a, at(d), (a - x) - sign * d); },
                                       [&](double d) { return sign * (1 - a / at(d)); },
                                       [&](double d) { return 1 / at(d); }, a / (x * x),
                                       sign < 0 ? x : kInfinity);
}

LogTails Evaluate(double a, double x) {
  const double density = 0.5 * std::log(a * kInverseTwoPi) - StirlingError(a) - Deviance(a, x, a - x);
  const auto complement = [](double log_tail) { return std::log1p(-std::exp(log_tail)); };
  if (a >= kLargeShape ? x <= a : x < a + 1) {
    const double lower = density + std::log(a >= kLargeShape ? TailByQuadrature(a, x, -1) : Series(a, x));
    return {lower, complement(lower), density};
  }
  const double upper =
      density + std::log(a >= kLargeShape ? TailByQuadrature(a, x, 1) : ContinuedFraction(a, x));
  return {complement(upper), upper, density};
}

}  // namespace

Tails GammaTails(double x, double a) {
  if (!(a > 0 && x >= 0) || std::isinf(a)) return {kNan, kNan};
  if (x == 0) return {0, 1};
  if (std::isinf(x)) return {1, 0};
  const LogTails tails = Evaluate(a, x);
  return {std::exp(tails.lower), std::exp(tails.upper)};
}

Tails ChiSquareTails(double x, double df) { return GammaTails(0.5 * x, 0.5 * df); }

double ChiSquareQuantile(double p, double df) {
  if (!(p >= 0 && p <= 1 && df > 0) || std::isinf(df)) return kNan;
  if (p == 0) return 0;
  if (p == 1) return kInfinity;
  const double a = 0.5 * df;
  const bool is_lower = p <= 0.5;
  const double target = is_lower ? std::log(p) : std::log1p(-p);
  // P ~ x^a / Gamma(a + 1): where x is so small that this is exact, it also reaches below the range of
  // double.
  const double log_x = (std::log(p) + LogGamma(a) + std::log(a)) / a;
  if (log_x < -40) return 2 * std::exp(log_x);
  // Otherwise from Wilson and Hilferty (1931).
  const double root = 1 - 1 / (9 * a) + NormalQuantile(p) / (3 * std::sqrt(a));
  double x = root > 0.2 ? a * root * root * root : std::exp(std::min(log_x, std::log(a)));
  for (int step = 0; step < 200; ++step) {
    const LogTails tails = Evaluate(a, x);
    const double tail = is_lower ? tails.lower : tails.upper;
    const double gap = target - tail;
    const double slope = std::exp(tails.density - tail);
    x *= std::exp((is_lower ? gap : -gap) / slope);
    if (std::abs(gap) < 1e-8) break;
  }
  return 2 * x;
}

}  // namespace scoring_bias
