#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"

namespace scoring_bias {

/// The positions first, ..., last - 1.
struct PositionRange {
  std::size_t first, last;
};

/// A stretch of a sample in descending order. Every sample has one position, counted from the largest score
/// (0): larger scores come first, tied ones (-0 and +0 too) in the order of their numbers.
///
/// The threshold of a resample lies within O(sqrt(n)) places of where it lies in the sample, so a bootstrap
/// needs the order of the scores only there, and the number of those before.
struct ScoreWindow {
  /// The position of the window's first sample: how many come before it.
  std::size_t first = 0;
  /// The samples from there on: their scores and their numbers.
  std::vector<double> values;
  std::vector<std::uint32_t> order;
  /// What comes before the window is larger than `top`, or equal to it with a number below `top_number`.
  double top = 0;
  std::uint32_t top_number = 0;

  std::size_t size() const { return values.size(); }
  std::size_t last() const { return first + values.size(); }

  /// Whether the sample comes before the window.
  bool Precedes(double score, std::uint32_t number) const {
    return score > top || (score == top && number < top_number);
  }

  /// How many samples are strictly above a threshold that lies between the first and the last value of the
  /// window and is no smaller than what comes after: first + O(log size).
  std::size_t CountAbove(double threshold) const;
};

/// The window of the positions first, ..., last - 1 of a sample; first < last <= n.
///
/// Radix selection: the leading digits of all keys are counted, once or until the stretch is well cut out,
/// what shares them is sorted. O(n): about 2 ms for 10^6 floats, then O(1) for each sample of the stretch and
/// its surroundings. Up to `threads` threads. Allocates 32 bytes a sample sorted. The result does not depend
/// on the number of threads.
///
/// Errors: kNotANumber with the array number given and the index of the first NaN; kOutOfMemory.
Status SelectPositions(const ScoreSpan& scores, std::size_t first, std::size_t last, std::size_t array,
                       int threads, ScoreWindow& window);

/// The window of the scores in (bottom, top]; it may be empty. Errors as above.
Status SelectValues(const ScoreSpan& scores, double top, double bottom, std::size_t array, int threads,
                    ScoreWindow& window);

/// For each normal score of a window the anomalies above it.
std::vector<std::uint32_t> CountFlagged(const ScoreWindow& normal, const ScoreWindow& anomalies);

}  // namespace scoring_bias
