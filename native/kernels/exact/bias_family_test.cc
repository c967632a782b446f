// The tables of classes against their laws summed out, and a family's laws against those of PairedLaw and
// IdealTpr. All resamples are counted out in test/stats/exactLaws.test.ts.

#include "kernels/exact/bias_family.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "kernels/exact/difference_mixture.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

ClassAxis Axis(Counts flagged, std::int64_t n) {
  ClassAxis axis;
  axis.flagged = std::move(flagged);
  axis.n = n;
  return axis;
}

/// Whether each lane has the bits of `alone`, and lanes without bounds leave none out.
template <typename Table>
void LanesAreAlone(const Table& table, Numerators bounds, const Values& alone) {
  ThreadTeam team(1);
  std::vector<std::optional<Numerators>> asked(12, bounds);
  asked[0].reset();
  asked[6] = Numerators{bounds.low + 1, bounds.high};
  asked[9].reset();
  Values inside(alone.size() * asked.size());
  table.Inside(asked, team, inside);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const std::size_t lane = i % asked.size();
    if (lane == 6) continue;
    CHECK(inside[i] == (asked[lane] ? alone[i / asked.size()] : 1));
  }
}

void PairedTablesAreSums() {
  for (const std::int64_t n : {1, 9, 400, 30'000}) {
    const auto part = [&](double share) { return static_cast<std::int32_t>(share * static_cast<double>(n)); };
    const ClassAxis first = Axis({0, part(0.2), part(0.5)}, n), second = Axis({part(0.1), part(0.5)}, n);
    // Nobody flagged by both, and everybody who is flagged by the one.
    for (const bool nested : {false, true}) {
      Counts both;
      for (const std::int32_t f : first.flagged) {
        for (const std::int32_t g : second.flagged) both.push_back(nested ? std::min(f, g) : 0);
      }
      ThreadTeam one(1), three(3);
      const Values weights(both.size(), 1.0);
      const PairedTable table(first, second, both, weights, one, {}),
          again(first, second, both, weights, three, {});
      for (const Numerators bounds : {Numerators{-n, 0}, Numerators{0, n}, Numerators{part(0.05), part(0.3)},
                                      Numerators{1, 0}, Numerators{-n, n}}) {
        const std::optional<Numerators> asked = bounds;
        Values inside(both.size()), other(both.size());
        table.Inside({&asked, 1}, one, inside);
        again.Inside({&asked, 1}, three, other);
        CHECK(inside == other);
        LanesAreAlone(table, bounds, inside);
        for (std::size_t i = 0; i < both.size(); ++i) {
          Values law(static_cast<std::size_t>(2 * n + 1));
          const DifferenceCell cell{second.flagged[i % 2] - both[i], first.flagged[i / 2] - both[i], 1};
          CHECK(DifferenceMixture({&cell, 1}, static_cast<std::size_t>(n), 1, {}, law).ok());
          double sum = 0;
          for (std::int64_t d = bounds.low; d <= bounds.high; ++d)
            sum += law[static_cast<std::size_t>(n + d)];
          CHECK(std::abs(inside[i] - sum) < 1e-11);
        }
      }
    }
  }
}

Values BinomialLaw(std::int64_t n, std::int64_t flagged) {
  Values law;
  for (std::int64_t u = 0; u <= n; ++u) {
    law.push_back(BinomialPmf(u, n, static_cast<double>(flagged) / static_cast<double>(n),
                              static_cast<double>(n - flagged) / static_cast<double>(n)));
  }
  return law;
}

void CheckIndependentTable(const ClassAxis& first, const ClassAxis& second, const Values& weights,
                           const std::vector<Numerators>& all_bounds) {
  const IndependentTable table(first, second, weights);
  ThreadTeam one(1), three(3);
  for (const Numerators bounds : all_bounds) {
    Values inside(weights.size()), again(weights.size());
    const std::optional<Numerators> asked = bounds;
    table.Inside({&asked, 1}, one, inside);
    table.Inside({&asked, 1}, three, again);
    CHECK(inside == again);
    LanesAreAlone(table, bounds, inside);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (weights[i] == 0) {
        CHECK(inside[i] == 0);
        continue;
      }
      const Values of_u = BinomialLaw(first.n, first.flagged[i / second.size()]),
                   of_v = BinomialLaw(second.n, second.flagged[i % second.size()]);
      double sum = 0;
      for (std::int64_t u = 0; u <= first.n; ++u) {
        for (std::int64_t v = 0; v <= second.n; ++v) {
          const std::int64_t numerator = v * first.n - u * second.n;
          if (numerator < bounds.low || numerator > bounds.high) continue;
          sum += of_u[static_cast<std::size_t>(u)] * of_v[static_cast<std::size_t>(v)];
        }
      }
      CHECK(std::abs(inside[i] - sum) < 1e-13);
    }
  }
}

void IndependentTablesAreSums() {
  CheckIndependentTable(Axis({0, 12, 30}, 30), Axis({3, 17}, 17), Values{1, 1, 1, 1, 1, 0},
                        {{-40, 100}, {0, 510}, {5, -5}});
  // As many of both, and of recalls near 0 and 1.
  CheckIndependentTable(Axis({1, 2, 200, 597}, 600), Axis({0, 400, 401, 599}, 600),
                        Values{1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1},
                        {{-20'000, 60'000}, {110'000, 130'000}, {-360'000, 360'000}});
  CheckIndependentTable(Axis({250, 251}, 451), Axis({390, 700}, 1000), Values{1, 1, 1, 1},
                        {{-60'000, 30'001}, {0, 451'000}});
}

struct Built {
  Values all, one, other, readings = Values(18), observed = Values(4), cost = Values(1);
  double outside = 0;
};

constexpr std::size_t kNormals = 200, kAnomalies = 90;

/// The scores, [first normal, second normal, first anomalous, second anomalous], and each anomaly's class.
struct Samples {
  std::vector<Values> scores = std::vector<Values>(4);
  std::vector<std::int32_t> classes;

  Samples();
  FamilyInput Input() const;
};

Samples::Samples() {
  Philox random(3, 1, 0);
  for (std::size_t array = 0; array < 4; ++array) {
    for (std::size_t i = 0; i < (array < 2 ? kNormals : kAnomalies); ++i) {
      const double shared = array % 2 == 0 ? 0 : 0.7 * scores[array - 1][i];
      scores[array].push_back(shared + random.NextUniform() + (array < 2 ? 0 : 0.5));
    }
  }
  for (std::size_t i = 0; i < kAnomalies; ++i) classes.push_back(i % 3 == 0 ? 0 : 1);
}

FamilyInput Samples::Input() const {
  const auto span = [](const Values& values) { return std::span<const double>(values); };
  FamilyInput input;
  input.scores = {span(scores[0]), span(scores[1]), span(scores[2]), span(scores[3])};
  input.fpr = 0.1;
  input.first_classes = input.second_classes = classes;
  input.n_classes = 2;
  input.budget = std::numeric_limits<double>::infinity();
  return input;
}

Built BuildAt(int threads, double budget, Status& status) {
  const Samples samples;
  FamilyInput input = samples.Input();
  input.budget = budget;
  Built built;
  built.all.resize(2 * kAnomalies + 1);
  built.one.resize(61);
  built.other.resize(121);
  BiasFamily family;
  status = family.Build(
      input, {{built.all, built.one, built.other}, built.readings, built.observed, built.cost}, threads, {});
  if (!status.ok() || built.cost[0] > budget) return built;
  Values law(2 * kAnomalies + 1);
  PairedMoments moments;
  CHECK(PairedLaw(input.scores, {}, input.fpr, 1, {}, law, moments).ok());
  CHECK(law == built.all);
  CHECK(built.readings[0] == moments.mean && built.readings[1] == moments.standard_error);
  const Values bounds = {-3, 12, -std::numeric_limits<double>::infinity(), 20};
  CHECK(family.Outside(bounds, threads, {}, {&built.outside, 1}).ok());
  // Several questions at once have the same answers to the last bit, in any place.
  constexpr std::size_t kQuestions = 31;
  Values several, answers(kQuestions, 1.0);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const bool any = i != 1 && i != 4;
    for (const double bound : bounds)
      several.push_back(any ? bound : std::numeric_limits<double>::infinity());
  }
  for (const std::size_t questions : {kQuestions, std::size_t{7}, std::size_t{2}}) {
    CHECK(family
              .Outside(std::span(several).first(4 * questions), threads, {},
                       std::span(answers).first(questions))
              .ok());
  }
  for (std::size_t i = 0; i < kQuestions; ++i) {
    CHECK(i == 1 || i == 4 ? std::abs(answers[i]) < 1e-12 : answers[i] == built.outside);
  }
  CHECK(family.Outside({}, threads, {}, {&built.outside, 1}).code == StatusCode::kLengthMismatch);
  return built;
}

void FamiliesKeepTheirLaws() {
  Status status;
  const Built one = BuildAt(1, std::numeric_limits<double>::infinity(), status);
  CHECK(status.ok());
  const Built many = BuildAt(4, std::numeric_limits<double>::infinity(), status);
  CHECK(one.all == many.all && one.one == many.one && one.other == many.other);
  CHECK(one.readings == many.readings && one.outside == many.outside);
  CHECK(one.outside > 0 && one.outside < 1);
  const Built none = BuildAt(1, 10, status);
  CHECK(status.ok() && none.cost[0] == one.cost[0] && none.all[kAnomalies] == 0);
}

/// Sets of which too few samples decide have no law; those of the others and what they say together stay.
void FewDecidingHaveNoLaw() {
  const double infinity = std::numeric_limits<double>::infinity();
  const Samples samples;
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    FamilyInput input = samples.Input();
    input.design = design;
    const std::vector<std::size_t> sizes = {kAnomalies, 30, 60};
    const auto build = [&](BiasFamily& family, std::vector<Values>& laws, Values& readings) {
      laws.clear();
      readings.assign(18, 0);
      for (const std::size_t n : sizes) {
        if (design == Design::kPaired) laws.emplace_back(2 * n + 1);
        if (design == Design::kIndependent) laws.insert(laws.end(), 2, Values(n + 1));
      }
      Values observed(4), cost(1);
      const std::vector<std::span<double>> spans(laws.begin(), laws.end());
      CHECK(family.Build(input, {spans, readings, observed, cost}, 1, {}).ok());
    };
    const auto outside = [&](BiasFamily& family, const Values& bounds) {
      double probability = -1;
      const Status status = family.Outside(bounds, 1, {}, {&probability, 1});
      return status.ok() ? probability : status.code == StatusCode::kOutOfRange ? -2 : -1;
    };
    BiasFamily whole, part, none;
    std::vector<Values> laws, fewer;
    Values readings, less;
    build(whole, laws, readings);
    CHECK(readings[11] < readings[17] && readings[17] < readings[5]);
    input.fewest = readings[17];
    build(part, fewer, less);
    const std::size_t per_set = laws.size() / 3;
    for (std::size_t set = 0; set < 3; ++set) {
      CHECK(std::isnan(less[6 * set]) == (set == 1));
      CHECK(std::equal(&less[6 * set + 3], &less[6 * set] + 6, &readings[6 * set + 3]));
      for (std::size_t i = 0; i < per_set; ++i)
        CHECK((fewer[per_set * set + i] == laws[per_set * set + i]) == (set != 1));
    }
    const Values bounds = {-infinity, infinity, -3, 12};
    CHECK(outside(part, bounds) == outside(whole, bounds) && outside(part, bounds) > 0);
    CHECK(outside(part, {-3, 12, -3, 12}) == -2);
    input.fewest = infinity;
    build(none, fewer, less);
    CHECK(std::isnan(less[0]) && less[3] == readings[3] && outside(none, bounds) == -2);
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  PairedTablesAreSums();
  IndependentTablesAreSums();
  FamiliesKeepTheirLaws();
  FewDecidingHaveNoLaw();
  return check::Finish();
}
