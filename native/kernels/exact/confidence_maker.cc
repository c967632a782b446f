#include "kernels/exact/confidence_maker.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "kernels/exact/class_readings.h"
#include "kernels/exact/confidence_recalls.h"
#include "kernels/exact/family_cost.h"

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

// Of the cell where the first detector flags x anomalies and the second y.
std::size_t DifferencesCell(const PairedDifferences& differences, CommonCount& common, std::uint32_t x,
                            std::uint32_t y) {
  const auto both = static_cast<std::uint32_t>(common.UpTo(y));
  return differences.NumberOf(static_cast<std::int32_t>(y - both), static_cast<std::int32_t>(x - both));
}

}  // namespace

ConfidenceLaw::Maker::Maker(const ConfidenceIndex& index, const ConfidenceModel& model,
                            const JobControl& control, ConfidenceLaw& law)
    : index_(index), model_(model), control_(control), law_(law) {
  for (std::size_t d = 0; d < 2; ++d) {
    laws_[d] = CountLaw::Of(index.detectors[d].n_normal, index.detectors[d].targets[0]);
  }
  others_.resize(index.detectors[0].n_anomalous.size() - 1);
  std::iota(others_.begin(), others_.end(), std::size_t{1});
}

double ConfidenceLaw::Maker::Cost() const {
  const auto cells = [&](std::span<const std::size_t> sets) {
    return static_cast<double>(AxisSteps(index_.detectors[0], laws_[0], sets)) *
           static_cast<double>(AxisSteps(index_.detectors[1], laws_[1], sets));
  };
  const auto counts = static_cast<double>(laws_[0].size()) * static_cast<double>(laws_[1].size());
  const bool paired = index_.paired;
  const double questions = FamilyQuestions(others_.size());
  constexpr std::size_t kAll = 0;
  const double all = cells({&kAll, 1});
  double cost = paired ? 10 * counts + 16 * all : 5e5 + 3000 * std::sqrt(all);
  for (const std::size_t& set : others_) {
    const double own = cells({&set, 1});
    cost += paired ? 3e5 + 100 * own : 3e6 + 3000 * std::sqrt(own) + 40 * questions * own;
  }
  return others_.empty() ? cost : cost + (12 + 1.5 * questions) * cells(others_);
}

Status ConfidenceLaw::Maker::Make() {
  if (!(index_.paired ? MakePaired() : MakeIndependent())) return {StatusCode::kAborted};
  control_.Advance(1);
  return {};
}

ConfidenceAxis ConfidenceLaw::Maker::AxisOf(std::size_t d, std::span<const std::size_t> sets) const {
  return MakeAxis(index_.detectors[d], laws_[d], sets, model_.place);
}

bool ConfidenceLaw::Maker::MakePaired() {
  const double q = index_.detectors[0].targets[0], q_second = index_.detectors[1].targets[0];
  const PairedCounts counts(index_.detectors[0].n_normal, q, q_second, index_.Both(q, q_second));
  if (!model_.whole) {
    law_.sets_.emplace_back();
  } else if (!AddWhole(counts)) {
    return false;
  }
  if (others_.empty()) return true;
  control_.Advance(1);
  return JoinPaired(AxisOf(0, others_), AxisOf(1, others_), counts);
}

bool ConfidenceLaw::Maker::AddWhole(const PairedCounts& counts) {
  constexpr std::size_t kAll = 0;
  const ConfidenceAxis a = AxisOf(0, {&kAll, 1}), b = AxisOf(1, {&kAll, 1});
  PairedDifferences& all = AddPaired(kAll, a.counts[0], b.counts[0]);
  const bool done =
      ForEachStep(counts, a, b, control_,
                  [&](std::size_t step, std::span<const double> weights, std::size_t first, std::size_t end) {
                    const std::uint32_t x = a.counts[0][step];
                    CommonCount common(index_, kAll, x, b.counts[0][first]);
                    for (std::size_t s = first; s < end; ++s) {
                      all.Add(DifferencesCell(all, common, x, b.counts[0][s]), weights[s]);
                    }
                  });
  if (done) all.Finish();
  return done;
}

PairedDifferences& ConfidenceLaw::Maker::AddPaired(std::size_t set, std::span<const std::uint32_t> flagged,
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

bool ConfidenceLaw::Maker::JoinPaired(const ConfidenceAxis& a, const ConfidenceAxis& b,
                                      const PairedCounts& counts) {
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
      numbers[k] = static_cast<std::uint32_t>(
          DifferencesCell(*laws[k], common[k], a.counts[k][step], b.counts[k][first]));
    }
    law_.joint_.BeginRow(first, numbers);
    for (std::size_t s = first; s < end; ++s) {
      for (const std::uint32_t k : s > first ? law_.joint_.ChangesAt(s) : std::span<const std::uint32_t>()) {
        laws[k]->Add(numbers[k], gathered[k]);
        gathered[k] = 0;
        numbers[k] = static_cast<std::uint32_t>(
            DifferencesCell(*laws[k], common[k], a.counts[k][step], b.counts[k][s]));
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

bool ConfidenceLaw::Maker::MakeIndependent() {
  std::vector<const RecallDifferences*> laws;
  for (std::size_t set = 0; set <= others_.size(); ++set) {
    if (control_.aborted()) return false;
    if (set == 0 && !model_.whole) {
      law_.sets_.emplace_back();
      laws.push_back(nullptr);
      continue;
    }
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

bool ConfidenceLaw::Maker::JoinIndependent(const ConfidenceAxis& a, const ConfidenceAxis& b,
                                           std::span<const RecallDifferences* const> laws) {
  std::vector<double> first(a.n_steps()), second(b.n_steps());
  AddSteps(a, laws_[0].probabilities, first);
  AddSteps(b, laws_[1].probabilities, second);
  law_.joint_ = CellsOfColumns(b);
  std::vector<std::uint32_t> numbers(others_.size());
  std::vector<double> products;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (control_.aborted()) return false;
    const auto number = [&](std::size_t k, std::size_t j) {
      return static_cast<std::uint32_t>(laws[others_[k]]->NumberOf(
          static_cast<std::int32_t>(a.counts[k][i]), static_cast<std::int32_t>(b.counts[k][j])));
    };
    std::size_t j = ProductsThatCount(first[i], second, first.size() * second.size(), products);
    if (products.empty()) continue;
    for (std::size_t k = 0; k < others_.size(); ++k) numbers[k] = number(k, j);
    law_.joint_.BeginRow(j, numbers);
    for (std::size_t p = 0; p < products.size(); ++p, ++j) {
      for (const std::uint32_t k : p > 0 ? law_.joint_.ChangesAt(j) : std::span<const std::uint32_t>()) {
        law_.joint_.Change(number(k, j));
      }
      law_.joint_.Add(products[p]);
    }
  }
  return true;
}

}  // namespace scoring_bias
