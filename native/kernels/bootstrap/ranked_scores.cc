#include "kernels/bootstrap/ranked_scores.h"

#include <algorithm>
#include <new>

#include "kernels/sort/sort.h"

namespace scoring_bias {

std::size_t RankedScores::CountAbove(double threshold) const {
  const auto end =
      std::partition_point(values.begin(), values.end(), [threshold](double x) { return x > threshold; });
  return static_cast<std::size_t>(end - values.begin());
}

double RankedScores::At(TopRank rank) const {
  const double upper = values[rank.index];
  return rank.weight > 0 ? Interpolate(upper, values[rank.index + 1], rank.weight) : upper;
}

Status RankScores(const ScoreSpan& scores, std::span<const std::uint8_t> excluded, std::size_t array,
                  int threads, RankedScores& ranked) {
  const auto rank = [&](auto values) -> Status {
    std::vector<std::uint32_t> ascending(values.size());
    Status status = Argsort(values, std::span(ascending), threads);
    status.array = array;
    if (!status.ok()) return status;
    ranked = {};
    ranked.order.reserve(values.size());
    ranked.values.reserve(values.size());
    for (auto i = ascending.rbegin(); i != ascending.rend(); ++i) {
      if (!excluded.empty() && excluded[*i] != 0) {
        ranked.excluded.push_back(*i);
      } else {
        ranked.order.push_back(*i);
        ranked.values.push_back(static_cast<double>(values[*i]));
      }
    }
    return {};
  };
  try {
    return std::visit(rank, scores);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory, array};
  }
}

Status RankInput(const BootstrapInput& input, int threads, std::vector<RankedDetector>& detectors) {
  if (const Status status = CheckInput(input); !status.ok()) return status;
  if (input.below > 0) return {StatusCode::kOutOfRange};
  try {
    detectors.assign(input.n_detectors(), {});
    for (std::size_t d = 0; d < input.n_detectors(); ++d) {
      const DetectorScores& scores = input.detectors[d];
      Status status = RankScores(scores.normal, {}, input.ArrayNumber(d, 0), threads, detectors[d].normal);
      if (!status.ok()) return status;
      detectors[d].classes.resize(input.n_classes());
      for (std::size_t k = 0; k < input.n_classes(); ++k) {
        status = RankScores(scores.classes[k], scores.excluded[k], input.ArrayNumber(d, k + 1), threads,
                            detectors[d].classes[k]);
        if (!status.ok()) return status;
      }
    }
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias
