#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/exact/confidence_axis.h"

namespace scoring_bias {

/// The cells of the joint law of classes that share both thresholds, in rows of one step of the first
/// detector. From a step of the second detector to the next few classes, mostly one, change their own cell,
/// so a cell keeps what changes, and a product over classes is a tree in which that is replaced.
class JointCells {
 public:
  JointCells() = default;
  /// Columns are the steps of this axis, its sets the classes.
  explicit JointCells(const ConfidenceAxis& second);

  /// Begins a row at a column with the classes' numbers there. Throws std::bad_alloc.
  void BeginRow(std::size_t column, std::span<const std::uint32_t> numbers);
  /// The weight of the next cell of the row. Throws std::bad_alloc.
  void Add(double weight) { weights_.push_back(weight); }
  /// The new number of each class that changes at a column, in the order of ChangesAt.
  void Change(std::uint32_t number) { changes_.push_back(number); }

  std::span<const std::uint32_t> ChangesAt(std::size_t column) const {
    return {classes_.data() + begin_[column], begin_[column + 1] - begin_[column]};
  }

  /// The weighted mean over the cells of 1 less the product of inside[class][its number] over the classes;
  /// classes without a table count as 1. False when aborted. Throws std::bad_alloc.
  bool Outside(std::span<const std::span<const double>> inside, const JobControl& control,
               double& probability) const;

 private:
  struct Row {
    std::size_t column, first_weight, first_change;
  };

  std::size_t n_classes_ = 0;
  std::vector<std::size_t> begin_;      // [column]: of its classes
  std::vector<std::uint32_t> classes_;  // that change their number there
  std::vector<Row> rows_;
  std::vector<std::uint32_t> numbers_;  // [row][class]: in its first cell
  std::vector<double> weights_;
  std::vector<std::uint32_t> changes_;
};

}  // namespace scoring_bias
