#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/exact/paired_cells.h"

namespace scoring_bias {

/// One side of a class: the thresholds between which they flag the same anomalies of it.
struct ClassAxis {
  Counts cell_of;             // [cell of the side]: the cell of the class
  Counts flagged;             // [cell of the class]
  std::vector<double> share;  // [edge of the side]: of the class's anomalies, those flagged from this edge on
  std::int64_t n = 0;

  std::size_t size() const { return flagged.size(); }
};

/// The axis of class number `wanted`; of all anomalies where there are no class numbers.
ClassAxis AxisOf(const Side& side, std::span<const std::int32_t> classes, std::int32_t wanted);

/// Of the influence of normal samples on a recall: for each cell in which a sample may stand, what the recall
/// gains for each unit of weight that samples there get, over n0. The recall's mean over all resamples is a
/// smooth function of the weights, P(X < x) having the derivative n0 P(Bin(n0 - 1, x / n0) = index) in the
/// weight of the first x, so nothing has to be smoothed by hand (infinitesimal jackknife of a bagged
/// estimate: Efron, JASA 109, 2014).
std::vector<double> InfluenceOf(const Side& side, const ClassAxis& axis, std::span<const double> density);

/// [edge]: n0 P(Bin(n0 - 1, x / n0) = index), the density of the threshold at each edge.
std::vector<double> DensityOf(const Side& side, std::size_t index);

/// Sums of squares and cubes of the influence values of groups of samples that are resampled on their own.
class Acceleration {
 public:
  /// Adds `count` samples of a group of `size`, of this influence.
  void Add(double influence, double count, double size) {
    const double one = influence / size;
    squares_ += count * one * one;
    cubes_ += count * one * one * one;
  }

  /// Efron, JASA 82, 1987; 0 where nothing has an influence.
  double value() const;

 private:
  double squares_ = 0, cubes_ = 0;
};

}  // namespace scoring_bias
