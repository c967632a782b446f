#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/parallel.h"
#include "kernels/exact/circle.h"
#include "kernels/exact/class_grid.h"

namespace scoring_bias {

/// Integer bounds of a numerator, both within.
struct Numerators {
  std::int64_t low, high;
};

/// For one class of n paired anomalies, given both thresholds: U - V with (U, V, the rest) multinomial. Its
/// characteristic function in every pair of cells, so that the probability of any bounds is one short sum.
/// Absolute error 1e-12. Memory: 16 bytes for each frequency (about 30 to 60) and pair of cells.
class PairedTable {
 public:
  /// `both[row * columns + column]` of the anomalies are flagged by either. Pairs of cells that have no
  /// weight are left out. Throws std::bad_alloc.
  PairedTable(const ClassAxis& first, const ClassAxis& second, std::span<const std::int32_t> both,
              std::span<const double> weights, ThreadTeam& team, const JobControl& control);

  /// Writes to inside[row * columns + column] the probability that U - V is within the bounds, 0 for pairs
  /// that were left out.
  void Inside(Numerators bounds, ThreadTeam& team, std::span<double> inside) const;

 private:
  struct Pair {
    std::size_t place, first_value;
    std::uint32_t low, high;  // frequencies 1, ..., low - 1, and high, ..., middle
  };

  std::size_t points_ = 1, middle_ = 0;  // odd, so that no frequency is its own mirror image
  std::int64_t first_ = 0;               // the smallest numerator on the circle
  std::vector<Pair> pairs_;
  std::vector<double> real_, imaginary_;
};

/// The same for a class of which the detectors scored samples of their own: n V - n' U, with U and V
/// binomial.
class IndependentTable {
 public:
  /// Pairs of cells that have no weight are left out, but those between others of a column. Throws
  /// std::bad_alloc.
  IndependentTable(const ClassAxis& first, const ClassAxis& second, std::span<const double> weights);

  void Inside(Numerators bounds, ThreadTeam& team, std::span<double> inside) const;

 private:
  /// A law of the numbers first, first + 1, ...
  struct Law {
    std::int64_t first = 0;
    std::vector<double> values;

    std::int64_t end() const { return first + static_cast<std::int64_t>(values.size()); }
  };
  /// The rows of a column that have weight, and the numbers that these have.
  struct Reach {
    std::size_t first_row = 0, end_row = 0;
    std::int64_t first = 0, end = 0;
  };

  static std::vector<Law> BinomialLaws(const ClassAxis& axis);

  std::int64_t n_first_, n_second_;
  std::vector<Reach> reaches_;  // [column]
  std::vector<Law> counts_;     // [row]: P(U = first + i)
  std::vector<Law> at_most_;    // [column]: P(V < first + i), to the end of the law
};

}  // namespace scoring_bias
