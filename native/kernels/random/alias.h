#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

namespace scoring_bias {

/// One of n equal parts of a discrete law: its own value up to `keep`, from there on another one.
struct AliasEntry {
  double keep = 0;
  std::uint32_t other = 0;
};

/// Prepares draws with these probabilities (>= 0, any scale, some positive): Vose, "A linear algorithm for
/// generating random numbers with a given distribution" (IEEE TSE 17, 1991). `scratch` is as long as the
/// weights. Time: 5 ns an entry.
inline void MakeAlias(std::span<const double> weights, std::span<AliasEntry> entries,
                      std::span<std::uint32_t> scratch) {
  const std::size_t n = weights.size();
  const double scale = static_cast<double>(n) / std::accumulate(weights.begin(), weights.end(), 0.0);
  // What is left of those that have less than their part, from the front, and of those that have more.
  std::size_t small = 0, large = n;
  for (std::size_t i = 0; i < n; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    entries[i] = {weights[i] * scale, number};
    scratch[entries[i].keep < 1 ? small++ : --large] = number;
  }
  while (small > 0 && large < n) {
    AliasEntry& poor = entries[scratch[--small]];
    const std::uint32_t rich = scratch[large];
    poor.other = rich;
    entries[rich].keep -= 1 - poor.keep;
    if (entries[rich].keep < 1) {
      ++large;
      scratch[small++] = rich;
    }
  }
  // Rounding alone has left these.
  while (small > 0) entries[scratch[--small]].keep = 1;
  while (large < n) entries[scratch[large++]].keep = 1;
}

/// A value drawn by 52 random bits, the upper ones of `bits`: probabilities are met to n 2^-52.
inline std::size_t AliasVariate(std::span<const AliasEntry> entries, std::uint64_t bits) {
  const double point = (static_cast<double>(static_cast<std::int64_t>(bits >> 12)) + 0.5) * 0x1p-52 *
                       static_cast<double>(entries.size());
  const auto part = static_cast<std::size_t>(static_cast<std::int64_t>(point));
  return point - static_cast<double>(part) < entries[part].keep ? part : entries[part].other;
}

}  // namespace scoring_bias
