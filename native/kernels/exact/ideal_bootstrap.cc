#include "kernels/exact/ideal_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "kernels/bootstrap/score_window.h"
#include "kernels/sort/sort.h"
#include "kernels/special/beta.h"
#include "kernels/special/discrete.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

// Tails below this are cut off.
constexpr double kNegligibleTail = 1e-20;
constexpr double kLogNegligibleTail = -46.051701859880914;

// Sums of probabilities that are closer than this are taken to be equal.
constexpr double kRounding = 1e-12;

/// The normal scores at the places that a threshold has, the anomalous ones between the largest and the
/// smallest of those.
struct NearThreshold {
  DiscreteLaw places;
  ScoreWindow normal, anomalous;
  std::size_t n_normal = 0;

  Status Select(const ScoreSpan& normals, const ScoreSpan& anomalies, TopRank rank) {
    n_normal = SizeOf(normals);
    const auto first = static_cast<std::size_t>(places.first);
    std::size_t last = first + places.probabilities.size();
    if (rank.weight > 0) last = std::min(n_normal, last + LowerPlaces(rank));
    const Status status = SelectPositions(normals, first, last, 0, 1, normal);
    if (!status.ok()) return status;
    return SelectValues(anomalies, normal.values.front(), normal.values.back(), 1, 1, anomalous);
  }

  /// The normal score at a place counted from the largest.
  double At(std::size_t place) const { return normal.values[place - normal.first]; }

 private:
  /// How far below its upper neighbour the lower one of an interpolated threshold is but for kNegligibleTail:
  /// (1 - gap / rest)^(n - above) for the nearest of n - above draws, as below.
  std::size_t LowerPlaces(TopRank rank) const {
    const auto n = static_cast<double>(n_normal), draws = n - static_cast<double>(rank.index) - 1;
    return 2 + static_cast<std::size_t>((n - static_cast<double>(places.first)) *
                                        -portable::Expm1(kLogNegligibleTail / draws));
  }
};

/// Calls visit(threshold, probability) for the thresholds of normal resamples, the largest among the first.
/// Probabilities of equal thresholds come apart. False when aborted.
template <typename Visit>
bool VisitThresholds(const NearThreshold& near, TopRank rank, const JobControl& control, const Visit& visit) {
  const DiscreteLaw& places = near.places;
  const auto n = static_cast<double>(near.n_normal), above = static_cast<double>(rank.index) + 1;
  for (std::size_t i = 0; i < places.probabilities.size(); ++i) {
    if (control.aborted()) return false;
    const auto place = static_cast<std::size_t>(places.first) + i;
    const double probability = places.probabilities[i], upper = near.At(place);
    if (rank.weight == 0 || place + 1 == near.n_normal) {
      visit(upper, probability);
      continue;
    }
    // The next order statistic is at another place when `above` draws fall here or above, the last of them
    // here, and the n - above others below: the nearest of these more than `gap` places further with
    // probability (1 - gap / rest)^(n - above).
    const double here = static_cast<double>(place) + 1, rest = n - here;
    const double split =
        BinomialPmf(static_cast<std::int64_t>(above), static_cast<std::int64_t>(n), here / n, rest / n) *
        -portable::Expm1(above * portable::Log1p(-1 / here));
    const double apart = std::min(probability, split);
    visit(upper, probability - apart);
    double beyond = 1;
    for (double gap = 1; apart * beyond > kNegligibleTail; ++gap) {
      const double next = gap < rest ? portable::Exp((n - above) * portable::Log1p(-gap / rest)) : 0;
      const double lower = near.At(place + static_cast<std::size_t>(gap));
      visit(Interpolate(upper, lower, rank.weight), apart * (beyond - next));
      beyond = next;
    }
  }
  return true;
}

/// The law of the number of anomalies that the threshold of a normal resample flags. False when aborted.
bool FlaggedCounts(const NearThreshold& near, TopRank rank, const JobControl& control, DiscreteLaw& law) {
  law.first = static_cast<std::int64_t>(near.anomalous.first);
  return VisitThresholds(near, rank, control, [&](double threshold, double mass) {
    const std::size_t c = near.anomalous.CountAbove(threshold) - near.anomalous.first;
    if (c >= law.probabilities.size()) law.probabilities.resize(c + 1);
    law.probabilities[c] += mass;
  });
}

/// The part of a law between its outermost counts of positive probability, with its sums from below.
class Span {
 public:
  explicit Span(std::span<const double> law) : n_(static_cast<std::int64_t>(law.size()) - 1) {
    const auto positive = [](double p) { return p > 0; };
    const auto begin = std::find_if(law.begin(), law.end(), positive);
    const auto end = std::find_if(law.rbegin(), std::make_reverse_iterator(begin), positive).base();
    first_ = begin - law.begin();
    probabilities_ = {begin, end};
    at_most_.reserve(probabilities_.size());
    double sum = 0;
    for (const double p : probabilities_) at_most_.push_back(sum += p);
  }

  bool empty() const { return probabilities_.empty(); }
  std::int64_t n() const { return n_; }
  std::int64_t first() const { return first_; }
  std::int64_t last() const { return first_ + static_cast<std::int64_t>(probabilities_.size()) - 1; }
  std::span<const double> probabilities() const { return probabilities_; }

  /// The probability of a count of at most j.
  double AtMost(std::int64_t j) const {
    if (j < first_) return 0;
    return at_most_[static_cast<std::size_t>(std::min(j, last()) - first_)];
  }

 private:
  std::int64_t n_, first_ = 0;
  std::span<const double> probabilities_;
  std::vector<double> at_most_;
};

/// P(k / n_k - j / n_j <= numerator / (n_j n_k)), j and k independent.
double DifferenceAtMost(const Span& of_j, const Span& of_k, std::int64_t numerator) {
  double sum = 0;
  std::int64_t j = of_j.first();
  for (const double probability : of_j.probabilities()) {
    const std::int64_t bound = numerator + j++ * of_k.n();
    if (bound >= 0) sum += probability * of_k.AtMost(bound / of_j.n());
  }
  return sum;
}

}  // namespace

void AddBinomial(std::int64_t c, std::int64_t n, double weight, std::span<double> law) {
  const auto mode = static_cast<std::size_t>(c);
  if (c == 0 || c == n) {
    law[mode] += weight;
    return;
  }
  const auto trials = static_cast<double>(n), good = static_cast<double>(c), bad = static_cast<double>(n - c);
  const double at_mode = weight * BinomialPmf(c, n, good / trials, bad / trials);
  const double linear = -kLogNegligibleTail / 3, variance = good * (bad / trials);
  const auto reach =
      static_cast<std::int64_t>(1 + linear + std::sqrt(linear * linear - 2 * kLogNegligibleTail * variance));
  law[mode] += at_mode;
  double probability = at_mode, odds = good / bad;
  for (std::int64_t j = c, end = std::min(n, c + reach); j < end; ++j) {
    probability *= static_cast<double>(n - j) * odds / static_cast<double>(j + 1);
    law[static_cast<std::size_t>(j + 1)] += probability;
  }
  probability = at_mode;
  odds = bad / good;
  for (std::int64_t j = c, end = std::max<std::int64_t>(0, c - reach); j > end; --j) {
    probability *= static_cast<double>(j) * odds / static_cast<double>(n - j + 1);
    law[static_cast<std::size_t>(j - 1)] += probability;
  }
}

Status OrderStatisticLaw(std::size_t index, std::size_t n, const JobControl& control, DiscreteLaw& law) try {
  const auto size = static_cast<double>(n), a = static_cast<double>(index) + 1;
  const double b = size - static_cast<double>(index);
  const double first = std::floor(size * BetaQuantile(kNegligibleTail, a, b).x);
  const double end = std::min(std::ceil(size * BetaQuantileUpper(kNegligibleTail, a, b).x), size);
  law.first = static_cast<std::int64_t>(first);
  law.probabilities.clear();
  law.probabilities.reserve(static_cast<std::size_t>(end - first));
  const auto tails_at = [&](double place) {
    return BetaTails(UnitPoint{place / size, (size - place) / size}, a, b);
  };
  Tails before = tails_at(first);
  for (double place = first + 1; place <= end; ++place) {
    if (control.aborted()) return {StatusCode::kAborted};
    const Tails at = tails_at(place);
    // The difference of whichever tail is small.
    law.probabilities.push_back(at.lower < 0.5 ? at.lower - before.lower : before.upper - at.upper);
    before = at;
  }
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

Status IdealTpr(const ScoreSpan& normal, const ScoreSpan& anomalous, ThresholdDefinition definition,
                double fpr, const JobControl& control, std::span<double> law, IdealReadings& readings) try {
  for (const std::size_t array : {0, 1}) {
    const std::size_t n = SizeOf(array == 0 ? normal : anomalous);
    if (n == 0) return {StatusCode::kEmptySample, array};
    if (n > kMaxSortLength) return {StatusCode::kOutOfRange, array};
  }
  if (!(fpr > 0 && fpr < 1)) return {StatusCode::kOutOfRange, 2};
  if (law.size() != SizeOf(anomalous) + 1) return {StatusCode::kLengthMismatch, 3};
  const auto n = static_cast<std::int64_t>(SizeOf(anomalous));
  const auto trials = static_cast<double>(n);

  const TopRank rank = ThresholdRank(definition, fpr, SizeOf(normal));
  NearThreshold near;
  Status status = OrderStatisticLaw(rank.index, SizeOf(normal), control, near.places);
  if (status.ok()) status = near.Select(normal, anomalous, rank);
  if (!status.ok()) return status;
  const double upper = near.At(rank.index);
  const double lower = rank.weight > 0 ? near.At(rank.index + 1) : upper;
  readings.threshold = Interpolate(upper, lower, rank.weight);
  readings.fpr =
      static_cast<double>(CountAbove(normal, readings.threshold)) / static_cast<double>(near.n_normal);
  readings.tpr = static_cast<double>(CountAbove(anomalous, readings.threshold)) / trials;
  DiscreteLaw flagged;
  if (!FlaggedCounts(near, rank, control, flagged)) return {StatusCode::kAborted};

  std::fill(law.begin(), law.end(), 0.0);
  double mean = 0, between = 0, within = 0;
  auto c = static_cast<double>(flagged.first);
  for (const double weight : flagged.probabilities) mean += weight * c++;
  auto count = flagged.first;
  for (const double weight : flagged.probabilities) {
    if (control.aborted()) return {StatusCode::kAborted};
    c = static_cast<double>(count);
    between += weight * (c - mean) * (c - mean);
    within += weight * c * (trials - c);
    if (weight > 0) AddBinomial(count, n, weight, law);
    ++count;
  }
  readings.mean = mean / trials;
  readings.standard_error = std::sqrt(between + within / trials) / trials;
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

double IdealQuantile(std::span<const double> law, double p) {
  std::size_t j = 0;
  for (double sum = law[0]; sum < p - kRounding && j + 1 < law.size(); sum += law[j]) ++j;
  return static_cast<double>(j) / static_cast<double>(law.size() - 1);
}

Status IdealDifference(std::span<const double> baseline, std::span<const double> candidate,
                       std::span<const double> probabilities, const JobControl& control,
                       std::span<double> quantiles, SignProbabilities& signs) try {
  for (const std::size_t array : {0, 1}) {
    const std::size_t counts = (array == 0 ? baseline : candidate).size();
    if (counts < 2) return {StatusCode::kEmptySample, array};
    // Products of two counts, and sums of two such products, are to stay below 2^63.
    if (counts - 1 > kMaxSortLength) return {StatusCode::kOutOfRange, array};
  }
  if (quantiles.size() != probabilities.size()) return {StatusCode::kLengthMismatch, 3};
  const Span from(baseline), to(candidate);
  if (from.empty()) return {StatusCode::kEmptySample, 0};
  if (to.empty()) return {StatusCode::kEmptySample, 1};
  signs = {DifferenceAtMost(from, to, 0), DifferenceAtMost(to, from, 0)};

  const double lattice = static_cast<double>(from.n()) * static_cast<double>(to.n());
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    std::int64_t low = to.first() * from.n() - from.last() * to.n();
    std::int64_t high = to.last() * from.n() - from.first() * to.n();
    while (low < high) {
      if (control.aborted()) return {StatusCode::kAborted};
      const std::int64_t middle = low + (high - low) / 2;
      if (DifferenceAtMost(from, to, middle) >= probabilities[i] - kRounding)
        high = middle;
      else
        low = middle + 1;
    }
    quantiles[i] = static_cast<double>(low) / lattice;
  }
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias
