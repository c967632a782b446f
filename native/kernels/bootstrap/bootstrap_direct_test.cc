#include "kernels/bootstrap/bootstrap_direct.h"

#include <cmath>
#include <vector>

#include "kernels/bootstrap/observe.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;

Status Bootstrap(const BootstrapInput& input, const ReplicateRange& range, std::span<double> thresholds,
                 std::span<double> tpr, const JobControl& control = {}) {
  std::vector<RankedDetector> detectors;
  if (const Status status = RankInput(input, range.threads, detectors); !status.ok()) return status;
  return BootstrapDirect(input, detectors, range, thresholds, tpr, control);
}

Replicates Run(const Case& c, const ReplicateRange& range) {
  const BootstrapInput input = c.Input();
  const std::size_t per_class = range.count * c.fprs.size() * input.n_detectors();
  Replicates out{Values(per_class), Values(per_class * input.n_classes())};
  CHECK(Bootstrap(input, range, std::span(out.thresholds), std::span(out.tpr)).ok());
  return out;
}

void CheckLaw(const Case& c) { CheckLawOf(Run, c); }

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

void BitsDoNotDependOnThreadsOrRanges() {
  Case c = RandomCase(3, 300, {100, 57});
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    c.design = design;
    CheckBitsOf(Run, c);
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
