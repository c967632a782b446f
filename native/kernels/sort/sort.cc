#include "kernels/sort/sort.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <memory>
#include <new>
#include <utility>

#include "kernels/sort/float_key.h"
#include "kernels/sort/radix_sort.h"

namespace scoring_bias {
namespace {

// Below this many values for each thread, waking threads costs more than it saves.
constexpr std::size_t kGrain = std::size_t{1} << 16;

// Keys of 64 bits are sorted by their leading half, which seldom leaves much to repair (SortWithinLeads), and
// only when it does by both. Function objects, which are inlined where pointers to functions are not.
constexpr auto Lead = [](auto key) { return static_cast<std::uint32_t>(key >> (8 * sizeof key - 32)); };
constexpr auto Trail = [](auto key) { return static_cast<std::uint32_t>(key); };

template <typename T>
struct KeysOfValues {
  const T* values;
  FloatKey<T> Get(std::size_t i) const { return ToKey(values[i]); }
  bool Accepts(std::size_t i) const { return values[i] == values[i]; }
};

// Keys stored as the floating-point numbers of those bits, which are moved but never computed with: so the
// values' own memory serves as a buffer of keys.
template <typename T>
struct KeyArray {
  T* data;
  FloatKey<T> Get(std::size_t i) const { return std::bit_cast<FloatKey<T>>(data[i]); }
  void Set(std::size_t i, FloatKey<T> key) const { data[i] = std::bit_cast<T>(key); }
  bool Accepts(std::size_t) const { return true; }
};

// Half a key, or all 32 bits of it, with the index of its value.
struct Item {
  std::uint64_t bits;
  Item() = default;
  Item(std::uint32_t key, std::uint32_t index) : bits(std::uint64_t{key} << 32 | index) {}
  std::uint32_t key() const { return static_cast<std::uint32_t>(bits >> 32); }
  std::uint32_t index() const { return static_cast<std::uint32_t>(bits); }
};

// Adding zero turns -0 into +0, so that the two tie.
template <typename T>
FloatKey<T> KeyWithTies(T value) {
  return ToKey(value + T{0});
}

template <typename T>
struct LeadsOfValues {
  const T* values;
  Item Get(std::size_t i) const { return {Lead(KeyWithTies(values[i])), static_cast<std::uint32_t>(i)}; }
  bool Accepts(std::size_t i) const { return values[i] == values[i]; }
};

template <typename T>
struct TrailsOfValues {
  const T* values;
  Item Get(std::size_t i) const { return {Trail(KeyWithTies(values[i])), static_cast<std::uint32_t>(i)}; }
  bool Accepts(std::size_t) const { return true; }
};

// The leads in the order of other items.
template <typename T>
struct LeadsInOrder {
  const T* values;
  const Item* order;
  Item Get(std::size_t i) const {
    const std::uint32_t index = order[i].index();
    return {Lead(KeyWithTies(values[index])), index};
  }
  bool Accepts(std::size_t) const { return true; }
};

template <typename T>
Status RefuseNan(std::span<const T> values) {
  return {StatusCode::kNotANumber, 0, FirstNan(values)};
}

}  // namespace

template <typename T>
Status Sort(std::span<T> values, int threads) {
  const std::size_t n = values.size();
  if (n > kMaxSortLength) return {StatusCode::kOutOfRange};
  using Key = FloatKey<T>;
  try {
    ThreadTeam team(ThreadCount(threads, n, kGrain));
    const auto memory = std::make_unique_for_overwrite<T[]>(n);
    KeyArray<T> sorted{memory.get()}, other{values.data()};
    // Leaves the sorted keys in `sorted`; they may come from `other`.
    const auto sort_by = [&](auto half, auto source) {
      const SortedIn where = RadixSort(team, n, source, sorted, other, half);
      if (where == SortedIn::kB) std::swap(sorted, other);
      return where != SortedIn::kRefused;
    };
    if (!sort_by(Lead, KeysOfValues<T>{values.data()})) return RefuseNan(std::span<const T>(values));
    if constexpr (sizeof(T) > 4) {
      const auto same_lead = [](Key a, Key b) { return Lead(a) == Lead(b); };
      if (!SortWithinLeads(team, n, sorted, same_lead, std::less<Key>())) {
        std::swap(sorted, other);
        sort_by(Trail, other);
        std::swap(sorted, other);
        sort_by(Lead, other);
      }
    }
    team.Run([&, keys = sorted.data](int member) {
      const auto [begin, end] = ShareOf(n, member, team.size());
      std::transform(keys + begin, keys + end, values.data() + begin,
                     [](T key) { return FromKey<T>(std::bit_cast<Key>(key)); });
    });
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

template <typename T>
Status Argsort(std::span<const T> values, std::span<std::uint32_t> order, int threads) {
  const std::size_t n = values.size();
  if (order.size() != n) return {StatusCode::kLengthMismatch, 1, order.size()};
  if (n > kMaxSortLength) return {StatusCode::kOutOfRange};
  try {
    ThreadTeam team(ThreadCount(threads, n, kGrain));
    const auto memory = std::make_unique_for_overwrite<Item[]>(2 * n);
    ItemArray<Item> sorted{memory.get()}, other{memory.get() + n};
    const auto by_key = [](Item item) { return item.key(); };
    // Leaves the sorted items in `sorted`; they may come from `other`.
    const auto sort_items = [&](auto source) {
      const SortedIn where = RadixSort(team, n, source, sorted, other, by_key);
      if (where == SortedIn::kB) std::swap(sorted, other);
      return where != SortedIn::kRefused;
    };
    if (!sort_items(LeadsOfValues<T>{values.data()})) return RefuseNan(values);
    if constexpr (sizeof(T) > 4) {
      const auto same_lead = [](Item a, Item b) { return a.key() == b.key(); };
      const auto less = [&](Item a, Item b) {
        return same_lead(a, b) && KeyWithTies(values[a.index()]) < KeyWithTies(values[b.index()]);
      };
      if (!SortWithinLeads(team, n, sorted, same_lead, less)) {
        sort_items(TrailsOfValues<T>{values.data()});
        std::swap(sorted, other);
        sort_items(LeadsInOrder<T>{values.data(), other.data});
      }
    }
    team.Run([&](int member) {
      const auto [begin, end] = ShareOf(n, member, team.size());
      for (std::size_t i = begin; i < end; ++i) order[i] = sorted.Get(i).index();
    });
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

template <typename T>
Status Rank(std::span<const T> values, TieRule ties, std::span<double> ranks, int threads) {
  const std::size_t n = values.size();
  if (ranks.size() != n) return {StatusCode::kLengthMismatch, 1, ranks.size()};
  std::unique_ptr<std::uint32_t[]> memory;
  try {
    memory = std::make_unique_for_overwrite<std::uint32_t[]>(n);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
  const std::span<std::uint32_t> order(memory.get(), n);
  if (const Status status = Argsort(values, order, threads); !status.ok()) return status;
  std::size_t distinct = 0;
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin + 1;
    while (end < n && values[order[end]] == values[order[begin]]) ++end;
    ++distinct;
    for (std::size_t i = begin; i < end; ++i) {
      double rank = 0;
      switch (ties) {
        case TieRule::kAverage:
          rank = 0.5 * static_cast<double>(begin + 1 + end);
          break;
        case TieRule::kMin:
          rank = static_cast<double>(begin + 1);
          break;
        case TieRule::kMax:
          rank = static_cast<double>(end);
          break;
        case TieRule::kDense:
          rank = static_cast<double>(distinct);
          break;
        case TieRule::kOrdinal:
          rank = static_cast<double>(i + 1);
          break;
      }
      ranks[order[i]] = rank;
    }
    begin = end;
  }
  return {};
}

template Status Sort(std::span<float>, int);
template Status Sort(std::span<double>, int);
template Status Argsort(std::span<const float>, std::span<std::uint32_t>, int);
template Status Argsort(std::span<const double>, std::span<std::uint32_t>, int);
template Status Rank(std::span<const float>, TieRule, std::span<double>, int);
template Status Rank(std::span<const double>, TieRule, std::span<double>, int);

}  // namespace scoring_bias
