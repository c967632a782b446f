#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/bootstrap/replicate_range.h"

namespace scoring_bias {

/// Which group (patient, device, day) each sample belongs to, by numbers below `count`. A group may hold
/// normal samples, anomalies of several classes, or both.
struct SampleGroups {
  std::size_t count = 0;
  std::span<const std::uint32_t> normal;                // [n0]
  std::vector<std::span<const std::uint32_t>> classes;  // [class][n_k]
};

/// Where GroupConfidence writes; what is not wanted is empty. With D detectors, K classes and B draws:
struct GroupOutputs {
  std::span<double> thresholds = {};  // [B][D]: the largest score of a normal sample that is not flagged
  std::span<double> tpr = {};         // [B][K][D]
};

/// Draws of the confidence distribution of the TPRs of detectors that scored the same samples, where samples
/// of a group are alike: RunConfidence (run_confidence.h), in which a group, not a sample, is what was drawn.
/// The first `n_baselines` detectors are runs of a baseline, the others of a candidate. A draw:
///
/// 1. Every group weighs Exp(1), all of its samples as much, normal and anomalous ones alike. Where a set
///    (the normals, or a class) has groups of several samples, the spread between G groups is itself
///    estimated from them: its weights are the c-th roots of those, over their mean, with c such that the
///    weights vary by (t/z)^2 (G+1)/(G-1), t and z the 97.5 % points of Student's law with G - 1 degrees of
///    freedom and of the normal law. For a mean over groups that makes the 95 % interval Student's.
/// 2. The normals above the true threshold are the first that together weigh less than the share q of all
///    and of one more sample below them; the gap below is parted as in RunConfidence.
/// 3. TPRs are shares of the weight of a class and of one more sample, which all runs of the candidate flag
///    and none of the baseline or, as probably, the other way round.
///
/// The sample added is as heavy as the design effect makes it, at least 1: for normals the variance of the
/// number above the threshold by groups over that of independent samples; for a class the same of the
/// difference between detectors, or, where fewer than ten groups differ in it, sum net^2 / sum d^2 over the
/// net differences of groups and those of samples, so that P(difference <= 0) is never below the mid-p value
/// of the sign test on groups. With one sample in every group the law is RunConfidence's.
///
/// Random words: draw r reads Philox(seed, kGroupConfidenceStreams, r) for groups and
/// kGroupConfidenceStreams + 1 + k for class k. Results depend neither on the number of threads nor on how
/// draws are cut into ranges. Time: 20 ns a group and draw, and 1 ns for each sample of a detector that its
/// threshold may or may not flag. Memory: that of the ranks, 8 bytes for each detector's group, 16 bytes a
/// group and thread. Polls `control` before each draw and advances it by one for each.
///
/// `detectors` is the input ranked by RankInput, which has checked it.
///
/// Errors: kOutOfRange unless detectors are paired, test every sample, are of both kinds, and there is one
/// target, or when a group's number or the draws are out of range; kLengthMismatch when groups or an output
/// have the wrong size; kOutOfMemory; kAborted. The outputs are then unspecified.
Status GroupConfidence(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                       const SampleGroups& groups, std::size_t n_baselines, const ReplicateRange& range,
                       const GroupOutputs& outputs, const JobControl& control);

}  // namespace scoring_bias
