#include "kernels/special/beta.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/base/constants.h"
#include "kernels/special/elementary.h"
#include "kernels/special/tail.h"

namespace scoring_bias {
namespace {

constexpr double kEpsilon = 0x1p-53;

// What is answered: larger ones have neighbours more than 1 apart, and smaller ones concern nobody.
constexpr double kLeastParameter = 1e-10, kMostParameter = 0x1p53;

// Series and fractions end far sooner for all parameters that are tested: this bounds the time of all others.
constexpr int kMostTerms = 100000;

// Both parameters at least this: quadrature is faster than the continued fraction and no less accurate.
constexpr double kLargeParameters = 500;

/// A positive number that may be far below the range of double: factor exp(-exponent).
struct Scaled {
  double exponent, factor;

  double Value() const { return factor * portable::Exp(-exponent); }
  double Log() const { return portable::Log(factor) - exponent; }
};

/// The parameters and what does not depend on the argument: x^a y^b / B(a, b) = root exp(-exponent).
struct Beta {
  double a, b, sum, sum_error, root;

  Beta(double a_in, double b_in) : a(a_in), b(b_in), sum(a + b) {
    const double b_rounded = sum - a;
    sum_error = (a - (sum - b_rounded)) + (b - b_rounded);
    root = std::sqrt(a / sum * (b / kTwoPi)) *
           portable::Exp(StirlingError(sum) - StirlingError(a) - StirlingError(b));
  }

  Beta Exchanged() const {
    Beta beta = *this;
    std::swap(beta.a, beta.b);
    return beta;
  }

  /// a - (a + b) x = a y - b x, rounded once or so: this difference is all that the tails depend on when the
  /// parameters are large, and rounding (a + b) x would spoil it.
  double Excess(UnitPoint point) const {
    return point.x <= point.y ? std::fma(-sum, point.x, a) - sum_error * point.x
                              : std::fma(sum, point.y, -b) + sum_error * point.y;
  }

  double Exponent(UnitPoint point, double excess) const {
    return Deviance(a, sum * point.x, excess) + Deviance(b, sum * point.y, -excess);
  }
};

/// I_x(a, b) B(a, b) / (x^a y^b), for b x not large: y^-b times the hypergeometric series of Didonato and
/// Morris, "Algorithm 708" (ACM TOMS 1992), section 2.
double PowerSeries(double x, double a, double b) {
  double sum = 1, term = 1;
  for (int n = 1; n < kMostTerms; ++n) {
    term *= (n - b) * x / n;
    const double next = sum + term * a / (a + n);
    if (next == sum) break;
    sum = next;
  }
  return sum / a * portable::Exp(-b * portable::Log1p(-x));
}

/// I_x(a, b) B(a, b) / (x^a y^b) for excess = a y - b x >= 0: eq. 9 of Didonato and Morris, all of whose
/// elements are positive while n < b, by the modified Lentz method (Thompson and Barnett 1986).
double ContinuedFraction(double x, double a, double b, double excess) {
  double c = a * (excess + 1) / (a + 1);
  double value = c, d = 0;
  for (int n = 1; n < kMostTerms; ++n) {
    const double even = a + 2.0 * n;
    const double alpha = (a + n - 1) / (even - 1) * ((a + b + n - 1) / (even - 1)) * n * (b - n) * x * x;
    const double beta = n + n * (b - n) * x / (even - 1) + (a + n) / (even + 1) * (excess + 1 + n * (2 - x));
    d = 1 / (beta + alpha * d);
    c = beta + alpha / c;
    const double factor = c * d;
    value *= factor;
    if (std::abs(factor - 1) <= 2 * kEpsilon) break;
  }
  return 1 / value;
}

/// The terms of the power series fall fast and hardly alternate.
bool InPowerSeriesRange(double x, double b) { return x <= 0.7 && b * x <= 0.7; }

/// I_x(a, b), for a point at or below the mean or within the power series' range.
Scaled LowerTail(UnitPoint point, const Beta& beta, double excess) {
  const auto [x, y] = point;
  const double a = beta.a, b = beta.b;
  const double exponent = beta.Exponent(point, excess);
  if (std::min(a, b) >= kLargeParameters) {
    const auto at = [&](double d) { return UnitPoint{x - d, y + d}; };
    const double integral = special_detail::IntegrateTail(
        [&](double d) { return beta.Exponent(at(d), excess + beta.sum * d); },
        [&](double d) { return (excess + beta.sum * d) / (at(d).x * at(d).y); },
        [&](double d) { return 1 / (at(d).x * at(d).y); }, a / (x * x) + b / (y * y), x);
    return {exponent, beta.root * integral};
  }
  if (InPowerSeriesRange(x, b)) return {exponent, beta.root * PowerSeries(x, a, b)};
  return {exponent, beta.root * ContinuedFraction(x, a, b, excess)};
}

/// One of the two tails, and which: the one that does not hold the mean. Only next to an end of the interval
/// where the density is unbounded is it the one at that end: the fraction for the other would hardly
/// converge, while it is not so small that the complement loses more than a factor 1 / b.
struct OneTail {
  Scaled tail;
  bool is_lower;
};

OneTail ComputeOneTail(UnitPoint point, const Beta& beta) {
  const double excess = beta.Excess(point);
  const bool singular_at_0 = beta.a < 1 && InPowerSeriesRange(point.x, beta.b);
  const bool singular_at_1 = beta.b < 1 && InPowerSeriesRange(point.y, beta.a);
  if (excess >= 0 ? !singular_at_1 : singular_at_0) return {LowerTail(point, beta, excess), true};
  return {LowerTail({point.y, point.x}, beta.Exchanged(), -excess), false};
}

bool Valid(double parameter) { return parameter >= kLeastParameter && parameter <= kMostParameter; }
bool Valid(double a, double b) { return Valid(a) && Valid(b); }
bool Valid(UnitPoint point) { return point.x >= 0 && point.y >= 0; }

/// Newton's method for log I_x(a, b) = log p as a function of log(x / y).
UnitPoint SolveByNewton(double p, const Beta& beta, double first_logit) {
  const double target = portable::Log(p);
  const double odds = portable::Exp(first_logit);
  UnitPoint point{odds / (1 + odds), 1 / (1 + odds)};
  for (int step = 0; step < 200; ++step) {
    const auto [tail, is_lower] = ComputeOneTail(point, beta);
    double gap, slope;
    if (is_lower) {
      gap = target - tail.Log();
      slope = beta.root / tail.factor;
    } else {
      const double lower = 1 - tail.Value();
      gap = target - portable::Log(lower);
      slope = beta.root * portable::Exp(-tail.exponent) / lower;
    }
    // x and y move together, each by a factor, so that neither loses its relative accuracy.
    const double up = portable::Exp(0.5 * gap / slope), down = 1 / up;
    const double total = point.x * up + point.y * down;
    point = {point.x * up / total, point.y * down / total};
    // The error after a step is at most about the square of the gap before it.
    if (std::abs(gap) < 1e-8) break;
  }
  return point;
}

UnitPoint Exchange(UnitPoint point) { return {point.y, point.x}; }

/// The point with I_x(a, b) = p and I_y(b, a) = q, p + q = 1.
UnitPoint Quantile(double p, double q, double a, double b) {
  if (!Valid(a, b) || !(p >= 0 && q >= 0)) return {kNan, kNan};
  if (p == 0) return {0, 1};
  if (q == 0) return {1, 0};
  // I_x ~ x^a / (a B(a, b)): where x is so small that this is exact, it also reaches below the range of
  // double.
  const double log_beta = LogBeta(a, b);
  const double log_x = (portable::Log(p) + portable::Log(a) + log_beta) / a;
  const double log_y = (portable::Log(q) + portable::Log(b) + log_beta) / b;
  constexpr double kExact = -40;
  if (log_x < kExact - portable::Log1p(b)) return {portable::Exp(log_x), 1};
  if (log_y < kExact - portable::Log1p(a)) return {1, portable::Exp(log_y)};
  const double logit_mean = portable::Log(a / b);
  if (p <= q) return SolveByNewton(p, Beta(a, b), std::min(log_x, logit_mean));
  return Exchange(SolveByNewton(q, Beta(b, a), std::min(log_y, -logit_mean)));
}

}  // namespace

Tails BetaTails(UnitPoint point, double a, double b) {
  if (!Valid(a, b) || !Valid(point)) return {kNan, kNan};
  if (point.x == 0) return {0, 1};
  if (point.y == 0) return {1, 0};
  // Too far out for squares of the point, where the tail has long been too small for a double.
  if (std::min(a, b) >= kLargeParameters && std::min(point.x, point.y) < 1e-150) {
    return point.x < point.y ? Tails{0, 1} : Tails{1, 0};
  }
  const auto [tail, is_lower] = ComputeOneTail(point, Beta(a, b));
  const double value = tail.Value();
  return is_lower ? Tails{value, 1 - value} : Tails{1 - value, value};
}

Tails BetaTails(double x, double a, double b) { return BetaTails(UnitPoint{x, 1 - x}, a, b); }

UnitPoint BetaQuantile(double p, double a, double b) { return Quantile(p, 1 - p, a, b); }

UnitPoint BetaQuantileUpper(double q, double a, double b) { return Quantile(1 - q, q, a, b); }

}  // namespace scoring_bias
