#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/base/parallel.h"

namespace scoring_bias {

// The engine under sort.h: a stable least-significant-digit radix sort of items by 32-bit unsigned keys, and
// what repairs the order of items whose keys were only the leading half of longer ones.

/// An array as source or sink of a pass.
template <typename Item>
struct ItemArray {
  Item* data;
  Item Get(std::size_t i) const { return data[i]; }
  void Set(std::size_t i, Item item) const { data[i] = item; }
  bool Accepts(std::size_t) const { return true; }
};

inline constexpr int kRadixBits = 11;
inline constexpr int kDigits = 3;
inline constexpr std::size_t kBuckets = std::size_t{1} << kRadixBits;

inline std::size_t DigitOf(std::uint32_t key, int digit) {
  return static_cast<std::size_t>(key >> (digit * kRadixBits)) & (kBuckets - 1);
}

/// Calls body with the digit as a compile-time constant: passes that shift by constants take a tenth less.
template <typename Body>
void WithConstantDigit(int digit, const Body& body) {
  switch (digit) {
    case 0:
      return body(std::integral_constant<int, 0>());
    case 1:
      return body(std::integral_constant<int, 1>());
    default:
      return body(std::integral_constant<int, 2>());
  }
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

/// Where RadixSort left the items.
enum class SortedIn { kRefused, kA, kB };

/// Sorts n < 2^32 items by key_of(item), stably, reading them from `source` once for counting and once for
/// the first pass, then moving them to and fro between `a` and `b`. `a` must not overlap `source`; `b` may be
/// its memory.
///
/// The counting pass also asks source.Accepts(i) of every item; should one be refused, nothing is written.
/// Passes over a digit in which all keys agree are skipped; at least one pass is made, so the result is in
/// `a` or `b` even when the input was sorted.
///
/// O(n): one reading and at most 3 passes; allocates team.size() * 24 KiB and throws std::bad_alloc when it
/// cannot. The result does not depend on the size of the team.
template <typename Source, typename A, typename B, typename KeyOf>
SortedIn RadixSort(ThreadTeam& team, std::size_t n, Source source, A a, B b, KeyOf key_of) {
  const auto members = static_cast<std::size_t>(team.size());
  std::vector<BucketCounts> counts(members * kDigits);  // [digit][member]
  const auto counts_of = [&](int digit) { return std::span(counts).subspan(digit * members, members); };

  std::atomic<bool> refused{false};
  team.Run([&](int member) {
    BucketCounts& low = counts_of(0)[member];
    BucketCounts& middle = counts_of(1)[member];
    BucketCounts& high = counts_of(2)[member];
    bool all = true;
    const auto [begin, end] = ShareOf(n, member, team.size());
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t key = key_of(source.Get(i));
      all &= source.Accepts(i);
      ++low[DigitOf(key, 0)];
      ++middle[DigitOf(key, 1)];
      ++high[DigitOf(key, 2)];
    }
    if (!all) refused = true;
  });
  if (refused) return SortedIn::kRefused;

  const auto is_trivial = [&](int digit) {
    if (n == 0) return true;
    const std::size_t bucket = DigitOf(key_of(source.Get(0)), digit);
    std::size_t total = 0;
    for (const BucketCounts& member : counts_of(digit)) total += member[bucket];
    return total == n;
  };
  std::array<int, kDigits> digits{};
  int passes = 0;
  for (int digit = 0; digit < kDigits; ++digit) {
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
    WithConstantDigit(digit, [&](auto constant) {
      team.Run([&](int member) {
        BucketCounts& next = counts_of(constant)[member];
        const auto [begin, end] = ShareOf(n, member, team.size());
        for (std::size_t i = begin; i < end; ++i) {
          const auto item = from.Get(i);
          to.Set(next[DigitOf(key_of(item), constant)]++, item);
        }
      });
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
  return passes % 2 == 1 ? SortedIn::kA : SortedIn::kB;
}

/// Insertion-sorts, stably, items that are already in order of their leading halves: `less` compares whole
/// keys, `same_lead` leading halves.
///
/// Returns false, having sorted some only, when that takes more than about four moves an item: too many share
/// their leading half, and sorting the trailing halves too is faster.
template <typename Buffer, typename SameLead, typename Less>
bool SortWithinLeads(ThreadTeam& team, std::size_t n, Buffer items, SameLead same_lead, Less less) {
  constexpr std::size_t kMovesPerItem = 4;
  // Where members begin, moved on to where a lead begins: no two of them work on the same lead.
  std::vector<std::size_t> begins(static_cast<std::size_t>(team.size()) + 1, n);
  for (int member = 0; member < team.size(); ++member) {
    std::size_t i = ShareOf(n, member, team.size()).first;
    while (i > 0 && i < n && same_lead(items.Get(i - 1), items.Get(i))) ++i;
    begins[static_cast<std::size_t>(member)] = i;
  }
  std::atomic<bool> sorted{true};
  team.Run([&](int member) {
    const std::size_t begin = begins[static_cast<std::size_t>(member)];
    const std::size_t end = begins[static_cast<std::size_t>(member) + 1];
    std::size_t moves = 0;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const auto item = items.Get(i);
      std::size_t to = i;
      for (; to > begin && less(item, items.Get(to - 1)); --to) items.Set(to, items.Get(to - 1));
      if (to == i) continue;
      items.Set(to, item);
      moves += i - to;
      if (moves > kMovesPerItem * (end - begin)) {
        sorted = false;
        return;
      }
    }
  });
  return sorted;
}

}  // namespace scoring_bias
