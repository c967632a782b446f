// The samplers' draws against the exact laws: chi-square over the cells of test/oracle/variates.json (scipy)
// and Kolmogorov-Smirnov against special.h, with fixed seeds; joint laws by enumeration; golden values.

#include "kernels/random/variates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/random/beta.h"
#include "kernels/random/binomial.h"
#include "kernels/random/hypergeometric.h"
#include "kernels/random/multinomial.h"
#include "kernels/random/philox.h"
#include "kernels/special/special.h"
#include "kernels/testing/check.h"
#include "kernels/testing/chi_square.h"
#include "kernels/testing/special_oracle.h"

namespace scoring_bias {
namespace {

using Draw = std::function<double(Philox&)>;

Draw DrawOf(const std::string& law, const std::vector<double>& parameters) {
  const auto count = [&](std::size_t i) { return static_cast<std::int64_t>(parameters[i]); };
  if (law == "normal") return [](Philox& rng) { return NormalVariate(rng); };
  if (law == "beta")
    return [sampler = BetaSampler(parameters[0], parameters[1])](Philox& rng) { return sampler(rng).x; };
  if (law == "binomial")
    return [n = count(0), p = parameters[1]](Philox& rng) {
      return static_cast<double>(BinomialVariate(rng, n, p));
    };
  return [good = count(0), bad = count(1), draws = count(2)](Philox& rng) {
    return static_cast<double>(HypergeometricVariate(rng, good, bad, draws));
  };
}

/// Pearson's statistic lies where it should: neither too far from the law nor, as a broken generator's may,
/// too near. With about 80 laws a right sampler fails one in 10^4 sets of seeds.
bool Fits(const std::vector<std::int64_t>& observed, const std::vector<double>& probabilities,
          const std::string& name) {
  double draws = 0;
  for (const auto count : observed) draws += static_cast<double>(count);
  double statistic = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const double expected = draws * probabilities[i];
    const double difference = static_cast<double>(observed[i]) - expected;
    statistic += difference * difference / expected;
  }
  const Tails tails = ChiSquareTails(statistic, static_cast<double>(observed.size() - 1));
  const bool fits = tails.upper > 1e-6 && (observed.size() < 5 || tails.lower > 1e-6);
  if (!fits)
    std::fprintf(stderr, "%s: chi-square %.1f in %zu cells, p = %.2g\n", name.c_str(), statistic,
                 observed.size(), tails.upper);
  return fits;
}

void CheckAgainstScipy() {
  constexpr int kDraws = 200'000;
  const auto rows = check::ReadOracle("variates.json");
  CHECK(rows.size() > 70);
  std::uint32_t stream = 0;
  for (const auto& row : rows) {
    const auto& parameters = row.values[0];
    const auto& edges = row.values[1];
    const Draw draw = DrawOf(row.name, parameters);
    Philox rng(20, stream++, 0);
    std::vector<std::int64_t> observed(edges.size() + 1);
    for (int i = 0; i < kDraws; ++i) {
      const auto edge = std::lower_bound(edges.begin(), edges.end(), draw(rng));
      ++observed[static_cast<std::size_t>(edge - edges.begin())];
    }
    CHECK(Fits(observed, row.values[2], row.text.substr(0, 60)));
  }
}

/// The asymptotic p-value of the one-sample Kolmogorov-Smirnov statistic (Kolmogorov 1933), with Stephens'
/// (1970) correction for the sample size.
double KolmogorovPValue(std::vector<double> probabilities) {
  std::sort(probabilities.begin(), probabilities.end());
  const auto n = static_cast<double>(probabilities.size());
  double statistic = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto rank = static_cast<double>(i);
    statistic = std::max({statistic, probabilities[i] - rank / n, (rank + 1) / n - probabilities[i]});
  }
  const double lambda = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * statistic;
  double p = 0;
  for (int j = 1; j <= 100; ++j) p += (j % 2 == 1 ? 2 : -2) * std::exp(-2.0 * j * j * lambda * lambda);
  return p;
}

void CheckContinuous() {
  constexpr int kDraws = 50'000;
  std::vector<double> probabilities(kDraws);
  Philox rng(21, 0, 0);
  for (double& p : probabilities) p = rng.NextUniform();
  CHECK(KolmogorovPValue(probabilities) > 1e-6);
  for (double& p : probabilities) p = NormalTails(NormalVariate(rng)).lower;
  CHECK(KolmogorovPValue(probabilities) > 1e-6);
  struct Parameters {
    double a, b;
  };
  for (const auto [a, b] : {Parameters{1, 1}, Parameters{1.5, 7}, Parameters{96, 5}, Parameters{501, 9500},
                            Parameters{1e6, 3e7}, Parameters{1, 2147483647}}) {
    const BetaSampler sampler(a, b);
    bool complements = true;
    for (double& p : probabilities) {
      const UnitPoint point = sampler(rng);
      complements = complements && std::abs(point.x + point.y - 1) < 1e-15 && point.x > 0 && point.y > 0;
      p = BetaTails(point, a, b).lower;
    }
    CHECK(complements);
    CHECK(KolmogorovPValue(probabilities) > 1e-6);
  }
}

/// All ways that n draws can fall into four cells, one of them of weight zero.
void CheckMultinomial() {
  constexpr std::int64_t kN = 4;
  const std::vector<double> weights = {0.5, 1, 0, 2};
  const MultinomialSampler sampler(weights);
  Philox rng(22, 0, 0);
  std::vector<std::int64_t> observed((kN + 1) * (kN + 1));
  std::vector<std::int64_t> counts(4);
  bool sums = true;
  for (int i = 0; i < 100'000; ++i) {
    sampler(rng, kN, counts);
    sums = sums && counts[0] + counts[1] + counts[2] + counts[3] == kN && counts[2] == 0;
    ++observed[static_cast<std::size_t>(counts[0] * (kN + 1) + counts[1])];
  }
  CHECK(sums);
  std::vector<std::int64_t> possible;
  std::vector<double> probabilities;
  for (std::int64_t i = 0; i <= kN; ++i)
    for (std::int64_t j = 0; i + j <= kN; ++j) {
      possible.push_back(observed[static_cast<std::size_t>(i * (kN + 1) + j)]);
      probabilities.push_back(BinomialPmf(i, kN, 0.5 / 3.5) * BinomialPmf(j, kN - i, 1.0 / 3));
    }
  CHECK(Fits(possible, probabilities, "multinomial"));

  // Only the ratios of the weights matter, and a cell of weight zero takes no draw.
  const MultinomialSampler plain(std::vector<double>{3, 1, 2});
  const MultinomialSampler scaled(std::vector<double>{0x3p-1000, 0x1p-1000, 0x2p-1000});
  const MultinomialSampler shifted(std::vector<double>{0, 0x3p-70, 0x1p-70, 0x2p-70});
  Philox rng_plain(23, 0, 0), rng_scaled(23, 0, 0), rng_shifted(23, 0, 0);
  std::vector<std::int64_t> counts_plain(3), counts_scaled(3);
  for (int i = 0; i < 100; ++i) {
    plain(rng_plain, 1000, counts_plain);
    scaled(rng_scaled, 1000, counts_scaled);
    shifted(rng_shifted, 1000, counts);
    CHECK(counts_plain == counts_scaled);
    CHECK(std::equal(counts_plain.begin(), counts_plain.end(), counts.begin() + 1));
  }
}

/// A binomial law cut into about quarters, and the draws that fell into each.
class Quarters {
 public:
  Quarters(std::int64_t n, double p) : n_(n), p_(p) {
    const double mean = static_cast<double>(n) * p;
    middle_ = static_cast<std::int64_t>(mean);
    step_ = 1 + static_cast<std::int64_t>(0.67 * std::sqrt(mean * (1 - p)));
  }

  void Add(std::int64_t k) { ++observed_[(k > middle_ - step_) + (k > middle_) + (k > middle_ + step_)]; }

  /// Whether the draws fit; quarters that expect fewer than ten must be all but empty.
  bool Fit(double draws) const {
    std::vector<std::int64_t> observed;
    std::vector<double> probabilities;
    double below = 0;
    for (int cell = 0; cell < 4; ++cell) {
      const double at_most = cell == 3 ? 1 : BinomialTails(middle_ + (cell - 1) * step_, n_, p_).lower;
      const std::int64_t count = observed_[static_cast<std::size_t>(cell)];
      if (draws * (at_most - below) >= 10) {
        observed.push_back(count);
        probabilities.push_back(at_most - below);
      } else if (count > 40) {
        return false;
      }
      below = at_most;
    }
    return observed.size() < 2 || Fits(observed, probabilities, "multinomial cell");
  }

 private:
  std::int64_t n_, middle_, step_;
  double p_;
  std::array<std::int64_t, 4> observed_{};
};

/// Every cell of a multinomial is binomial, and so is the sum of the cells up to it: weights from 1e-12 to 1,
/// up to 2^31 - 1 draws.
void CheckMultinomialMargins() {
  constexpr int kDraws = 50'000;
  const std::vector<double> weights = {1e-12, 3e-9, 1e-6, 0.02, 0.3, 0, 1, 4e-8, 0.07, 2e-9};
  double total = 0;
  for (const double weight : weights) total += weight;
  const MultinomialSampler sampler(weights);
  std::vector<std::int64_t> counts(weights.size());
  std::uint32_t stream = 0;
  for (const std::int64_t n : {1, 9, 1000, 1'000'000, 2147483647}) {
    std::vector<Quarters> cells, sums;
    double sum = 0;
    for (const double weight : weights) {
      sum += weight;
      cells.emplace_back(n, weight / total);
      sums.emplace_back(n, sum / total);
    }
    Philox rng(24, stream++, 0);
    for (int i = 0; i < kDraws; ++i) {
      sampler(rng, n, counts);
      std::int64_t drawn = 0;
      for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        drawn += counts[cell];
        cells[cell].Add(counts[cell]);
        sums[cell].Add(drawn);
      }
      CHECK_EQUAL(drawn, n);
    }
    for (const Quarters& cell : cells) CHECK(cell.Fit(kDraws));
    for (const Quarters& cell : sums) CHECK(cell.Fit(kDraws));
  }
}

/// Draws that should be independent, as points of the unit square: of neighbours in a stream, and of the same
/// place in neighbouring replicates, streams and seeds.
void CheckIndependence() {
  constexpr std::uint32_t kPoints = 100'000;
  constexpr std::size_t kCells = 16;
  const std::vector<double> flat(kCells * kCells, 1.0 / (kCells * kCells));
  const auto check = [&](const char* name, const auto& pair) {
    std::vector<std::int64_t> observed(kCells * kCells);
    for (std::uint32_t i = 0; i < kPoints; ++i) {
      const auto [x, y] = pair(i);
      ++observed[static_cast<std::size_t>(x * kCells) * kCells + static_cast<std::size_t>(y * kCells)];
    }
    CHECK(Fits(observed, flat, name));
  };
  const auto first = [](std::uint64_t seed, std::uint32_t stream, std::uint32_t replicate) {
    return Philox(seed, stream, replicate).NextUniform();
  };
  Philox rng(25, 0, 0);
  check("neighbours", [&](std::uint32_t) {
    const double x = rng.NextUniform();
    return std::pair(x, rng.NextUniform());
  });
  check("replicates", [&](std::uint32_t i) { return std::pair(first(25, 1, i), first(25, 1, i + 1)); });
  check("streams", [&](std::uint32_t i) { return std::pair(first(25, i, 2), first(25, i + 1, 2)); });
  check("seeds", [&](std::uint32_t i) { return std::pair(first(i, 3, 3), first(i + 1, 3, 3)); });
}

/// Probabilities next to 0 and 1 at the largest counts, where all but certain outcomes are certain.
void CheckExtremes() {
  constexpr std::int64_t kLargest = 2147483647;
  Philox rng(26, 0, 0);
  for (int i = 0; i < 1000; ++i) {
    for (const double p : {5e-324, 1e-300, 1e-17}) CHECK_EQUAL(BinomialVariate(rng, kLargest, p), 0);
    CHECK(BinomialVariate(rng, kLargest, 1 - 0x1p-53) >= kLargest - 1);
    CHECK(BinomialVariate(rng, 1, 1 - 0x1p-53) >= 0);
    const std::int64_t half = BinomialVariate(rng, kLargest, 0.5);
    CHECK(std::abs(half - kLargest / 2) < 8 * 23170);
    CHECK_EQUAL(HypergeometricVariate(rng, kLargest, 0, 12345), 12345);
    CHECK_EQUAL(HypergeometricVariate(rng, 3, kLargest - 3, kLargest), 3);
  }
}

/// The same words give the same variates on every machine and with every compiler: sums of bits, over enough
/// draws that every branch is taken.
void CheckGolden() {
  const auto checksum = [](std::uint32_t stream, const Draw& draw) {
    Philox rng(42, stream, 7);
    std::uint64_t sum = 0;
    for (int i = 0; i < 20'000; ++i) sum = sum * 0x9E3779B97F4A7C15 + std::bit_cast<std::uint64_t>(draw(rng));
    return sum;
  };
  CHECK_EQUAL(checksum(0, DrawOf("normal", {})), 12055854952116434977u);
  CHECK_EQUAL(checksum(1, DrawOf("beta", {51, 950})), 3561152861873297939u);
  CHECK_EQUAL(checksum(2, DrawOf("binomial", {300, 0.03})), 3604005601803239424u);
  CHECK_EQUAL(checksum(3, DrawOf("binomial", {30'000, 0.0002})), 3224858808173985792u);
  CHECK_EQUAL(checksum(4, DrawOf("binomial", {90, 0.6})), 47217427343212544u);
  CHECK_EQUAL(checksum(5, DrawOf("binomial", {2147483647, 0.3})), 10427556433028448256u);
  CHECK_EQUAL(checksum(6, DrawOf("hypergeometric", {40, 1000, 90})), 6789739388214444032u);
  CHECK_EQUAL(checksum(7, DrawOf("hypergeometric", {6435, 70'000, 30'000})), 18184649088950075392u);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::CheckAgainstScipy();
  scoring_bias::CheckContinuous();
  scoring_bias::CheckMultinomial();
  scoring_bias::CheckMultinomialMargins();
  scoring_bias::CheckIndependence();
  scoring_bias::CheckExtremes();
  scoring_bias::CheckGolden();
  return scoring_bias::check::Finish();
}
