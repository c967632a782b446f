#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "kernels/base/named.h"
#include "kernels/base/status.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {

/// Scores of either precision, borrowed.
using ScoreSpan = std::variant<std::span<const float>, std::span<const double>>;

inline std::size_t SizeOf(const ScoreSpan& scores) {
  return std::visit([](auto values) { return values.size(); }, scores);
}

/// How many scores are strictly above a threshold.
std::size_t CountAbove(const ScoreSpan& scores, double threshold);

/// One detector's scores: `normal`, n0 of them; `classes`, one array for each class of anomalies; `excluded`,
/// for each class either empty or one byte a sample, not 0 where this detector did not test the sample
/// (because it was trained on it, for instance).
struct DetectorScores {
  ScoreSpan normal;
  std::vector<ScoreSpan> classes;
  std::vector<std::span<const std::uint8_t>> excluded;
};

/// kPaired: all detectors scored the same samples, position by position, and a resampled sample carries all
/// its scores. kIndependent: every detector scored samples of its own, resampled on their own.
enum class Design { kPaired, kIndependent };

template <>
inline constexpr Named<Design> kNamed<Design>[] = {{Design::kPaired, "paired"},
                                                   {Design::kIndependent, "independent"}};

/// What is resampled, and which thresholds are read off it.
struct BootstrapInput {
  std::vector<DetectorScores> detectors;
  Design design = Design::kPaired;
  ThresholdDefinition definition;
  std::vector<double> fprs;
  /// Normal samples that are counted alone: that many more, which every detector scores below those that
  /// thresholds can reach. For paired detectors; only the `tree` index and the confidence distribution know
  /// them.
  std::size_t below = 0;

  std::size_t n_normal(std::size_t d) const { return SizeOf(detectors[d].normal) + below; }
  std::size_t n_detectors() const { return detectors.size(); }
  std::size_t n_classes() const { return detectors.empty() ? 0 : detectors[0].classes.size(); }

  /// The number by which a Status names an array: each detector's normal scores, then its classes'.
  std::size_t ArrayNumber(std::size_t detector, std::size_t set) const {
    return detector * (n_classes() + 1) + set;
  }
};

/// Checks everything about the input except for NaN among the scores (the sort finds those): at least one
/// detector, every detector the same number of classes, no empty sample, no class of which a detector tested
/// nothing, mask lengths, equal sizes in the paired design, at most kMaxSortLength samples, targets inside
/// (0, 1), none counted alone of detectors with samples of their own.
///
/// Errors: kEmptySample, kLengthMismatch, kOutOfRange with the array's number (for a target: the number of
/// arrays, and the target's index).
Status CheckInput(const BootstrapInput& input);

}  // namespace scoring_bias
