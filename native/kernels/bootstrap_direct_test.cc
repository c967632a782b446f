#include "kernels/bootstrap_direct.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "kernels/check.h"
#include "kernels/observe.h"
#include "kernels/philox.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;
using Mask = std::vector<std::uint8_t>;

// A test case that owns its scores: normal[d], anomalous[d][k], excluded[d][k] (empty: none).
struct Case {
  std::vector<Values> normal;
  std::vector<std::vector<Values>> anomalous;
  std::vector<std::vector<Mask>> excluded;
  Design design = Design::kPaired;
  ThresholdRule rule = ThresholdRule::kInverseCdf;
  Values fprs{0.5};

  BootstrapInput Input() const {
    BootstrapInput input;
    input.design = design;
    input.rule = rule;
    input.fprs = fprs;
    for (std::size_t d = 0; d < normal.size(); ++d) {
      DetectorScores detector;
      detector.normal = std::span<const double>(normal[d]);
      for (std::size_t k = 0; k < anomalous[d].size(); ++k) {
        detector.classes.push_back(std::span<const double>(anomalous[d][k]));
        detector.excluded.push_back(excluded.empty() ? std::span<const std::uint8_t>() : excluded[d][k]);
      }
      input.detectors.push_back(detector);
    }
    return input;
  }
};

Status Bootstrap(const BootstrapInput& input, const ReplicateRange& range, std::span<double> thresholds,
                 std::span<double> tpr, const JobControl& control = {}) {
  std::vector<RankedDetector> detectors;
  if (const Status status = RankInput(input, range.threads, detectors); !status.ok()) return status;
  return BootstrapDirect(input, detectors, range, thresholds, tpr, control);
}

struct Replicates {
  Values thresholds, tpr;
  friend bool operator==(const Replicates&, const Replicates&) = default;
};

Replicates Run(const Case& c, const ReplicateRange& range) {
  const BootstrapInput input = c.Input();
  const std::size_t per_class = range.count * c.fprs.size() * input.n_detectors();
  Replicates out{Values(per_class), Values(per_class * input.n_classes())};
  CHECK(Bootstrap(input, range, std::span(out.thresholds), std::span(out.tpr)).ok());
  return out;
}

// Every sequence of n indices below n.
std::vector<std::vector<std::size_t>> AllResamples(std::size_t n) {
  std::vector<std::vector<std::size_t>> all{{}};
  for (std::size_t draw = 0; draw < n; ++draw) {
    std::vector<std::vector<std::size_t>> longer;
    for (const auto& indices : all) {
      for (std::size_t i = 0; i < n; ++i) {
        longer.push_back(indices);
        longer.back().push_back(i);
      }
    }
    all = std::move(longer);
  }
  return all;
}

// What one resample gives, from the definitions: thresholds [f][d], then TPRs [f][d]. Empty when some
// detector tested none of the draws.
Values ReadingsOf(const Case& c, const std::vector<std::vector<std::size_t>>& normal_draws,
                  const std::vector<std::vector<std::size_t>>& anomaly_draws) {
  Values thresholds, tprs;
  for (const double fpr : c.fprs) {
    for (std::size_t d = 0; d < c.normal.size(); ++d) {
      Values sorted;
      for (const std::size_t i : normal_draws[d]) sorted.push_back(c.normal[d][i]);
      std::sort(sorted.begin(), sorted.end());
      double threshold = 0;
      std::uint32_t tolerated = 0;
      CHECK(Thresholds(std::span<const double>(sorted), std::span(&fpr, 1), c.rule, std::span(&threshold, 1),
                       std::span(&tolerated, 1))
                .ok());
      int tested = 0, flagged = 0;
      for (const std::size_t i : anomaly_draws[d]) {
        if (!c.excluded.empty() && !c.excluded[d][0].empty() && c.excluded[d][0][i] != 0) continue;
        ++tested;
        flagged += c.anomalous[d][0][i] > threshold ? 1 : 0;
      }
      if (tested == 0) return {};
      thresholds.push_back(threshold);
      tprs.push_back(static_cast<double>(flagged) / tested);
    }
  }
  thresholds.insert(thresholds.end(), tprs.begin(), tprs.end());
  return thresholds;
}

// The exact law of the readings, by counting all resamples of two detectors with one class.
std::map<Values, double> ExactLaw(const Case& c) {
  std::map<Values, double> law;
  double total = 0;
  const auto add = [&](const auto& normals, const auto& anomalies) {
    const Values readings = ReadingsOf(c, normals, anomalies);
    if (readings.empty()) return;
    law[readings] += 1;
    total += 1;
  };
  const auto normals0 = AllResamples(c.normal[0].size()), normals1 = AllResamples(c.normal[1].size());
  const auto anomalies0 = AllResamples(c.anomalous[0][0].size()),
             anomalies1 = AllResamples(c.anomalous[1][0].size());
  for (const auto& normal : normals0) {
    for (const auto& anomaly : anomalies0) {
      if (c.design == Design::kPaired) {
        add(std::vector{normal, normal}, std::vector{anomaly, anomaly});
        continue;
      }
      for (const auto& normal1 : normals1) {
        for (const auto& anomaly1 : anomalies1)
          add(std::vector{normal, normal1}, std::vector{anomaly, anomaly1});
      }
    }
  }
  for (auto& [readings, probability] : law) probability /= total;
  return law;
}

// Pearson's chi-square of the replicates against the exact law; the bound is six standard deviations above
// the mean.
void CheckLaw(const Case& c) {
  const std::map<Values, double> law = ExactLaw(c);
  const std::uint32_t n = 200000;
  const Replicates replicates = Run(c, {.seed = 12, .first = 0, .count = n, .threads = 2});
  const std::size_t width = c.fprs.size() * c.normal.size();
  std::map<Values, int> counts;
  for (std::size_t b = 0; b < n; ++b) {
    Values readings(replicates.thresholds.begin() + static_cast<std::ptrdiff_t>(b * width),
                    replicates.thresholds.begin() + static_cast<std::ptrdiff_t>((b + 1) * width));
    readings.insert(readings.end(), replicates.tpr.begin() + static_cast<std::ptrdiff_t>(b * width),
                    replicates.tpr.begin() + static_cast<std::ptrdiff_t>((b + 1) * width));
    ++counts[readings];
  }
  double statistic = 0;
  for (const auto& [readings, count] : counts) CHECK(law.contains(readings));
  for (const auto& [readings, probability] : law) {
    const double expected = probability * n;
    const auto found = counts.find(readings);
    const double observed = found == counts.end() ? 0 : found->second;
    statistic += (observed - expected) * (observed - expected) / expected;
  }
  const double freedom = static_cast<double>(law.size()) - 1;
  CHECK(statistic <= freedom + 6 * std::sqrt(2 * freedom));
}

void LawAgreesWithEnumeration() {
  Case c;
  c.normal = {{0.1, 0.7, 0.4, 0.2}, {3, 1, 4, 2}};
  c.anomalous = {{{0.3, 0.9, 0.15}}, {{2.5, 0, 3.5}}};
  for (const ThresholdRule rule :
       {ThresholdRule::kInverseCdf, ThresholdRule::kSupremum, ThresholdRule::kLinear}) {
    c.rule = rule;
    c.fprs = {0.5, 0.3};
    CheckLaw(c);
  }
  c.fprs = {0.05};  // Below 1/n0: no false alarm is tolerated.
  CheckLaw(c);
}

void LawWithTiesAndReversedScores() {
  Case c;
  c.normal = {{1, 2, 2, 1}, {-1, -2, -2, -1}};
  c.anomalous = {{{1, 2, 3}}, {{-1, -2, -3}}};
  c.fprs = {0.25};
  CheckLaw(c);
}

void LawWithExcludedSamples() {
  Case c;
  c.normal = {{1, 2, 3}, {3, 2, 1}};
  c.anomalous = {{{0, 2.5, 4}}, {{2, 0, 1.5}}};
  c.excluded = {{{1, 0, 1}}, {{}}};
  CheckLaw(c);
  c.excluded = {{{1, 0, 1}}, {{0, 0, 1}}};
  CheckLaw(c);
}

void LawOfTheIndependentDesign() {
  Case c;
  c.design = Design::kIndependent;
  c.normal = {{0.1, 0.7}, {3, 1, 2}};
  c.anomalous = {{{0.3, 0.9}}, {{2.5, 0}}};
  CheckLaw(c);
}

Case RandomCase(std::size_t n_detectors, std::size_t n_normal, const std::vector<std::size_t>& class_sizes) {
  Philox random(77, 0, 0);
  Case c;
  c.fprs = {0.05, 0.2, 0.1};
  const auto sample = [&](std::size_t n, double shift) {
    Values scores(n);
    for (double& x : scores) x = std::round(100 * (random.NextUniform() + shift));  // Ties.
    return scores;
  };
  for (std::size_t d = 0; d < n_detectors; ++d) {
    c.normal.push_back(sample(n_normal, 0));
    c.anomalous.emplace_back();
    c.excluded.emplace_back();
    for (const std::size_t n : class_sizes) {
      c.anomalous.back().push_back(sample(n, 0.3));
      Mask mask(n);
      for (auto& out : mask) out = random.NextBelow(4) == 0 ? 1 : 0;
      c.excluded.back().push_back(d % 2 == 0 ? mask : Mask());
    }
  }
  return c;
}

void BitsDoNotDependOnThreadsOrRanges() {
  Case c = RandomCase(3, 300, {100, 57});
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    c.design = design;
    const Replicates whole = Run(c, {.seed = 5, .first = 40, .count = 101, .threads = 1});
    for (const int threads : {2, 7}) {
      CHECK(Run(c, {.seed = 5, .first = 40, .count = 101, .threads = threads}) == whole);
    }
    Replicates pieces;
    for (const auto& [first, count] : {std::pair{40u, 1u}, {41u, 64u}, {105u, 36u}}) {
      const Replicates piece = Run(c, {.seed = 5, .first = first, .count = count, .threads = 2});
      pieces.thresholds.insert(pieces.thresholds.end(), piece.thresholds.begin(), piece.thresholds.end());
      pieces.tpr.insert(pieces.tpr.end(), piece.tpr.begin(), piece.tpr.end());
    }
    CHECK(pieces == whole);
    CHECK(Run(c, {.seed = 6, .first = 40, .count = 101, .threads = 1}) != whole);
  }
}

void ClassesDoNotDisturbEachOther() {
  const Case both = RandomCase(2, 50, {20, 30});
  Case first = both;
  for (auto& detector : first.anomalous) detector.resize(1);
  for (auto& detector : first.excluded) detector.resize(1);
  const std::uint32_t n = 40;
  const Replicates with_both = Run(both, {.seed = 1, .first = 0, .count = n, .threads = 1});
  const Replicates alone = Run(first, {.seed = 1, .first = 0, .count = n, .threads = 1});
  CHECK(alone.thresholds == with_both.thresholds);
  const std::size_t targets = both.fprs.size();
  for (std::size_t bf = 0; bf < n * targets; ++bf) {
    for (std::size_t d = 0; d < 2; ++d)
      CHECK_EQUAL(alone.tpr[bf * 2 + d], with_both.tpr[(bf * 2 + 0) * 2 + d]);
  }
}

void EqualDetectorsGiveEqualReadings() {
  Case c = RandomCase(1, 80, {33});
  c.normal.push_back(c.normal[0]);
  c.anomalous.push_back(c.anomalous[0]);
  c.excluded.push_back(c.excluded[0]);
  const Replicates replicates = Run(c, {.seed = 1, .first = 0, .count = 200, .threads = 2});
  for (std::size_t i = 0; i < replicates.tpr.size(); i += 2) {
    CHECK_EQUAL(replicates.tpr[i], replicates.tpr[i + 1]);
    CHECK_EQUAL(replicates.thresholds[i], replicates.thresholds[i + 1]);
  }
}

void FloatsGiveTheReadingsOfTheirDoubles() {
  const Case c = RandomCase(2, 40, {30});
  const Replicates expected = Run(c, {.seed = 3, .first = 0, .count = 50, .threads = 1});
  BootstrapInput input = c.Input();
  std::vector<std::vector<float>> floats;
  floats.reserve(4);
  const auto as_float = [&](const Values& values) {
    floats.emplace_back(values.begin(), values.end());
    return std::span<const float>(floats.back());
  };
  for (std::size_t d = 0; d < 2; ++d) {
    input.detectors[d].normal = as_float(c.normal[d]);
    input.detectors[d].classes[0] = as_float(c.anomalous[d][0]);
  }
  Replicates actual{Values(expected.thresholds.size()), Values(expected.tpr.size())};
  CHECK(Bootstrap(input, {.seed = 3, .first = 0, .count = 50, .threads = 1}, std::span(actual.thresholds),
                  std::span(actual.tpr))
            .ok());
  CHECK(actual == expected);
}

void ObservedReadings() {
  Case c;
  c.normal = {{5, 1, 4, 2, 3, 6, 8, 7, 10, 9}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  c.anomalous = {{{9.5, 8, 20, 1}}, {{1, 2, 0, 3}}};
  c.excluded = {{{}}, {{0, 1, 0, 0}}};
  c.fprs = {0.1, 0.3};
  Values thresholds(4), fpr(4), tpr(4);
  const BootstrapInput input = c.Input();
  std::vector<RankedDetector> detectors;
  CHECK(RankInput(input, 1, detectors).ok());
  CHECK(Observe(input, detectors, std::span(thresholds), std::span(fpr), std::span(tpr)).ok());
  CHECK(thresholds == (Values{9, 0, 7, 0}));
  CHECK(fpr == (Values{0.1, 0.1, 0.3, 0.1}));
  CHECK(tpr == (Values{0.5, 2.0 / 3, 0.75, 2.0 / 3}));
}

void ProgressCountsReplicatesAndAbortStops() {
  const Case c = RandomCase(2, 50, {20});
  const BootstrapInput input = c.Input();
  std::int32_t abort = 0, done = 0;
  const std::size_t size = 100 * c.fprs.size() * 2;
  Values thresholds(size), tpr(size);
  const ReplicateRange range{.seed = 1, .first = 0, .count = 100, .threads = 2};
  CHECK(Bootstrap(input, range, std::span(thresholds), std::span(tpr), JobControl(&abort, &done)).ok());
  CHECK_EQUAL(done, 100);
  abort = 1;
  CHECK(Bootstrap(input, range, std::span(thresholds), std::span(tpr), JobControl(&abort, &done)).code ==
        StatusCode::kAborted);
}

void OutputsOnRequest() {
  const Case c = RandomCase(2, 50, {20});
  const Replicates both = Run(c, {.seed = 1, .first = 0, .count = 10, .threads = 1});
  const ReplicateRange range{.seed = 1, .first = 0, .count = 10, .threads = 1};
  Replicates apart{Values(both.thresholds.size()), Values(both.tpr.size())};
  CHECK(Bootstrap(c.Input(), range, std::span(apart.thresholds), {}).ok());
  CHECK(Bootstrap(c.Input(), range, {}, std::span(apart.tpr)).ok());
  CHECK(apart == both);
}

void BadInputIsRefused() {
  const Case good = RandomCase(2, 5, {4, 3});
  const auto status_of = [](const Case& c) {
    const BootstrapInput input = c.Input();
    Values thresholds(c.fprs.size() * input.n_detectors()), tpr(thresholds.size() * input.n_classes());
    return Bootstrap(input, {.seed = 1, .first = 0, .count = 1, .threads = 1}, std::span(thresholds),
                     std::span(tpr));
  };
  CHECK(status_of(good).ok());

  Case c = good;
  c.anomalous[1][1][2] = std::nan("");
  CHECK(status_of(c) == (Status{StatusCode::kNotANumber, 5, 2}));
  c = good;
  c.normal[1][4] = std::nan("");
  CHECK(status_of(c) == (Status{StatusCode::kNotANumber, 3, 4}));
  c = good;
  c.normal[1].pop_back();
  CHECK(status_of(c) == (Status{StatusCode::kLengthMismatch, 3, 4}));
  c.design = Design::kIndependent;
  CHECK(status_of(c).ok());
  c = good;
  c.anomalous[0][1].clear();
  CHECK(status_of(c) == (Status{StatusCode::kEmptySample, 2}));
  c = good;
  c.excluded[0][0] = Mask{1, 1, 1, 1};
  CHECK(status_of(c) == (Status{StatusCode::kEmptySample, 1}));
  c = good;
  c.excluded[0][0] = Mask{1, 0, 1};
  CHECK(status_of(c) == (Status{StatusCode::kLengthMismatch, 1, 3}));
  c = good;
  c.fprs[2] = 1;
  CHECK(status_of(c) == (Status{StatusCode::kOutOfRange, 6, 2}));
  c = good;
  c.anomalous[1].pop_back();
  CHECK(status_of(c).code == StatusCode::kLengthMismatch);

  Values wrong(3);
  CHECK(Bootstrap(good.Input(), {.seed = 1, .first = 0, .count = 1, .threads = 1}, std::span(wrong), {}, {})
            .code == StatusCode::kLengthMismatch);
  CHECK(
      Bootstrap(good.Input(), {.seed = 1, .first = 0xffffffff, .count = 2, .threads = 1}, {}, {}, {}).code ==
      StatusCode::kOutOfRange);
  CHECK(Bootstrap({}, {}, {}, {}).code == StatusCode::kEmptySample);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  LawAgreesWithEnumeration();
  LawWithTiesAndReversedScores();
  LawWithExcludedSamples();
  LawOfTheIndependentDesign();
  BitsDoNotDependOnThreadsOrRanges();
  ClassesDoNotDisturbEachOther();
  EqualDetectorsGiveEqualReadings();
  FloatsGiveTheReadingsOfTheirDoubles();
  ObservedReadings();
  ProgressCountsReplicatesAndAbortStops();
  OutputsOnRequest();
  BadInputIsRefused();
  return check::Finish();
}
