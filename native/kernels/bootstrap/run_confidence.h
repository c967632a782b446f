#pragma once

#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/bootstrap/replicate_range.h"

namespace scoring_bias {

/// Draws of the confidence distribution of the TPRs of many detectors that scored the same samples: R runs of
/// a baseline, then R of a candidate, each at its own threshold of true FPR q. Confidence (confidence.h) for
/// runs of a study: there one draw decides for two detectors by cells of a table, here by a weight of every
/// sample, so that all runs are read on the same samples. A draw:
///
/// 1. Every normal sample weighs Exp(1), and the rest below them as much, for all detectors. Those of the a
///    highest scores then have a share of Beta(a, n - a + 1), the law of the true FPR at the a-th largest
///    score. So the number A of normals above the true threshold, the first that together weigh less than q,
///    is Bin(n, q) for every detector, whatever the continuous law of its scores.
/// 2. The threshold lies in the gap below the A-th largest normal score: of the g anomalies inside it
///    floor(V (g + 1)) are above, V ~ Beta(2, 2), one V for the runs of the baseline and one for those of the
///    candidate. Runs that share it never average the gap away.
/// 3. Every anomaly of a class weighs Exp(1), and so does one more that all runs of the candidate flag and
///    none of the baseline or, as probably, the other way round. TPRs are shares of the weight that a
///    detector tested. For one run P(difference <= 0), given the thresholds, is the mid-p value of the sign
///    test.
///
/// Samples that a detector excludes weigh nothing for it. Scores count by their order alone. The rank that a
/// threshold rule reads is of no account. With D = 2R detectors, K classes and B draws writes
///   tpr[b][k][d]  (B * K * D).
///
/// Random words: draw r reads Philox(seed, kRunConfidenceStreams, r) for the normals and
/// Philox(seed, kRunConfidenceStreams + 1 + k, r) for class k: a weight depends on the sample's place alone,
/// so that calls which share samples share their weights. Results depend neither on the number of threads nor
/// on how draws are cut into ranges. Time: about 4 ns a sample and draw (10 without AVX2), and a third
/// of a nanosecond for each flagged sample of each detector. Memory: that of the ranks, and 8 bytes a sample
/// and thread. Polls `control` before each set of samples and advances it by one for each draw.
///
/// `detectors` is the input ranked by RankInput, which has checked it.
///
/// Errors: kOutOfRange unless the detectors are an even number and paired and there is one target, or when
/// draws run out of numbers; kLengthMismatch when the output has the wrong size; kOutOfMemory; kAborted. The
/// output is then unspecified.
Status RunConfidence(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                     const ReplicateRange& range, std::span<double> tpr, const JobControl& control);

}  // namespace scoring_bias
