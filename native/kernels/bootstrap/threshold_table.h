#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/alias.h"
#include "kernels/random/philox.h"

namespace scoring_bias {

/// The joint law of both thresholds of two paired detectors at one target, ready to draw from: cells of their
/// positions within which no class's number of flagged anomalies changes. exact/threshold_pairs.h makes it.
struct ThresholdTable {
  std::array<std::vector<std::size_t>, 2> positions;  // [detector][cell of it]: a position in the cell
  std::vector<AliasEntry> rows;                       // cells of the first detector
  std::vector<AliasEntry> columns;                    // [row][column]: of the second, given the row

  bool empty() const { return rows.empty(); }

  /// The positions of both thresholds of a resample, by one block of random words.
  std::array<std::size_t, 2> operator()(const PhiloxBlock& words) const {
    const auto bits = [&](std::size_t word) {
      return std::uint64_t{words[word]} | std::uint64_t{words[word + 1]} << 32;
    };
    const std::size_t row = AliasVariate(rows, bits(0)), width = positions[1].size();
    const std::size_t column = AliasVariate(std::span(columns).subspan(row * width, width), bits(2));
    return {positions[0][row], positions[1][column]};
  }
};

}  // namespace scoring_bias
