#include "kernels/sort.h"

#include <memory>
#include <new>

#include "kernels/float_key.h"
#include "kernels/radix_sort.h"

namespace scoring_bias {
namespace {

// Below this many values for each thread, waking threads costs more than it saves.
constexpr std::size_t kGrain = std::size_t{1} << 16;

template <typename T>
Status CheckValues(std::span<const T> values) {
  if (values.size() > kMaxSortLength) return {StatusCode::kOutOfRange};
  const std::size_t nan = FirstNan(values);
  if (nan < values.size()) return {StatusCode::kNotANumber, 0, nan};
  return {};
}

template <typename T>
struct KeysOfValues {
  const T* values;
  FloatKey<T> Get(std::size_t i) const { return ToKey(values[i]); }
};

// The values' own memory as a buffer of keys: the keys are stored as the floating-point numbers of those
// bits, which are moved but never computed with.
template <typename T>
struct KeysInPlaceOfValues {
  T* values;
  FloatKey<T> Get(std::size_t i) const { return std::bit_cast<FloatKey<T>>(values[i]); }
  void Set(std::size_t i, FloatKey<T> key) const { values[i] = std::bit_cast<T>(key); }
};

// A key with the index of its value. Floats pack both into one integer.
struct PackedItem {
  std::uint64_t bits;
  PackedItem() = default;
  PackedItem(std::uint32_t key, std::uint32_t index) : bits(std::uint64_t{key} << 32 | index) {}
  std::uint32_t key() const { return static_cast<std::uint32_t>(bits >> 32); }
  std::uint32_t index() const { return static_cast<std::uint32_t>(bits); }
};

struct WideItem {
  std::uint64_t key_;
  std::uint32_t index_;
  WideItem() = default;
  WideItem(std::uint64_t key, std::uint32_t index) : key_(key), index_(index) {}
  std::uint64_t key() const { return key_; }
  std::uint32_t index() const { return index_; }
};

template <typename T>
using IndexedItem = std::conditional_t<sizeof(T) == 4, PackedItem, WideItem>;

template <typename T>
struct IndexedValues {
  const T* values;
  // Adding zero turns -0 into +0, so that the two tie.
  IndexedItem<T> Get(std::size_t i) const { return {ToKey(values[i] + T{0}), static_cast<std::uint32_t>(i)}; }
};

}  // namespace

template <typename T>
Status Sort(std::span<T> values, int threads) {
  if (const Status status = CheckValues(std::span<const T>(values)); !status.ok()) return status;
  try {
    const std::size_t n = values.size();
    ThreadTeam team(ThreadCount(threads, n, kGrain));
    const auto keys = std::make_unique_for_overwrite<FloatKey<T>[]>(n);
    const KeysInPlaceOfValues<T> in_place{values.data()};
    const ItemArray<FloatKey<T>> scratch{keys.get()};
    const bool in_scratch = RadixSort(team, n, KeysOfValues<T>{values.data()}, scratch, in_place,
                                      [](FloatKey<T> key) { return key; });
    team.Run([&](int member) {
      const auto [begin, end] = ShareOf(n, member, team.size());
      for (std::size_t i = begin; i < end; ++i) {
        values[i] = FromKey<T>(in_scratch ? scratch.Get(i) : in_place.Get(i));
      }
    });
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

template <typename T>
Status Argsort(std::span<const T> values, std::span<std::uint32_t> order, int threads) {
  if (order.size() != values.size()) return {StatusCode::kLengthMismatch, 1, order.size()};
  if (const Status status = CheckValues(values); !status.ok()) return status;
  try {
    const std::size_t n = values.size();
    ThreadTeam team(ThreadCount(threads, n, kGrain));
    using Item = IndexedItem<T>;
    const auto memory = std::make_unique_for_overwrite<Item[]>(2 * n);
    const ItemArray<Item> a{memory.get()}, b{memory.get() + n};
    const bool in_a =
        RadixSort(team, n, IndexedValues<T>{values.data()}, a, b, [](Item item) { return item.key(); });
    const ItemArray<Item> sorted = in_a ? a : b;
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
