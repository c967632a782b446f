#pragma once

#include <array>

#include "kernels/special/gamma.h"

namespace scoring_bias::variates_detail {

/// log x! - ((x + 1/2) log(x + 1/2) - (x + 1/2) + log(2 pi) / 2) for an integer x >= 0: Stirling's series
/// about the half-integer, which has no term in log x outside.
inline double HalfStirlingError(double x) {
  constexpr std::array<double, 8> kSmall = {-0.072364942924700087072,  -0.027136195366919314747,
                                            -0.016518182330115095322,  -0.011849453710405725876,
                                            -0.0092329883499604523131, -0.0075612977339655380785,
                                            -0.0064014710549160198558, -0.0055498262062441159556};
  if (x < kSmall.size()) return kSmall[static_cast<std::size_t>(x)];
  const double inverse = 1 / (x + 0.5), square = inverse * inverse;
  // B(2 k)(1/2) / (2 k (2 k - 1)), k = 1, ..., 6: the next term is below 6e-15.
  constexpr std::array<double, 6> kTerms = {-1.0 / 24,       7.0 / 2880,      -31.0 / 40320,
                                            127.0 / 215040., -511.0 / 608256, 1414477.0 / 738017280.};
  double sum = 0;
  for (auto term = kTerms.rbegin(); term != kTerms.rend(); ++term) sum = sum * square + *term;
  return sum * inverse;
}

/// log((x + e)! / x!) - e log(x + 1/2) for integers x, x + e >= 0: about e^2 / (2 x). Probability ratios are
/// sums of these, plus e times the logarithm of a product that is nearly 1; logarithms of factorials
/// themselves would cancel to an absolute error of 1e-6 at 2^31.
inline double FactorialRatioRest(double x, double e) {
  return Deviance(x + e + 0.5, x + 0.5, e) + (HalfStirlingError(x + e) - HalfStirlingError(x));
}

}  // namespace scoring_bias::variates_detail
