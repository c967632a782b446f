#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/sort/threshold.h"

namespace scoring_bias {

/// Which order statistics of n normal scores the thresholds of many target FPRs need: the distinct ranks,
/// counted from the largest (0), ascending, and how each target reads them.
class ThresholdPlan {
 public:
  /// n >= 1. Throws std::bad_alloc.
  ThresholdPlan(ThresholdDefinition definition, std::span<const double> fprs, std::size_t n) {
    std::vector<TopRank> targets;
    for (const double fpr : fprs) {
      const TopRank target = ThresholdRank(definition, fpr, n);
      targets.push_back(target);
      ranks_.push_back(target.index);
      if (target.weight > 0) ranks_.push_back(target.index + 1);
    }
    std::sort(ranks_.begin(), ranks_.end());
    ranks_.erase(std::unique(ranks_.begin(), ranks_.end()), ranks_.end());
    for (const TopRank target : targets) {
      const auto place = std::lower_bound(ranks_.begin(), ranks_.end(), target.index) - ranks_.begin();
      readings_.push_back({static_cast<std::size_t>(place), target.weight});
    }
  }

  std::span<const std::size_t> ranks() const { return ranks_; }

  /// The place among the ranks of target f's upper order statistic; the lower one, where it counts, is next.
  std::size_t PlaceOf(std::size_t f) const { return readings_[f].place; }
  bool IsInterpolated(std::size_t f) const { return readings_[f].weight > 0; }

  /// The threshold of target f between its two order statistics.
  double Between(std::size_t f, double upper, double lower) const {
    return Interpolate(upper, lower, readings_[f].weight);
  }

  /// The threshold of target f, given the scores at the ranks.
  double Threshold(std::size_t f, std::span<const double> at_rank) const {
    const auto [place, weight] = readings_[f];
    return weight > 0 ? Interpolate(at_rank[place], at_rank[place + 1], weight) : at_rank[place];
  }

 private:
  struct Reading {
    std::size_t place;
    double weight;
  };
  std::vector<std::size_t> ranks_;
  std::vector<Reading> readings_;
};

}  // namespace scoring_bias
