#include "kernels/bootstrap/score_window.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <numeric>

#include "kernels/base/parallel.h"
#include "kernels/sort/float_key.h"
#include "kernels/sort/sort.h"

namespace scoring_bias {
namespace {

// Below this many scores for each thread, waking threads costs more than it saves.
constexpr std::size_t kGrain = std::size_t{1} << 16;
// Keys are looked at in digits of so many bits, from the leading ones on.
constexpr int kDigitBits = 11;
template <typename Key>
constexpr int kDigits = (std::numeric_limits<Key>::digits + kDigitBits - 1) / kDigitBits;
using DigitCounts = std::array<std::size_t, std::size_t{1} << kDigitBits>;

// A stretch is cut out well enough when at most this many times its length share its leading digits.
constexpr std::size_t kSpare = 4;

// Scores picked from a sample, in the order of their numbers. Negated, so that the ascending, stable argsort
// puts the largest first and ties by number.
template <typename T>
struct Picked {
  std::vector<T> negated;
  std::vector<std::uint32_t> numbers;
};

// The scores that `wanted` lets through.
template <typename T, typename Wanted>
Picked<T> Pick(ThreadTeam& team, std::span<const T> scores, const Wanted& wanted) {
  std::vector<Picked<T>> parts(static_cast<std::size_t>(team.size()));
  std::vector<std::size_t> sizes(parts.size());
  const auto share = [&](int member) { return ShareOf(scores.size(), member, team.size()); };
  team.Run([&](int member) {
    const auto [begin, end] = share(member);
    std::size_t size = 0;
    for (std::size_t i = begin; i < end; ++i) size += wanted(scores[i]) ? 1 : 0;
    sizes[static_cast<std::size_t>(member)] = size;
  });
  // Members must not throw: memory is taken here.
  const std::size_t total = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  Picked<T> picked{std::vector<T>(total), std::vector<std::uint32_t>(total)};
  team.Run([&](int member) {
    const auto [begin, end] = share(member);
    std::size_t next = std::accumulate(sizes.begin(), sizes.begin() + member, std::size_t{0});
    for (std::size_t i = begin; i < end; ++i) {
      if (!wanted(scores[i])) continue;
      picked.negated[next] = -scores[i];
      picked.numbers[next++] = static_cast<std::uint32_t>(i);
    }
  });
  return picked;
}

// The picked scores from the largest down, without the first `skip` and no more than `size`.
template <typename T>
Status Arrange(const Picked<T>& picked, std::size_t skip, std::size_t size, int threads,
               ScoreWindow& window) {
  std::vector<std::uint32_t> places(picked.negated.size());
  const Status status = Argsort(std::span<const T>(picked.negated), std::span(places), threads);
  if (!status.ok()) return status;
  window.values.resize(size);
  window.order.resize(size);
  for (std::size_t j = 0; j < size; ++j) {
    const std::uint32_t place = places[skip + j];
    window.values[j] = -static_cast<double>(picked.negated[place]);
    window.order[j] = picked.numbers[place];
  }
  return {};
}

// A key that ascends as scores descend; -0 and +0 share one.
template <typename T>
FloatKey<T> DescendingKey(T score) {
  return static_cast<FloatKey<T>>(~ToKey(score + T{0}));
}

// The keys of one stretch of leading digits, and how many come before it.
template <typename T>
struct KeyRange {
  FloatKey<T> low = 0, high = static_cast<FloatKey<T>>(~FloatKey<T>{0});
  std::size_t before = 0, count = 0;

  bool Holds(T score) const {
    const FloatKey<T> key = DescendingKey(score);
    return low <= key && key <= high;
  }
};

// Narrows the range, whose keys agree in all digits above `digit`, to the values of that digit from the one
// that position `first` has to the one that position `last` - 1 has.
template <typename T>
void Narrow(ThreadTeam& team, std::span<const T> scores, int digit, std::size_t first, std::size_t last,
            KeyRange<T>& range) {
  const int shift = digit * kDigitBits;
  std::vector<DigitCounts> counts(static_cast<std::size_t>(team.size()));
  team.Run([&](int member) {
    DigitCounts& mine = counts[static_cast<std::size_t>(member)];
    const auto [begin, end] = ShareOf(scores.size(), member, team.size());
    for (std::size_t i = begin; i < end; ++i) {
      const FloatKey<T> key = DescendingKey(scores[i]);
      if (range.low <= key && key <= range.high)
        ++mine[static_cast<std::size_t>(key >> shift) & (mine.size() - 1)];
    }
  });
  const auto total = [&](std::size_t bucket) {
    std::size_t sum = 0;
    for (const DigitCounts& mine : counts) sum += mine[bucket];
    return sum;
  };
  std::size_t lower = 0, before = range.before;
  while (before + total(lower) <= first) before += total(lower++);
  std::size_t upper = lower, up_to = before + total(lower);
  while (up_to < last) up_to += total(++upper);
  const FloatKey<T> base = range.low;
  range.low = base | static_cast<FloatKey<T>>(static_cast<FloatKey<T>>(lower) << shift);
  range.high = base | static_cast<FloatKey<T>>(static_cast<FloatKey<T>>(upper) << shift) |
               static_cast<FloatKey<T>>((FloatKey<T>{1} << shift) - 1);
  range.before = before;
  range.count = up_to - before;
}

template <typename T>
Status SelectPositions(std::span<const T> scores, std::size_t first, std::size_t last, int threads,
                       ScoreWindow& window) {
  const std::size_t n = scores.size();
  ThreadTeam team(ThreadCount(threads, n, kGrain));
  KeyRange<T> range;
  range.count = n;
  for (int digit = kDigits<FloatKey<T>> - 1; digit >= 0 && range.count > kSpare * (last - first); --digit) {
    const FloatKey<T> common = range.low ^ range.high;
    // Once the two ends differ in a digit, lower ones no longer cut out one stretch.
    if (digit < kDigits<FloatKey<T>> - 1 && common >> (digit * kDigitBits + kDigitBits) != 0) break;
    Narrow(team, scores, digit, first, last, range);
  }
  const bool all = range.count == n;
  const Picked<T> picked = all ? Pick(team, scores, [](T) { return true; })
                               : Pick(team, scores, [range](T score) { return range.Holds(score); });
  const Status status = Arrange(picked, first - range.before, last - first, threads, window);
  if (!status.ok()) return status;
  window.first = first;
  window.top = window.values[0];
  window.top_number = window.order[0];
  return {};
}

template <typename T>
Status SelectValues(std::span<const T> scores, double top, double bottom, int threads, ScoreWindow& window) {
  ThreadTeam team(ThreadCount(threads, scores.size(), kGrain));
  const Picked<T> picked = Pick(team, scores, [top, bottom](T score) {
    return (static_cast<double>(score) <= top) & (static_cast<double>(score) > bottom);
  });
  const Status status = Arrange(picked, 0, picked.negated.size(), threads, window);
  if (!status.ok()) return status;
  std::size_t above = 0;
  for (const T score : scores) above += static_cast<double>(score) > top ? 1 : 0;
  window.first = above;
  window.top = top;
  window.top_number = 0;
  return {};
}

template <typename Select>
Status Checked(const ScoreSpan& scores, std::size_t array, const Select& select) {
  const auto run = [&](auto values) -> Status {
    if (const std::size_t nan = FirstNan(values); nan < values.size()) {
      return {StatusCode::kNotANumber, array, nan};
    }
    return select(values);
  };
  try {
    Status status = std::visit(run, scores);
    status.array = array;
    return status;
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory, array};
  }
}

}  // namespace

std::size_t ScoreWindow::CountAbove(double threshold) const {
  const auto end =
      std::partition_point(values.begin(), values.end(), [threshold](double x) { return x > threshold; });
  return first + static_cast<std::size_t>(end - values.begin());
}

Status SelectPositions(const ScoreSpan& scores, std::size_t first, std::size_t last, std::size_t array,
                       int threads, ScoreWindow& window) {
  return Checked(scores, array,
                 [&](auto values) { return SelectPositions(values, first, last, threads, window); });
}

Status SelectValues(const ScoreSpan& scores, double top, double bottom, std::size_t array, int threads,
                    ScoreWindow& window) {
  return Checked(scores, array,
                 [&](auto values) { return SelectValues(values, top, bottom, threads, window); });
}

std::vector<std::uint32_t> CountFlagged(const ScoreWindow& normal, const ScoreWindow& anomalies) {
  std::vector<std::uint32_t> flagged(normal.size());
  std::size_t above = 0;
  for (std::size_t p = 0; p < flagged.size(); ++p) {
    while (above < anomalies.size() && anomalies.values[above] > normal.values[p]) ++above;
    flagged[p] = static_cast<std::uint32_t>(anomalies.first + above);
  }
  return flagged;
}

}  // namespace scoring_bias
