#pragma once

#include <cstddef>
#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/exact/ideal_bootstrap.h"
#include "kernels/exact/paired_scores.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {

/// What the law of the paired difference says in sum.
struct PairedMoments {
  double mean = 0, standard_error = 0;  // of xi* = (TPR of the second - TPR of the first) of a resample
};

/// The ideal bootstrap of xi for two detectors on the same samples, thresholds read anew in every resample:
/// writes to law[n1 + d] the probability that n1 xi* = d, for the n1 anomalies; law.size() = 2 n1 + 1. What
/// replicates of bootstrap_direct.h approach as their number grows, in closed form; see docs/exact-law.md.
///
/// A threshold at position X of the first detector's order of normals flags the anomalies above that normal
/// score: those with at most X normals at or above them. So only the positions at which that count changes
/// matter. JointThresholds gives the law of both thresholds at the corners of that grid, its second
/// differences the probability of each cell, and DifferenceMixture the law of n1 xi* given the cells. Tied
/// scores never part: which of two tied normals comes first changes nothing.
///
/// Absolute error of the distribution function below 1e-9 (1e-12 up to n0 = 1,000). Rounding can leave
/// probabilities of about -1e-13 in the tails.
///
/// Time: a few passes over the scores, those in reach sorted; about 0.2 us for each corner, of which there
/// are up to (19 sqrt(fpr (1 - fpr) n0) times the anomalies for each normal)^2; the mixture's. Memory: 24
/// bytes a corner. Equal bits for any number of threads. Polls `control`.
///
/// Errors: kNotANumber, kEmptySample, kOutOfRange with the array's number: first normal 0, first anomalous 1,
/// second normal 2, second anomalous 3; kOutOfRange with array 4 (fpr) or 5 (a rule that interpolates);
/// kLengthMismatch with array 2 or 3 where the samples are not paired, 6 (law); kOutOfMemory; kAborted.
Status PairedLaw(const PairedScores& scores, ThresholdDefinition definition, double fpr, int threads,
                 const JobControl& control, std::span<double> law, PairedMoments& moments);

/// The smallest d / n1 that xi* does not exceed with probability p or more; probabilities within 1e-9 of p,
/// the law's error, count as p.
double PairedQuantile(std::span<const double> law, double p);

/// P(xi* <= 0) and P(xi* >= 0), each summed from its tail.
SignProbabilities PairedSigns(std::span<const double> law);

}  // namespace scoring_bias
