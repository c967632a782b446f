#pragma once

#include <span>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/bootstrap/tree_index.h"

namespace scoring_bias {

/// The acceleration of BCa intervals (Efron, "Better bootstrap confidence intervals", JASA 1987) for the
/// contrasts xi = sum over detectors of contrast[d] * TPR_d, for each target and class, by leaving out one
/// sample at a time.
///
/// Samples come in groups that are resampled on their own (the normals and each class; in the independent
/// design those of each detector). With xi_(g,i) the contrast without sample i of group g, which has n_g
/// samples, and l_(g,i) = (n_g - 1)/n_g * (mean_i xi_(g,i) - xi_(g,i)),
///   a = sum l^3 / (6 (sum l^2)^(3/2))
/// over all groups (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 5.3);
/// 0 when every l is 0. Leaving out a normal sample reads the threshold anew off n0 - 1 scores. A group, or a
/// detector's share of a class, of a single tested sample cannot spare it and contributes nothing.
///
/// `detectors` is the input ranked by RankInput. Output: acceleration[f][k].
///
/// Leaving out a normal moves a threshold to one of three neighbouring scores at most, so the cost is
/// O(n0 + (m + n_k) D) for a target and class, m the tolerated false alarms. Allocates 8 bytes a sample.
/// Thread safe. Errors: kLengthMismatch, kOutOfMemory.
Status JackknifeAcceleration(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                             std::span<const double> contrast, std::span<double> acceleration);

/// The same from the index of the `tree` engine. What leaving out a sample does depends only on where it
/// stands to each detector's thresholds, so the samples are counted, not visited: O(1) for a target and
/// class.
Status JackknifeAcceleration(const BootstrapInput& input, const TreeIndex& index,
                             std::span<const double> contrast, std::span<double> acceleration);

}  // namespace scoring_bias
