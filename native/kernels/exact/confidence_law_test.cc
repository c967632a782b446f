// The confidence distribution in closed form: its parts against quadrature and direct sums, the whole against
// its own draws, and what it must keep under exchange, monotone maps and any number of threads. The
// TypeScript tests hold it against all cells enumerated.

#include "kernels/exact/confidence_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "kernels/bootstrap/confidence.h"
#include "kernels/exact/confidence_counts.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"
#include "kernels/testing/special_oracle.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

const Prior kNone{{{1, 0, 0}}, 0};

PairedDifferences OneCell(std::int32_t n, std::int32_t gained, std::int32_t lost,
                          const Prior& prior = kNone) {
  PairedDifferences law(n, prior, {gained, gained}, {lost, lost});
  law.Add(law.NumberOf(gained, lost), 1);
  law.Finish();
  return law;
}

void TailsAgreeWithQuadrature() {
  std::size_t n_rows = 0;
  for (const check::OracleRow& row : check::ReadOracle("dirichlet_tails.json")) {
    const auto count = [&](std::size_t i) { return static_cast<std::int32_t>(row.values[i][0]); };
    const std::int32_t gained = count(0), lost = count(1), n = gained + lost + count(2);
    const double z = row.values[3][0], expected = row.values[4][0];
    CHECK(std::abs(OneCell(n, gained, lost).Above(z, false) - expected) < 2e-11);
    CHECK(std::abs(OneCell(n, lost, gained).Above(z, true) - expected) < 2e-11);
    // The prior's samples as if they had been seen.
    if (gained > 0) {
      const Prior one{{{1, 1, 0}}, 1};
      CHECK(std::abs(OneCell(n - 1, gained - 1, lost, one).Above(z, false) - expected) < 2e-11);
    }
    ++n_rows;
  }
  CHECK(n_rows == 85);
}

// A mixture whose sums are interpolated, against each of its cells alone.
void GroupedCellsAgreeWithSingleOnes() {
  Philox random(3, 0, 0);
  for (const auto [n, first, spread, lean] :
       {std::array{3000, 700, 300, 200}, {20000, 5000, 2000, 0}, {1200, 900, 250, 850}}) {
    struct Cell {
      std::int32_t sum, difference;
      double weight;
    };
    std::vector<Cell> cells;
    for (int i = 0; i < 60; ++i) {
      const auto sum = first + static_cast<std::int32_t>(random.NextUniform() * spread);
      auto difference = lean + static_cast<std::int32_t>((random.NextUniform() - 0.5) * 0.2 * first);
      difference = std::min(difference - ((sum + difference) & 1), sum);
      cells.push_back({sum, difference, 1.0 / 60});
    }
    PairedDifferences::Range gained{n, 0}, lost{n, 0};
    for (const auto& [sum, difference, weight] : cells) {
      const std::int32_t own = (sum + difference) / 2, other = (sum - difference) / 2;
      gained = {std::min(gained.first, own), std::max(gained.last, own)};
      lost = {std::min(lost.first, other), std::max(lost.last, other)};
    }
    PairedDifferences law(n, kNone, gained, lost);
    for (const auto& [sum, difference, weight] : cells) {
      law.Add(law.NumberOf((sum + difference) / 2, (sum - difference) / 2), weight);
    }
    law.Finish();
    std::vector<PairedDifferences> alone;
    for (const auto& [sum, difference, weight] : cells)
      alone.push_back(OneCell(n, (sum + difference) / 2, (sum - difference) / 2));
    for (const double z : {0.0, 0.01, 0.05, 0.1, 0.3, 0.7, 0.72, 0.9}) {
      if (check::kWatched && z != 0.05 && z != 0.9) continue;
      for (const bool mirrored : {false, true}) {
        double expected = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) expected += cells[i].weight * alone[i].Above(z, mirrored);
        CHECK(std::abs(law.Above(z, mirrored) - expected) < 1e-13);
        Values table(law.n_cells());
        law.AddAbove(1, z, mirrored, table);
        double sum_of_cells = 0;
        for (const auto& [sum, difference, weight] : cells)
          sum_of_cells += weight * table[law.NumberOf((sum + difference) / 2, (sum - difference) / 2)];
        CHECK(std::abs(sum_of_cells - expected) < 1e-13);
      }
    }
  }
}

void SignTest() {
  // P(xi <= 0) is the mid-p value of the sign test: at most `lost` of n heads, and half of one more.
  const ConfidenceModel model;
  for (const auto [gained, lost] : {std::array{3, 0}, {6, 1}, {20, 8}, {90, 60}}) {
    const double at_most = OneCell(gained + lost + 50, gained, lost, model.prior).Above(0, true);
    const double mid =
        BinomialTails(gained, gained + lost, 0.5).upper + 0.5 * BinomialPmf(gained, gained + lost, 0.5);
    CHECK(std::abs(at_most - mid) < 1e-14);
  }
}

double DirectBoth(std::size_t n, double q, double q_second, double both, std::size_t a, std::size_t b) {
  const double s = std::min(1.0, both / q), t = (q_second - both) / (1 - q);
  double sum = 0;
  for (std::size_t j = 0; j <= std::min(a, b); ++j) {
    sum += BinomialPmf(static_cast<std::int64_t>(j), static_cast<std::int64_t>(a), s) *
           BinomialPmf(static_cast<std::int64_t>(b - j), static_cast<std::int64_t>(n - a), t);
  }
  return sum * BinomialPmf(static_cast<std::int64_t>(a), static_cast<std::int64_t>(n), q);
}

void CountsAgreeWithSums() {
  struct Question {
    std::size_t n;
    double q, q_second, both;
  };
  for (const auto& [n, q, q_second, both] : std::vector<Question>{{7, 0.2, 0.2, 0.1},
                                                                  {7, 0.2, 0.2, 0.2},
                                                                  {7, 0.2, 0.2, 0},
                                                                  {19, 0.05, 0.05, 0.01},
                                                                  {1000, 0.05, 0.05, 0.03},
                                                                  {1000, 0.05, 0.05, 0.0001},
                                                                  {1000, 0.05, 0.05, 0.0499},
                                                                  {300, 0.5, 0.5, 0.25},
                                                                  {300, 0.5, 0.5, 0.2500001},
                                                                  {300, 0.5, 0.5, 0.02},
                                                                  {300, 0.9, 0.9, 0.81},
                                                                  {300, 0.9, 0.9, 0.8001},
                                                                  {300, 0.999, 0.999, 0.9985}}) {
    const PairedCounts counts(n, q, q_second, both);
    double farthest = 0, total = 0;
    for (std::size_t i = 0; i < counts.first().size(); ++i) {
      double row = 0;
      for (std::size_t j = 0; j < counts.second().size(); ++j) {
        row += counts.Row(i)[j];
        const double expected =
            DirectBoth(n, q, q_second, both, counts.first().first + i, counts.second().first + j);
        farthest = std::max(farthest, std::abs(counts.Row(i)[j] - expected));
      }
      farthest = std::max(farthest, std::abs(row - counts.first().probabilities[i]));
      total += row;
    }
    CHECK(farthest < 1e-14);
    CHECK(std::abs(total - 1) < 1e-12);
  }
}

// Correlated scores of two detectors, whose anomalies are in `sizes` classes beside all together.
struct Samples {
  Values normal[2];
  std::vector<Values> sets[2];

  Samples(std::size_t n_normal, const std::vector<std::size_t>& sizes, double rho) {
    Philox random(11, 0, 0);
    const auto draw = [&](double first, double second, Values& a, Values& b) {
      const double angle = 6.28318530717958647693 * random.NextUniform();
      const double radius = std::sqrt(-2 * std::log(random.NextUniform() + 1e-300));
      const double x = radius * std::cos(angle), y = radius * std::sin(angle);
      a.push_back(first + x);
      b.push_back(second + rho * x + std::sqrt(1 - rho * rho) * y);
    };
    for (std::size_t i = 0; i < n_normal; ++i) draw(0, 0, normal[0], normal[1]);
    for (auto& own : sets) own.resize(1);
    for (const std::size_t size : sizes) {
      for (auto& own : sets) own.emplace_back();
      for (std::size_t i = 0; i < size; ++i) draw(1, 1.5, sets[0].back(), sets[1].back());
      for (auto& own : sets) own[0].insert(own[0].end(), own.back().begin(), own.back().end());
    }
  }

  void Map(double (*map)(double)) {
    for (int d = 0; d < 2; ++d) {
      for (double& x : normal[d]) x = map(x);
      for (Values& own : sets[d]) {
        for (double& x : own) x = map(x);
      }
    }
  }

  BootstrapInput Input(double fpr, Design design = Design::kPaired, bool exchanged = false) const {
    BootstrapInput input;
    input.design = design;
    input.fprs = {fpr};
    for (const int d : {exchanged ? 1 : 0, exchanged ? 0 : 1}) {
      DetectorScores detector{std::span<const double>(normal[d]), {}, {}};
      for (const Values& own : sets[d]) {
        detector.classes.push_back(std::span<const double>(own));
        detector.excluded.emplace_back();
      }
      input.detectors.push_back(detector);
    }
    return input;
  }
};

ConfidenceLaw LawOf(const BootstrapInput& input, int threads = 1) {
  ConfidenceLaw law;
  CHECK(ConfidenceLaw::Make(input, {}, kInfinite, threads, {}, law).ok());
  CHECK(law.covers());
  return law;
}

Values BoundsOf(const ConfidenceLaw& law, double p) {
  Values bounds{-kInfinite, kInfinite};
  for (std::size_t k = 1; k < law.n_sets(); ++k) {
    bounds.push_back(law.Quantile(k, p, false));
    bounds.push_back(-law.Quantile(k, p, true));
  }
  return bounds;
}

double OutsideOf(const ConfidenceLaw& law, const Values& bounds) {
  double probability = -1;
  CHECK(law.Outside(bounds, {}, {&probability, 1}).ok());
  return probability;
}

void DrawsAgree() {
  const std::uint32_t n_draws = 200000;
  for (const auto [n_normal, rho, fpr] : {std::array{200.0, 0.7, 0.05}, {30.0, -0.5, 0.02}}) {
    const Samples samples(static_cast<std::size_t>(n_normal), {60, 25, 9}, rho);
    for (const Design design : {Design::kPaired, Design::kIndependent}) {
      const BootstrapInput input = samples.Input(fpr, design);
      const ConfidenceLaw law = LawOf(input);
      const std::size_t n_sets = law.n_sets();
      Values tpr(n_draws * n_sets * 2), centres(n_draws * n_sets);
      CHECK(Confidence(input, {.seed = 2, .first = 0, .count = n_draws, .threads = 1}, {{}, tpr, centres}, {})
                .ok());
      const Values bounds = BoundsOf(law, 0.05);
      std::vector<Values> drawn(n_sets, Values(n_draws));
      double outside = 0;
      for (std::size_t b = 0; b < n_draws; ++b) {
        bool any = false;
        for (std::size_t k = 0; k < n_sets; ++k) {
          drawn[k][b] = tpr[(b * n_sets + k) * 2 + 1] - tpr[(b * n_sets + k) * 2];
          any = any || drawn[k][b] < bounds[2 * k] || drawn[k][b] > bounds[2 * k + 1];
        }
        outside += any ? 1 : 0;
      }
      const double joint = OutsideOf(law, bounds);
      CHECK(joint > 0.1 && joint < 0.3);
      CHECK(std::abs(outside / n_draws - joint) < 5 * std::sqrt(joint / n_draws));
      for (std::size_t k = 0; k < n_sets; ++k) {
        std::sort(drawn[k].begin(), drawn[k].end());
        double farthest = 0;
        for (std::size_t b = 0; b < n_draws; b += 1000) {
          const double x = drawn[k][b];
          const auto [first, last] = std::equal_range(drawn[k].begin(), drawn[k].end(), x);
          const auto share = [&](auto at) { return static_cast<double>(at - drawn[k].begin()) / n_draws; };
          farthest = std::max({farthest, std::abs(1 - law.Above(k, x, false) - share(last)),
                               std::abs(law.Above(k, -x, true) - share(first))});
        }
        CHECK(farthest < 2.3 / std::sqrt(n_draws));  // Kolmogorov and Smirnov, 5e-5
        double centre = 0, spread = 0;
        for (std::size_t b = 0; b < n_draws; ++b) centre += centres[b * n_sets + k] / n_draws;
        for (std::size_t b = 0; b < n_draws; ++b) {
          spread += (centres[b * n_sets + k] - centre) * (centres[b * n_sets + k] - centre) / n_draws;
        }
        CHECK(std::abs(spread / law.Moments(k).threshold_variance - 1) < 0.02);
      }
    }
  }
}

void QuantilesInvert() {
  const Samples samples(100, {40, 9}, 0.5);
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    const ConfidenceLaw law = LawOf(samples.Input(0.05, design));
    for (const double p : {1e-8, 1e-4, 0.025, 0.3, 0.5, 0.9, 0.9999}) {
      for (const bool mirrored : {false, true}) {
        const double x = law.Quantile(1, p, mirrored);
        CHECK(std::abs(1 - law.Above(1, x, mirrored) - p) < 1e-12);
      }
    }
  }
  // Everything speaks for the second: half of the law is at 1.
  Samples extreme(30, {4}, 0.5);
  for (double& x : extreme.sets[0][0]) x = -50;
  for (double& x : extreme.sets[1][0]) x = 50;
  for (double& x : extreme.normal[1]) x = std::min(x, 3.0);
  const ConfidenceLaw law = LawOf(extreme.Input(0.5));
  CHECK(std::abs(law.AtPoint(0, 1) - 0.5) < 1e-6);
  CHECK_EQUAL(law.Quantile(0, 0.025, true), -1.0);
  CHECK_EQUAL(law.Quantile(0, 0.6, false), 1.0);
  // The other half is 2 B - 1, B ~ Beta(4, 1).
  CHECK(std::abs(law.Quantile(0, 0.025, false) - (2 * std::pow(0.05, 0.25) - 1)) < 1e-5);
}

void ExchangeMapsAndThreads() {
  const Samples samples(150, {50, 20}, 0.6);
  for (const Design design : {Design::kPaired, Design::kIndependent}) {
    const ConfidenceLaw law = LawOf(samples.Input(0.06, design));
    const ConfidenceLaw mirrored = LawOf(samples.Input(0.06, design, true));
    Samples mapped = samples;
    mapped.Map([](double x) { return x > 2 ? kInfinite : std::exp(0.3 * x) + 7; });
    Samples flat = samples;
    flat.Map([](double x) { return x > 2 ? kInfinite : x; });
    const ConfidenceLaw image = LawOf(mapped.Input(0.06, design)), original = LawOf(flat.Input(0.06, design));
    const ConfidenceLaw threaded = LawOf(samples.Input(0.06, design), 5);
    const Values bounds = BoundsOf(law, 0.02);
    for (std::size_t k = 0; k < law.n_sets(); ++k) {
      CHECK(std::abs(law.Quantile(k, 0.03, false) - mirrored.Quantile(k, 0.03, true)) < 1e-12);
      CHECK(std::abs(law.Moments(k).standard_error - mirrored.Moments(k).standard_error) < 1e-12);
      for (const double x : {-0.3, 0.0, 0.1, 0.25}) {
        CHECK(std::abs(law.Above(k, x, false) - mirrored.Above(k, x, true)) < 1e-12);
        CHECK_EQUAL(image.Above(k, x, false), original.Above(k, x, false));
        CHECK_EQUAL(threaded.Above(k, x, false), law.Above(k, x, false));
      }
    }
    CHECK_EQUAL(OutsideOf(threaded, bounds), OutsideOf(law, bounds));
    Values turned{-kInfinite, kInfinite};
    for (std::size_t k = 1; k < law.n_sets(); ++k) {
      turned.push_back(-bounds[2 * k + 1]);
      turned.push_back(-bounds[2 * k]);
    }
    CHECK(std::abs(OutsideOf(mirrored, turned) - OutsideOf(law, bounds)) < 1e-12);
  }
}

void Refusals() {
  const Samples samples(50, {20, 10}, 0.5);
  ConfidenceLaw law;
  BootstrapInput input = samples.Input(0.1);
  std::int32_t abort = 1, done = 0;
  CHECK(ConfidenceLaw::Make(input, {}, kInfinite, 1, {&abort, &done}, law).code == StatusCode::kAborted);
  CHECK(ConfidenceLaw::Make(input, {}, 10, 1, {}, law).ok());
  CHECK(!law.covers() && law.cost() > 10);
  law = LawOf(input);
  double probability = 0;
  CHECK(law.Outside(Values{0, 1}, {}, {&probability, 1}).code == StatusCode::kLengthMismatch);
  CHECK(law.Outside(Values{0, 1, 0, 1, 0, 1}, {}, {&probability, 1}).code == StatusCode::kOutOfRange);
  CHECK(law.Outside(Values{-1, 1, 0, NAN, 0, 1}, {}, {&probability, 1}).code == StatusCode::kOutOfRange);
  CHECK(law.Outside(Values{-1, 1, 0, 1, 0, 1}, {&abort, &done}, {&probability, 1}).code ==
        StatusCode::kAborted);
  CHECK_EQUAL(OutsideOf(law, Values{-1, 1, -1, 1, -1, 1}), 0.0);
  input.fprs = {0.1, 0.2};
  CHECK(ConfidenceLaw::Make(input, {}, kInfinite, 1, {}, law).code == StatusCode::kOutOfRange);
  input = samples.Input(0.1);
  input.detectors.pop_back();
  CHECK(ConfidenceLaw::Make(input, {}, kInfinite, 1, {}, law).code == StatusCode::kOutOfRange);
  Samples broken = samples;
  broken.sets[1][2][3] = NAN;
  const Status status = ConfidenceLaw::Make(broken.Input(0.1), {}, kInfinite, 1, {}, law);
  CHECK(status == (Status{StatusCode::kNotANumber, 7, 3}));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::TailsAgreeWithQuadrature();
  scoring_bias::GroupedCellsAgreeWithSingleOnes();
  scoring_bias::SignTest();
  scoring_bias::CountsAgreeWithSums();
  scoring_bias::DrawsAgree();
  scoring_bias::QuantilesInvert();
  scoring_bias::ExchangeMapsAndThreads();
  scoring_bias::Refusals();
  return scoring_bias::check::Finish();
}
