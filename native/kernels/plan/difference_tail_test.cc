#include "kernels/plan/difference_tail.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

/// P(Bin(n, p) = k) for all k.
std::vector<double> Binomial(int n, double p) {
  std::vector<double> mass(n + 1, 0.0);
  mass[0] = 1;
  for (int i = 0; i < n; ++i) {
    for (int k = i + 1; k > 0; --k) mass[k] = mass[k] * (1 - p) + mass[k - 1] * p;
    mass[0] *= 1 - p;
  }
  return mass;
}

/// P(Bin(m, 1/2) >= d), 1 for d = 0 <= m, 0 for m < 0.
double AtLeast(int m, int d) {
  if (m < 0) return 0;
  double sum = 0;
  const auto mass = Binomial(m, 0.5);
  for (int k = d; k <= m; ++k) sum += mass[k];
  return sum;
}

/// The formula of docs/intervals.md, for z >= 0 and whole numbers.
double Exact(int up, int down, int rest, double z) {
  if (z < 0) return 1 - Exact(down, up, rest, -z);
  const auto events = Binomial(up + down + rest - 1, z);
  double sum = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    sum += events[i] * AtLeast(up + down - 1 - static_cast<int>(i), down);
  }
  return sum;
}

void IsNearTheExactLaw() {
  for (const auto& [up, down, rest] : std::vector<std::array<int, 3>>{{1, 1, 0},
                                                                      {5, 0, 2},
                                                                      {5, 1, 0},
                                                                      {25, 1, 0},
                                                                      {26, 0, 3},
                                                                      {1, 0, 40},
                                                                      {1, 1, 40},
                                                                      {3, 2, 60},
                                                                      {12, 5, 8},
                                                                      {30, 20, 50}}) {
    for (double z = -0.95; z < 1; z += 0.05) {
      const double exact = Exact(up, down, rest, z), near = DifferenceTail(up, down, rest, z);
      const double tail = std::min(exact, 1 - exact);
      if (tail > 1e-3) CHECK(std::abs(near - exact) < 0.06 * tail);
    }
  }
}

void HasThePlainCases() {
  CHECK_EQUAL(DifferenceTail(6, 0, 0, 0.99), 1);
  CHECK_EQUAL(DifferenceTail(0, 6, 0, -0.5), 0);
  CHECK_EQUAL(DifferenceTail(6, 0, 3, -0.1), 1);
  CHECK_EQUAL(DifferenceTail(6, 2, 3, 1), 0);
  CHECK_EQUAL(DifferenceTail(6, 2, 3, -1), 1);
  CHECK(std::abs(DifferenceTail(4, 4, 9, 0) - 0.5) < 1e-9);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::IsNearTheExactLaw();
  scoring_bias::HasThePlainCases();
  return scoring_bias::check::Finish();
}
