#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/named.h"
#include "kernels/base/status.h"

namespace scoring_bias {

/// How the threshold for a target FPR is read off n normal scores, with s_(1) <= ... <= s_(n) and
/// m = floor(fpr * n) tolerated false alarms (Ye, Chen and Zheng, IJCAI 2021, Algorithm 1):
/// - kInverseCdf: s_(n-m), the left inverse of the ECDF at 1 - fpr: the smallest value whose empirical FPR is
///   at most fpr, hence the largest recall the constraint allows;
/// - kSupremum: s_(floor((1 - fpr) n) + 1), the supremum of the values u with F(u) <= 1 - fpr, as the paper
///   writes it; one rank higher than kInverseCdf when fpr * n is an integer, the same otherwise;
/// - kLinear: linear interpolation at position (n - 1)(1 - fpr) of the sorted scores (Hyndman and Fan 1996,
///   definition 7), as the paper's reference program computed it;
/// - kCertified: s_(n-c), c the largest number for which the true FPR exceeds the target with probability
///   `delta` at most, whatever the continuous law of the scores. That FPR is Beta(c + 1, n - c), so the
///   condition is P(Bin(n, fpr) <= c) <= delta (Tong, Feng and Li, Science Advances 4, 2018, Proposition 1).
/// Ranks follow MultiplyRank (rank_arithmetic.h), free of binary rounding.
enum class ThresholdRule { kInverseCdf, kSupremum, kLinear, kCertified };

template <>
inline constexpr Named<ThresholdRule> kNamed<ThresholdRule>[] = {{ThresholdRule::kInverseCdf, "inverse-cdf"},
                                                                 {ThresholdRule::kSupremum, "supremum"},
                                                                 {ThresholdRule::kLinear, "linear"},
                                                                 {ThresholdRule::kCertified, "certified"}};

/// A rule with its parameter; a rule alone converts to it.
struct ThresholdDefinition {
  // NOLINTNEXTLINE(google-explicit-constructor): the rules without a parameter are definitions already.
  ThresholdDefinition(ThresholdRule rule_in = ThresholdRule::kInverseCdf, double delta_in = 0)
      : rule(rule_in), delta(delta_in) {}

  ThresholdRule rule;
  double delta;  // of kCertified, in (0, 1)
};

/// A place among n values counted from the largest: the value is that number `index` (0 is the largest),
/// moved the fraction `weight` in [0, 1) of the way to number index + 1.
struct TopRank {
  std::size_t index;
  double weight;
};

/// Where the threshold for a target FPR in (0, 1) stands among n >= 1 normal scores. O(1), for kCertified
/// O(log n) binomial probabilities, about 50 us; where n is below FewestCertified it is the largest score.
TopRank ThresholdRank(ThresholdDefinition definition, double fpr, std::size_t n);

/// The least n for which even the largest of n normal scores keeps the true FPR at most `fpr` with
/// probability 1 - delta: (1 - fpr)^n <= delta. 59 for 0.05 and 0.05. Requires both in (0, 1). Past 2^53 the
/// next double, infinity where there is none. Ends after a few steps for all.
double FewestCertified(double fpr, double delta);

/// The value the fraction `weight` in [0, 1] of the way from `upper` down to `lower`, never NaN: an infinite
/// neighbour that the weight touches is the result, +Inf before -Inf (the choice that raises fewer false
/// alarms).
double Interpolate(double upper, double lower, double weight);

/// The thresholds of many target FPRs from one sorted sample.
///
/// Inputs: `sorted`, n >= 1 normal scores ascending, without NaN; `fprs`, F targets in (0, 1). Outputs, of
/// length F: `thresholds`, and `tolerated`, each target's m = floor(fpr * n), which is 0 when n is too small
/// for it. A sample is flagged when its score is strictly greater than the threshold.
///
/// Errors: kEmptySample; kOutOfRange with the index of the target; kLengthMismatch. O(F). No allocation.
template <typename T>
Status Thresholds(std::span<const T> sorted, std::span<const double> fprs, ThresholdDefinition definition,
                  std::span<double> thresholds, std::span<std::uint32_t> tolerated);

/// Counts, for each threshold, the scores strictly above it: flagged[t] = #{i : scores[i] > thresholds[t]}.
///
/// Up to kScanThresholds thresholds read the scores once each, about 0.5 ms for 10^6 floats, and allocate
/// nothing; more are searched in a sorted copy, O(n + T log n).
///
/// Errors: kNotANumber with array 0 (scores) or 1 (thresholds) and the index; kLengthMismatch; kOutOfRange
/// beyond kMaxSortLength scores; kOutOfMemory. Thread safe.
template <typename T>
Status CountAbove(std::span<const T> scores, std::span<const double> thresholds,
                  std::span<std::uint32_t> flagged);

inline constexpr std::size_t kScanThresholds = 16;

extern template Status Thresholds(std::span<const float>, std::span<const double>, ThresholdDefinition,
                                  std::span<double>, std::span<std::uint32_t>);
extern template Status Thresholds(std::span<const double>, std::span<const double>, ThresholdDefinition,
                                  std::span<double>, std::span<std::uint32_t>);
extern template Status CountAbove(std::span<const float>, std::span<const double>, std::span<std::uint32_t>);
extern template Status CountAbove(std::span<const double>, std::span<const double>, std::span<std::uint32_t>);

}  // namespace scoring_bias
