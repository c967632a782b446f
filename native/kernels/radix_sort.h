#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "kernels/parallel.h"

namespace scoring_bias {

// The engine under sort.h: a stable least-significant-digit radix sort of items by an unsigned integer key.

/// An array as source or sink of a pass.
template <typename Item>
struct ItemArray {
  Item* data;
  Item Get(std::size_t i) const { return data[i]; }
  void Set(std::size_t i, Item item) const { data[i] = item; }
};

inline constexpr int kRadixBits = 11;
inline constexpr std::size_t kBuckets = std::size_t{1} << kRadixBits;

template <typename Key>
inline constexpr int kDigits = (std::numeric_limits<Key>::digits + kRadixBits - 1) / kRadixBits;

template <typename Key>
std::size_t DigitOf(Key key, int digit) {
  return static_cast<std::size_t>(key >> (digit * kRadixBits)) & (kBuckets - 1);
}

/// For every member of a team its own counts of one digit, turned by `ToOffsets` into the places where the
/// member writes next.
using BucketCounts = std::array<std::uint32_t, kBuckets>;

/// Exclusive prefix sums, bucket by bucket and within a bucket member by member: items of one bucket keep the
/// order of the members' shares, which is what makes the sort stable.
inline void ToOffsets(std::span<BucketCounts> counts) {
  std::uint32_t offset = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    for (BucketCounts& member : counts) {
      const std::uint32_t count = member[bucket];
      member[bucket] = offset;
      offset += count;
    }
  }
}

/// Sorts n < 2^32 items by key_of(item), stably, reading them from `source` once for counting and once for
/// the first pass, then moving them to and fro between `a` and `b`. `a` must not overlap `source`; `b` may be
/// its memory.
///
/// Returns true when the sorted items are in `a`, false when in `b`. Passes over a digit in which all keys
/// agree are skipped; at least one pass is made, so the result is in one of the two even when the input was
/// sorted.
///
/// O(n) per pass, 3 passes for 32-bit keys and 6 for 64-bit keys; allocates team.size() * kDigits * 8 KiB and
/// throws std::bad_alloc when it cannot. The result does not depend on the size of the team.
template <typename Source, typename A, typename B, typename KeyOf>
bool RadixSort(ThreadTeam& team, std::size_t n, Source source, A a, B b, KeyOf key_of) {
  using Key = decltype(key_of(source.Get(0)));
  constexpr int kPasses = kDigits<Key>;
  const auto members = static_cast<std::size_t>(team.size());
  std::vector<BucketCounts> counts(members * kPasses);  // [digit][member]
  const auto counts_of = [&](int digit) { return std::span(counts).subspan(digit * members, members); };

  team.Run([&](int member) {
    const auto [begin, end] = ShareOf(n, member, team.size());
    for (std::size_t i = begin; i < end; ++i) {
      const Key key = key_of(source.Get(i));
      for (int digit = 0; digit < kPasses; ++digit) ++counts_of(digit)[member][DigitOf(key, digit)];
    }
  });

  const auto is_trivial = [&](int digit) {
    if (n == 0) return true;
    const std::size_t bucket = DigitOf(key_of(source.Get(0)), digit);
    std::size_t total = 0;
    for (const BucketCounts& member : counts_of(digit)) total += member[bucket];
    return total == n;
  };
  std::array<int, kPasses> digits{};
  int passes = 0;
  for (int digit = 0; digit < kPasses; ++digit) {
    if (!is_trivial(digit)) digits[passes++] = digit;
  }
  if (passes == 0) passes = 1;  // All keys equal: one pass moves the items, in order.

  const auto count = [&](auto from, int digit) {
    team.Run([&](int member) {
      BucketCounts& mine = counts_of(digit)[member];
      mine.fill(0);
      const auto [begin, end] = ShareOf(n, member, team.size());
      for (std::size_t i = begin; i < end; ++i) ++mine[DigitOf(key_of(from.Get(i)), digit)];
    });
  };
  const auto scatter = [&](auto from, auto to, int digit) {
    ToOffsets(counts_of(digit));
    team.Run([&](int member) {
      BucketCounts& next = counts_of(digit)[member];
      const auto [begin, end] = ShareOf(n, member, team.size());
      for (std::size_t i = begin; i < end; ++i) {
        const auto item = from.Get(i);
        to.Set(next[DigitOf(key_of(item), digit)]++, item);
      }
    });
  };
  for (int pass = 0; pass < passes; ++pass) {
    const int digit = digits[pass];
    // A single member's counts hold for any order of the items; shares change with each pass.
    const bool recount = pass > 0 && team.size() > 1;
    if (pass == 0) {
      scatter(source, a, digit);
    } else if (pass % 2 == 1) {
      if (recount) count(a, digit);
      scatter(a, b, digit);
    } else {
      if (recount) count(b, digit);
      scatter(b, a, digit);
    }
  }
  return passes % 2 == 1;
}

}  // namespace scoring_bias
