#include "kernels/special/normal.h"

#include <cmath>

namespace scoring_bias {
namespace {

constexpr double kInverseRootTwoPi = 0.39894228040143267794;

/// Phi(-x) for any x.
double UpperTail(double x) {
  constexpr double kRootHalf = 0.70710678118654752440, kRootHalfLow = -4.833646656726457e-17;
  const double z = x * kRootHalf;
  const double rounded_off = std::fma(x, kRootHalf, -z) + x * kRootHalfLow;
  const double value = 0.5 * std::erfc(z);
  // The first derivative does for the rest; below x = 1 it is less than half an ulp.
  return x < 1 || value == 0 ? value : value - rounded_off * 0.56418958354775628695 * std::exp(-z * z);
}

}  // namespace

double NormalDensity(double x) { return kInverseRootTwoPi * std::exp(-0.5 * x * x); }

Tails NormalTails(double x) { return {UpperTail(-x), UpperTail(x)}; }

}  // namespace scoring_bias
