#pragma once

#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/bootstrap/replicate_range.h"

namespace scoring_bias {

/// The bootstrap of TPR at re-estimated thresholds by drawing every index: the plain reference for faster
/// engines.
///
/// A replicate draws n0 of the n0 normal samples and, class by class, n_k of the n_k anomalies, with
/// replacement and independently of each other. In the paired design one draw serves all detectors; in the
/// independent design each draws its own. For each detector and target FPR the threshold is read off the
/// resampled normal scores (ThresholdRule), and the TPR of each class is the fraction of its resampled scores
/// strictly above it. Samples that a detector excludes count neither as drawn nor as flagged; should a
/// detector's draw of a class hold excluded samples only, that class is drawn again, so the law is that of
/// the resample given that every detector tested something.
///
/// With D detectors, F targets, K classes and B = range.count replicates, writes
///   thresholds[b][f][d]  (B * F * D, or empty when not wanted)
///   tpr[b][f][k][d]      (B * F * K * D, or empty when not wanted).
///
/// Random words: replicate r of sample set s (0: normals, k: class k; in the independent design
/// s + d (K + 1) for detector d) reads Philox(seed, kDirectBootstrapStreams + s, r). So results do not depend
/// on the number of threads or on how replicates are cut into ranges, and a class's replicates do not depend
/// on other classes' scores.
///
/// Time: about 2.5 ns for each index drawn while the counts fit the cache, and about 0.5 ns for each flagged
/// sample of each detector. Memory: 20 bytes a score, and 4 bytes a sample and thread. Polls `control` at
/// least once a millisecond or so and advances it by one for each replicate.
///
/// `detectors` is the input ranked by RankInput, which has checked it.
///
/// Errors: kLengthMismatch when an output has the wrong size; kOutOfRange when the replicates or the streams
/// run out of numbers; kOutOfMemory; kAborted. The outputs are then unspecified.
Status BootstrapDirect(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                       const ReplicateRange& range, std::span<double> thresholds, std::span<double> tpr,
                       const JobControl& control);

}  // namespace scoring_bias
