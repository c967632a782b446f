#include "kernels/special/gamma.h"

#include <array>
#include <cmath>
#include <utility>

#include "kernels/base/constants.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

constexpr double kHalfLogTwoPi = 0.91893853320467274178;

// From here on eight terms of Stirling's series leave an error below 2e-17.
constexpr double kStirlingFrom = 10;

double StirlingSeries(double x) {
  // B(2 k) / (2 k (2 k - 1)), k = 1, ..., 8.
  constexpr std::array<double, 8> kTerms = {1.0 / 12,   -1.0 / 360,        1.0 / 1260,  -1.0 / 1680,
                                            1.0 / 1188, -691.0 / 360360.0, 1.0 / 156.0, -3617.0 / 122400.0};
  const double inverse = 1 / x, square = inverse * inverse;
  double sum = 0;
  for (auto term = kTerms.rbegin(); term != kTerms.rend(); ++term) sum = sum * square + *term;
  return sum * inverse;
}

/// log Gamma(2 + t) for |t| <= 1/2: t (1 - gamma) + sum over n >= 2 of (-t)^n (zeta(n) - 1) / n.
double LogGammaAboutTwo(double t) {
  constexpr double kOneMinusEuler = 0.42278433509846713939;
  // (zeta(n) - 1) / n, n = 2, ..., 27; the terms fall like 4^-n.
  constexpr std::array<double, 26> kTerms = {
      0.32246703342411321824,    0.067352301053198095133,  0.020580808427784547879,  0.0073855510286739852663,
      0.0028905103307415232858,  0.0011927539117032609771, 5.0966952474304242234e-4, 2.2315475845357937976e-4,
      9.9457512781808533715e-5,  4.49262367381331417e-5,   2.0507212775670691553e-5, 9.439488275268395904e-6,
      4.3748667899074878042e-6,  2.0392157538013662368e-6, 9.5514121304074198329e-7, 4.4924691987645660433e-7,
      2.1207184805554665869e-7,  1.0043224823968099609e-7, 4.7698101693639805658e-8, 2.271109460894316491e-8,
      1.0838659214896954091e-8,  5.1834750419700466551e-9, 2.4836745438024783172e-9, 1.1921401405860912074e-9,
      5.7313672416788620133e-10, 2.7595228851242331452e-10};
  double sum = 0;
  for (auto term = kTerms.rbegin(); term != kTerms.rend(); ++term) sum = *term - t * sum;
  return t * (kOneMinusEuler + t * sum);
}

}  // namespace

double LogGamma(double x) {
  if (!(x > 0)) return kNan;
  if (std::isinf(x)) return x;
  if (x >= kStirlingFrom) return (x - 0.5) * portable::Log(x) - x + (kHalfLogTwoPi + StirlingSeries(x));
  if (x < 0.5) return LogGammaAboutTwo(x) - portable::Log1p(x) - portable::Log(x);
  if (x < 1.5) return LogGammaAboutTwo(x - 1) - portable::Log1p(x - 1);
  double product = 1;
  for (; x > 2.5; product *= x) x -= 1;
  return LogGammaAboutTwo(x - 2) + portable::Log(product);
}

double StirlingError(double x) {
  if (x >= kStirlingFrom) return StirlingSeries(x);
  return LogGamma(x) - ((x - 0.5) * portable::Log(x) - x + kHalfLogTwoPi);
}

double LogBeta(double a, double b) {
  if (!(a > 0 && b > 0)) return kNan;
  if (a > b) std::swap(a, b);
  if (b < kStirlingFrom) return LogGamma(a) + LogGamma(b) - LogGamma(a + b);
  const double sum = a + b;
  const double correction = StirlingSeries(b) - StirlingSeries(sum);
  if (a < kStirlingFrom)
    return LogGamma(a) + correction + a - a * portable::Log(sum) + (b - 0.5) * portable::Log1p(-a / sum);
  return kHalfLogTwoPi + StirlingSeries(a) + correction - 0.5 * portable::Log(b) +
         (a - 0.5) * portable::Log(a / sum) + b * portable::Log1p(-a / sum);
}

double Deviance(double a, double m, double difference) {
  const double v = difference / (a + m);
  if (std::abs(v) < 0.5) {
    // With a / m = (1 + v) / (1 - v) the logarithm is 2 atanh(v): Loader's series, all of whose cancellation
    // is in its first term. It is used further out than his 0.1: the other branch subtracts too much there.
    const double square = v * v;
    double sum = difference * v, power = 2 * a * v;
    // 1 / 4 to the power of 28 is below an ulp.
    for (int odd = 3; odd < 60; odd += 2) {
      power *= square;
      const double next = sum + power / odd;
      if (next == sum) break;
      sum = next;
    }
    return sum;
  }
  if (a == 0) return m;
  const double ratio = a / m;
  const double logarithm = std::isinf(ratio) ? portable::Log(a) - portable::Log(m) : portable::Log(ratio);
  return a * logarithm - difference;
}

}  // namespace scoring_bias
