// The mixture of differences against its members one by one, which nothing groups, and against binomials.

#include "kernels/exact/difference_mixture.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/exact/difference_powers.h"
#include "kernels/random/philox.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;
using Cells = std::vector<DifferenceCell>;

Values LawOf(const Cells& cells, std::size_t n, int threads = 1) {
  Values law(2 * n + 1, -1.0);
  CHECK(DifferenceMixture(cells, n, threads, {}, law).ok());
  return law;
}

/// The largest difference of the distribution functions.
double Farthest(const Values& law, const Values& expected) {
  double farthest = 0, sum = 0;
  for (std::size_t i = 0; i < law.size(); ++i)
    farthest = std::max(farthest, std::abs(sum += law[i] - expected[i]));
  return farthest;
}

/// Cells as thresholds give them: sums that grow with a place, differences about a line.
Cells Drawn(std::size_t count, std::int32_t n, std::int32_t least, std::int32_t most, std::uint32_t stream) {
  Philox random(11, stream, 0);
  const auto below = [&](std::int32_t limit) {
    return static_cast<std::int32_t>(random.NextUniform() * static_cast<double>(limit));
  };
  Cells cells(count);
  double total = 0;
  for (DifferenceCell& cell : cells) {
    const std::int32_t sum = std::min(n, least + below(most - least + 1));
    cell.gained = sum / 2 + below(sum / 8 + 1);
    cell.lost = sum - cell.gained;
    total += cell.probability = random.NextUniform();
  }
  for (DifferenceCell& cell : cells) cell.probability /= total;
  return cells;
}

void GroupsKeepTheLaw() {
  struct Case {
    std::int32_t n, least, most;
  };
  const Case cases[] = {{300, 0, 40}, {2000, 100, 900}, {2000, 1400, 2000}, {40'000, 2'000, 9'000}};
  for (const auto& [n, least, most] : cases) {
    const Cells cells = Drawn(300, n, least, most, static_cast<std::uint32_t>(least));
    const auto size = static_cast<std::size_t>(n);
    Values expected(2 * size + 1);
    for (const DifferenceCell& cell : cells) {
      const Values own = LawOf({{cell.gained, cell.lost, 1}}, size);
      for (std::size_t i = 0; i < own.size(); ++i) expected[i] += cell.probability * own[i];
    }
    CHECK(Farthest(LawOf(cells, size), expected) < 1e-11);
    CHECK(LawOf(cells, size) == LawOf(cells, size, 4));
  }
}

/// Only one detector ever flags an anomaly alone: U is binomial, V is 0. And every anomaly is flagged by
/// exactly one: U - V = 2 U - n, and every second difference cannot be.
void Binomials() {
  for (const std::int64_t n : {1, 7, 200, 5'000}) {
    const auto size = static_cast<std::size_t>(n);
    for (const std::int64_t gained : {std::int64_t{0}, n / 3, n}) {
      const double p = static_cast<double>(gained) / static_cast<double>(n);
      Values one_sided(2 * size + 1), parity(2 * size + 1);
      for (std::int64_t u = 0; u <= n; ++u) {
        one_sided[static_cast<std::size_t>(n + u)] = BinomialPmf(u, n, p);
        parity[static_cast<std::size_t>(2 * u)] = BinomialPmf(u, n, p);
      }
      const auto flagged = static_cast<std::int32_t>(gained);
      CHECK(Farthest(LawOf({{flagged, 0, 1}}, size), one_sided) < 1e-12);
      CHECK(Farthest(LawOf({{flagged, static_cast<std::int32_t>(n) - flagged, 1}}, size), parity) < 1e-12);
    }
  }
}

/// A narrow member beside wide ones, which has a lattice of its own.
void NarrowMembers() {
  constexpr std::size_t kN = 20'000;
  const Cells cells = {{0, 0, 0.25}, {1, 0, 0.25}, {9'000, 3'000, 0.25}, {300, 12'000, 0.25}};
  const Values law = LawOf(cells, kN);
  double at_zero = 0.25 + 0.25 * std::pow(1 - 1.0 / kN, static_cast<double>(kN)), sum = 0;
  CHECK(std::abs(law[kN] - at_zero) < 1e-12);
  for (const double probability : law) sum += probability;
  CHECK(std::abs(sum - 1) < 1e-12);
}

void BadInputIsRefused() {
  Values law(3);
  CHECK(DifferenceMixture({}, 1, 1, {}, law).code == StatusCode::kEmptySample);
  CHECK(DifferenceMixture(Cells{{0, 0, 1}}, 2, 1, {}, law) == (Status{StatusCode::kLengthMismatch, 0}));
  std::int32_t abort = 1, done = 0;
  CHECK(DifferenceMixture(Cells{{0, 0, 1}}, 1, 1, JobControl(&abort, &done), law).code ==
        StatusCode::kAborted);
}

/// Powers that are taken several at a time have the bits of those taken one by one.
void PowersHaveTheSameBits() {
  const Circle circle(97);
  for (const std::size_t n : {1, 2, 3, 12, 445, 100'000}) {
    const DrawsOnCircle law(n, 0.3, -0.05, 1, -34);
    DrawsOnCircle::Values real, imaginary;
    law.At(circle, 1, DrawsOnCircle::kAtOnce - 1, real, imaginary);
    for (std::size_t i = 0; i + 1 < DrawsOnCircle::kAtOnce; ++i) {
      const double a = 0.3 * circle.versed[i + 1], b = -0.05 * circle.sine[i + 1];
      double r = a, s = b;
      for (std::size_t half = std::bit_floor(n) / 2; half > 0; half /= 2) {
        const double square = r * (2 + r) - s * s;
        s = 2 * s * (1 + r);
        r = square;
        if ((n & half) == 0) continue;
        const double next = r + (a + (r * a - s * b));
        s = s + (b + (r * b + s * a));
        r = next;
      }
      CHECK(real[i] == r && imaginary[i] == s);
    }
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  GroupsKeepTheLaw();
  Binomials();
  NarrowMembers();
  BadInputIsRefused();
  PowersHaveTheSameBits();
  return check::Finish();
}
