#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {

// The ideal bootstrap (Efron, "Bootstrap methods: another look at the jackknife", Ann. Statist. 7, 1979): the
// law that replicates of bootstrap_direct.h approach as their number grows, computed instead of drawn.
// Probabilities below 1e-20 are left out where a law has infinitely small tails; the rest sum to 1 within
// 1e-12. All are thread safe.

/// A law on the integers first, first + 1, ...
struct DiscreteLaw {
  std::int64_t first = 0;
  std::vector<double> probabilities;
};

/// The law of the place, counted from the largest (0), at which a resample of n distinct values has its
/// number `index` from the largest. Drawing a value is drawing a uniform variate, that of place t when it
/// lies in (t / n, (t + 1) / n]; the order statistic of n of those is Beta(index + 1, n - index).
///
/// Requires index < n. Time: 1 us for each of the 19 sqrt(index + 1) places or so that it spans. Memory: 8
/// bytes each. Polls `control` at each. Errors: kOutOfMemory, kAborted.
Status OrderStatisticLaw(std::size_t index, std::size_t n, const JobControl& control, DiscreteLaw& law);

/// Adds weight times Bin(n, c / n) to the law, from the mode c outwards, as far as Bernstein's inequality
/// leaves more than 1e-20 beyond; law.size() = n + 1.
void AddBinomial(std::int64_t c, std::int64_t n, double weight, std::span<double> law);

/// What the samples themselves say, and the moments of the ideal bootstrap.
struct IdealReadings {
  double threshold = 0;
  double fpr = 0;                       // the fraction of the normal scores strictly above the threshold
  double tpr = 0;                       // the same of the anomalous ones
  double mean = 0, standard_error = 0;  // of the TPR of a resample
};

/// One detector's TPR at a re-estimated threshold: writes to law[j] the probability that j of the n1
/// anomalies of a resample are flagged, law.size() = n1 + 1.
///
/// The threshold of a normal resample flags c of the anomalies with a probability that OrderStatisticLaw
/// gives (for an interpolated threshold the joint law of two neighbouring order statistics); given c, a
/// resample of the anomalies holds Bin(n1, c / n1) flagged ones. The mean is E[c] / n1 and the variance
/// Var[c] / n1^2 + E[c (n1 - c)] / n1^3. Ties need no care: tied normal scores are the same threshold.
///
/// The samples are in any order. Time: a few passes over them, 2 ms for 10^6 floats; that of
/// OrderStatisticLaw, 20 to 50 times that for an interpolated threshold; and 1.5 ns times 19 sqrt(n1) for
/// each different c. Memory: 8 bytes for each place and each c, 32 for each score near the threshold. Polls
/// `control` at least once a millisecond or so.
///
/// Errors: kNotANumber with array 0 (normal) or 1 (anomalous) and the index of the first NaN; kEmptySample
/// with the array; kOutOfRange with the array of more than kMaxSortLength scores or with array 2 (fpr);
/// kLengthMismatch with array 3 (law); kOutOfMemory; kAborted. The outputs are then unspecified.
Status IdealTpr(const ScoreSpan& normal, const ScoreSpan& anomalous, ThresholdDefinition definition,
                double fpr, const JobControl& control, std::span<double> law, IdealReadings& readings);

/// The smallest j / (law.size() - 1) that is not exceeded with probability p or more, 0 <= p <= 1;
/// probabilities within 1e-12 of p count as p. Linear in the size of the law, no allocation.
double IdealQuantile(std::span<const double> law, double p);

/// On which side of 0 a resampled difference falls. Small probabilities keep their relative accuracy down to
/// about 1e-18.
struct SignProbabilities {
  double at_most_zero = 0, at_least_zero = 0;
};

/// xi = TPR(candidate) - TPR(baseline) of two detectors on samples of their own, resampled independently,
/// from the two laws that IdealTpr gives: writes the quantiles of xi, in the sense of IdealQuantile, for the
/// probabilities in [0, 1]. Exact on the lattice of xi, the multiples of 1 / (n1 n1').
///
/// Time: about 0.3 us for each quantile and each count that the baseline's law spans, some 20 standard
/// deviations: 0.7 ms for 10^5 anomalies. Memory: 8 bytes for each count of either law's span. Polls
/// `control` at least once a millisecond or so. Errors: kEmptySample with array 0 (baseline) or 1 (candidate)
/// for a law of fewer than 2 counts, or all zero; kOutOfRange beyond kMaxSortLength anomalies;
/// kLengthMismatch with array 3 (quantiles); kOutOfMemory; kAborted.
Status IdealDifference(std::span<const double> baseline, std::span<const double> candidate,
                       std::span<const double> probabilities, const JobControl& control,
                       std::span<double> quantiles, SignProbabilities& signs);

}  // namespace scoring_bias
