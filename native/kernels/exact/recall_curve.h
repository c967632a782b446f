#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace scoring_bias {

/// How many of n anomalies a detector flags: `first`, first + 1, ... with these weights.
struct FlaggedLaw {
  std::int32_t n = 0, first = 0;
  std::vector<double> weights;
};

/// A recall of which `flagged` of `total` samples are known, after the prior: Beta(flagged, total - flagged).
struct Recall {
  std::int32_t total, first;  // the first number flagged
  std::span<const double> weights;

  std::int32_t last() const { return first + static_cast<std::int32_t>(weights.size()) - 1; }
  double WeightAt(std::int32_t flagged) const {
    return flagged < first || flagged > last() ? 0 : weights[static_cast<std::size_t>(flagged - first)];
  }

  /// About the standard deviation, where the recall is t.
  double Width(double t) const;
  /// What lies beyond this distance from t is below 1e-18, where a number flagged has the mean t.
  double Reach(double t) const { return 9 * std::sqrt(t * (1 - t) / total) + 45.0 / total; }
};

/// The law of a mixture of such recalls, in Chebyshev panels of degree 16 as wide as 1.5 standard deviations:
/// the density to 1e-13 of its largest value, without atoms at 0 and 1, and the tail, its integral, to 1e-13.
/// Time to make: 17 sums over the weights a panel, of which there are some 20; of a value 40 ns.
class RecallCurve {
 public:
  /// Throws std::bad_alloc.
  explicit RecallCurve(const Recall& recall);

  double Density(double t) const;
  /// P(recall > x), 0 <= x < 1.
  double Tail(double x) const;

 private:
  static constexpr std::size_t kDegree = 16;

  struct Panel {
    double middle, half;
    std::array<double, kDegree + 1> density;
    std::array<double, kDegree + 2> tail;  // at a place less than at the panel's end
    double at_end;                         // the tail there
  };

  /// The panel at t; null beyond them.
  const Panel* At(double t) const;

  std::vector<Panel> panels_;  // ascending
  double all_ = 0, atom_ = 0;  // the tail before the first panel, and after the last
};

}  // namespace scoring_bias
