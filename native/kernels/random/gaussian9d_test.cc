// The synthetic samples against their law: Kolmogorov-Smirnov for every coordinate given which are shifted,
// chi-square for which, correlations within and between samples; ranges and threads against one call.

#include "kernels/random/gaussian9d.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "kernels/special/special.h"
#include "kernels/testing/check.h"
#include "kernels/testing/chi_square.h"

namespace scoring_bias {
namespace {

constexpr std::size_t kD = kGaussian9dSize;
constexpr std::uint32_t kSamples = 40000;
using Sample = std::array<double, kD>;

std::vector<float> Draw(const Gaussian9dRange& range, std::size_t n, int threads = 1) {
  std::vector<float> out(n * kD);
  CHECK(Gaussian9d(range, threads, out, JobControl()).ok());
  return out;
}

// sqrt(n) D of a sample against the standard normal law; its limit exceeds 2.2 with probability 1.3e-4.
double KolmogorovSmirnov(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = NormalTails(values[i]).lower;
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return std::sqrt(n) * distance;
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
    ab += (a[i] - ma) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

// Coordinate j of every sample, standardised by what it was drawn from.
std::vector<double> Column(const std::vector<Sample>& samples, const std::vector<unsigned>& shifted,
                           std::size_t j) {
  std::vector<double> column;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double x = samples[i][j];
    column.push_back((shifted[i] >> j & 1u) != 0 ? (x - 1.6) / 0.8 : x);
  }
  return column;
}

void CoordinatesAreIndependentNormals(Gaussian9dKind kind) {
  std::vector<Sample> samples(kSamples);
  std::vector<unsigned> shifted(kSamples);
  for (std::uint32_t i = 0; i < kSamples; ++i) {
    Philox random(11, 3, i);
    shifted[i] = Gaussian9dSample(random, kind, samples[i]);
  }
  const double bound = 5 / std::sqrt(static_cast<double>(kSamples));
  std::vector<std::vector<double>> columns, squares;
  for (std::size_t j = 0; j < kD; ++j) {
    columns.push_back(Column(samples, shifted, j));
    CHECK(KolmogorovSmirnov(columns[j]) < 2.2);
    std::vector<double> drawn_shifted;
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      if ((shifted[i] >> j & 1u) != 0) drawn_shifted.push_back(columns[j][i]);
    }
    // Apart from the others, so that a shift of the wrong size cannot hide among them.
    if (kind == Gaussian9dKind::kAnomalous) CHECK(KolmogorovSmirnov(drawn_shifted) < 2.2);
    squares.push_back(columns[j]);
    for (double& x : squares[j]) x *= x;
  }
  for (std::size_t j = 0; j < kD; ++j) {
    for (std::size_t k = 0; k < kD; ++k) {
      if (j < k) {
        CHECK(std::abs(Correlation(columns[j], columns[k])) < bound);
        CHECK(std::abs(Correlation(squares[j], squares[k])) < bound);
      }
      std::vector<double> next(columns[k].begin() + 1, columns[k].end());
      next.push_back(columns[k].front());
      CHECK(std::abs(Correlation(columns[j], next)) < bound);
    }
  }
}

// Each of the 84 triples has probability 0.4 / 84, each of the 126 quadruples 0.6 / 126: chi-square with 209
// degrees of freedom.
void EveryChoiceOfCoordinatesHasItsProbability() {
  std::array<int, 1u << kD> counts{};
  const std::uint32_t draws = 200000;
  for (std::uint32_t i = 0; i < draws; ++i) {
    Philox random(12, 3, i);
    Sample x;
    ++counts[Gaussian9dSample(random, Gaussian9dKind::kAnomalous, x)];
  }
  double statistic = 0;
  int choices = 0;
  for (unsigned shifted = 0; shifted < counts.size(); ++shifted) {
    const int size = std::popcount(shifted);
    if (size != 3 && size != 4) {
      CHECK_EQUAL(counts[shifted], 0);
      continue;
    }
    ++choices;
    const double expected = draws * (size == 3 ? 0.4 / 84 : 0.6 / 126);
    statistic += (counts[shifted] - expected) * (counts[shifted] - expected) / expected;
  }
  CHECK_EQUAL(choices, 210);
  const Tails tails = ChiSquareTails(statistic, 209);
  CHECK(tails.upper > 1e-4 && tails.lower > 1e-4);
}

void ASampleIsAFunctionOfItsIndex() {
  for (const auto kind : {Gaussian9dKind::kNormal, Gaussian9dKind::kAnomalous}) {
    const Gaussian9dRange range{kind, 5, 7, 100};
    const std::vector<float> whole = Draw(range, 5000);
    for (const int threads : {2, 7}) CHECK(Draw(range, 5000, threads) == whole);
    const std::vector<float> part = Draw({kind, 5, 7, 1100}, 30);
    CHECK(std::equal(part.begin(), part.end(), whole.begin() + 1000 * kD));
    // The words that the header promises.
    Philox random(5, kGaussian9dBaseStream + 14 + (kind == Gaussian9dKind::kAnomalous ? 1 : 0), 100);
    Sample x;
    Gaussian9dSample(random, kind, x);
    for (std::size_t j = 0; j < kD; ++j) CHECK_EQUAL(whole[j], static_cast<float>(x[j]));
  }
}

void RefusesWhatItHasNoNumbersFor() {
  std::vector<float> out(3 * kD);
  const auto code = [&](const Gaussian9dRange& range, std::span<float> into) {
    return Gaussian9d(range, 1, into, JobControl()).code;
  };
  const auto kind = Gaussian9dKind::kNormal;
  CHECK(code({kind, 0, 0, 0}, std::span(out).first(10)) == StatusCode::kLengthMismatch);
  CHECK(code({kind, 0, kGaussian9dStreams, 0}, out) == StatusCode::kOutOfRange);
  CHECK(code({kind, 0, kGaussian9dStreams - 1, 0xfffffffd}, out) == StatusCode::kOk);
  CHECK(code({kind, 0, 0, 0xfffffffe}, out) == StatusCode::kOutOfRange);
  std::int32_t abort = 1, done = 0;
  CHECK(Gaussian9d({}, 1, out, JobControl(&abort, &done)).code == StatusCode::kAborted);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::CoordinatesAreIndependentNormals(scoring_bias::Gaussian9dKind::kNormal);
  scoring_bias::CoordinatesAreIndependentNormals(scoring_bias::Gaussian9dKind::kAnomalous);
  scoring_bias::EveryChoiceOfCoordinatesHasItsProbability();
  scoring_bias::ASampleIsAFunctionOfItsIndex();
  scoring_bias::RefusesWhatItHasNoNumbersFor();
  return scoring_bias::check::Finish();
}
