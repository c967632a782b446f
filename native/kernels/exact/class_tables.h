#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/parallel.h"
#include "kernels/base/vectors.h"
#include "kernels/exact/circle.h"
#include "kernels/exact/class_grid.h"

namespace scoring_bias {

/// Integer bounds of a numerator, both within.
struct Numerators {
  std::int64_t low, high;
};

/// Bounds of some questions at once, the lanes of JointCells; a lane without any leaves none out.
using LaneBounds = std::span<const std::optional<Numerators>>;

/// For one class of n paired anomalies, given both thresholds: U - V with (U, V, the rest) multinomial. Its
/// characteristic function in every pair of cells, so that the probability of any bounds is one short sum.
/// Absolute error 1e-12. Memory: 16 bytes for each frequency (about 30 to 60) and pair of cells.
class PairedTable {
 public:
  /// `both[row * columns + column]` of the anomalies are flagged by either. Pairs of cells that have no
  /// weight are left out. Throws std::bad_alloc.
  PairedTable(const ClassAxis& first, const ClassAxis& second, std::span<const std::int32_t> both,
              std::span<const double> weights, ThreadTeam& team, const JobControl& control);

  /// Writes to inside[(row * columns + column) * lanes + lane] the probability that U - V is within the
  /// bounds, 0 for pairs that were left out. Each lane has the bits that it has alone.
  void Inside(LaneBounds bounds, ThreadTeam& team, std::span<double> inside) const;

 private:
  struct Pair {
    std::size_t place, first_value;
    std::uint32_t low, high;  // frequencies 1, ..., low - 1, and high, ..., middle
  };

  struct Waves;
  struct Stretch;

  Waves WavesOf(LaneBounds bounds) const;
  void InsideOfPairs(const Stretch& stretch) const;
#ifdef SCORING_BIAS_AVX2
  void InsideByAvx2(const Stretch& stretch) const;
#endif

  std::size_t points_ = 1, middle_ = 0;  // odd, so that no frequency is its own mirror image
  std::int64_t first_ = 0;               // the smallest numerator on the circle
  std::vector<Pair> pairs_;
  std::unique_ptr<double[]> real_, imaginary_;
  std::vector<double> sine_;  // [k]: at half of frequency k
};

/// The same for a class of which the detectors scored samples of their own: n V - n' U, with U and V
/// binomial.
class IndependentTable {
 public:
  /// Pairs of cells that have no weight are left out, but those between others of a column. Throws
  /// std::bad_alloc.
  IndependentTable(const ClassAxis& first, const ClassAxis& second, std::span<const double> weights);

  void Inside(LaneBounds bounds, ThreadTeam& team, std::span<double> inside) const;

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
  void InsideOf(Numerators bounds, ThreadTeam& team, std::size_t lane, std::size_t lanes,
                std::span<double> inside) const;

  std::int64_t n_first_, n_second_;
  std::vector<Reach> reaches_;  // [column]
  std::vector<Law> counts_;     // [row]: P(U = first + i)
  std::vector<Law> at_most_;    // [column]: P(V < first + i), to the end of the law
};

}  // namespace scoring_bias
