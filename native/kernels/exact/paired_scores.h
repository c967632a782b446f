#pragma once

#include <array>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {

/// The scores of two detectors, on the same samples or on samples of their own.
struct PairedScores {
  ScoreSpan first_normal, second_normal, first_anomalous, second_anomalous;

  /// By the numbers that a Status names them by: of the first detector its normals (0) and anomalies, then
  /// those of the second.
  std::array<const ScoreSpan*, 4> arrays() const {
    return {&first_normal, &first_anomalous, &second_normal, &second_anomalous};
  }
};

/// Checks all but the scores themselves. Errors: kEmptySample, kOutOfRange with the array's number;
/// kLengthMismatch with array 2 or 3 where the design is paired and the samples are not; kOutOfRange with
/// array 4 (fpr) or 5 (a rule that interpolates).
Status CheckScores(const PairedScores& scores, Design design, ThresholdDefinition definition, double fpr);

}  // namespace scoring_bias
