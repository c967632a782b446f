#include "kernels/exact/joint_cells.h"

namespace scoring_bias {

void JointCells::BeginRow(std::size_t column, std::span<const std::uint32_t> numbers) {
  rows_.push_back({column, weights_.size(), changes_.size()});
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
}

JointCells::Share JointCells::Outside(std::span<const std::span<const double>> inside, std::size_t first,
                                      std::size_t end, const JobControl& control) const {
  // [i]: the product of [2 i] and [2 i + 1]; the classes' own from n_classes on.
  std::vector<double> tree(2 * n_classes_, 1.0);
  const auto set_leaf = [&](std::size_t k, std::uint32_t number) {
    if (!inside[k].empty()) tree[n_classes_ + k] = inside[k][number];
  };
  Share share;
  for (std::size_t r = first; r < end && !control.aborted(); ++r) {
    const std::size_t last = r + 1 < rows_.size() ? rows_[r + 1].first_weight : weights_.size();
    for (std::size_t k = 0; k < n_classes_; ++k) set_leaf(k, numbers_[r * n_classes_ + k]);
    for (std::size_t i = n_classes_; i-- > 1;) tree[i] = tree[2 * i] * tree[2 * i + 1];
    auto [column, cell, change] = rows_[r];
    for (;;) {
      share.outside += weights_[cell] * (1 - tree[1]);
      share.all += weights_[cell];
      if (++cell == last) break;
      for (const std::uint32_t k : ChangesAt(++column)) {
        set_leaf(k, changes_[change++]);
        for (std::size_t i = (n_classes_ + k) / 2; i > 0; i /= 2) tree[i] = tree[2 * i] * tree[2 * i + 1];
      }
    }
  }
  return share;
}

}  // namespace scoring_bias
