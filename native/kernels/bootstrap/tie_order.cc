#include "kernels/bootstrap/tie_order.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/permutation.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

// What ties in both detectors is in the order of its numbers, or in the opposite one.
enum class Within { kAscending, kDescending };

void OrderTies(const ScoreSpan& others, Within within, ScoreWindow& window) {
  std::vector<std::uint32_t> sorted, places;
  const auto order = [&](auto scores, std::size_t begin, std::size_t end) {
    const std::span<std::uint32_t> tie = std::span(window.order).subspan(begin, end - begin);
    sorted.assign(tie.begin(), tie.end());
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t i, std::uint32_t j) {
      if (scores[i] != scores[j]) return scores[i] > scores[j];
      return within == Within::kAscending ? i < j : i > j;
    });
    places.resize(tie.size());
    RandomPermutation(0, kTieStream, static_cast<std::uint32_t>(window.first + begin), places);
    for (std::size_t i = 0; i < tie.size(); ++i) tie[i] = sorted[places[i]];
  };
  std::visit(
      [&](auto scores) {
        for (std::size_t begin = 0, end = 0; begin < window.size(); begin = end) {
          while (end < window.size() && window.values[end] == window.values[begin]) ++end;
          if (end - begin > 1) order(scores, begin, end);
        }
      },
      others);
}

}  // namespace

Status SelectWithTies(const ScoreSpan& scores, std::size_t first, std::size_t last, std::size_t array,
                      int threads, ScoreWindow& window) {
  const Status status = SelectPositions(scores, first, last, array, threads, window);
  if (!status.ok()) return status;
  const double top = window.values.front(), bottom = window.values.back();
  std::size_t above = 0, below = 0;
  std::visit(
      [&](auto values) {
        for (const auto value : values) {
          above += static_cast<double>(value) > top ? 1 : 0;
          below += static_cast<double>(value) < bottom ? 1 : 0;
        }
      },
      scores);
  const std::size_t end = SizeOf(scores) - below;
  if (above == first && end == last) return status;
  return SelectPositions(scores, above, end, array, threads, window);
}

void OrderTies(const ScoreSpan& a, ScoreWindow& window_a, const ScoreSpan& b, ScoreWindow& window_b) {
  OrderTies(b, Within::kAscending, window_a);
  OrderTies(a, Within::kDescending, window_b);
}

}  // namespace scoring_bias
