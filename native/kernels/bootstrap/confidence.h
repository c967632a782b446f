#pragma once

#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/replicate_range.h"

namespace scoring_bias {

/// Where Confidence writes; what is not wanted is empty. With D = 2 detectors, F targets, K classes, B draws:
struct ConfidenceOutputs {
  std::span<double> thresholds = {};  // [B][F][D]: the largest score of a normal sample that is not flagged
  std::span<double> tpr = {};         // [B][F][K][D]
  /// [B][F][K]: what the samples give for the second TPR less the first when the thresholds are those of the
  /// draw: the part of the draw that is the thresholds' own.
  std::span<double> centres = {};
};

/// Draws of the confidence distribution of two detectors' TPRs at thresholds whose true FPR is exactly the
/// target q. The bootstrap asks where the threshold of a resample falls among the sample; this asks how many
/// normal samples lie above the true threshold, whose law is known for every continuous law of the scores.
/// docs/intervals.md derives and measures it. A draw:
///
/// 1. A normals lie above the first true threshold and A' above the second, each Bin(n, q). Paired samples
///    share them: with C(q, q) the probability that a normal sample is above both (ConfidenceIndex::Both: the
///    checkerboard copula of the normal scores, drawn towards independence where few samples are above), the
///    counts are multinomial. Several targets are the partial sums of one multinomial
///    over the cells between them.
/// 2. The threshold lies in the gap below the A-th largest normal score; which of the g anomalies inside it
///    are above is floor(V (g + 1)), V ~ Beta(2, 2), one V for each detector. So an anomaly inside the gap is
///    more likely to be split from the others near its middle. Ties between normals leave no gap.
/// 3. The anomalies of each class fall into cells by both thresholds. Their probabilities get a Dirichlet law
///    with the counts as parameters and one more sample against either side: flagged by the second detector
///    alone or, as probably, by the first alone (by the second and not the first, in classes of their own).
///    So P(difference <= 0), given the thresholds, is the mid-p value of the sign test.
///
/// The rank that a threshold rule reads is of no account: the target is q for kInverseCdf, kSupremum and
/// kLinear, which all estimate the threshold at q. For kCertified, which keeps c alarms where q would
/// tolerate more, it is (c + 1) / (n + 1), the true FPR that such a threshold has on average.
///
/// Scores count by their order alone: monotone maps change nothing, infinities are scores like others.
///
/// Random words: draw r reads Philox(seed, kConfidenceStreams, r) for the thresholds and kConfidenceStreams +
/// 1 + k for class k. Results depend neither on the number of threads nor on how draws are cut into ranges,
/// and those of one class not on the others. Time: O(n) to prepare; a draw 0.3 us and 0.3 us a class for one
/// target, O(F^2) in the targets. Memory: 40 bytes for each position that a threshold reaches. Polls
/// `control` before each draw and advances it by one for each.
///
/// Errors: those of CheckInput; kOutOfRange unless there are two detectors that tested every sample, or when
/// draws run out of numbers; kLengthMismatch when an output has the wrong size; kNotANumber with array and
/// index; kOutOfMemory; kAborted. The outputs are then unspecified.
Status Confidence(const BootstrapInput& input, const ReplicateRange& range, const ConfidenceOutputs& outputs,
                  const JobControl& control);

}  // namespace scoring_bias
