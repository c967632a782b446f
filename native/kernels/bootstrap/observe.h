#pragma once

#include <span>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/bootstrap/tree_index.h"

namespace scoring_bias {

/// The readings of the samples themselves, without resampling. With D detectors, F targets and K classes
/// writes
///   thresholds[f][d]  the threshold of the detector's normal scores,
///   fpr[f][d]         the fraction of them strictly above it,
///   tpr[f][k][d]      the fraction of the class's tested scores strictly above it.
///
/// `detectors` is the input ranked by RankInput. O(log n) a reading, no allocation, thread safe.
/// Errors: kLengthMismatch when an output has the wrong size.
Status Observe(const BootstrapInput& input, std::span<const RankedDetector> detectors,
               std::span<double> thresholds, std::span<double> fpr, std::span<double> tpr);

/// The same from the index of the `tree` engine. Where normal scores tie at a threshold they are all looked
/// through.
Status Observe(const BootstrapInput& input, const TreeIndex& index, std::span<double> thresholds,
               std::span<double> fpr, std::span<double> tpr);

/// The standard errors of the contrast sum_d contrast[d] TPR_d of the samples: standard_errors[f][k], see
/// ContrastVariance. Errors: kLengthMismatch.
Status ObserveStandardErrors(const BootstrapInput& input, const TreeIndex& index,
                             std::span<const double> contrast, std::span<double> standard_errors);

}  // namespace scoring_bias
