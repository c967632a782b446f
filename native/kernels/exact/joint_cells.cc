#include "kernels/exact/joint_cells.h"

#include <algorithm>

#include "kernels/base/quad.h"

namespace scoring_bias {

void JointCells::BeginRow(std::size_t column, std::span<const std::uint32_t> numbers) {
  rows_.push_back({column, weights_.size(), changes_.size()});
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
}

namespace {

/// Numbers of some lanes, taken together.
template <std::size_t kLanes>
struct Lanes {
  double values[kLanes];

  SCORING_BIAS_INLINE void Product(const Lanes& a, const Lanes& b) {
    if constexpr (kLanes % 4 == 0) {
      Quad one, other;
      for (std::size_t j = 0; j < kLanes; j += 4) {
        Load(a.values + j, one);
        Load(b.values + j, other);
        Store(one * other, values + j);
      }
    } else {
      for (std::size_t j = 0; j < kLanes; ++j) values[j] = a.values[j] * b.values[j];
    }
  }

  /// Adds weight * (1 - product).
  SCORING_BIAS_INLINE void AddRest(double weight, const Lanes& product) {
    if constexpr (kLanes % 4 == 0) {
      Quad sum, own;
      for (std::size_t j = 0; j < kLanes; j += 4) {
        Load(values + j, sum);
        Load(product.values + j, own);
        Store(sum + weight * (1.0 - own), values + j);
      }
    } else {
      for (std::size_t j = 0; j < kLanes; ++j) values[j] += weight * (1 - product.values[j]);
    }
  }
};

}  // namespace

template <std::size_t kLanes>
SCORING_BIAS_INLINE JointCells::Share JointCells::Sum(std::span<const std::span<const double>> inside,
                                                      std::size_t first, std::size_t end,
                                                      const JobControl& control) const {
  using Values = Lanes<kLanes>;
  // [i]: the product of [2 i] and [2 i + 1]; the classes' own from n_classes on.
  Values ones;
  std::fill_n(ones.values, kLanes, 1.0);
  std::vector<Values> tree(2 * n_classes_, ones);
  const auto multiply = [&](std::size_t i) { tree[i].Product(tree[2 * i], tree[2 * i + 1]); };
  const auto set_leaf = [&](std::size_t k, std::uint32_t number) {
    if (!inside[k].empty())
      std::copy_n(inside[k].data() + number * kLanes, kLanes, tree[n_classes_ + k].values);
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
      outside.AddRest(weight, tree[1]);
      all += weight;
      if (++cell == last) break;
      for (const std::uint32_t k : ChangesAt(++column)) {
        set_leaf(k, changes_[change++]);
        for (std::size_t i = (n_classes_ + k) / 2; i > 0; i /= 2) multiply(i);
      }
    }
  }
  Share share;
  std::copy_n(outside.values, kLanes, share.outside.begin());
  share.all = all;
  return share;
}

SCORING_BIAS_INLINE JointCells::Share JointCells::SumOf(std::span<const std::span<const double>> inside,
                                                        std::size_t lanes, std::size_t first, std::size_t end,
                                                        const JobControl& control) const {
  switch (lanes) {
    case 1:
      return Sum<1>(inside, first, end, control);
    case 2:
      return Sum<2>(inside, first, end, control);
    case 4:
      return Sum<4>(inside, first, end, control);
    case 8:
      return Sum<8>(inside, first, end, control);
    default:
      return Sum<kMostLanes>(inside, first, end, control);
  }
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 JointCells::Share JointCells::SumByAvx2(std::span<const std::span<const double>> inside,
                                                          std::size_t lanes, std::size_t first,
                                                          std::size_t end, const JobControl& control) const {
  return SumOf(inside, lanes, first, end, control);
}
#endif

JointCells::Share JointCells::Outside(std::span<const std::span<const double>> inside, std::size_t lanes,
                                      std::size_t first, std::size_t end, const JobControl& control) const {
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) return SumByAvx2(inside, lanes, first, end, control);
#endif
  return SumOf(inside, lanes, first, end, control);
}

}  // namespace scoring_bias
