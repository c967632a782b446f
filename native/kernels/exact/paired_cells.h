#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/parallel.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/exact/difference_groups.h"
#include "kernels/exact/joint_thresholds.h"
#include "kernels/exact/paired_law.h"

namespace scoring_bias {

using Counts = std::vector<std::int32_t>;

/// One detector's thresholds: the edges between which they flag the same anomalies, the probability of each
/// being passed, and where each sample stands among them.
struct Side {
  std::vector<std::int64_t>
      edges;                   // ascending: positions x within reach where an anomaly begins to be flagged
  std::vector<double> below;   // [edge]: P(X < x)
  Counts normal;               // [sample]: the edges at or before its position
  Counts anomalous;            // [sample]: the first cell whose thresholds flag it; one past the last if none
  std::int32_t at_sample = 0;  // the cell of the sample's own threshold
  double threshold = 0;        // that, and the normal samples strictly above it
  std::size_t alarms = 0;
};

/// One detector's samples, and the numbers of their arrays in messages.
struct SideScores {
  const ScoreSpan& normal;
  const ScoreSpan& anomalous;
  std::size_t normal_array, anomalous_array;
};

/// `law` is that of thresholds at draw number `index` from the largest, of as many draws as normals. Errors:
/// kNotANumber, kOutOfMemory.
Status SideOf(const SideScores& scores, std::size_t index, int threads, const JointThresholds& law,
              Side& side);

/// A cell of the grid of both thresholds: the edges that the first has passed, and the second.
struct GridPlace {
  std::int32_t row, column;
};

/// The cells that both thresholds fall into with a probability, and which anomalies they flag.
struct PairedCells {
  std::vector<DifferenceCell> cells;
  std::vector<GridPlace> places;  // [cell]
};

/// The cells of the grid of both sides' thresholds. False when aborted.
bool CellsOf(const Side& first, const Side& second, const JointThresholds& law, ThreadTeam& team,
             const JobControl& control, PairedCells& found);

PairedMoments MomentsOf(std::span<const DifferenceCell> cells, double n);

}  // namespace scoring_bias
