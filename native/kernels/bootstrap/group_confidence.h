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
/// 1. Every group weighs Exp(1), all of its samples as much, normal and anomalous ones alike. Means over
///    groups that are weighed so vary by the sum of squared deviations over G (G + 1), where groups of
///    several samples call for G (G - 1): a set of such groups (the normals, or a class) takes the c-th
///    powers of the weights, over their mean, with c such that these vary by (G + 1) / (G - 1).
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
