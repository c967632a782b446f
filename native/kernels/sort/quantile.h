#pragma once

#include <span>

#include "kernels/base/named.h"
#include "kernels/base/status.h"

namespace scoring_bias {

/// The sample quantiles of Hyndman and Fan, "Sample quantiles in statistical packages" (The American
/// Statistician, 1996), numbered as there (and in R's `type`). With 1-based order statistics, j = floor(n p +
/// m), g = n p + m - j:
/// - kInverseCdf (1): the smallest x with F(x) >= p;
/// - kAveragedInverseCdf (2): as 1, averaged with the next value where F(x) = p;
/// - kClosestObservation (3): the order statistic nearest to n p, ties to the even one;
/// - the others interpolate, (1 - g) x_(j) + g x_(j+1), with m =
///   kInterpolatedInverseCdf (4): 0; kHazen (5): 1/2; kWeibull (6): p; kLinear (7): 1 - p;
///   kMedianUnbiased (8): (p + 1)/3; kNormalUnbiased (9): p/4 + 3/8.
enum class QuantileRule {
  kInverseCdf,
  kAveragedInverseCdf,
  kClosestObservation,
  kInterpolatedInverseCdf,
  kHazen,
  kWeibull,
  kLinear,
  kMedianUnbiased,
  kNormalUnbiased
};

template <>
inline constexpr Named<QuantileRule> kNamed<QuantileRule>[] = {
    {QuantileRule::kInverseCdf, "inverse-cdf"},
    {QuantileRule::kAveragedInverseCdf, "averaged-inverse-cdf"},
    {QuantileRule::kClosestObservation, "closest-observation"},
    {QuantileRule::kInterpolatedInverseCdf, "interpolated-inverse-cdf"},
    {QuantileRule::kHazen, "hazen"},
    {QuantileRule::kWeibull, "weibull"},
    {QuantileRule::kLinear, "linear"},
    {QuantileRule::kMedianUnbiased, "median-unbiased"},
    {QuantileRule::kNormalUnbiased, "normal-unbiased"}};

/// Quantiles of `sorted` (n >= 1 values, ascending, without NaN) at `probabilities` in [0, 1].
///
/// Ranks follow MultiplyRank (rank_arithmetic.h): definition 1 at p = k/n is exactly x_(k), so it inverts
/// Ecdf. Interpolation with an infinite neighbour follows Interpolate (threshold.h).
///
/// Errors: kEmptySample; kOutOfRange with array 1 and the index of the probability; kLengthMismatch. O(1) a
/// probability, no allocation, thread safe.
template <typename T>
Status Quantiles(std::span<const T> sorted, std::span<const double> probabilities, QuantileRule rule,
                 std::span<double> quantiles);

extern template Status Quantiles(std::span<const float>, std::span<const double>, QuantileRule,
                                 std::span<double>);
extern template Status Quantiles(std::span<const double>, std::span<const double>, QuantileRule,
                                 std::span<double>);

}  // namespace scoring_bias
