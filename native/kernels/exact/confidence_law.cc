#include "kernels/exact/confidence_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <numeric>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/exact/confidence_counts.h"
#include "kernels/exact/confidence_recalls.h"
#include "kernels/special/normal.h"

namespace scoring_bias {
namespace {

// Joint cells below this weight are left out.
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

// Calls visit(step of a, factor, weights of the steps of b) for each step, in pieces whose sum, each times
// its factor, is the joint weight. Returns false when aborted.
template <typename Visit>
bool ForEachStep(const PairedCounts& counts, const ConfidenceAxis& a, const ConfidenceAxis& b,
                 const JobControl& control, const Visit& visit) {
  std::vector<double> given(b.n_steps()), carried(b.n_steps());
  for (std::size_t i = 0; i < a.gaps.size(); ++i) {
    if (control.aborted()) return false;
    std::fill(given.begin(), given.end(), 0.0);
    const std::span<const double> row = counts.Row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] < 1e-25) continue;
      double* const to = given.data() + b.gaps[j].first;
      const std::vector<double>& weights = b.gaps[j].weights;
      for (std::size_t w = 0; w < weights.size(); ++w) to[w] += row[j] * weights[w];
    }
    const ConfidenceAxis::Gap& gap = a.gaps[i];
    const auto carry = [&](double weight) {
      for (std::size_t s = 0; s < given.size(); ++s) carried[s] += weight * given[s];
    };
    carry(gap.weights.front());
    for (std::size_t w = 1; w < gap.weights.size(); ++w) {
      if (w == 1) {
        visit(gap.first, 1.0, carried);
        std::fill(carried.begin(), carried.end(), 0.0);
      }
      if (w + 1 < gap.weights.size()) {
        visit(gap.first + w, gap.weights[w], given);
      } else {
        carry(gap.weights[w]);
      }
    }
  }
  visit(a.n_steps() - 1, 1.0, carried);
  return true;
}

FlaggedLaw FlaggedOf(const ConfidenceAxis& axis, const CountLaw& law, std::size_t n) {
  const std::vector<std::uint32_t>& counts = axis.counts[0];
  FlaggedLaw flagged{static_cast<std::int32_t>(n), static_cast<std::int32_t>(counts.front()), {}};
  flagged.weights.resize(counts.back() - counts.front() + 1);
  for (std::size_t i = 0; i < axis.gaps.size(); ++i) {
    for (std::size_t w = 0; w < axis.gaps[i].weights.size(); ++w) {
      flagged.weights[counts[axis.gaps[i].first + w] - counts.front()] +=
          law.probabilities[i] * axis.gaps[i].weights[w];
    }
  }
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
    std::unique_ptr<PairedCounts> counts;
    if (index_.paired) {
      const double q = index_.detectors[0].targets[0], q_second = index_.detectors[1].targets[0];
      counts =
          std::make_unique<PairedCounts>(index_.detectors[0].n_normal, q, q_second, index_.Both(q, q_second));
    }
    for (std::size_t set = 0; set <= others_.size(); ++set) {
      if (control_.aborted()) return {StatusCode::kAborted};
      const bool done = index_.paired ? AddPaired(set, *counts) : AddIndependent(set);
      if (!done) return {StatusCode::kAborted};
      control_.Advance(1);
    }
    if (others_.empty()) return {};
    const ConfidenceAxis a = AxisOf(0, others_), b = AxisOf(1, others_);
    const bool done = index_.paired ? JoinPaired(a, b, *counts) : JoinIndependent(a, b);
    if (!done) return {StatusCode::kAborted};
    control_.Advance(1);
    return {};
  }

 private:
  ConfidenceAxis AxisOf(std::size_t d, std::span<const std::size_t> sets) const {
    return MakeAxis(index_.detectors[d], laws_[d], sets, model_.place);
  }

  bool AddPaired(std::size_t set, const PairedCounts& counts) {
    const ConfidenceAxis a = AxisOf(0, {&set, 1}), b = AxisOf(1, {&set, 1});
    const std::vector<std::uint32_t>&flagged = a.counts[0], &flagged_second = b.counts[0];
    const auto n = static_cast<std::int32_t>(index_.detectors[0].n_anomalous[set]);
    const auto low =
        static_cast<std::int32_t>(flagged_second.front()) - static_cast<std::int32_t>(flagged.back());
    const auto high =
        static_cast<std::int32_t>(flagged_second.back()) - static_cast<std::int32_t>(flagged.front());
    auto differences = std::make_unique<PairedDifferences>(n, model_.prior, low, high);
    const bool done =
        ForEachStep(counts, a, b, control_, [&](std::size_t step, double factor, const auto& weights) {
          const std::uint32_t x = flagged[step];
          CommonCount common(index_, set, x, flagged_second.front());
          for (std::size_t s = 0; s < weights.size(); ++s) {
            const double weight = factor * weights[s];
            if (weight < kLeastWeight) continue;
            const std::uint32_t y = flagged_second[s];
            const auto both = static_cast<std::uint32_t>(common.UpTo(y));
            differences->Add(static_cast<std::int32_t>(x + y - 2 * both),
                             static_cast<std::int32_t>(y) - static_cast<std::int32_t>(x), weight);
          }
        });
    if (!done) return false;
    differences->Finish();
    paired_.push_back(differences.get());
    law_.sets_.push_back(std::move(differences));
    return true;
  }

  bool AddIndependent(std::size_t set) {
    FlaggedLaw flagged[2];
    for (std::size_t d = 0; d < 2; ++d) {
      flagged[d] = FlaggedOf(AxisOf(d, {&set, 1}), laws_[d], index_.detectors[d].n_anomalous[set]);
    }
    auto differences =
        std::make_unique<RecallDifferences>(std::move(flagged[0]), std::move(flagged[1]), model_.prior);
    recalls_.push_back(differences.get());
    law_.sets_.push_back(std::move(differences));
    return true;
  }

  bool JoinPaired(const ConfidenceAxis& a, const ConfidenceAxis& b, const PairedCounts& counts) {
    std::vector<CommonCount> common;
    return ForEachStep(counts, a, b, control_, [&](std::size_t step, double factor, const auto& weights) {
      common.clear();
      for (std::size_t k = 0; k < others_.size(); ++k) {
        common.emplace_back(index_, others_[k], a.counts[k][step], b.counts[k].front());
      }
      for (std::size_t s = 0; s < weights.size(); ++s) {
        const double weight = factor * weights[s];
        if (weight < kLeastWeight) continue;
        law_.weights_.push_back(weight);
        for (std::size_t k = 0; k < others_.size(); ++k) {
          const std::uint32_t x = a.counts[k][step], y = b.counts[k][s];
          const auto both = static_cast<std::uint32_t>(common[k].UpTo(y));
          law_.numbers_.push_back(static_cast<std::uint32_t>(
              paired_[others_[k]]->NumberOf(static_cast<std::int32_t>(x + y - 2 * both),
                                            static_cast<std::int32_t>(y) - static_cast<std::int32_t>(x))));
        }
      }
    });
  }

  bool JoinIndependent(const ConfidenceAxis& a, const ConfidenceAxis& b) {
    const auto weights_of = [&](const ConfidenceAxis& axis, const CountLaw& law) {
      std::vector<double> weights(axis.n_steps());
      for (std::size_t i = 0; i < axis.gaps.size(); ++i) {
        for (std::size_t w = 0; w < axis.gaps[i].weights.size(); ++w) {
          weights[axis.gaps[i].first + w] += law.probabilities[i] * axis.gaps[i].weights[w];
        }
      }
      return weights;
    };
    const std::vector<double> first = weights_of(a, laws_[0]), second = weights_of(b, laws_[1]);
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (control_.aborted()) return false;
      for (std::size_t j = 0; j < second.size(); ++j) {
        const double weight = first[i] * second[j];
        if (weight < kLeastWeight) continue;
        law_.weights_.push_back(weight);
        for (std::size_t k = 0; k < others_.size(); ++k) {
          law_.numbers_.push_back(static_cast<std::uint32_t>(recalls_[others_[k]]->NumberOf(
              static_cast<std::int32_t>(a.counts[k][i]), static_cast<std::int32_t>(b.counts[k][j]))));
        }
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
  std::vector<const PairedDifferences*> paired_;
  std::vector<const RecallDifferences*> recalls_;
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
    // The error of the tail is larger.
    if (std::abs((x >= 0 ? 1 - tail : tail) - p) < 1e-13 || high - low < 1e-15) {
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
  std::vector<std::vector<double>> inside;
  for (const std::size_t set : bounded) {
    if (control.aborted()) return {StatusCode::kAborted};
    inside.emplace_back(sets_[set]->n_cells());
    InsideGiven(set, bounds[2 * set], bounds[2 * set + 1], inside.back());
  }
  const std::size_t width = n_sets() - 1;
  double outside = 0, all = 0;
  for (std::size_t cell = 0; cell < weights_.size(); ++cell) {
    if ((cell & 0xffff) == 0 && control.aborted()) return {StatusCode::kAborted};
    const std::uint32_t* const numbers = numbers_.data() + cell * width;
    double product = 1;
    for (std::size_t i = 0; i < bounded.size(); ++i) product *= inside[i][numbers[bounded[i] - 1]];
    outside += weights_[cell] * (1 - product);
    all += weights_[cell];
  }
  probability = std::clamp(outside / all, 0.0, 1.0);
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias
