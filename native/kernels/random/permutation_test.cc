#include "kernels/random/permutation.h"

#include <array>
#include <cmath>
#include <vector>

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

void IsAPermutation() {
  for (const std::size_t n : {0, 1, 2, 1000}) {
    std::vector<std::uint32_t> order(n);
    RandomPermutation(9, 1, 0, order);
    std::vector<bool> seen(n);
    for (const std::uint32_t i : order) {
      CHECK(i < n && !seen.at(i));
      seen.at(i) = true;
    }
  }
}

// Each of the 4! orders is as likely as the others: chi-square with 23 degrees of freedom, bound = mean + 6
// sd.
void EveryOrderIsEquallyLikely() {
  std::array<int, 256> counts{};
  const std::uint32_t draws = 48000;
  for (std::uint32_t replicate = 0; replicate < draws; ++replicate) {
    std::array<std::uint32_t, 4> order;
    RandomPermutation(9, 0, replicate, order);
    ++counts.at(order[0] + 4 * order[1] + 16 * order[2] + 64 * order[3]);
  }
  const double expected = draws / 24.0;
  double statistic = 0;
  int orders = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    ++orders;
    statistic += (count - expected) * (count - expected) / expected;
  }
  CHECK_EQUAL(orders, 24);
  CHECK(statistic < 23 + 6 * std::sqrt(46.0));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::IsAPermutation();
  scoring_bias::EveryOrderIsEquallyLikely();
  return scoring_bias::check::Finish();
}
