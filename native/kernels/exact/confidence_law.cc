#include "kernels/exact/confidence_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <numeric>
#include <utility>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/exact/confidence_counts.h"
#include "kernels/exact/confidence_recalls.h"
#include "kernels/special/normal.h"

namespace scoring_bias {
namespace {

// Cells below this weight are left out, less than 1e-12 of all together.
constexpr double kLeastWeight = 1e-18;

// The anomalies of a set among the first x of one order and the first y of the other, for a fixed x and
// rising y.
class CommonCount {
 public:
  CommonCount(const ConfidenceIndex& index, std::size_t set, std::size_t x, std::size_t y)
      : counts_(index.classes[set]), x_(x), y_(y), both_(index.Flagged(set, x, y)) {}

  std::size_t UpTo(std::size_t y) {
    for (; y_ < y; ++y_) both_ += counts_.BeforeInA(y_, x_) ? 1 : 0;
    return both_;
  }

 private:
  const DominanceCounts& counts_;
  std::size_t x_, y_, both_;
};

// Adds a law over numbers of normals to that over the steps of the axis.
void AddSteps(const ConfidenceAxis& axis, std::span<const double> law, std::span<double> steps) {
  double carried = 0;  // of the last step of a gap, which is the first of the next
  for (std::size_t j = 0; j < law.size(); ++j) {
    const auto& [first, weights] = axis.gaps[j];
    carried += law[j] * weights.front();
    if (weights.size() == 1) continue;
    steps[first] += carried;
    for (std::size_t w = 1; w + 1 < weights.size(); ++w) steps[first + w] += law[j] * weights[w];
    carried = law[j] * weights.back();
  }
  steps[axis.n_steps() - 1] += carried;
}

// Calls visit(step of a, weights of the steps of b, the first that counts, one past the last) for each step
// of which any counts. Returns false when aborted.
template <typename Visit>
bool ForEachStep(const PairedCounts& counts, const ConfidenceAxis& a, const ConfidenceAxis& b,
                 const JobControl& control, const Visit& visit) {
  std::vector<double> given(b.n_steps()), carried(b.n_steps());
  const auto show = [&](std::size_t step, std::span<const double> weights) {
    std::size_t first = 0, end = weights.size();
    while (first < end && weights[first] < kLeastWeight) ++first;
    while (end > first && weights[end - 1] < kLeastWeight) --end;
    if (first < end) visit(step, weights, first, end);
  };
  std::vector<double> scaled(b.n_steps());
  for (std::size_t i = 0; i < a.gaps.size(); ++i) {
    if (control.aborted()) return false;
    std::fill(given.begin(), given.end(), 0.0);
    AddSteps(b, counts.Row(i), given);
    const auto& [first, weights] = a.gaps[i];
    for (std::size_t s = 0; s < given.size(); ++s) carried[s] += weights.front() * given[s];
    if (weights.size() == 1) continue;
    show(first, carried);
    for (std::size_t w = 1; w + 1 < weights.size(); ++w) {
      for (std::size_t s = 0; s < given.size(); ++s) scaled[s] = weights[w] * given[s];
      show(first + w, scaled);
    }
    for (std::size_t s = 0; s < given.size(); ++s) carried[s] = weights.back() * given[s];
  }
  show(a.n_steps() - 1, carried);
  return true;
}

JointCells CellsOfColumns(const ConfidenceAxis& axis) {
  return {axis.counts.size(), axis.n_steps(),
          [&](std::size_t k, std::size_t step) { return axis.counts[k][step] != axis.counts[k][step - 1]; }};
}

FlaggedLaw FlaggedOf(const ConfidenceAxis& axis, const CountLaw& law, std::size_t n) {
  const std::vector<std::uint32_t>& counts = axis.counts[0];
  FlaggedLaw flagged{static_cast<std::int32_t>(n), static_cast<std::int32_t>(counts.front()), {}};
  flagged.weights.resize(counts.back() - counts.front() + 1);
  std::vector<double> steps(axis.n_steps());
  AddSteps(axis, law.probabilities, steps);
  for (std::size_t s = 0; s < steps.size(); ++s) flagged.weights[counts[s] - counts.front()] += steps[s];
  return flagged;
}

}  // namespace

/// Makes a law set by set, then the joint one.
class ConfidenceLaw::Maker {
 public:
  Maker(const ConfidenceIndex& index, const ConfidenceModel& model, const JobControl& control,
        ConfidenceLaw& law)
      : index_(index), model_(model), control_(control), law_(law) {
    for (std::size_t d = 0; d < 2; ++d) {
      laws_[d] = CountLaw::Of(index.detectors[d].n_normal, index.detectors[d].targets[0]);
    }
    others_.resize(index.detectors[0].n_anomalous.size() - 1);
    std::iota(others_.begin(), others_.end(), std::size_t{1});
  }

  /// Nanoseconds, about. Pairs of numbers of normals; of each set the products of both axes' weights, its
  /// cells and the table of differences and sums that they may fill, which is evaluated some ten times; the
  /// cells of the joint law, ten times as well.
  double Cost() const {
    const auto steps = [&](std::size_t d, std::span<const std::size_t> sets) {
      return static_cast<double>(AxisSteps(index_.detectors[d], laws_[d], sets));
    };
    const auto rows = static_cast<double>(laws_[0].size());
    double cost = index_.paired ? 12 * rows * static_cast<double>(laws_[1].size()) : 0;
    for (std::size_t set = 0; set <= others_.size(); ++set) {
      const double a = steps(0, {&set, 1}), b = steps(1, {&set, 1});
      cost += index_.paired ? 3 * (rows + 6 * a) * b + 50 * (a + b) * (a + b) : 2e4 * (a + b);
    }
    if (others_.empty()) return cost;
    const double a = steps(0, others_), b = steps(1, others_);
    return cost + 3 * (rows + a) * b + 20 * a * b * static_cast<double>(others_.size() + 1);
  }

  Status Make() {
    if (!(index_.paired ? MakePaired() : MakeIndependent())) return {StatusCode::kAborted};
    control_.Advance(1);
    return {};
  }

 private:
  ConfidenceAxis AxisOf(std::size_t d, std::span<const std::size_t> sets) const {
    return MakeAxis(index_.detectors[d], laws_[d], sets, model_.place);
  }

  bool MakePaired() {
    const double q = index_.detectors[0].targets[0], q_second = index_.detectors[1].targets[0];
    const PairedCounts counts(index_.detectors[0].n_normal, q, q_second, index_.Both(q, q_second));
    constexpr std::size_t kAll = 0;
    const ConfidenceAxis a = AxisOf(0, {&kAll, 1}), b = AxisOf(1, {&kAll, 1});
    PairedDifferences& all = AddPaired(kAll, a.counts[0], b.counts[0]);
    const bool done = ForEachStep(
        counts, a, b, control_,
        [&](std::size_t step, std::span<const double> weights, std::size_t first, std::size_t end) {
          const std::uint32_t x = a.counts[0][step];
          CommonCount common(index_, kAll, x, b.counts[0][first]);
          for (std::size_t s = first; s < end; ++s) {
            all.Add(Number(all, common, x, b.counts[0][s]), weights[s]);
          }
        });
    if (!done) return false;
    all.Finish();
    if (others_.empty()) return true;
    control_.Advance(1);
    return JoinPaired(AxisOf(0, others_), AxisOf(1, others_), counts);
  }

  PairedDifferences& AddPaired(std::size_t set, std::span<const std::uint32_t> flagged,
                               std::span<const std::uint32_t> flagged_second) {
    const std::uint32_t x = flagged.front(), last_x = flagged.back();
    const std::uint32_t y = flagged_second.front(), last_y = flagged_second.back();
    const auto least = static_cast<std::int32_t>(index_.Flagged(set, last_x, y));
    const auto most = static_cast<std::int32_t>(index_.Flagged(set, x, last_y));
    const auto count = [](std::size_t number) { return static_cast<std::int32_t>(number); };
    auto differences =
        std::make_unique<PairedDifferences>(count(index_.detectors[0].n_anomalous[set]), model_.prior,
                                            PairedDifferences::Range{count(y) - least, count(last_y) - most},
                                            PairedDifferences::Range{count(x) - most, count(last_x) - least});
    PairedDifferences& added = *differences;
    law_.sets_.push_back(std::move(differences));
    return added;
  }

  // Of the cell where the first detector flags x anomalies and the second y.
  static std::size_t Number(const PairedDifferences& differences, CommonCount& common, std::uint32_t x,
                            std::uint32_t y) {
    const auto both = static_cast<std::uint32_t>(common.UpTo(y));
    return differences.NumberOf(static_cast<std::int32_t>(y - both), static_cast<std::int32_t>(x - both));
  }

  // The cells of all classes, and of each class what its own cells weigh.
  bool JoinPaired(const ConfidenceAxis& a, const ConfidenceAxis& b, const PairedCounts& counts) {
    const std::size_t n = others_.size();
    std::vector<PairedDifferences*> laws;
    for (std::size_t k = 0; k < n; ++k) laws.push_back(&AddPaired(others_[k], a.counts[k], b.counts[k]));
    law_.joint_ = CellsOfColumns(b);
    std::vector<CommonCount> common;
    std::vector<std::uint32_t> numbers(n);
    std::vector<double> gathered(n);  // [class]: since it last changed its cell
    const auto visit = [&](std::size_t step, std::span<const double> weights, std::size_t first,
                           std::size_t end) {
      common.clear();
      for (std::size_t k = 0; k < n; ++k) {
        common.emplace_back(index_, others_[k], a.counts[k][step], b.counts[k][first]);
        numbers[k] =
            static_cast<std::uint32_t>(Number(*laws[k], common[k], a.counts[k][step], b.counts[k][first]));
      }
      law_.joint_.BeginRow(first, numbers);
      for (std::size_t s = first; s < end; ++s) {
        for (const std::uint32_t k :
             s > first ? law_.joint_.ChangesAt(s) : std::span<const std::uint32_t>()) {
          laws[k]->Add(numbers[k], gathered[k]);
          gathered[k] = 0;
          numbers[k] =
              static_cast<std::uint32_t>(Number(*laws[k], common[k], a.counts[k][step], b.counts[k][s]));
          law_.joint_.Change(numbers[k]);
        }
        law_.joint_.Add(weights[s]);
        for (double& own : gathered) own += weights[s];
      }
      for (std::size_t k = 0; k < n; ++k) laws[k]->Add(numbers[k], std::exchange(gathered[k], 0));
    };
    if (!ForEachStep(counts, a, b, control_, visit)) return false;
    for (PairedDifferences* law : laws) {
      if (control_.aborted()) return false;
      law->Finish();
      control_.Advance(1);
    }
    return true;
  }

  bool MakeIndependent() {
    std::vector<const RecallDifferences*> laws;
    for (std::size_t set = 0; set <= others_.size(); ++set) {
      if (control_.aborted()) return false;
      FlaggedLaw flagged[2];
      for (std::size_t d = 0; d < 2; ++d) {
        flagged[d] = FlaggedOf(AxisOf(d, {&set, 1}), laws_[d], index_.detectors[d].n_anomalous[set]);
      }
      auto differences =
          std::make_unique<RecallDifferences>(std::move(flagged[0]), std::move(flagged[1]), model_.prior);
      laws.push_back(differences.get());
      law_.sets_.push_back(std::move(differences));
      if (set > 0) control_.Advance(1);
    }
    if (others_.empty()) return true;
    control_.Advance(1);
    return JoinIndependent(AxisOf(0, others_), AxisOf(1, others_), laws);
  }

  bool JoinIndependent(const ConfidenceAxis& a, const ConfidenceAxis& b,
                       std::span<const RecallDifferences* const> laws) {
    std::vector<double> first(a.n_steps()), second(b.n_steps());
    AddSteps(a, laws_[0].probabilities, first);
    AddSteps(b, laws_[1].probabilities, second);
    law_.joint_ = CellsOfColumns(b);
    std::vector<std::uint32_t> numbers(others_.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (control_.aborted()) return false;
      const auto number = [&](std::size_t k, std::size_t j) {
        return static_cast<std::uint32_t>(laws[others_[k]]->NumberOf(
            static_cast<std::int32_t>(a.counts[k][i]), static_cast<std::int32_t>(b.counts[k][j])));
      };
      for (std::size_t k = 0; k < others_.size(); ++k) numbers[k] = number(k, 0);
      law_.joint_.BeginRow(0, numbers);
      for (std::size_t j = 0; j < second.size(); ++j) {
        for (const std::uint32_t k : law_.joint_.ChangesAt(j)) law_.joint_.Change(number(k, j));
        law_.joint_.Add(first[i] * second[j]);
      }
    }
    return true;
  }

  const ConfidenceIndex& index_;
  const ConfidenceModel& model_;
  const JobControl& control_;
  ConfidenceLaw& law_;
  CountLaw laws_[2];
  std::vector<std::size_t> others_;  // the sets of the joint law
};

Status ConfidenceLaw::Make(const BootstrapInput& input, const ConfidenceModel& model, double most_cost,
                           int threads, const JobControl& control, ConfidenceLaw& law) try {
  if (const Status status = CheckInput(input); !status.ok()) return status;
  if (input.n_detectors() != 2 || input.fprs.size() != 1) return {StatusCode::kOutOfRange};
  for (const DetectorScores& detector : input.detectors) {
    for (const auto& mask : detector.excluded) {
      if (!mask.empty()) return {StatusCode::kOutOfRange};
    }
  }
  law = {};
  ConfidenceIndex index;
  if (const Status status = ConfidenceIndex::Build(input, threads, index); !status.ok()) return status;
  Maker maker(index, model, control, law);
  law.cost_ = maker.Cost();
  if (!(law.cost_ <= most_cost)) return {};
  law.covers_ = true;
  if (const Status status = maker.Make(); !status.ok()) return status;
  for (const auto& set : law.sets_) law.from_zero_.push_back({set->Above(0, false), set->Above(0, true)});
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

double ConfidenceLaw::Above(std::size_t set, double x, bool mirrored) const {
  const CellDifferences& law = *sets_[set];
  if (x >= 1) return 0;
  if (x == 0) return from_zero_[set][mirrored ? 1 : 0];
  if (x >= 0) return law.Above(x, mirrored);
  if (x > -1) return 1 - law.Above(-x, !mirrored);
  return x == -1 ? 1 - law.AtOne(!mirrored) : 1;
}

double ConfidenceLaw::AtPoint(std::size_t set, double x) const {
  const CellDifferences& law = *sets_[set];
  return x == 0 ? law.AtZero() : x == 1 ? law.AtOne(false) : x == -1 ? law.AtOne(true) : 0;
}

double ConfidenceLaw::Quantile(std::size_t set, double p, bool mirrored) const {
  const CellDifferences& law = *sets_[set];
  if (p <= law.AtOne(!mirrored)) return -1;
  if (1 - p < law.AtOne(mirrored)) return 1;
  const double below = from_zero_[set][mirrored ? 0 : 1], above = from_zero_[set][mirrored ? 1 : 0];
  if (below < p && 1 - above >= p) return 0;
  double low = below >= p ? -1 : 0, high = below >= p ? 0 : 1;
  // Probits are nearly linear in x, so that secants converge fast. Tails of either side keep their accuracy.
  const double target = NormalQuantile(p);
  const ConfidenceMoments moments = law.Moments();
  double x = (mirrored ? -moments.mean : moments.mean) + target * moments.standard_error;
  if (!(x > low && x < high)) x = 0.5 * (low + high);
  double slope = 1 / moments.standard_error, last_x = 0, last = std::numeric_limits<double>::infinity();
  constexpr int kMostSteps = 200;
  for (int step = 0; step < kMostSteps; ++step) {
    const double tail = x >= 0 ? law.Above(x, mirrored) : law.Above(-x, !mirrored);
    const double probit = x >= 0 ? -NormalQuantile(tail) : NormalQuantile(tail);
    const double gap = probit - target;
    (gap < 0 ? low : high) = x;
    const double secant = (gap - last) / (x - last_x);
    if (std::isfinite(secant) && secant > 0) slope = secant;
    const double next = x - gap / slope;
    // What a secant leaves is about the product of its ends' gaps.
    const bool near = std::abs(gap) < 1e-5 && std::abs(gap * last) < 1e-15;
    if (near || std::abs((x >= 0 ? 1 - tail : tail) - p) < 1e-13 || high - low < 1e-15) {
      return next > low && next < high ? next : x;
    }
    last = gap;
    last_x = x;
    x = next > low && next < high ? next : 0.5 * (low + high);
  }
  return x;
}

bool ConfidenceLaw::Unbounded(std::span<const double> bounds, std::size_t set) const {
  return bounds[2 * set] <= -1 && bounds[2 * set + 1] >= 1;
}

// 1 - P(xi > high) - P(xi < low) given each cell.
void ConfidenceLaw::InsideGiven(std::size_t set, double low, double high, std::span<double> table) const {
  const CellDifferences& law = *sets_[set];
  std::fill(table.begin(), table.end(), 1.0);
  const auto subtract = [&](double x, bool mirrored) {  // P(xi > x)
    if (x >= 1) return;
    if (x >= 0) {
      law.AddAbove(-1, x, mirrored, table);
      return;
    }
    for (double& entry : table) entry -= 1;
    if (x > -1) law.AddAbove(1, -x, !mirrored, table);
    if (x == -1) law.AddAtOne(1, !mirrored, table);
  };
  subtract(high, false);
  subtract(-low, true);
}

Status ConfidenceLaw::Outside(std::span<const double> bounds, const JobControl& control,
                              double& probability) const try {
  if (bounds.size() != 2 * n_sets()) return {StatusCode::kLengthMismatch};
  for (const double bound : bounds) {
    if (std::isnan(bound)) return {StatusCode::kOutOfRange};
  }
  std::vector<std::size_t> bounded;
  for (std::size_t set = 0; set < n_sets(); ++set) {
    if (!Unbounded(bounds, set)) bounded.push_back(set);
  }
  probability = 0;
  if (bounded.empty()) return {};
  if (bounded.size() == 1) {
    const std::size_t set = bounded[0];
    probability = std::min(1.0, Above(set, bounds[2 * set + 1], false) + Above(set, -bounds[2 * set], true));
    return {};
  }
  if (bounded[0] == 0) return {StatusCode::kOutOfRange};
  std::vector<std::vector<double>> tables;
  std::vector<std::span<const double>> inside(n_sets() - 1);
  for (const std::size_t set : bounded) {
    if (control.aborted()) return {StatusCode::kAborted};
    auto& table = tables.emplace_back(sets_[set]->n_cells());
    InsideGiven(set, bounds[2 * set], bounds[2 * set + 1], table);
    inside[set - 1] = table;
  }
  const auto [outside, all] = joint_.Outside(inside, 0, joint_.n_rows(), control);
  if (control.aborted()) return {StatusCode::kAborted};
  probability = std::clamp(outside / all, 0.0, 1.0);
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias
