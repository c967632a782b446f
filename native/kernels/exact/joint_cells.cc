#include "kernels/exact/joint_cells.h"

#include <algorithm>

namespace scoring_bias {

void JointCells::BeginRow(std::size_t column, std::span<const std::uint32_t> numbers) {
  rows_.push_back({column, weights_.size(), changes_.size()});
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
}

template <std::size_t kLanes>
SCORING_BIAS_INLINE JointCells::Share JointCells::Sum(std::span<const std::span<const double>> inside,
                                                      std::size_t first, std::size_t end,
                                                      const JobControl& control) const {
  using Values = std::array<double, kLanes>;
  // [i]: the product of [2 i] and [2 i + 1]; the classes' own from n_classes on.
  Values ones;
  ones.fill(1);
  std::vector<Values> tree(2 * n_classes_, ones);
  const auto multiply = [&](std::size_t i) {
    for (std::size_t j = 0; j < kLanes; ++j) tree[i][j] = tree[2 * i][j] * tree[2 * i + 1][j];
  };
  const auto set_leaf = [&](std::size_t k, std::uint32_t number) {
    if (inside[k].empty()) return;
    const double* const own = inside[k].data() + number * kLanes;
    for (std::size_t j = 0; j < kLanes; ++j) tree[n_classes_ + k][j] = own[j];
  };
  Values outside{};
  double all = 0;
  for (std::size_t r = first; r < end && !control.aborted(); ++r) {
    const std::size_t last = r + 1 < rows_.size() ? rows_[r + 1].first_weight : weights_.size();
    for (std::size_t k = 0; k < n_classes_; ++k) set_leaf(k, numbers_[r * n_classes_ + k]);
    for (std::size_t i = n_classes_; i-- > 1;) multiply(i);
    auto [column, cell, change] = rows_[r];
    for (;;) {
      const double weight = weights_[cell];
      for (std::size_t j = 0; j < kLanes; ++j) outside[j] += weight * (1 - tree[1][j]);
      all += weight;
      if (++cell == last) break;
      for (const std::uint32_t k : ChangesAt(++column)) {
        set_leaf(k, changes_[change++]);
        for (std::size_t i = (n_classes_ + k) / 2; i > 0; i /= 2) multiply(i);
      }
    }
  }
  Share share;
  std::copy(outside.begin(), outside.end(), share.outside.begin());
  share.all = all;
  return share;
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 JointCells::Share JointCells::SumByAvx2(std::span<const std::span<const double>> inside,
                                                          std::size_t first, std::size_t end,
                                                          const JobControl& control) const {
  return Sum<kMostLanes>(inside, first, end, control);
}
#endif

JointCells::Share JointCells::Outside(std::span<const std::span<const double>> inside, std::size_t lanes,
                                      std::size_t first, std::size_t end, const JobControl& control) const {
  if (lanes == 1) return Sum<1>(inside, first, end, control);
  if (lanes == 2) return Sum<2>(inside, first, end, control);
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) return SumByAvx2(inside, first, end, control);
#endif
  return Sum<kMostLanes>(inside, first, end, control);
}

}  // namespace scoring_bias
