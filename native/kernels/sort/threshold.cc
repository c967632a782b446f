#include "kernels/sort/threshold.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include "kernels/base/constants.h"
#include "kernels/sort/float_key.h"
#include "kernels/sort/rank_arithmetic.h"
#include "kernels/sort/sort.h"
#include "kernels/special/discrete.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {

namespace {

// The largest c with P(Bin(n, fpr) <= c) <= delta, or 0 when there is none.
std::size_t CertifiedRank(double fpr, double delta, std::size_t n) {
  const auto exceeds = [&](std::size_t c) {
    return BinomialTails(static_cast<std::int64_t>(c), static_cast<std::int64_t>(n), fpr).lower <= delta;
  };
  std::size_t low = 0, high = n;  // The probability grows with c and is 1 at n.
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (exceeds(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

TopRank ThresholdRank(ThresholdDefinition definition, double fpr, std::size_t n) {
  switch (definition.rule) {
    case ThresholdRule::kInverseCdf:
      return {MultiplyRank(fpr, n).floor, 0};
    case ThresholdRule::kSupremum:
      return {MultiplyRank(fpr, n).ceil() - 1, 0};
    case ThresholdRule::kCertified:
      return {CertifiedRank(fpr, definition.delta, n), 0};
    case ThresholdRule::kLinear:
      break;
  }
  const RankProduct position = MultiplyRank(fpr, n - 1);
  if (position.exact) return {position.floor, 0};
  const double weight = fpr * static_cast<double>(n - 1) - static_cast<double>(position.floor);
  return {position.floor, std::clamp(weight, 0.0, std::nextafter(1.0, 0.0))};
}

double FewestCertified(double fpr, double delta) {
  // By logarithms: powers next to 1 are too coarse to compare. Their quotient is off by a few ulps at most.
  const double step = portable::Log1p(-fpr), wanted = portable::Log(delta);
  const auto holds = [&](double n) { return n * step <= wanted; };
  const auto below = [](double n) { return std::min(n - 1, std::nextafter(n, 0.0)); };
  const auto above = [](double n) { return std::max(n + 1, std::nextafter(n, kInfinity)); };
  double n = std::max(1.0, std::floor(wanted / step));
  while (n > 1 && holds(below(n))) n = below(n);
  while (!holds(n)) n = above(n);
  return n;
}

double Interpolate(double upper, double lower, double weight) {
  if (weight == 0) return upper;
  if (weight == 1) return lower;
  if (std::isinf(upper)) return upper > 0 ? upper : lower;
  if (std::isinf(lower)) return lower;
  return std::lerp(upper, lower, weight);
}

template <typename T>
Status Thresholds(std::span<const T> sorted, std::span<const double> fprs, ThresholdDefinition definition,
                  std::span<double> thresholds, std::span<std::uint32_t> tolerated) {
  const std::size_t n = sorted.size();
  if (n == 0) return {StatusCode::kEmptySample};
  if (thresholds.size() != fprs.size() || tolerated.size() != fprs.size())
    return {StatusCode::kLengthMismatch, 1};
  for (std::size_t f = 0; f < fprs.size(); ++f) {
    if (!(fprs[f] > 0 && fprs[f] < 1)) return {StatusCode::kOutOfRange, 1, f};
    const TopRank rank = ThresholdRank(definition, fprs[f], n);
    const double upper = static_cast<double>(sorted[n - 1 - rank.index]);
    const double lower = rank.weight > 0 ? static_cast<double>(sorted[n - 2 - rank.index]) : upper;
    thresholds[f] = Interpolate(upper, lower, rank.weight);
    tolerated[f] = static_cast<std::uint32_t>(MultiplyRank(fprs[f], n).floor);
  }
  return {};
}

template <typename T>
Status CountAbove(std::span<const T> scores, std::span<const double> thresholds,
                  std::span<std::uint32_t> flagged) {
  if (flagged.size() != thresholds.size()) return {StatusCode::kLengthMismatch, 1};
  if (scores.size() > kMaxSortLength) return {StatusCode::kOutOfRange};
  if (const std::size_t nan = FirstNan(scores); nan < scores.size()) return {StatusCode::kNotANumber, 0, nan};
  if (const std::size_t nan = FirstNan(thresholds); nan < thresholds.size()) {
    return {StatusCode::kNotANumber, 1, nan};
  }
  if (thresholds.size() <= kScanThresholds) {
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      std::uint32_t count = 0;
      for (const T score : scores) count += static_cast<double>(score) > thresholds[t] ? 1 : 0;
      flagged[t] = count;
    }
    return {};
  }
  std::vector<T> sorted;
  try {
    sorted.assign(scores.begin(), scores.end());
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
  if (const Status status = Sort(std::span(sorted), 1); !status.ok()) return status;
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const auto above = std::upper_bound(sorted.begin(), sorted.end(), thresholds[t]);
    flagged[t] = static_cast<std::uint32_t>(sorted.end() - above);
  }
  return {};
}

template Status Thresholds(std::span<const float>, std::span<const double>, ThresholdDefinition,
                           std::span<double>, std::span<std::uint32_t>);
template Status Thresholds(std::span<const double>, std::span<const double>, ThresholdDefinition,
                           std::span<double>, std::span<std::uint32_t>);
template Status CountAbove(std::span<const float>, std::span<const double>, std::span<std::uint32_t>);
template Status CountAbove(std::span<const double>, std::span<const double>, std::span<std::uint32_t>);

}  // namespace scoring_bias
