#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/dominance_counts.h"
#include "kernels/bootstrap/score_window.h"
#include "kernels/bootstrap/threshold_plan.h"
#include "kernels/bootstrap/threshold_table.h"

namespace scoring_bias {

/// One detector near its thresholds.
struct TreeDetector {
  std::size_t n_normal = 0;
  std::vector<std::size_t> n_anomalous;  // [class]
  ThresholdPlan plan;
  ScoreWindow normal;
  std::vector<ScoreWindow> classes;
  /// [class][place in `normal`]: the anomalies strictly above the normal score there.
  std::vector<std::vector<std::uint32_t>> flagged;

  /// The anomalies of a class above the normal score at a position of the window.
  std::size_t FlaggedAt(std::size_t k, std::size_t position) const {
    return flagged[k][position - normal.first];
  }
};

/// What the `tree` engine knows of the samples: of every detector the scores around its thresholds, and for
/// two paired detectors how their orders dominate each other there, among the normals and in each class.
struct TreeIndex {
  /// How rarely a resampled threshold leaves the index: with probability `tail`.
  static constexpr double kReachesFarEnough = 1e-30;
  static constexpr double kReachesAll = 0;

  std::vector<TreeDetector> detectors;
  bool paired = false;
  DominanceCounts normal;                // when paired
  std::vector<DominanceCounts> classes;  // when paired
  /// Where replicates read both thresholds at once, when it was made (exact/threshold_pairs.h).
  ThresholdTable table;

  /// The sample's own readings at target f: the position of the threshold of detector d (of the upper of the
  /// two order statistics, where it is interpolated), the threshold, and the anomalies of class k above it.
  std::size_t ThresholdPosition(std::size_t d, std::size_t f) const;
  double Threshold(std::size_t d, std::size_t f) const;
  std::size_t Flagged(std::size_t d, std::size_t f, std::size_t k) const;

  /// Builds the index of checked input: of the positions that the threshold of a resample leaves with a
  /// probability below `tail`, and of those that slopes and the jackknife read beyond. O(n) time, see
  /// SelectPositions; memory 40 bytes for each position reached. Readings are the same for any tail.
  /// Errors: kNotANumber, kOutOfMemory; kOutOfRange where it reaches normals that are counted alone.
  static Status Build(const BootstrapInput& input, double tail, int threads, TreeIndex& index);
};

/// Whether the engine knows how: one or two detectors, or any number on samples of their own, that tested
/// every sample.
bool TreeCanDo(const BootstrapInput& input);

/// How far from rank index `rank` of n the slope of the ROC curve is read in either direction: three standard
/// deviations of the position at which a resample has its order statistic of that rank, which averages the
/// slope over the stretch that the resampled thresholds cover.
std::size_t SlopeReach(std::size_t rank, std::size_t n);

}  // namespace scoring_bias
