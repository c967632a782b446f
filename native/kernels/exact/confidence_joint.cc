#include "kernels/exact/confidence_joint.h"

#include <algorithm>
#include <bit>

namespace scoring_bias {

JointCells::JointCells(const ConfidenceAxis& second) : n_classes_(second.counts.size()) {
  for (std::size_t column = 0; column < second.n_steps(); ++column) {
    begin_.push_back(classes_.size());
    for (std::uint32_t k = 0; column > 0 && k < n_classes_; ++k) {
      if (second.counts[k][column] != second.counts[k][column - 1]) classes_.push_back(k);
    }
  }
  begin_.push_back(classes_.size());
}

void JointCells::BeginRow(std::size_t column, std::span<const std::uint32_t> numbers) {
  rows_.push_back({column, weights_.size(), changes_.size()});
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
}

bool JointCells::Outside(std::span<const std::span<const double>> inside, const JobControl& control,
                         double& probability) const {
  const std::size_t leaves = std::bit_ceil(n_classes_);
  std::vector<double> tree(2 * leaves, 1.0);  // [i]: the product of [2 i] and [2 i + 1]; leaves from `leaves`
  const auto set_leaf = [&](std::size_t k, std::uint32_t number) {
    if (!inside[k].empty()) tree[leaves + k] = inside[k][number];
  };
  double outside = 0, all = 0;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (control.aborted()) return false;
    const std::size_t end = r + 1 < rows_.size() ? rows_[r + 1].first_weight : weights_.size();
    for (std::size_t k = 0; k < n_classes_; ++k) set_leaf(k, numbers_[r * n_classes_ + k]);
    for (std::size_t i = leaves; i-- > 1;) tree[i] = tree[2 * i] * tree[2 * i + 1];
    auto [column, cell, change] = rows_[r];
    for (;;) {
      outside += weights_[cell] * (1 - tree[1]);
      all += weights_[cell];
      if (++cell == end) break;
      for (const std::uint32_t k : ChangesAt(++column)) {
        set_leaf(k, changes_[change++]);
        for (std::size_t i = (leaves + k) / 2; i > 0; i /= 2) tree[i] = tree[2 * i] * tree[2 * i + 1];
      }
    }
  }
  probability = std::clamp(outside / all, 0.0, 1.0);
  return true;
}

}  // namespace scoring_bias
