#include "kernels/exact/confidence_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/exact/confidence_maker.h"
#include "kernels/special/normal.h"

namespace scoring_bias {

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
  for (std::size_t set = 0; set < law.n_sets(); ++set) {
    auto& from_zero = law.from_zero_.emplace_back();
    if (law.has(set)) from_zero = {law.sets_[set]->Above(0, false), law.sets_[set]->Above(0, true)};
  }
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

bool ConfidenceLaw::Unbounded(Bounds bounds, std::size_t set) {
  return bounds[2 * set] <= -1 && bounds[2 * set + 1] >= 1;
}

// 1 - P(xi > high) - P(xi < low) given each cell.
void ConfidenceLaw::InsideGiven(std::size_t set, double low, double high, std::span<double> table) const {
  const CellDifferences& law = *sets_[set];
  if (law.Inside(low, high, table)) return;
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

bool ConfidenceLaw::OutsideAlone(Bounds bounds, double& probability) const {
  std::size_t bounded = 0, last = 0;
  for (std::size_t set = 0; set < n_sets(); ++set) {
    if (Unbounded(bounds, set)) continue;
    ++bounded;
    last = set;
  }
  if (bounded > 1) return false;
  probability = 0;
  if (bounded == 1) {
    probability =
        std::min(1.0, Above(last, bounds[2 * last + 1], false) + Above(last, -bounds[2 * last], true));
  }
  return true;
}

Status ConfidenceLaw::Outside(std::span<const double> bounds, const JobControl& control,
                              std::span<double> probabilities) const try {
  const std::size_t width = 2 * n_sets();
  if (bounds.size() != width * probabilities.size()) return {StatusCode::kLengthMismatch};
  for (const double bound : bounds) {
    if (std::isnan(bound)) return {StatusCode::kOutOfRange};
  }
  std::vector<std::size_t> joint;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const Bounds own = bounds.subspan(i * width, width);
    if (OutsideAlone(own, probabilities[i])) continue;
    if (!Unbounded(own, 0)) return {StatusCode::kOutOfRange};
    joint.push_back(i);
  }
  std::size_t entries = 0;
  for (std::size_t set = 1; set < n_sets() && !joint.empty(); ++set) entries += sets_[set]->n_cells();
  const std::size_t most = JointCells::LanesAtOnce(entries);
  for (std::size_t first = 0; first < joint.size(); first += most) {
    const std::size_t questions = std::min(joint.size() - first, most);
    std::vector<Bounds> asked;
    for (std::size_t i = 0; i < questions; ++i) {
      asked.push_back(bounds.subspan(joint[first + i] * width, width));
    }
    std::array<double, JointCells::kMostLanes> answers{};
    const Status status = OutsideOf(asked, control, std::span(answers).first(questions));
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < questions; ++i) probabilities[joint[first + i]] = answers[i];
  }
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

Status ConfidenceLaw::OutsideOf(std::span<const Bounds> questions, const JobControl& control,
                                std::span<double> probabilities) const {
  const std::size_t lanes = JointCells::LanesFor(questions.size());
  std::vector<std::vector<double>> tables(n_sets() - 1);
  std::vector<std::span<const double>> inside(n_sets() - 1);
  std::vector<double> values;
  for (std::size_t set = 1; set < n_sets(); ++set) {
    std::vector<double>& table = tables[set - 1];
    for (std::size_t lane = 0; lane < questions.size(); ++lane) {
      const Bounds bounds = questions[lane];
      if (Unbounded(bounds, set)) continue;
      if (control.aborted()) return {StatusCode::kAborted};
      values.resize(sets_[set]->n_cells());
      InsideGiven(set, bounds[2 * set], bounds[2 * set + 1], values);
      if (table.empty()) table.assign(values.size() * lanes, 1.0);
      for (std::size_t i = 0; i < values.size(); ++i) table[i * lanes + lane] = values[i];
    }
    inside[set - 1] = table;
  }
  const auto [outside, all] = joint_.Outside(inside, lanes, 0, joint_.n_rows(), control);
  if (control.aborted()) return {StatusCode::kAborted};
  for (std::size_t lane = 0; lane < questions.size(); ++lane) {
    probabilities[lane] = std::clamp(outside[lane] / all, 0.0, 1.0);
  }
  return {};
}

}  // namespace scoring_bias
