#include "kernels/bootstrap/confidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/random/permutation.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;

struct Draws {
  Values thresholds, tpr, centres;
};

Draws Run(const Case& c, const ReplicateRange& range, const JobControl& control = {}) {
  const BootstrapInput input = c.Input();
  const std::size_t per_draw = range.count * c.fprs.size();
  Draws out{Values(2 * per_draw), Values(2 * per_draw * input.n_classes()),
            Values(per_draw * input.n_classes())};
  CHECK(Confidence(input, range, {out.thresholds, out.tpr, out.centres}, control).ok());
  return out;
}

// Normal scores of two detectors with something in common, and anomalies of two classes.
Case Random(std::size_t n_normal, std::size_t n_anomalous) {
  Case c;
  Philox random(5, 0, 0);
  const auto sample = [&](std::size_t n, double shift) {
    Values values(n);
    for (double& value : values) value = shift + NormalVariate(random);
    return values;
  };
  c.normal = {sample(n_normal, 0), sample(n_normal, 0)};
  for (std::size_t i = 0; i < n_normal; ++i) c.normal[1][i] = 0.6 * c.normal[0][i] + 0.8 * c.normal[1][i];
  c.anomalous = {{sample(n_anomalous, 1), sample(7, 1)}, {sample(n_anomalous, 2), sample(7, 2)}};
  c.fprs = {0.05};
  return c;
}

void BitsDoNotDependOnThreadsOrRanges() {
  Case c = Random(3000, 400);
  c.fprs = {0.2, 0.01, 0.05};
  const Draws whole = Run(c, {7, 0, 2000, 1}), threads = Run(c, {7, 0, 2000, 5});
  CHECK(whole.tpr == threads.tpr && whole.thresholds == threads.thresholds);
  CHECK(whole.centres == threads.centres);
  const Draws tail = Run(c, {7, 1500, 500, 1});
  const std::size_t row = c.fprs.size() * 4;
  CHECK(Values(whole.tpr.begin() + 1500 * static_cast<std::ptrdiff_t>(row), whole.tpr.end()) == tail.tpr);
}

// The fraction of normals above the drawn thresholds is Bin(n, q) over n for either detector, and recalls
// rise with the target.
void ThresholdsHaveTheBinomialLaw() {
  Case c = Random(3000, 400);
  c.fprs = {0.05, 0.2};
  const Draws draws = Run(c, {1, 0, 20'000, 1});
  for (std::size_t f = 0; f < 2; ++f) {
    for (std::size_t d = 0; d < 2; ++d) {
      double sum = 0, squares = 0;
      for (std::size_t b = 0; b < 20'000; ++b) {
        std::size_t above = 0;
        if (b % 20 != 0) continue;  // A thousand will do.
        for (const double x : c.normal[d]) above += x > draws.thresholds[(b * 2 + f) * 2 + d] ? 1 : 0;
        sum += static_cast<double>(above);
        squares += static_cast<double>(above) * static_cast<double>(above);
      }
      const double q = c.fprs[f], mean = sum / 1000, variance = squares / 1000 - mean * mean;
      const double expected = 3000 * q * (1 - q);
      CHECK(std::abs(mean - 3000 * q) < 5 * std::sqrt(expected / 1000));
      CHECK(std::abs(variance / expected - 1) < 5 * std::sqrt(2.0 / 1000));
    }
  }
  for (std::size_t b = 0; b < 20'000; ++b) {
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(draws.tpr[b * 8 + i] <= draws.tpr[b * 8 + 4 + i]);
      CHECK(draws.tpr[b * 8 + i] >= 0 && draws.tpr[b * 8 + 4 + i] <= 1);
    }
  }
}

// The overlap of the normals is a copula at any targets, and at one target the mean of what nq(1 - q) samples
// say and of independence, which counts as one.
void OverlapIsACopula() {
  for (const std::size_t n : {1, 2, 7, 20, 200}) {
    for (const bool same : {true, false}) {
      Case c = Random(n, 3);
      if (same) c.normal[1] = c.normal[0];
      c.fprs.clear();
      for (int i = 1; i < 40; ++i) c.fprs.push_back(i / 40.0);
      const BootstrapInput input = c.Input();
      ConfidenceIndex index;
      CHECK(ConfidenceIndex::Build(input, 1, index).ok());
      const auto both = [&](int i, int j) {
        if (i == 0 || j == 0) return 0.0;
        return i == 40 || j == 40 ? std::min(i, j) / 40.0 : index.Both(i / 40.0, j / 40.0);
      };
      for (int i = 0; i < 40; ++i) {
        for (int j = 0; j < 40; ++j) {
          CHECK(both(i + 1, j + 1) - both(i, j + 1) - both(i + 1, j) + both(i, j) > -1e-15);
        }
      }
      if (!same || n != 20) continue;
      CHECK(std::abs(both(2, 2) - (0.95 * 0.05 + 1 * 0.05 * 0.05) / (0.95 + 1)) < 1e-15);
      CHECK(std::abs(both(20, 20) - (5 * 0.5 + 1 * 0.25) / (5 + 1)) < 1e-15);
    }
  }
}

// Anomalies far from the thresholds: 3 flagged by the second detector alone, none by the first. P(difference
// <= 0) is the mid-p value of the sign test on one side, 1/16; the recalls have Dirichlet means.
void SettledCellsHaveTheMidPValue() {
  Case c = Random(500, 1);
  c.anomalous = {{{-9, -9, -9, 9, -9, -9}}, {{9, 9, 9, 9, -9, -9}}};
  constexpr std::size_t kDraws = 100'000;
  const Draws draws = Run(c, {3, 0, kDraws, 2});
  double no_more = 0, mean = 0;
  for (std::size_t b = 0; b < kDraws; ++b) {
    const double difference = draws.tpr[2 * b + 1] - draws.tpr[2 * b];
    no_more += difference <= 0 ? 1 : 0;
    mean += difference;
    CHECK_EQUAL(draws.centres[b], 0.5);
  }
  CHECK(std::abs(no_more / kDraws - 1.0 / 16) < 5 * std::sqrt(1.0 / 16 / kDraws));
  CHECK(std::abs(mean / kDraws - 3.0 / 7) < 0.01);
}

// Scores of few values, so that most samples tie in one detector or in both.
Case Tied(std::size_t n_normal, std::size_t n_anomalous, double levels = 2) {
  Case c = Random(n_normal, n_anomalous);
  for (Values& values : c.normal) {
    for (double& value : values) value = std::floor(levels * value);
  }
  for (auto& classes : c.anomalous) {
    for (Values& values : classes) {
      for (double& value : values) value = std::floor(levels * value);
    }
  }
  c.fprs = {0.02, 0.05, 0.3};
  return c;
}

Case WithShuffledRows(Case c, std::uint64_t seed) {
  const auto shuffle = [seed](Values& a, Values& b) {
    std::vector<std::uint32_t> order(a.size());
    RandomPermutation(seed, 0, 0, order);
    for (Values* const values : {&a, &b}) {
      const Values before = *values;
      for (std::size_t i = 0; i < order.size(); ++i) (*values)[i] = before[order[i]];
    }
  };
  shuffle(c.normal[0], c.normal[1]);
  for (std::size_t k = 0; k < 2; ++k) shuffle(c.anomalous[0][k], c.anomalous[1][k]);
  return c;
}

Case Mapped(Case c, double (*map)(double)) {
  for (Values& values : c.normal) std::transform(values.begin(), values.end(), values.begin(), map);
  for (auto& classes : c.anomalous) {
    for (Values& values : classes) std::transform(values.begin(), values.end(), values.begin(), map);
  }
  return c;
}

void TiesDependOnNoOrderOfRowsAndNoScale() {
  const auto same = [](const Case& c, const Case& other) {
    const Draws a = Run(c, {3, 0, 300, 1}), b = Run(other, {3, 0, 300, 2});
    return a.tpr == b.tpr && a.centres == b.centres;
  };
  for (const std::size_t n : {1, 2, 3, 30, 3000}) {
    for (const double levels : {0.001, 1.0, 5.0}) {
      const Case c = Tied(n, std::min<std::size_t>(n, 200), levels);
      CHECK(same(c, WithShuffledRows(c, 1)));
      CHECK(same(c, WithShuffledRows(c, 2)));
      CHECK(same(c, Mapped(c, [](double x) { return x * x * x; })));
    }
  }
}

void DetectorsChangePlacesWithTies() {
  Case c = Tied(300, 60), swapped = c;
  std::swap(swapped.normal[0], swapped.normal[1]);
  std::swap(swapped.anomalous[0], swapped.anomalous[1]);
  ConfidenceIndex index, other;
  CHECK(ConfidenceIndex::Build(c.Input(), 1, index).ok());
  CHECK(ConfidenceIndex::Build(swapped.Input(), 1, other).ok());
  for (const double q : c.fprs) {
    for (const double r : c.fprs) CHECK_EQUAL(index.Both(q, r), other.Both(r, q));
  }
  const ScoreWindow &a = index.detectors[0].classes[0], &b = index.detectors[1].classes[0];
  for (std::size_t x = a.first; x <= a.last(); ++x) {
    for (std::size_t y = b.first; y <= b.last(); ++y)
      CHECK_EQUAL(index.Flagged(0, x, y), other.Flagged(0, y, x));
  }
}

// Among detectors that have nothing in common, ties are neither flagged together nor apart: C(q, q) is q^2 in
// the mean, whether few samples tie, most do, or all.
void TiesAreBrokenWithoutRegardToTheOtherDetector() {
  constexpr int kCases = 400;
  constexpr double q = 0.3;
  for (const double levels : {0.0, 0.5, 1.0, 4.0}) {
    double sum = 0, squares = 0;
    for (int seed = 0; seed < kCases; ++seed) {
      Case c;
      Philox random(static_cast<std::uint64_t>(seed), 1, 0);
      c.normal = {Values(60), Values(60)};
      for (Values& values : c.normal) {
        for (double& value : values) value = std::floor(levels * NormalVariate(random));
      }
      c.anomalous = {{Values(1)}, {Values(1)}};
      c.fprs = {q};
      ConfidenceIndex index;
      CHECK(ConfidenceIndex::Build(c.Input(), 1, index).ok());
      const double excess = index.Both(q, q) - q * q;
      sum += excess;
      squares += excess * excess;
      if (levels == 0) CHECK(std::abs(excess) < 0.05);
    }
    const double mean = sum / kCases, error = std::sqrt((squares / kCases - mean * mean) / kCases);
    if (levels > 0) CHECK(std::abs(mean) < 4 * error);
  }
}

void EverySizeIsAnswered() {
  for (const std::size_t n : {1, 2, 3, 30}) {
    for (const double fpr : {1e-9, 0.05, 0.5, 0.999999}) {
      for (const Design design : {Design::kPaired, Design::kIndependent}) {
        for (const ThresholdRule rule : {ThresholdRule::kInverseCdf, ThresholdRule::kCertified}) {
          Case c = Random(n, 3);
          c.fprs = {fpr, 0.3};
          c.design = design;
          c.rule = rule;
          for (const double tpr : Run(c, {1, 0, 500, 1}).tpr) CHECK(tpr >= 0 && tpr <= 1);
        }
      }
    }
  }
}

void Errors() {
  Case c = Random(20, 5);
  Values tpr(2 * 2 * 10);
  const ReplicateRange range{1, 0, 10, 1};
  CHECK_EQUAL(static_cast<int>(Confidence(c.Input(), range, {{}, std::span(tpr).first(3), {}}, {}).code),
              static_cast<int>(StatusCode::kLengthMismatch));
  c.normal[1][3] = std::nan("");
  CHECK(Confidence(c.Input(), range, {{}, tpr, {}}, {}) == (Status{StatusCode::kNotANumber, 3, 3}));
  c = Random(20, 5);
  std::int32_t abort = 1, done = 0;
  CHECK_EQUAL(static_cast<int>(Confidence(c.Input(), range, {{}, tpr, {}}, {&abort, &done}).code),
              static_cast<int>(StatusCode::kAborted));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  BitsDoNotDependOnThreadsOrRanges();
  ThresholdsHaveTheBinomialLaw();
  OverlapIsACopula();
  SettledCellsHaveTheMidPValue();
  TiesDependOnNoOrderOfRowsAndNoScale();
  DetectorsChangePlacesWithTies();
  TiesAreBrokenWithoutRegardToTheOtherDetector();
  EverySizeIsAnswered();
  Errors();
  return check::Finish();
}
