#include "kernels/sort/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/sort/rank_arithmetic.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {
namespace {

// The quantile stands the fraction `weight` of the way from x_(rank) to x_(rank + 1), ranks 1-based and not
// yet held inside the sample.
struct Position {
  double rank;
  double weight;
};

// For a position p * n + shift with an integer shift, whose whole part must not suffer from rounding.
Position ExactPosition(double p, std::size_t n, double shift) {
  const RankProduct product = MultiplyRank(p, n);
  const auto whole = static_cast<double>(product.floor);
  const double weight = product.exact ? 0 : p * static_cast<double>(n) - whole;
  return {whole + shift, std::clamp(weight, 0.0, 1.0)};
}

// The definitions from 5 on that have no whole ranks to hit: the quantile is continuous in the position.
Position RoundedPosition(double position) {
  const double rank = std::floor(position);
  return {rank, position - rank};
}

Position PositionOf(QuantileRule rule, double p, std::size_t n) {
  const auto size = static_cast<double>(n);
  switch (rule) {
    case QuantileRule::kInverseCdf:
      return {static_cast<double>(MultiplyRank(p, n).ceil()), 0};
    case QuantileRule::kAveragedInverseCdf: {
      const RankProduct product = MultiplyRank(p, n);
      return {static_cast<double>(product.ceil()), product.exact ? 0.5 : 0};
    }
    case QuantileRule::kClosestObservation: {
      const RankProduct twice = MultiplyRank(p, 2 * n);
      const std::size_t down = twice.floor / 2;
      if (twice.floor % 2 == 0) return {static_cast<double>(down), 0};
      const bool tie_to_even = twice.exact && down % 2 == 0;
      return {static_cast<double>(tie_to_even ? down : down + 1), 0};
    }
    case QuantileRule::kInterpolatedInverseCdf:
      return ExactPosition(p, n, 0);
    case QuantileRule::kHazen:
      return RoundedPosition(p * size + 0.5);
    case QuantileRule::kWeibull:
      return ExactPosition(p, n + 1, 0);
    case QuantileRule::kLinear:
      return ExactPosition(p, n - 1, 1);
    case QuantileRule::kMedianUnbiased:
      return RoundedPosition(p * (size + 1.0 / 3) + 1.0 / 3);
    case QuantileRule::kNormalUnbiased:
      break;
  }
  return RoundedPosition(p * (size + 0.25) + 0.375);
}

}  // namespace

template <typename T>
Status Quantiles(std::span<const T> sorted, std::span<const double> probabilities, QuantileRule rule,
                 std::span<double> quantiles) {
  const std::size_t n = sorted.size();
  if (n == 0) return {StatusCode::kEmptySample};
  if (quantiles.size() != probabilities.size()) return {StatusCode::kLengthMismatch, 1};
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double p = probabilities[i];
    if (!(p >= 0 && p <= 1)) return {StatusCode::kOutOfRange, 1, i};
    const Position position = PositionOf(rule, p, n);
    const auto at = [&](double rank) {
      const double inside = std::clamp(rank, 1.0, static_cast<double>(n));
      return static_cast<double>(sorted[static_cast<std::size_t>(inside) - 1]);
    };
    // Interpolate counts the weight from the upper neighbour.
    const double lower = at(position.rank);
    quantiles[i] =
        position.weight == 0 ? lower : Interpolate(at(position.rank + 1), lower, 1 - position.weight);
  }
  return {};
}

template Status Quantiles(std::span<const float>, std::span<const double>, QuantileRule, std::span<double>);
template Status Quantiles(std::span<const double>, std::span<const double>, QuantileRule, std::span<double>);

}  // namespace scoring_bias
