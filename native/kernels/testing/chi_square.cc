#include "kernels/testing/chi_square.h"

#include <cmath>

#include "kernels/base/constants.h"
#include "kernels/special/tail.h"

namespace scoring_bias {
namespace {

constexpr double kInverseTwoPi = 0.15915494309189533577;
constexpr double kEpsilon = 0x1p-53;

// From this shape on quadrature is faster than series and continued fraction.
constexpr double kLargeShape = 500;

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

}  // namespace

Tails GammaTails(double x, double a) {
  if (!(a > 0 && x >= 0) || std::isinf(a)) return {kNan, kNan};
  if (x == 0) return {0, 1};
  if (std::isinf(x)) return {1, 0};
  const double density = 0.5 * std::log(a * kInverseTwoPi) - StirlingError(a) - Deviance(a, x, a - x);
  const auto tail = [&](double ratio) { return std::exp(density + std::log(ratio)); };
  if (a >= kLargeShape ? x <= a : x < a + 1) {
    const double lower = tail(a >= kLargeShape ? TailByQuadrature(a, x, -1) : Series(a, x));
    return {lower, 1 - lower};
  }
  const double upper = tail(a >= kLargeShape ? TailByQuadrature(a, x, 1) : ContinuedFraction(a, x));
  return {1 - upper, upper};
}

Tails ChiSquareTails(double x, double df) { return GammaTails(0.5 * x, 0.5 * df); }

}  // namespace scoring_bias
