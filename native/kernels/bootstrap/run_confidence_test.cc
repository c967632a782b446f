#include "kernels/bootstrap/run_confidence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/bootstrap/confidence.h"
#include "kernels/random/exponential.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"
#include "kernels/testing/kolmogorov.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;

Status Draw(const Case& c, const ReplicateRange& range, Values& tpr, const JobControl& control = {}) {
  const BootstrapInput input = c.Input();
  std::vector<RankedDetector> detectors;
  if (const Status status = RankInput(input, 1, detectors); !status.ok()) return status;
  return RunConfidence(input, detectors, range, tpr, control);
}

Values Run(const Case& c, const ReplicateRange& range) {
  Values tpr(range.count * c.anomalous[0].size() * c.normal.size());
  CHECK(Draw(c, range, tpr).ok());
  return tpr;
}

// Runs of two detectors, baselines first, with something in common, and anomalies of two classes.
Case Random(std::size_t n_runs, std::size_t n_normal, std::size_t n_anomalous) {
  Case c;
  Philox random(5, 0, 0);
  const auto around = [&](const Values& shared, double shift) {
    Values values;
    for (const double x : shared) values.push_back(shift + 0.6 * x + 0.8 * NormalVariate(random));
    return values;
  };
  const auto sample = [&](std::size_t n) {
    Values values(n);
    for (double& value : values) value = NormalVariate(random);
    return values;
  };
  const Values normal = sample(n_normal), first = sample(n_anomalous), second = sample(7);
  for (std::size_t d = 0; d < 2 * n_runs; ++d) {
    const double shift = d < n_runs ? 1 : 2;
    c.normal.push_back(around(normal, 0));
    c.anomalous.push_back({around(first, shift), around(second, shift)});
  }
  c.fprs = {0.05};
  return c;
}

void ManyExponentialsAreThoseOfOneAfterTheOther() {
  Philox one(3, 1, 4), many(3, 1, 4);
  Values variates(5001);
  ExponentialVariates(many, variates);
  for (const double variate : variates) CHECK_EQUAL(variate, ExponentialVariate(one));
  CHECK_EQUAL(many.NextUniform(), one.NextUniform());
}

void BitsDoNotDependOnThreadsOrRanges() {
  const Case c = Random(3, 300, 40);
  const Values whole = Run(c, {7, 0, 500, 1});
  CHECK(whole == Run(c, {7, 0, 500, 5}));
  const Values tail = Run(c, {7, 400, 100, 1});
  CHECK(Values(whole.end() - static_cast<std::ptrdiff_t>(tail.size()), whole.end()) == tail);
}

// The weights are those of the samples' places: other runs, or another class, change nothing.
void DetectorsShareTheirSamplesWeights() {
  Case c = Random(2, 200, 30);
  const Values whole = Run(c, {7, 0, 50, 1});
  c.normal = {c.normal[0], c.normal[2]};
  c.anomalous = {{c.anomalous[0][0]}, {c.anomalous[2][0]}};
  const Values pair = Run(c, {7, 0, 50, 1});
  for (std::size_t b = 0; b < 50; ++b) {
    CHECK_EQUAL(pair[2 * b], whole[8 * b]);
    CHECK_EQUAL(pair[2 * b + 1], whole[8 * b + 2]);
  }
}

// One run of either detector: each TPR has the law that Confidence draws by other means.
void OneRunHasTheLawOfConfidence() {
  constexpr std::size_t kDraws = 20'000;
  for (const std::size_t n_normal : {10, 40, 400}) {
    const Case c = Random(1, n_normal, 25);
    const Values runs = Run(c, {1, 0, kDraws, 2});
    Values cells(runs.size());
    CHECK(Confidence(c.Input(), {2, 0, kDraws, 2}, {{}, cells, {}}, {}).ok());
    for (std::size_t place = 0; place < 4; ++place) {
      Values a, b;
      // A recall of 1 is an atom, whichever way its sums are rounded.
      const auto rounded = [](double tpr) { return std::round(tpr * 1e9); };
      for (std::size_t i = place; i < runs.size(); i += 4) {
        a.push_back(rounded(runs[i]));
        b.push_back(rounded(cells[i]));
      }
      CHECK(KolmogorovDistance(a, b) < 2.7 * std::sqrt(2.0 / kDraws));
    }
  }
}

// In every run three anomalies are flagged by the candidate alone: P(difference <= 0) stays that of one run.
void RunsThatAgreeKeepTheMidPValue() {
  Case c = Random(2, 100, 1);
  const Values few{-9, -9, -9, 9, -9, -9}, more{9, 9, 9, 9, -9, -9};
  c.anomalous = {{few}, {few}, {more}, {more}};
  constexpr std::size_t kDraws = 100'000;
  const Values tpr = Run(c, {3, 0, kDraws, 2});
  double no_more = 0;
  for (std::size_t b = 0; b < kDraws; ++b) no_more += tpr[4 * b + 2] <= tpr[4 * b] ? 1 : 0;
  CHECK(std::abs(no_more / kDraws - 1.0 / 16) < 5 * std::sqrt(1.0 / 16 / kDraws));
}

void ExcludedSamplesDoNotCount() {
  Case c = Random(1, 60, 12);
  for (auto& classes : c.anomalous) classes.resize(1);
  Case without = c;
  for (auto& classes : without.anomalous) classes[0].resize(9);
  Mask mask(12);
  std::fill(mask.begin() + 9, mask.end(), std::uint8_t{1});
  c.excluded = {{mask}, {mask}};
  const Values masked = Run(c, {1, 0, 200, 1}), shorter = Run(without, {1, 0, 200, 1});
  for (std::size_t i = 0; i < masked.size(); ++i) CHECK(std::abs(masked[i] - shorter[i]) < 1e-12);
}

void EverySizeIsAnswered() {
  for (const std::size_t n : {1, 2, 30}) {
    for (const double fpr : {1e-9, 0.05, 0.999999}) {
      Case c = Random(2, n, n);
      c.fprs = {fpr};
      for (const double tpr : Run(c, {1, 0, 300, 1})) CHECK(tpr >= 0 && tpr <= 1);
    }
  }
}

void Errors() {
  Case c = Random(1, 20, 5);
  const ReplicateRange range{1, 0, 10, 1};
  Values tpr(40), small(3);
  const auto code = [](const Status& status) { return static_cast<int>(status.code); };
  CHECK_EQUAL(code(Draw(c, range, small)), static_cast<int>(StatusCode::kLengthMismatch));
  std::int32_t abort = 1, done = 0;
  CHECK_EQUAL(code(Draw(c, range, tpr, {&abort, &done})), static_cast<int>(StatusCode::kAborted));
  c.design = Design::kIndependent;
  CHECK_EQUAL(code(Draw(c, range, tpr)), static_cast<int>(StatusCode::kOutOfRange));
  c = Random(1, 20, 5);
  c.fprs = {0.1, 0.2};
  CHECK_EQUAL(code(Draw(c, range, tpr)), static_cast<int>(StatusCode::kOutOfRange));
  c.fprs = {0.1};
  c.normal.pop_back();
  c.anomalous.pop_back();
  CHECK_EQUAL(code(Draw(c, range, tpr)), static_cast<int>(StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  ManyExponentialsAreThoseOfOneAfterTheOther();
  BitsDoNotDependOnThreadsOrRanges();
  DetectorsShareTheirSamplesWeights();
  OneRunHasTheLawOfConfidence();
  RunsThatAgreeKeepTheMidPValue();
  ExcludedSamplesDoNotCount();
  EverySizeIsAnswered();
  Errors();
  return check::Finish();
}
