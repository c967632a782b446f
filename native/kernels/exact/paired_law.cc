#include "kernels/exact/paired_law.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <new>
#include <vector>

#include "kernels/base/parallel.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/exact/difference_mixture.h"
#include "kernels/exact/joint_thresholds.h"
#include "kernels/exact/paired_cells.h"
#include "kernels/sort/sort.h"
#include "kernels/special/beta.h"

namespace scoring_bias {
namespace {

// Positions that the threshold passes with less than this probability are left out.
constexpr double kNegligible = 1e-15;
// Cells below this are rounding errors of their four corners.
constexpr double kNoise = 1e-18;
constexpr std::size_t kRowsAtOnce = 64;

struct Reach {
  std::int64_t first, last;
};

Reach ReachOf(std::size_t index, std::size_t n) {
  const auto size = static_cast<double>(n), above = static_cast<double>(index) + 1;
  const double below = size - static_cast<double>(index);
  return {static_cast<std::int64_t>(std::floor(size * BetaQuantile(kNegligible, above, below).x)),
          static_cast<std::int64_t>(std::ceil(size * BetaQuantileUpper(kNegligible, above, below).x))};
}

}  // namespace

Side SideOf(const RankedScores& normal, const RankedScores& anomalous, std::size_t index,
            const JointThresholds& law) {
  const Reach reach = ReachOf(index, normal.values.size());
  // An anomaly is flagged by thresholds at the position of the first normal below it, and by later ones.
  const auto n1 = anomalous.values.size();
  std::vector<std::int64_t> begins(n1);
  Side side;
  std::size_t place = 0;
  for (std::size_t i = 0; i < n1; ++i) {
    while (place < normal.values.size() && normal.values[place] >= anomalous.values[i]) ++place;
    begins[i] = static_cast<std::int64_t>(place);
    const bool fresh = side.edges.empty() || side.edges.back() != begins[i];
    if (fresh && begins[i] > reach.first && begins[i] < reach.last) side.edges.push_back(begins[i]);
  }
  for (const std::int64_t edge : side.edges) side.below.push_back(law.Below(edge));
  const auto passed = [&](std::int64_t position) {
    return static_cast<std::int32_t>(std::upper_bound(side.edges.begin(), side.edges.end(), position) -
                                     side.edges.begin());
  };
  side.anomalous.resize(n1);
  for (std::size_t i = 0; i < n1; ++i) {
    side.anomalous[anomalous.order[i]] =
        begins[i] >= reach.last ? static_cast<std::int32_t>(side.edges.size()) + 1 : passed(begins[i]);
  }
  side.normal.resize(normal.order.size());
  for (std::size_t i = 0; i < normal.order.size(); ++i) {
    side.normal[normal.order[i]] = passed(static_cast<std::int64_t>(i));
  }
  side.at_sample = passed(static_cast<std::int64_t>(index));
  side.threshold = normal.values[index];
  side.alarms = normal.CountAbove(side.threshold);
  return side;
}

namespace {

/// Samples by their cell on the first side: those of cell i are order[start[i]], ..., order[start[i + 1] -
/// 1].
struct ByCell {
  std::vector<std::size_t> start;
  std::vector<std::size_t> order;

  ByCell(const Counts& cell_of, std::size_t cells) : start(cells + 1), order(cell_of.size()) {
    for (const std::int32_t cell : cell_of) ++start[static_cast<std::size_t>(cell) + 1];
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    auto place = start;
    for (std::size_t k = 0; k < cell_of.size(); ++k) order[place[static_cast<std::size_t>(cell_of[k])]++] = k;
  }
};

/// Samples in a growing number of the first side's cells, by their cell on the second.
class Running {
 public:
  Running(const Counts& first, const Counts& second, std::size_t rows, std::size_t columns)
      : rows_(first, rows), second_(second), columns_(columns) {}

  /// Takes the samples of one more cell of the first side and writes to sums[j] how many of all taken are in
  /// the second side's cells 0, ..., j.
  void Next(std::span<std::int32_t> sums) {
    for (std::size_t at = rows_.start[row_]; at < rows_.start[row_ + 1]; ++at) {
      ++columns_[static_cast<std::size_t>(second_[rows_.order[at]])];
    }
    ++row_;
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] = sum += columns_[j];
  }

 private:
  ByCell rows_;
  const Counts& second_;
  Counts columns_;
  std::size_t row_ = 0;
};

/// [cell] of a side: the anomalies that its thresholds flag.
Counts FlaggedOf(const Side& side) {
  Counts flagged(side.edges.size() + 2);
  for (const std::int32_t cell : side.anomalous) ++flagged[static_cast<std::size_t>(cell)];
  for (std::size_t i = 1; i < flagged.size(); ++i) flagged[i] += flagged[i - 1];
  return flagged;
}

}  // namespace

bool CellsOf(const Side& first, const Side& second, const JointThresholds& law, ThreadTeam& team,
             const JobControl& control, PairedCells& found) {
  const std::size_t rows = first.edges.size(), columns = second.edges.size(), width = columns + 1;
  const Counts flagged_first = FlaggedOf(first), flagged_second = FlaggedOf(second);
  Running normals(first.normal, second.normal, rows + 1, columns + 2);
  Running anomalies(first.anomalous, second.anomalous, rows + 2, columns + 2);
  Counts within(kRowsAtOnce * width), both(width);
  // P(X < edge i, Y < edge j) of one row after another; the last column is the margin, the last row as well.
  std::vector<double> corners((kRowsAtOnce + 1) * width);
  for (std::size_t begin = 0; begin <= rows; begin += kRowsAtOnce) {
    const std::size_t end = std::min(begin + kRowsAtOnce, rows + 1);
    for (std::size_t i = begin; i < std::min(end, rows); ++i) {
      normals.Next(std::span(within).subspan((i - begin) * width, width));
    }
    ForEachBlock(team, end - begin, 1, [&](std::size_t row, std::size_t, int) {
      if (control.aborted()) return;
      const std::size_t i = begin + row;
      const auto out = std::span(corners).subspan((row + 1) * width, width);
      for (std::size_t j = 0; j < columns; ++j) {
        out[j] = i == rows ? second.below[j]
                           : law.Both(first.edges[i], second.edges[j], within[row * width + j],
                                      first.below[i], second.below[j]);
      }
      out[columns] = i == rows ? 1 : first.below[i];
    });
    if (control.aborted()) return false;
    for (std::size_t i = begin; i < end; ++i) {
      anomalies.Next(both);
      const double* above = &corners[(i - begin) * width];
      const double* here = above + width;
      double left = 0;
      for (std::size_t j = 0; j <= columns; ++j) {
        // In this order equal corners cancel to exactly 0.
        const double strip = here[j] - above[j], probability = strip - left;
        left = strip;
        if (!(std::abs(probability) > kNoise)) continue;
        found.cells.push_back({flagged_second[j] - both[j], flagged_first[i] - both[j], probability});
        found.places.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j)});
      }
    }
    std::copy_n(corners.end() - static_cast<std::ptrdiff_t>(width), width, corners.begin());
  }
  return true;
}

PairedMoments MomentsOf(std::span<const DifferenceCell> cells, double n) {
  double mean = 0, between = 0, within = 0;
  for (const auto& [gained, lost, probability] : cells) mean += probability * (gained - lost);
  for (const auto& [gained, lost, probability] : cells) {
    const double difference = gained - lost;
    between += probability * (difference - mean) * (difference - mean);
    within += probability * (gained + lost - difference * difference / n);
  }
  return {mean / n, std::sqrt(std::max(0.0, between + within)) / n};
}

namespace {

Status Check(const PairedScores& scores, double fpr, std::size_t law) {
  const std::array<const ScoreSpan*, 4> arrays = {&scores.first_normal, &scores.first_anomalous,
                                                  &scores.second_normal, &scores.second_anomalous};
  for (std::size_t array = 0; array < arrays.size(); ++array) {
    const std::size_t n = SizeOf(*arrays[array]);
    if (n == 0) return {StatusCode::kEmptySample, array};
    if (n > kMaxSortLength) return {StatusCode::kOutOfRange, array};
    if (array >= 2 && n != SizeOf(*arrays[array - 2])) return {StatusCode::kLengthMismatch, array, n};
  }
  if (!(fpr > 0 && fpr < 1)) return {StatusCode::kOutOfRange, 4};
  if (law != 2 * SizeOf(scores.first_anomalous) + 1) return {StatusCode::kLengthMismatch, 6};
  return {};
}

}  // namespace

Status PairedLaw(const PairedScores& scores, ThresholdDefinition definition, double fpr, int threads,
                 const JobControl& control, std::span<double> law, PairedMoments& moments) try {
  if (const Status status = Check(scores, fpr, law.size()); !status.ok()) return status;
  const std::size_t n0 = SizeOf(scores.first_normal), n1 = SizeOf(scores.first_anomalous);
  const TopRank rank = ThresholdRank(definition, fpr, n0);
  if (definition.rule == ThresholdRule::kLinear) return {StatusCode::kOutOfRange, 5};
  std::array<RankedScores, 4> ranked;
  const std::array<const ScoreSpan*, 4> arrays = {&scores.first_normal, &scores.first_anomalous,
                                                  &scores.second_normal, &scores.second_anomalous};
  for (std::size_t array = 0; array < arrays.size(); ++array) {
    if (control.aborted()) return {StatusCode::kAborted};
    if (const Status status = RankScores(*arrays[array], {}, array, threads, ranked[array]); !status.ok()) {
      return status;
    }
  }
  const JointThresholds thresholds(static_cast<std::int64_t>(n0), static_cast<std::int64_t>(rank.index));
  const Side first = SideOf(ranked[0], ranked[1], rank.index, thresholds);
  const Side second = SideOf(ranked[2], ranked[3], rank.index, thresholds);
  PairedCells grid;
  ThreadTeam team(ThreadCount(threads, first.edges.size() * second.edges.size(), 4096));
  if (!CellsOf(first, second, thresholds, team, control, grid)) return {StatusCode::kAborted};
  moments = MomentsOf(grid.cells, static_cast<double>(n1));
  return DifferenceMixture(grid.cells, n1, threads, control, law);
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

double PairedQuantile(std::span<const double> law, double p) {
  constexpr double kError = 1e-9;
  std::size_t j = 0;
  for (double sum = law[0]; sum < p - kError && j + 1 < law.size(); sum += law[j]) ++j;
  const auto n = static_cast<double>(law.size() / 2);
  return (static_cast<double>(j) - n) / n;
}

SignProbabilities PairedSigns(std::span<const double> law) {
  const std::size_t middle = law.size() / 2;
  SignProbabilities signs;
  for (std::size_t j = 0; j <= middle; ++j) signs.at_most_zero += law[j];
  for (std::size_t j = law.size(); j-- > middle;) signs.at_least_zero += law[j];
  return signs;
}

}  // namespace scoring_bias
