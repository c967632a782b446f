// The joint law of two thresholds against rationals that were worked out from the multinomial, and against
// closed forms at sizes where nothing can be counted out.

#include "kernels/exact/joint_thresholds.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

double Both(const JointThresholds& law, std::int64_t x, std::int64_t y, std::int64_t both) {
  return law.Both(x, y, both, law.Below(x), law.Below(y));
}

void Rationals() {
  struct Case {
    std::int64_t n, above, x, y, both;  // above: the draws that have to fall on the first x and y
    double probability;
  };
  const Case cases[] = {
      {4, 2, 2, 2, 0, 3.0 / 8},
      {4, 2, 2, 2, 1, 121.0 / 256},
      {4, 2, 2, 2, 2, 11.0 / 16},
      {4, 2, 2, 3, 1, 163.0 / 256},
      {4, 2, 2, 3, 2, 11.0 / 16},
      {4, 1, 1, 1, 0, 55.0 / 128},
      {4, 1, 1, 1, 1, 175.0 / 256},
      {4, 1, 2, 2, 1, 225.0 / 256},
      {4, 4, 3, 3, 2, 1.0 / 16},
      {4, 4, 3, 3, 3, 81.0 / 256},
      {4, 3, 2, 2, 0, 0},
      {4, 3, 3, 3, 2, 1.0 / 2},
      {5, 3, 3, 3, 1, 1141.0 / 3125},
      {5, 3, 3, 3, 3, 2133.0 / 3125},
      {5, 3, 2, 4, 1, 811.0 / 3125},
  };
  for (const Case& one : cases) {
    const JointThresholds law(one.n, one.above - 1);
    CHECK(std::abs(Both(law, one.x, one.y, one.both) - one.probability) < 1e-12);
    CHECK(std::abs(Both(law, one.y, one.x, one.both) - one.probability) < 1e-12);
  }
}

/// The multinomial's probability, summed over all of its outcomes.
double Counted(std::int64_t n, std::int64_t above, const double (&p)[4]) {
  double sum = 0;
  for (std::int64_t both = 0; both <= n; ++both) {
    for (std::int64_t first = 0; both + first <= n; ++first) {
      for (std::int64_t second = 0; both + first + second <= n; ++second) {
        if (both + first < above || both + second < above) continue;
        const std::int64_t neither = n - both - first - second;
        const auto factor = [](double probability, std::int64_t count) {
          return std::pow(probability, static_cast<double>(count)) /
                 std::tgamma(static_cast<double>(count) + 1);
        };
        sum += factor(p[0], both) * factor(p[1], first) * factor(p[2], second) * factor(p[3], neither);
      }
    }
  }
  return sum * std::tgamma(static_cast<double>(n) + 1);
}

void EveryCornerOfSmallSamples() {
  for (std::int64_t n = 1; n <= 9; ++n) {
    const auto size = static_cast<double>(n);
    for (std::int64_t index = 0; index < n; ++index) {
      const JointThresholds law(n, index);
      for (std::int64_t x = 0; x <= n; ++x) {
        for (std::int64_t y = 0; y <= n; ++y) {
          for (std::int64_t both = std::max<std::int64_t>(0, x + y - n); both <= std::min(x, y); ++both) {
            const double p[4] = {static_cast<double>(both) / size, static_cast<double>(x - both) / size,
                                 static_cast<double>(y - both) / size,
                                 static_cast<double>(n - x - y + both) / size};
            CHECK(std::abs(Both(law, x, y, both) - Counted(n, index + 1, p)) < 1e-12);
          }
        }
      }
    }
  }
}

void OneMarginInTheOther() {
  for (const std::int64_t n : {10'000, 100'000, 1'000'000}) {
    const std::int64_t index = n / 20;
    const JointThresholds law(n, index);
    for (const std::int64_t more : {0, 1, 3, 50}) {
      CHECK_EQUAL(Both(law, index, index + more, index), law.Below(index));
      // One sample less in both: by far the most of the same draws.
      const double almost = Both(law, index, index + more, index - 1);
      CHECK(almost <= law.Below(index) && almost > law.Below(index) - 0.01);
    }
  }
}

/// No tolerated alarm, or none that is not: the largest or the smallest draw, whose law is a power.
void ExtremeDraws() {
  for (const std::int64_t n : {1, 2, 7, 1'000'000}) {
    const auto size = static_cast<double>(n);
    const JointThresholds largest(n, 0), smallest(n, n - 1);
    for (const std::int64_t x : {std::int64_t{1}, n / 2}) {
      const std::int64_t y = std::max<std::int64_t>(1, n / 3), both = std::min(x, y) / 2;
      if (x < 1 || x + y - both > n) continue;
      const auto missed = [size](std::int64_t cells) {
        return std::exp(size * std::log1p(-static_cast<double>(cells) / size));
      };
      const double none = 1 - missed(x) - missed(y) + missed(x + y - both);
      CHECK(std::abs(Both(largest, x, y, both) - none) < 1e-14);
      CHECK(std::abs(Both(smallest, x, y, both) - std::pow(static_cast<double>(both) / size, size)) < 1e-14);
    }
  }
}

/// The sum over the draws on both margins of the probabilities that the other cells hold enough, by binomials
/// (SciPy 1.17, numpy 2.4; each sum with its window of nine standard deviations agrees with twelve).
void LargeSamples() {
  const JointThresholds law(1'000'000, 50'000);
  CHECK(std::abs(Both(law, 50'000, 50'100, 49'990) - 0.4988101957718703) < 1e-11);
  CHECK(std::abs(Both(law, 50'000, 50'100, 30'000) - 0.4240835960822174) < 1e-11);
  CHECK(std::abs(Both(law, 50'000, 50'100, 2'500) - 0.3370045870861854) < 1e-11);
  CHECK(std::abs(Both(law, 50'000, 50'010, 1'000) - 0.25291582371684235) < 1e-11);
  // Far fewer on both than independent ones would be.
  CHECK(std::abs(Both(law, 50'100, 49'950, 20) - 0.2684059450430547) < 1e-11);
  CHECK(std::abs(Both(law, 49'800, 50'300, 1'500) - 0.1622508093323789) < 1e-11);
  const JointThresholds fewer(16'000, 800), fewest(2'000, 100);
  CHECK(std::abs(Both(fewer, 810, 790, 2) - 0.2137011404543959) < 1e-12);
  CHECK(std::abs(Both(fewer, 760, 850, 0) - 0.06373655526020575) < 1e-12);
  CHECK(std::abs(Both(fewest, 105, 98, 1) - 0.25670606589253925) < 1e-12);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  Rationals();
  EveryCornerOfSmallSamples();
  OneMarginInTheOther();
  ExtremeDraws();
  LargeSamples();
  return check::Finish();
}
