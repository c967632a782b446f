#include "kernels/bootstrap/bootstrap_input.h"

#include <algorithm>

#include "kernels/sort/sort.h"

namespace scoring_bias {
namespace {

Status CheckSizes(const BootstrapInput& input, std::size_t d) {
  const DetectorScores& detector = input.detectors[d];
  const DetectorScores& first = input.detectors[0];
  const std::size_t classes = input.n_classes();
  if (detector.classes.size() != classes || detector.excluded.size() != classes) {
    return {StatusCode::kLengthMismatch, input.ArrayNumber(d, 0)};
  }
  for (std::size_t set = 0; set <= classes; ++set) {
    const std::size_t array = input.ArrayNumber(d, set);
    const std::size_t n = SizeOf(set == 0 ? detector.normal : detector.classes[set - 1]);
    if (n == 0) return {StatusCode::kEmptySample, array};
    const std::size_t more = set == 0 ? input.below : 0;
    if (n > kMaxSortLength || more > kMaxSortLength - n) return {StatusCode::kOutOfRange, array};
    const std::size_t expected = SizeOf(set == 0 ? first.normal : first.classes[set - 1]);
    if (input.design == Design::kPaired && n != expected) return {StatusCode::kLengthMismatch, array, n};
    if (set == 0) continue;
    const std::span<const std::uint8_t> excluded = detector.excluded[set - 1];
    if (excluded.empty()) continue;
    if (excluded.size() != n) return {StatusCode::kLengthMismatch, array, excluded.size()};
    const bool tested_any =
        std::any_of(excluded.begin(), excluded.end(), [](std::uint8_t out) { return out == 0; });
    if (!tested_any) return {StatusCode::kEmptySample, array};
  }
  return {};
}

}  // namespace

std::size_t CountAbove(const ScoreSpan& scores, double threshold) {
  return std::visit(
      [threshold](auto values) {
        std::size_t count = 0;
        for (const auto score : values) count += static_cast<double>(score) > threshold ? 1 : 0;
        return count;
      },
      scores);
}

Status CheckInput(const BootstrapInput& input) {
  const std::size_t detectors = input.n_detectors();
  if (detectors == 0) return {StatusCode::kEmptySample};
  if (input.below > 0 && input.design != Design::kPaired) return {StatusCode::kOutOfRange};
  for (std::size_t d = 0; d < detectors; ++d) {
    if (const Status status = CheckSizes(input, d); !status.ok()) return status;
  }
  for (std::size_t f = 0; f < input.fprs.size(); ++f) {
    if (!(input.fprs[f] > 0 && input.fprs[f] < 1)) {
      return {StatusCode::kOutOfRange, input.ArrayNumber(detectors, 0), f};
    }
  }
  return {};
}

}  // namespace scoring_bias
