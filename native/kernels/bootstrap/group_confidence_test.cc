#include "kernels/bootstrap/group_confidence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "kernels/bootstrap/run_confidence.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"
#include "kernels/testing/kolmogorov.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;
using Numbers = std::vector<std::uint32_t>;

// A case and the groups of its samples.
struct Grouped {
  Case scores;
  std::size_t count = 0;
  Numbers normal;
  std::vector<Numbers> classes;

  SampleGroups Groups() const {
    SampleGroups groups{count, normal, {}};
    for (const Numbers& own : classes) groups.classes.push_back(own);
    return groups;
  }
};

Status Draw(const Grouped& c, std::size_t n_baselines, const ReplicateRange& range,
            const GroupOutputs& outputs, const JobControl& control = {}) {
  const BootstrapInput input = c.scores.Input();
  std::vector<RankedDetector> detectors;
  if (const Status status = RankInput(input, 1, detectors); !status.ok()) return status;
  return GroupConfidence(input, detectors, c.Groups(), n_baselines, range, outputs, control);
}

Values Run(const Grouped& c, std::size_t n_baselines, const ReplicateRange& range) {
  Values tpr(range.count * c.classes.size() * c.scores.normal.size());
  CHECK(Draw(c, n_baselines, range, {{}, tpr}).ok());
  return tpr;
}

// Baselines, then candidates, whose scores share an effect of the group; groups hold `per_group` normals and
// as many anomalies, which are one class.
Grouped Random(std::size_t n_baselines, std::size_t n_candidates, std::size_t n_groups,
               std::size_t per_group) {
  Grouped c;
  c.count = n_groups;
  Philox random(5, 0, 0);
  for (std::uint32_t g = 0; g < n_groups; ++g) c.normal.insert(c.normal.end(), per_group, g);
  c.classes = {c.normal};
  Values effects(n_groups);
  for (double& effect : effects) effect = NormalVariate(random);
  const auto scores = [&](double shift) {
    Values values;
    for (const std::uint32_t g : c.normal) {
      values.push_back(shift + 0.6 * effects[g] + 0.8 * NormalVariate(random));
    }
    return values;
  };
  for (std::size_t d = 0; d < n_baselines + n_candidates; ++d) {
    c.scores.normal.push_back(scores(0));
    c.scores.anomalous.push_back({scores(d < n_baselines ? 1 : 2)});
  }
  c.scores.fprs = {0.05};
  return c;
}

void BitsDoNotDependOnThreadsOrRanges() {
  const Grouped c = Random(2, 3, 40, 7);
  const Values whole = Run(c, 2, {7, 0, 500, 1});
  CHECK(whole == Run(c, 2, {7, 0, 500, 5}));
  const Values tail = Run(c, 2, {7, 400, 100, 1});
  CHECK(Values(whole.end() - static_cast<std::ptrdiff_t>(tail.size()), whole.end()) == tail);
}

// Differences of recall, rounded: those of 0 are an atom, whichever way sums are rounded.
Values Differences(const Values& tpr) {
  Values xi;
  for (std::size_t i = 0; i < tpr.size(); i += 2) xi.push_back(std::round((tpr[i + 1] - tpr[i]) * 1e9));
  return xi;
}

// Samples that are groups of their own have the law that RunConfidence draws with weights of their own.
void SingleSamplesHaveTheLawOfRuns() {
  constexpr std::size_t kDraws = 20'000;
  for (const std::size_t n : {10, 40, 400}) {
    Grouped c = Random(1, 1, n, 1);
    c.count = 2 * n;
    for (std::uint32_t& group : c.classes[0]) group += static_cast<std::uint32_t>(n);
    const BootstrapInput input = c.scores.Input();
    std::vector<RankedDetector> detectors;
    CHECK(RankInput(input, 1, detectors).ok());
    Values runs(kDraws * 2);
    CHECK(RunConfidence(input, detectors, {2, 0, kDraws, 2}, runs, {}).ok());
    CHECK(KolmogorovDistance(Differences(Run(c, 1, {1, 0, kDraws, 2})), Differences(runs)) <
          2.7 * std::sqrt(2.0 / kDraws));
  }
}

// Samples of a group that are copies say no more than one of them does.
void CopiesCountOnce() {
  constexpr std::size_t kDraws = 20'000;
  const Grouped single = Random(1, 1, 60, 1);
  Grouped copies = single;
  const auto repeat = [](auto& values) {
    auto twice = values;
    twice.clear();
    for (const auto& value : values) twice.insert(twice.end(), 5, value);
    values = twice;
  };
  for (Values& normal : copies.scores.normal) repeat(normal);
  for (auto& classes : copies.scores.anomalous) repeat(classes[0]);
  repeat(copies.normal);
  repeat(copies.classes[0]);
  const Values few = Differences(Run(single, 1, {1, 0, kDraws, 2})),
               many = Differences(Run(copies, 1, {2, 0, kDraws, 2}));
  const auto sd = [](const Values& values) {
    const double n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    return std::sqrt(squares / n);
  };
  // 0.87: copies are ties, among which a threshold has no gap to lie in. Taken for samples they give 0.4.
  const double ratio = sd(many) / sd(few);
  CHECK(ratio > 0.8 && ratio < 1.1);
}

// Three groups that all speak for the candidate: P(difference <= 0) is not below the mid-p value of three.
void FewGroupsAreASignTest() {
  Grouped c = Random(1, 1, 100, 2);
  Values none(c.normal.size(), -9.0), some = none;
  std::fill(some.begin(), some.begin() + 6, 9.0);
  c.scores.anomalous = {{none}, {some}};
  constexpr std::size_t kDraws = 50'000;
  double no_more = 0;
  const Values tpr = Run(c, 1, {3, 0, kDraws, 2});
  for (std::size_t b = 0; b < kDraws; ++b) no_more += tpr[2 * b + 1] <= tpr[2 * b] ? 1 : 0;
  CHECK(no_more / kDraws > 1.0 / 16 - 5 * std::sqrt(1.0 / 16 / kDraws));
  CHECK(no_more / kDraws < 0.1);
}

void ThresholdsAreNormalScores() {
  const Grouped c = Random(1, 1, 30, 3);
  Values thresholds(2 * 50), tpr(2 * 50);
  CHECK(Draw(c, 1, {1, 0, 50, 1}, {thresholds, tpr}).ok());
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const Values& normal = c.scores.normal[i % 2];
    CHECK(std::find(normal.begin(), normal.end(), thresholds[i]) != normal.end());
  }
}

void EverySizeIsAnswered() {
  for (const std::size_t n_groups : {1, 2, 30}) {
    for (const double fpr : {1e-9, 0.05, 0.999999}) {
      Grouped c = Random(2, 1, n_groups, 3);
      c.scores.fprs = {fpr};
      for (const double tpr : Run(c, 2, {1, 0, 300, 1})) CHECK(tpr >= 0 && tpr <= 1);
    }
  }
}

void Errors() {
  const Grouped good = Random(1, 1, 20, 2);
  Values tpr(20), small(3);
  const ReplicateRange range{1, 0, 10, 1};
  const auto code = [&](const Grouped& c, std::size_t n_baselines, std::span<double> out,
                        const JobControl& control = {}) {
    return static_cast<int>(Draw(c, n_baselines, range, {{}, out}, control).code);
  };
  const auto expected = [](StatusCode status) { return static_cast<int>(status); };
  CHECK_EQUAL(code(good, 1, small), expected(StatusCode::kLengthMismatch));
  CHECK_EQUAL(code(good, 0, tpr), expected(StatusCode::kOutOfRange));
  CHECK_EQUAL(code(good, 2, tpr), expected(StatusCode::kOutOfRange));
  std::int32_t abort = 1, done = 0;
  CHECK_EQUAL(code(good, 1, tpr, {&abort, &done}), expected(StatusCode::kAborted));
  Grouped c = good;
  c.normal.pop_back();
  CHECK_EQUAL(code(c, 1, tpr), expected(StatusCode::kLengthMismatch));
  c = good;
  c.classes[0][3] = 20;
  CHECK_EQUAL(code(c, 1, tpr), expected(StatusCode::kOutOfRange));
  c = good;
  c.scores.design = Design::kIndependent;
  CHECK_EQUAL(code(c, 1, tpr), expected(StatusCode::kOutOfRange));
  c = good;
  c.scores.excluded = {{Mask(40, 0)}, {Mask(40, 0)}};
  CHECK_EQUAL(code(c, 1, tpr), expected(StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  BitsDoNotDependOnThreadsOrRanges();
  SingleSamplesHaveTheLawOfRuns();
  CopiesCountOnce();
  FewGroupsAreASignTest();
  ThresholdsAreNormalScores();
  EverySizeIsAnswered();
  Errors();
  return check::Finish();
}
