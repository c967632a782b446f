#include "kernels/bootstrap/bootstrap_tree.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/bootstrap/bootstrap_direct.h"
#include "kernels/random/philox.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;

Status Bootstrap(const BootstrapInput& input, double tail, const ReplicateRange& range,
                 const TreeOutputs& outputs, const JobControl& control = {}) {
  if (const Status status = CheckInput(input); !status.ok()) return status;
  TreeIndex index;
  const Status status = TreeIndex::Build(input, tail, range.threads, index);
  return status.ok() ? BootstrapTree(input, index, range, outputs, control) : status;
}

Replicates RunWithTail(const Case& c, const ReplicateRange& range, double tail) {
  const BootstrapInput input = c.Input();
  const std::size_t per_class = range.count * c.fprs.size() * input.n_detectors();
  Replicates out{Values(per_class), Values(per_class * input.n_classes())};
  CHECK(Bootstrap(input, tail, range, {.thresholds = out.thresholds, .tpr = out.tpr}).ok());
  return out;
}

Replicates Run(const Case& c, const ReplicateRange& range) {
  return RunWithTail(c, range, TreeIndex::kReachesFarEnough);
}

Replicates RunDirect(const Case& c, const ReplicateRange& range) {
  const BootstrapInput input = c.Input();
  const std::size_t per_class = range.count * c.fprs.size() * input.n_detectors();
  Replicates out{Values(per_class), Values(per_class * input.n_classes())};
  std::vector<RankedDetector> detectors;
  CHECK(RankInput(input, range.threads, detectors).ok());
  CHECK(BootstrapDirect(input, detectors, range, std::span(out.thresholds), std::span(out.tpr), {}).ok());
  return out;
}

void CheckLaw(const Case& c) { CheckLawOf(Run, c); }

// All resamples counted: every threshold rule, several targets, targets below 1 / n0.
void LawAgreesWithEnumeration() {
  Case c;
  c.normal = {{0.1, 0.7, 0.4, 0.2}, {3, 1, 4, 2}};
  c.anomalous = {{{0.3, 0.9, 0.15}}, {{2.5, 0, 3.5}}};
  for (const ThresholdRule rule :
       {ThresholdRule::kInverseCdf, ThresholdRule::kSupremum, ThresholdRule::kLinear}) {
    c.rule = rule;
    for (const Values& fprs : {Values{0.5}, {0.5, 0.3}, {0.3, 0.8, 0.5}, {0.05}}) {
      c.fprs = fprs;
      CheckLaw(c);
    }
  }
}

void LawOfFiveAndFive() {
  Case c;
  c.normal = {{1, 2, 3, 4, 5}, {2, 5, 1, 3, 4}};
  c.anomalous = {{{0.5, 2.5, 4.5, 3.5, 9}}, {{4.5, 1.5, 3.5, 6, 0}}};
  c.fprs = {0.4};
  if (check::kWatched) {
    c.normal = {{1, 2, 3, 4}, {2, 1, 3, 4}};
  }
  CheckLaw(c);
}

void LawWithTiesAndReversedScores() {
  Case c;
  c.normal = {{1, 2, 2, 1}, {-1, -2, -2, -1}};
  c.anomalous = {{{1, 2, 3}}, {{-1, -2, -3}}};
  for (const double fpr : {0.25, 0.5, 0.75}) {
    c.fprs = {fpr};
    CheckLaw(c);
  }
  c.normal = {{7, 7, 7, 7}, {0.0, -0.0, 0.0, -0.0}};  // Everything ties.
  c.anomalous = {{{7, 8, 6}}, {{0.0, 1, -1}}};
  CheckLaw(c);
}

void LawWithOneSample() {
  Case c;
  c.normal = {{0.1, 0.7, 0.4}, {3, 1, 4}};
  c.anomalous = {{{0.3}}, {{2.5}}};
  c.fprs = {0.4};
  CheckLaw(c);
  c.normal = {{0.1}, {3}};
  CheckLaw(c);
}

void LawOfTheIndependentDesign() {
  Case c;
  c.design = Design::kIndependent;
  c.normal = {{0.1, 0.7}, {3, 1, 2}};
  c.anomalous = {{{0.3, 0.9}}, {{2.5, 0}}};
  for (const Values& fprs : {Values{0.5}, {0.4, 0.7}}) {
    c.fprs = fprs;
    CheckLaw(c);
  }
}

// The two-sample Kolmogorov-Smirnov distance in units of sqrt((m + n) / (m n)); beyond 2.6 with probability
// 3e-6 for continuous laws, less for discrete ones.
double KolmogorovSmirnov(Values a, Values b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double largest = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  const double m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  return largest / std::sqrt((m + n) / (m * n));
}

// The marginal laws of everything a replicate returns, of xi, and of products that show the dependence.
void CheckAgainstDirect(const Case& c) {
  const std::uint32_t n = 10000;
  const Replicates tree = Run(c, {.seed = 3, .first = 0, .count = n, .threads = 2});
  const Replicates direct = RunDirect(c, {.seed = 3, .first = 0, .count = n, .threads = 2});
  const std::size_t width = c.fprs.size() * 2;
  const auto compare = [&](const auto& reading) {
    Values a(n), b(n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i] = reading(tree, i * width);
      b[i] = reading(direct, i * width);
    }
    CHECK(KolmogorovSmirnov(a, b) < 2.6);
  };
  for (std::size_t column = 0; column < width; ++column) {
    compare([&](const Replicates& r, std::size_t at) { return r.thresholds[at + column]; });
    compare([&](const Replicates& r, std::size_t at) { return r.tpr[at + column]; });
  }
  for (std::size_t f = 0; f < width; f += 2) {
    compare([&](const Replicates& r, std::size_t at) { return r.tpr[at + f + 1] - r.tpr[at + f]; });
    compare(
        [&](const Replicates& r, std::size_t at) { return r.thresholds[at + f + 1] + r.thresholds[at + f]; });
    compare(
        [&](const Replicates& r, std::size_t at) { return r.thresholds[at + f + 1] - r.thresholds[at + f]; });
    compare([&](const Replicates& r, std::size_t at) { return r.tpr[at + f] - r.tpr[at]; });
  }
}

void LawAgreesWithDirect() {
  for (const double rho : {0.0, 0.7, 0.99, -1.0}) {
    Case c = GaussianCase(1000, 200, rho, 1e12);
    c.fprs = {0.05};
    CheckAgainstDirect(c);
  }
  Case c = GaussianCase(3000, 300, 0.5, 5);  // Ties of a hundred scores and more.
  c.fprs = {0.1, 0.02, 0.4};
  CheckAgainstDirect(c);
  c.rule = ThresholdRule::kLinear;
  CheckAgainstDirect(c);
  c = GaussianCase(400, 60, 0.3, 1e12);
  c.fprs = {0.001};
  CheckAgainstDirect(c);
}

// So many normals that thresholds are drawn at once, from the front and from the back, with one rank and with
// several.
void LawWhereThresholdsAreNear() {
  if (check::kWatched) return;
  for (const double rho : {0.7, 0.99, -0.5}) {
    Case c = GaussianCase(20000, 1000, rho, 1e12);
    c.fprs = {0.2};
    CheckAgainstDirect(c);
    if (rho != 0.7) continue;
    c.rule = ThresholdRule::kLinear;
    c.fprs = {0.1, 0.3};
    CheckAgainstDirect(c);
  }
}

// With s = s' both detectors read the same in every replicate.
void EqualDetectorsGiveEqualReadings() {
  Case c = GaussianCase(500, 100, 0.2, 20);
  c.normal[1] = c.normal[0];
  c.anomalous[1] = c.anomalous[0];
  c.fprs = {0.05, 0.3};
  const Replicates replicates = Run(c, {.seed = 1, .first = 0, .count = 2000, .threads = 2});
  for (std::size_t i = 0; i < replicates.tpr.size(); i += 2) {
    CHECK_EQUAL(replicates.tpr[i], replicates.tpr[i + 1]);
    CHECK_EQUAL(replicates.thresholds[i], replicates.thresholds[i + 1]);
  }
}

void BitsDoNotDependOnThreadsRangesOrReach() {
  Case c = GaussianCase(5000, 700, 0.6, 50);
  c.fprs = {0.05, 0.01, 0.2};
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    c.design = design;
    CheckBitsOf(Run, c);
    // An index of everything, and one so narrow that replicates leave it.
    const ReplicateRange range{.seed = 5, .first = 40, .count = 1001, .threads = 2};
    const Replicates whole = Run(c, range);
    CHECK(RunWithTail(c, range, TreeIndex::kReachesAll) == whole);
    CHECK(RunWithTail(c, range, 0.9) == whole);
    c.fprs = {0.05};
    const Replicates single = Run(c, range);
    CHECK(RunWithTail(c, range, TreeIndex::kReachesAll) == single);
    CHECK(RunWithTail(c, range, 0.9999) == single);
    c.fprs = {0.05, 0.01, 0.2};
  }
}

void ClassesDoNotDisturbEachOther() {
  Case both = GaussianCase(300, 80, 0.5, 30);
  const Case other = GaussianCase(300, 50, 0.9, 30);
  for (std::size_t d = 0; d < 2; ++d) both.anomalous[d].push_back(other.anomalous[d][0]);
  Case first = both;
  for (auto& detector : first.anomalous) detector.resize(1);
  const ReplicateRange range{.seed = 1, .first = 0, .count = 500, .threads = 1};
  const Replicates with_both = Run(both, range), alone = Run(first, range);
  CHECK(alone.thresholds == with_both.thresholds);
  for (std::size_t b = 0; b < range.count; ++b) {
    for (std::size_t d = 0; d < 2; ++d) CHECK_EQUAL(alone.tpr[b * 2 + d], with_both.tpr[b * 4 + d]);
  }
}

// Standard errors follow the spread of the replicates that they come with.
void StandardErrorsMatchTheSpread() {
  for (const double rho : {0.0, 0.9}) {
    Case c = GaussianCase(20000, 4000, rho, 1e12);
    c.fprs = {0.05};
    for (const Design design : {Design::kPaired, Design::kIndependent}) {
      c.design = design;
      const BootstrapInput input = c.Input();
      const std::uint32_t n = 4000;
      Values tpr(2 * n), errors(n);
      const Values contrast{-1, 1};
      const ReplicateRange range{.seed = 2, .first = 0, .count = n, .threads = 2};
      CHECK(Bootstrap(input, TreeIndex::kReachesFarEnough, range,
                      {.tpr = tpr, .standard_errors = errors, .contrast = contrast})
                .ok());
      double mean = 0, square = 0, error = 0;
      for (std::size_t b = 0; b < n; ++b) {
        const double xi = tpr[2 * b + 1] - tpr[2 * b];
        mean += xi / n;
        square += xi * xi / n;
        error += errors[b] / n;
      }
      CHECK(std::abs(error / std::sqrt(square - mean * mean) - 1) < 0.06);
    }
  }
}

void ProgressCountsReplicatesAndAbortStops() {
  const Case c = GaussianCase(300, 80, 0.5, 30);
  const BootstrapInput input = c.Input();
  std::int32_t abort = 0, done = 0;
  const ReplicateRange range{.seed = 1, .first = 0, .count = 1000, .threads = 2};
  Values tpr(2000);
  const JobControl control(&abort, &done);
  CHECK(Bootstrap(input, TreeIndex::kReachesFarEnough, range, {.tpr = tpr}, control).ok());
  CHECK_EQUAL(done, 1000);
  done = 0;
  CHECK(Bootstrap(input, 0.9999, range, {.tpr = tpr}, control).ok());
  CHECK_EQUAL(done, 1000);
  abort = 1;
  CHECK(Bootstrap(input, TreeIndex::kReachesFarEnough, range, {.tpr = tpr}, control).code ==
        StatusCode::kAborted);
}

void BadInputIsRefused() {
  const Case good = GaussianCase(30, 8, 0.5, 30);
  const ReplicateRange range{.seed = 1, .first = 0, .count = 1, .threads = 1};
  const auto status_of = [&](const Case& c) {
    Values tpr(c.fprs.size() * c.normal.size());
    return Bootstrap(c.Input(), TreeIndex::kReachesFarEnough, range, {.tpr = tpr});
  };
  CHECK(status_of(good).ok());
  Case c = good;
  c.anomalous[1][0][2] = std::nan("");
  CHECK(status_of(c) == (Status{StatusCode::kNotANumber, 3, 2}));
  c = good;
  c.normal[1][4] = std::nan("");
  CHECK(status_of(c) == (Status{StatusCode::kNotANumber, 2, 4}));
  c = good;
  c.excluded = {{{}}, {Mask(8, 0)}};
  CHECK(status_of(c).code == StatusCode::kOutOfRange);
  c = good;
  c.normal.push_back(c.normal[0]);
  c.anomalous.push_back(c.anomalous[0]);
  CHECK(status_of(c).code == StatusCode::kOutOfRange);
  c.design = Design::kIndependent;
  CHECK(status_of(c).ok());
  Values wrong(3);
  CHECK(Bootstrap(good.Input(), TreeIndex::kReachesFarEnough, range, {.thresholds = wrong}).code ==
        StatusCode::kLengthMismatch);
  CHECK(Bootstrap(good.Input(), TreeIndex::kReachesFarEnough,
                  {.seed = 1, .first = 0xffffffff, .count = 2, .threads = 1}, {})
            .code == StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  LawAgreesWithEnumeration();
  LawOfFiveAndFive();
  LawWithTiesAndReversedScores();
  LawWithOneSample();
  LawOfTheIndependentDesign();
  LawAgreesWithDirect();
  LawWhereThresholdsAreNear();
  EqualDetectorsGiveEqualReadings();
  BitsDoNotDependOnThreadsRangesOrReach();
  ClassesDoNotDisturbEachOther();
  StandardErrorsMatchTheSpread();
  ProgressCountsReplicatesAndAbortStops();
  BadInputIsRefused();
  return check::Finish();
}
