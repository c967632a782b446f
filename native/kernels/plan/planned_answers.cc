#include "kernels/plan/planned_answers.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <unordered_map>
#include <vector>

#include "kernels/plan/difference_tail.h"
#include "kernels/special/normal.h"

namespace scoring_bias {
namespace {

constexpr int kStretches = 256;
constexpr int kGrid = 129;
constexpr int kPerUnit = 512, kReach = 8;

using Grid = std::array<double, kGrid>;

std::array<double, 2 * kReach * kPerUnit + 2> NormalTable() {
  std::array<double, 2 * kReach * kPerUnit + 2> table;
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = NormalTails(static_cast<double>(i) / kPerUnit - kReach).lower;
  }
  return table;
}

/// What was observed, its deviation from what is expected scaled.
double Scaled(double expected, double observed, double scale) {
  return expected + (observed - expected) * scale;
}

/// Samples of one kind: [detector][stretch] how many score in it, 0 above all, the last one below.
class Histogram {
 public:
  Histogram(const ScorePools& pools, double top, double floor) {
    const double per_stretch = kStretches / (top - floor);
    for (int c = 0; c < 4; ++c) {
      for (int d = 0; d < 2; ++d) {
        for (const double score : pools[c][d]) {
          const double place = std::ceil((top - score) * per_stretch);
          stretch_[c][d].push_back(
              static_cast<std::uint16_t>(std::min(kStretches + 1.0, std::max(0.0, place))));
        }
      }
    }
  }

  /// Puts so many of each cell's samples in, from a place of its pool on.
  void Fill(std::span<const std::int32_t> counts, std::span<const double> starts) {
    for (auto& detector : counts_) detector.fill(0);
    for (int c = 0; c < 4; ++c) {
      const auto& [x, y] = stretch_[c];
      if (x.empty()) continue;
      const auto size = static_cast<double>(x.size());
      auto i = static_cast<std::size_t>(std::min(size - 1, std::max(0.0, starts[c] * size)));
      for (std::int32_t left = counts[c]; left > 0; --left) {
        ++counts_[0][x[i]];
        ++counts_[1][y[i]];
        i = i + 1 == x.size() ? 0 : i + 1;
      }
    }
  }

  int At(int detector, int stretch) const { return counts_[detector][stretch]; }

 private:
  std::array<std::array<std::vector<std::uint16_t>, 2>, 4> stretch_;
  std::array<std::array<int, kStretches + 2>, 2> counts_;
};

/// Draws of the thresholds that leave as many anomalies to the candidate alone, and to the baseline alone.
struct Cell {
  double up, down, rest, weight;

  /// P(xi > x). One more sample speaks for either detector, for both as probably.
  double Above(double x) const {
    return (DifferenceTail(up + 1, down, rest, x) + DifferenceTail(up, down + 1, rest, x)) / 2;
  }
};

class Reader {
 public:
  explicit Reader(const PlannedInput& input)
      : in_(input),
        n_draws_(input.draws[0].size()),
        weight_(1 / static_cast<double>(n_draws_)),
        threshold_sd_(std::sqrt(input.n_normal * input.fpr * (1 - input.fpr) + 0.05)),
        normals_(input.normals, input.top, input.floor),
        anomalies_(input.anomalies, input.top, input.floor),
        places_(n_draws_),
        differences_(n_draws_),
        deciding_(n_draws_),
        spreads_(n_draws_),
        keys_(n_draws_) {
    for (int e = 0; e <= kStretches; ++e) {
      const double score = in_.top - ((in_.top - in_.floor) * e) / kStretches;
      fprs_[e] = NormalTails(-score).lower;
      for (int d = 0; d < 2; ++d) tprs_[d][e] = NormalTails(in_.intercepts[d] - in_.spreads[d] * score).lower;
    }
    for (std::size_t b = 0; b < n_draws_; ++b) places_[b] = PlaceOf(in_.draws[0][b]);
  }

  /// Reads a data set, of which the other methods then tell.
  void Read(std::size_t s) {
    const auto counts = in_.counts.subspan(8 * s, 8);
    const auto starts = in_.starts.subspan(in_.start_stride * s, 8);
    normals_.Fill(counts.first(4), starts.first(4));
    anomalies_.Fill(counts.last(4), starts.last(4));
    for (int d = 0; d < 2; ++d) ReadCurve(d);
    const auto readings = in_.readings.subspan(4 * s, 4);
    DrawThresholds(readings);
    const double n = in_.n_anomalous;
    thresholds_ = std::max(0.0, squares_ - mean_ * mean_);
    sampling_ = std::max(0.5 / n, readings[2] - mean_ * mean_) / n;
    const double common = std::max(0.0, thresholds_ - in_.own_thresholds) / (thresholds_ + sampling_);
    const double shared = NormalTails(-FamilyValue(common)).lower;
    // A p-value of B draws counts one more than there are: a default number of them, or as many as the tail
    // needs.
    tail_ = shared - std::min(1 / (in_.resamples + 1), shared / 50);
    if (in_.few) CountDeciding();
  }

  bool Above() {
    double below = 0;
    if (in_.few) {
      for (std::size_t b = 0; b < n_draws_ && below <= tail_; ++b) below += BelowBound(keys_[b]) * weight_;
      return below <= tail_;
    }
    if (in_.bound != 0) {
      Spread();
      for (std::size_t b = 0; b < n_draws_ && below <= tail_; ++b) {
        below += QuickNormalCdf((in_.bound - differences_[b]) / spreads_[b]) * weight_;
      }
      return below <= tail_;
    }
    for (std::size_t b = 0; b < n_draws_ && below <= tail_; ++b) {
      below += QuickNormalCdf((-in_.n_anomalous * differences_[b]) / std::sqrt(std::max(1.0, deciding_[b]))) *
               weight_;
    }
    return below <= tail_;
  }

  double Length() {
    if (in_.few) {
      GatherCells();
      return FewQuantile(1) + FewQuantile(-1);
    }
    Spread();
    return std::min(1.0, Quantile(1)) + std::min(1.0, Quantile(-1));
  }

 private:
  /// The standard deviation that xi has at each draw of the thresholds.
  void Spread() {
    const double n = in_.n_anomalous;
    for (std::size_t b = 0; b < n_draws_; ++b) {
      const double difference = differences_[b];
      // The Dirichlet law with one sample more, for either side as probably.
      const double deciding = std::max(1.0, deciding_[b]);
      const double spread = std::max(1e-12, (deciding + 1) / (n + 1) - difference * difference) / (n + 2);
      spreads_[b] = std::sqrt(spread + 1 / ((n + 1) * (n + 1)));
    }
  }

  /// Recalls at the FPRs of the grid, between the ends of stretches by straight lines.
  void ReadCurve(int detector) {
    Grid& grid = recalls_[detector];
    const double width = (in_.high - in_.low) / (kGrid - 1);
    int g = 0;
    double above = 0, flagged = 0, before_fpr = 0, before_tpr = 0;
    for (int e = 0; e <= kStretches + 1 && g < kGrid; ++e) {
      const int stretch = std::min(e, kStretches);
      above += normals_.At(detector, stretch);
      flagged += anomalies_.At(detector, stretch);
      // Past the window everything is flagged at last.
      const bool past = e > kStretches;
      // Between two normals the curve is a straight line: a threshold is drawn anywhere in its gap.
      if (!past && normals_.At(detector, e) == 0 && in_.normal_scale == 1) continue;
      const double fpr = past ? 1 : Scaled(fprs_[e], above / in_.drawn_normal, in_.normal_scale);
      const double tpr =
          past ? 1 : Scaled(tprs_[detector][e], flagged / in_.drawn_anomalous, in_.anomalous_scale);
      for (; g < kGrid && in_.low + g * width <= fpr; ++g) {
        const double part = fpr > before_fpr ? (in_.low + g * width - before_fpr) / (fpr - before_fpr) : 1;
        grid[g] = before_tpr + part * (tpr - before_tpr);
      }
      before_fpr = fpr;
      before_tpr = tpr;
    }
  }

  /// Where on the grid the FPR of a threshold lies that is drawn z standard deviations from the target.
  double PlaceOf(double z) const {
    const double skewed = 0.5 + threshold_sd_ * z + ((1 - 2 * in_.fpr) * (z * z - 1)) / 6;
    const double drawn = in_.fpr + skewed / in_.n_normal;
    return std::min(1.0, std::max(0.0, (drawn - in_.low) / (in_.high - in_.low))) * (kGrid - 1);
  }

  static double RecallAt(const Grid& grid, double place) {
    const int i = std::min(kGrid - 2, static_cast<int>(place));
    return grid[i] + (place - i) * (grid[i + 1] - grid[i]);
  }

  /// xi at draws of both thresholds, and the anomalies that these leave to one detector alone.
  void DrawThresholds(std::span<const double> readings) {
    const double flagged[2] = {readings[0], readings[1]}, deciding = readings[2], correlation = readings[3];
    const double other = std::sqrt(1 - correlation * correlation);
    mean_ = 0;
    squares_ = 0;
    for (std::size_t b = 0; b < n_draws_; ++b) {
      const double baseline = Countable(RecallAt(recalls_[0], places_[b]));
      const double z = correlation * in_.draws[0][b] + other * in_.draws[1][b];
      const double candidate = Countable(RecallAt(recalls_[1], PlaceOf(z)));
      const double gained = (baseline - flagged[0]) * in_.turns[0] + (candidate - flagged[1]) * in_.turns[1];
      const double difference = candidate - baseline;
      differences_[b] = difference;
      deciding_[b] = in_.n_anomalous * std::max(deciding + gained, std::abs(difference));
      mean_ += difference * weight_;
      squares_ += difference * difference * weight_;
    }
  }

  /// A fraction of the anomalies: where they are few, of whole ones.
  double Countable(double recall) const {
    return in_.few ? std::round(recall * in_.n_anomalous) / in_.n_anomalous : recall;
  }

  /// The whole numbers of anomalies that each draw leaves to one detector alone.
  void CountDeciding() {
    const double n = in_.n_anomalous;
    double at_ends = 0;
    for (std::size_t b = 0; b < n_draws_; ++b) {
      const double gain = std::round(n * differences_[b]), least = std::abs(gain);
      const double pairs = std::round((deciding_[b] - least) / 2);
      const double both_ways = std::max(0.0, std::min(pairs, std::floor((n - least) / 2)));
      const double up = both_ways + std::max(0.0, gain), down = both_ways + std::max(0.0, -gain);
      keys_[b] = static_cast<std::uint64_t>(up) << 32 | static_cast<std::uint64_t>(down);
      if (up == n || down == n) at_ends += weight_ / 2;
    }
    // Where all anomalies speak for one detector xi may be 1, or -1, and lies beyond the interval on the
    // other side alone: the family has half the chances to miss.
    if (in_.two_sided && at_ends > tail_) {
      tail_ = std::min(2 * tail_, NormalTails(-in_.family_values.back()).lower);
    }
  }

  Cell CellOf(std::uint64_t key) const {
    const auto up = static_cast<double>(key >> 32), down = static_cast<double>(key & 0xffffffff);
    return {up, down, in_.n_anomalous - up - down, 0};
  }

  /// P(xi <= bound) of a cell; the same ones come back in all data sets.
  double BelowBound(std::uint64_t key) {
    const auto [known, is_new] = below_bound_.try_emplace(key, 0.0);
    if (is_new) known->second = 1 - CellOf(key).Above(in_.bound);
    return known->second;
  }

  /// Draws that are alike, together.
  void GatherCells() {
    std::sort(keys_.begin(), keys_.end());
    cells_.clear();
    for (std::size_t b = 0; b < n_draws_; ++b) {
      if (b == 0 || keys_[b] != keys_[b - 1]) cells_.push_back(CellOf(keys_[b]));
      cells_.back().weight += weight_;
    }
  }

  double ShareAbove(double x) const {
    double share = 0;
    for (const Cell& cell : cells_) share += cell.weight * cell.Above(x);
    return share;
  }

  /// How far sign * xi reaches in the part of its law that leaves out the tail: false position, on the scale
  /// of normal quantiles, on which tails are nearly straight.
  double FewQuantile(int sign) const {
    const double wanted = NormalQuantile(tail_), end = std::nextafter(1.0, 0.0);
    const auto excess = [&](double x) {
      const double above = sign > 0 ? ShareAbove(x) : 1 - ShareAbove(-x);
      return NormalQuantile(std::min(1 - 1e-12, std::max(1e-12, above))) - wanted;
    };
    const double reach = -wanted * std::sqrt(thresholds_ + sampling_);
    double low = std::min(sign * mean_, end), high = std::min(low + reach, end);
    double at_low = -wanted, at_high = excess(high);
    while (at_high > 0) {
      if (high == end) return 1;
      low = high;
      at_low = at_high;
      high = std::min(high + reach, end);
      at_high = excess(high);
    }
    constexpr double kClose = 4e-3;
    double x = high;
    // An end that stays counts half from the second time on (Illinois).
    bool kept_low = false, kept_high = false;
    for (int step = 0; step < 6; ++step) {
      x = low + (high - low) * at_low / (at_low - at_high);
      const double here = excess(x);
      if (std::abs(here) < kClose) break;
      if (here > 0) {
        low = x;
        at_low = here;
        if (kept_high) at_high /= 2;
      } else {
        high = x;
        at_high = here;
        if (kept_low) at_low /= 2;
      }
      kept_high = here > 0;
      kept_low = !kept_high;
    }
    return x;
  }

  double FamilyValue(double common) const {
    const int steps = static_cast<int>(in_.family_values.size()) - 1;
    const double place = std::min(1.0, std::max(0.0, common)) * steps;
    const int i = std::min(steps - 1, static_cast<int>(place));
    return in_.family_values[i] + (place - i) * (in_.family_values[i + 1] - in_.family_values[i]);
  }

  /// The x that sign * xi exceeds with the tail's probability: each draw's part is nearly normal.
  double Quantile(int sign) const {
    const double reach = -NormalQuantile(tail_) * std::sqrt(thresholds_ + sampling_);
    double low = sign * mean_, high = sign * mean_ + 2.5 * reach;
    for (int step = 0; step < 8; ++step) {
      const double x = (low + high) / 2;
      double beyond = 0;
      for (std::size_t b = 0; b < n_draws_ && beyond <= tail_; ++b) {
        beyond += QuickNormalCdf((sign * differences_[b] - x) / spreads_[b]) * weight_;
      }
      (beyond > tail_ ? low : high) = x;
    }
    return (low + high) / 2;
  }

  const PlannedInput& in_;
  const std::size_t n_draws_;
  const double weight_;
  /// In samples; Beta(2, 2) places the threshold in its gap.
  const double threshold_sd_;
  Histogram normals_, anomalies_;
  std::array<double, kStretches + 1> fprs_;
  std::array<std::array<double, kStretches + 1>, 2> tprs_;
  std::array<Grid, 2> recalls_{};
  /// [draw]
  std::vector<double> places_, differences_, deciding_, spreads_;
  /// Of few anomalies: what each draw leaves to the candidate alone and to the baseline alone, and how many
  /// do.
  std::vector<std::uint64_t> keys_;
  std::vector<Cell> cells_;
  std::unordered_map<std::uint64_t, double> below_bound_;
  double mean_ = 0, squares_ = 0, thresholds_ = 0, sampling_ = 0, tail_ = 0;
};

bool HasLengths(const PlannedInput& input, std::size_t n) {
  for (const ScorePools& pools : {input.normals, input.anomalies}) {
    for (const auto& [x, y] : pools) {
      if (x.size() != y.size()) return false;
    }
  }
  return input.draws[0].size() == input.draws[1].size() && input.family_values.size() >= 2 &&
         input.start_stride >= 8 && input.counts.size() >= 8 * n && input.readings.size() >= 4 * n &&
         input.starts.size() >= input.start_stride * n;
}

}  // namespace

double QuickNormalCdf(double x) {
  static const auto table = NormalTable();
  if (!(x > -kReach)) return 0;
  if (x >= kReach) return 1;
  const double place = (x + kReach) * kPerUnit;
  const int i = static_cast<int>(place);
  return table[i] + (place - i) * (table[i + 1] - table[i]);
}

Status PlannedAnswers(const PlannedInput& input, const PlannedOutputs& outputs) {
  const std::size_t n = std::max(outputs.above.size(), outputs.lengths.size());
  if (!HasLengths(input, n)) return {StatusCode::kLengthMismatch};
  try {
    Reader reader(input);
    for (std::size_t s = 0; s < n; ++s) {
      reader.Read(s);
      if (s < outputs.above.size()) outputs.above[s] = reader.Above();
      if (s < outputs.lengths.size()) outputs.lengths[s] = reader.Length();
    }
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
  return {};
}

}  // namespace scoring_bias
