#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/vectors.h"

namespace scoring_bias {

/// The cells of the joint law of classes that share both thresholds, in rows of one step of the first
/// detector. From a step of the second detector to the next few classes, mostly one, change their own cell,
/// so a cell keeps what changes, and a product over classes is a tree in which that is replaced.
class JointCells {
 public:
  JointCells() = default;
  /// `changes(k, j)`: whether class k has another cell at column j than at the one before. Throws
  /// std::bad_alloc.
  template <typename Changes>
  JointCells(std::size_t n_classes, std::size_t n_columns, const Changes& changes) : n_classes_(n_classes) {
    for (std::size_t column = 0; column < n_columns; ++column) {
      begin_.push_back(classes_.size());
      for (std::uint32_t k = 0; column > 0 && k < n_classes; ++k) {
        if (changes(k, column)) classes_.push_back(k);
      }
    }
    begin_.push_back(classes_.size());
  }

  /// Begins a row at a column with the classes' numbers there. Throws std::bad_alloc.
  void BeginRow(std::size_t column, std::span<const std::uint32_t> numbers);
  /// The weight of the next cell of the row. Throws std::bad_alloc.
  void Add(double weight) { weights_.push_back(weight); }
  /// The new number of each class that changes at a column, in the order of ChangesAt.
  void Change(std::uint32_t number) { changes_.push_back(number); }

  std::span<const std::uint32_t> ChangesAt(std::size_t column) const {
    return {classes_.data() + begin_[column], begin_[column + 1] - begin_[column]};
  }

  /// So many questions are answered at once: lanes. A multiplication takes up to four.
  static constexpr std::size_t kMostLanes = 12;
  /// How many at most where the classes' tables have so many entries for each, which shall not take much
  /// memory.
  static std::size_t LanesAtOnce(std::size_t entries) {
    constexpr std::size_t kMostNumbers = 1 << 20;
    return entries * kMostLanes <= kMostNumbers ? kMostLanes : 4;
  }
  /// Lanes for the next of so many questions: 1, 2, 4, 8 or 12.
  static std::size_t LanesFor(std::size_t questions) {
    return questions > 2 ? (std::min(questions, kMostLanes) + 3) / 4 * 4 : questions;
  }

  struct Share {
    std::array<double, kMostLanes> outside{};
    double all = 0;
  };

  /// Sums over the cells of rows `first` to `end`, less one: for each lane of 1 less the product over the
  /// classes of inside[class][its number * lanes + lane], times the weight, and of the weights. Classes
  /// without a table count as 1. A lane's sum does not depend on the others. Stops when aborted. Throws
  /// std::bad_alloc.
  Share Outside(std::span<const std::span<const double>> inside, std::size_t lanes, std::size_t first,
                std::size_t end, const JobControl& control) const;

  std::size_t n_rows() const { return rows_.size(); }
  std::size_t n_cells() const { return weights_.size(); }

 private:
  struct Row {
    std::size_t column, first_weight, first_change;
  };

  template <std::size_t kLanes>
  Share Sum(std::span<const std::span<const double>> inside, std::size_t first, std::size_t end,
            const JobControl& control) const;
  Share SumOf(std::span<const std::span<const double>> inside, std::size_t lanes, std::size_t first,
              std::size_t end, const JobControl& control) const;
#ifdef SCORING_BIAS_AVX2
  Share SumByAvx2(std::span<const std::span<const double>> inside, std::size_t lanes, std::size_t first,
                  std::size_t end, const JobControl& control) const;
#endif

  std::size_t n_classes_ = 0;
  std::vector<std::size_t> begin_;      // [column]: of its classes
  std::vector<std::uint32_t> classes_;  // that change their number there
  std::vector<Row> rows_;
  std::vector<std::uint32_t> numbers_;  // [row][class]: in its first cell
  std::vector<double> weights_;
  std::vector<std::uint32_t> changes_;
};

}  // namespace scoring_bias
