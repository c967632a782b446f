#include "kernels/bootstrap/jackknife.h"

#include <array>
#include <cmath>
#include <vector>

#include "kernels/bootstrap/observe.h"
#include "kernels/random/philox.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;
using Mask = std::vector<std::uint8_t>;

// Two detectors and one class, owned.
struct Sample {
  Values normal[2];
  Values anomalous[2];
  Mask excluded[2];
};

BootstrapInput InputOf(const Sample& sample, Design design, ThresholdDefinition definition, double fpr) {
  BootstrapInput input;
  input.design = design;
  input.definition = definition;
  input.fprs = {fpr};
  for (int d = 0; d < 2; ++d) {
    input.detectors.push_back({std::span<const double>(sample.normal[d]),
                               {std::span<const double>(sample.anomalous[d])},
                               {std::span<const std::uint8_t>(sample.excluded[d])}});
  }
  return input;
}

// The contrast 2 TPR_1 - TPR_0 from scratch.
double Contrast(const Sample& sample, Design design, ThresholdRule rule, double fpr) {
  const BootstrapInput input = InputOf(sample, design, rule, fpr);
  std::vector<RankedDetector> detectors;
  CHECK(RankInput(input, 1, detectors).ok());
  Values thresholds(2), fprs(2), tpr(2);
  CHECK(Observe(input, detectors, std::span(thresholds), std::span(fprs), std::span(tpr)).ok());
  return 2 * tpr[1] - tpr[0];
}

template <typename T>
void Erase(std::vector<T>& values, std::size_t i) {
  values.erase(values.begin() + static_cast<std::ptrdiff_t>(i));
}

// The acceleration as its definition says, computing each contrast anew.
double PlainAcceleration(const Sample& sample, Design design, ThresholdRule rule, double fpr) {
  double squares = 0, cubes = 0;
  const auto add = [&](const Values& left_out) {
    const auto n = static_cast<double>(left_out.size());
    double mean = 0;
    for (const double xi : left_out) mean += xi / n;
    for (const double xi : left_out) {
      const double l = (n - 1) / n * (mean - xi);
      squares += l * l;
      cubes += l * l * l;
    }
  };
  for (int group = 0; group < (design == Design::kPaired ? 1 : 2); ++group) {
    const auto in_group = [&](int d) { return design == Design::kPaired || d == group; };
    Values normals, anomalies;
    for (std::size_t i = 0; i < sample.normal[group].size(); ++i) {
      Sample less = sample;
      for (int d = 0; d < 2; ++d) {
        if (in_group(d)) Erase(less.normal[d], i);
      }
      normals.push_back(Contrast(less, design, rule, fpr));
    }
    for (std::size_t i = 0; i < sample.anomalous[group].size(); ++i) {
      Sample less = sample;
      for (int d = 0; d < 2; ++d) {
        if (!in_group(d)) continue;
        Erase(less.anomalous[d], i);
        Erase(less.excluded[d], i);
      }
      anomalies.push_back(Contrast(less, design, rule, fpr));
    }
    add(normals);
    add(anomalies);
  }
  return squares > 1e-25 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

double FastAcceleration(const Sample& sample, Design design, ThresholdRule rule, double fpr) {
  const BootstrapInput input = InputOf(sample, design, rule, fpr);
  std::vector<RankedDetector> detectors;
  CHECK(RankInput(input, 1, detectors).ok());
  const Values contrast{-1, 2};
  double acceleration = 0;
  CHECK(JackknifeAcceleration(input, detectors, contrast, std::span(&acceleration, 1)).ok());
  return acceleration;
}

void AgreesWithLeavingOutOneByOne() {
  Philox random(21, 0, 0);
  double largest = 0;
  for (int round = 0; round < (check::kWatched ? 10 : 60); ++round) {
    const std::size_t n0 = 2 + random.NextBelow(30), n1 = 3 + random.NextBelow(12);
    const double grid = round % 2 == 0 ? 8 : 1e9;  // With and without ties.
    Sample sample;
    for (int d = 0; d < 2; ++d) {
      for (std::size_t i = 0; i < n0; ++i)
        sample.normal[d].push_back(std::floor(grid * random.NextUniform()));
      for (std::size_t i = 0; i < n1; ++i) {
        sample.anomalous[d].push_back(std::floor(grid * (0.4 + random.NextUniform())));
        // At least two samples that the detector tested: the first ones.
        sample.excluded[d].push_back(i >= 2 && random.NextBelow(3) == 0 ? 1 : 0);
      }
    }
    for (const Design design : {Design::kPaired, Design::kIndependent}) {
      for (const ThresholdRule rule :
           {ThresholdRule::kInverseCdf, ThresholdRule::kSupremum, ThresholdRule::kLinear}) {
        for (const double fpr : {0.02, 0.1, 0.25, 0.5, 0.9}) {
          const double expected = PlainAcceleration(sample, design, rule, fpr);
          CHECK(std::abs(FastAcceleration(sample, design, rule, fpr) - expected) < 1e-12);
          largest = std::max(largest, std::abs(expected));
        }
      }
    }
  }
  CHECK(largest > 0.05);  // The cases are not all degenerate.
}

// The index of the tree engine counts what the ranked samples are visited for.
void TheIndexGivesTheSame() {
  Philox random(22, 0, 0);
  const Values contrast{-1, 2};
  for (const auto& [n0, n1] : {std::pair<std::size_t, std::size_t>{2, 1}, {9, 4}, {40, 30}, {4000, 900}}) {
    for (const double grid : {6.0, 1e9}) {
      Sample sample;
      for (int d = 0; d < 2; ++d) {
        for (std::size_t i = 0; i < n0; ++i)
          sample.normal[d].push_back(std::floor(grid * random.NextUniform()));
        for (std::size_t i = 0; i < n1; ++i)
          sample.anomalous[d].push_back(std::floor(grid * (0.4 + random.NextUniform())));
      }
      for (const Design design : {Design::kPaired, Design::kIndependent}) {
        for (const ThresholdRule rule : {ThresholdRule::kInverseCdf, ThresholdRule::kSupremum,
                                         ThresholdRule::kLinear, ThresholdRule::kCertified}) {
          for (const double fpr : {0.02, 0.25, 0.9}) {
            const BootstrapInput input = InputOf(sample, design, {rule, 0.1}, fpr);
            std::vector<RankedDetector> detectors;
            TreeIndex index;
            CHECK(RankInput(input, 1, detectors).ok());
            CHECK(TreeIndex::Build(input, TreeIndex::kReachesFarEnough, 1, index).ok());
            double expected = 0, acceleration = 0;
            CHECK(JackknifeAcceleration(input, detectors, contrast, std::span(&expected, 1)).ok());
            CHECK(JackknifeAcceleration(input, index, contrast, std::span(&acceleration, 1)).ok());
            CHECK(std::abs(acceleration - expected) < 1e-10);
            std::array<Values, 2> thresholds{Values(2), Values(2)}, rates{Values(2), Values(2)},
                tprs{Values(2), Values(2)};
            CHECK(Observe(input, detectors, thresholds[0], rates[0], tprs[0]).ok());
            CHECK(Observe(input, index, thresholds[1], rates[1], tprs[1]).ok());
            CHECK(thresholds[0] == thresholds[1] && rates[0] == rates[1] && tprs[0] == tprs[1]);
          }
        }
      }
    }
  }
}

void NothingToLeaveOutGivesZero() {
  Sample sample;
  for (int d = 0; d < 2; ++d) {
    sample.normal[d] = {1};
    sample.anomalous[d] = {2};
    sample.excluded[d] = {0};
  }
  CHECK_EQUAL(FastAcceleration(sample, Design::kPaired, ThresholdRule::kLinear, 0.5), 0);
}

void LengthsMustAgree() {
  const Sample sample{{{1, 2}, {1, 2}}, {{2, 3}, {2, 3}}, {{0, 0}, {0, 0}}};
  const BootstrapInput input = InputOf(sample, Design::kPaired, ThresholdRule::kLinear, 0.5);
  std::vector<RankedDetector> detectors;
  CHECK(RankInput(input, 1, detectors).ok());
  const Values contrast{-1, 1};
  Values acceleration(2);
  CHECK(JackknifeAcceleration(input, detectors, contrast, std::span(acceleration)).code ==
        StatusCode::kLengthMismatch);
  CHECK(
      JackknifeAcceleration(input, detectors, std::span(contrast).first(1), std::span(acceleration).first(1))
          .code == StatusCode::kLengthMismatch);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::AgreesWithLeavingOutOneByOne();
  scoring_bias::TheIndexGivesTheSame();
  scoring_bias::NothingToLeaveOutGivesZero();
  scoring_bias::LengthsMustAgree();
  return scoring_bias::check::Finish();
}
