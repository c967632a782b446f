#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/exact/confidence_axis.h"
#include "kernels/exact/confidence_differences.h"
#include "kernels/exact/joint_cells.h"

namespace scoring_bias {

/// What ConfidenceLaw takes from outside: where thresholds lie in their gaps, and what the prior of the
/// anomalies' cells adds. As in confidence.h by default.
struct ConfidenceModel {
  PlaceLaw place = MiddlePlace;
  Prior prior{{{0.5, 1, 0}, {0.5, 0, 1}}, 1};
  /// Whether set 0 has a law; without, it must not be asked for.
  bool whole = true;
};

/// The law of xi of which Confidence (confidence.h) gives draws, in closed form: no draws, no seed. One
/// target, two detectors, any number of sets of anomalies. docs/intervals.md derives it.
///
/// The numbers of normals above both true thresholds and the places in their gaps fall into cells between
/// which no set's number of flagged anomalies changes. PairedCounts gives the weights of the cells;
/// PairedDifferences or RecallDifferences the law of xi given one.
///
/// Absolute error of all probabilities below 1e-10. Immutable once made, thread safe. Equal bits for any
/// number of threads, and for any monotone transformation of the scores.
class ConfidenceLaw {
 public:
  /// Where the estimate of the time, `cost` in nanoseconds on one thread, exceeds `most_cost`, nothing is
  /// made and `covers` is false. Time: the sorts and the cost, which grows with the square of the anomalies
  /// near the thresholds and of the standard deviation of the normals above them. Memory: 8 bytes for each
  /// pair of numbers of normals, and of numbers that one detector alone flags of a set; 12 for a cell of the
  /// joint law. Polls `control`.
  ///
  /// Errors: those of CheckInput; kOutOfRange unless there are two detectors that tested every sample and one
  /// target; kNotANumber with array and index; kOutOfMemory; kAborted.
  static Status Make(const BootstrapInput& input, const ConfidenceModel& model, double most_cost, int threads,
                     const JobControl& control, ConfidenceLaw& law);

  bool covers() const { return covers_; }
  double cost() const { return cost_; }
  std::size_t n_sets() const { return sets_.size(); }
  bool has(std::size_t set) const { return set < sets_.size() && sets_[set] != nullptr; }
  ConfidenceMoments Moments(std::size_t set) const { return sets_[set]->Moments(); }

  /// P(xi > x) or, mirrored, P(-xi > x), for any x. Throws std::bad_alloc.
  double Above(std::size_t set, double x, bool mirrored) const;
  double AtPoint(std::size_t set, double x) const;

  /// inf{x: P(xi <= x) >= p} or, mirrored, of -xi. To the last digits that P has. Throws std::bad_alloc.
  double Quantile(std::size_t set, double p, bool mirrored) const;

  /// P(xi outside its bounds in any set), for each of some questions, one for each entry of `probabilities`:
  /// `bounds` [question][set][2], infinite where a set has none, both inside. Set 0 has none, unless it is
  /// alone in having some. An answer does not depend on the other questions; four at once cost little more
  /// than one. Errors: kLengthMismatch, kOutOfRange, kOutOfMemory, kAborted.
  Status Outside(std::span<const double> bounds, const JobControl& control,
                 std::span<double> probabilities) const;

 private:
  class Maker;

  using Bounds = std::span<const double>;  // [set][2]

  static bool Unbounded(Bounds bounds, std::size_t set);
  /// Whether no two sets have bounds; the answer then.
  bool OutsideAlone(Bounds bounds, double& probability) const;
  /// The joint questions of which these are the bounds, as many as there are lanes at most.
  Status OutsideOf(std::span<const Bounds> questions, const JobControl& control,
                   std::span<double> probabilities) const;
  void InsideGiven(std::size_t set, double low, double high, std::span<double> table) const;

  bool covers_ = false;
  double cost_ = 0;
  std::vector<std::unique_ptr<CellDifferences>> sets_;
  // [set]: P(xi > 0) and P(xi < 0), which every quantile begins with.
  std::vector<std::array<double, 2>> from_zero_;
  JointCells joint_;  // of all sets but the first
};

}  // namespace scoring_bias
