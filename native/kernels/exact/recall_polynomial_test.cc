#include "kernels/exact/recall_polynomial.h"

#include <array>
#include <cmath>
#include <vector>

#include "kernels/exact/recall_curve.h"
#include "kernels/special/beta.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

// P(T > x).
double TailOf(std::int32_t flagged, std::int32_t total, double x) {
  if (flagged == 0) return 0;
  return flagged == total ? 1 : BetaTails(x, flagged, total - flagged).upper;
}

// P(T' - T > z) by the midpoint rule over T: the integrand and its derivatives vanish at the ends, or nearly.
double AboveByMidpoints(std::int32_t a, std::int32_t total, std::int32_t b, std::int32_t other, double z) {
  if (a == 0) return TailOf(b, other, z);
  if (a == total) return 0;
  constexpr int kSteps = 20'000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double t = (1 - z) * (i + 0.5) / kSteps;
    sum += (total - 1) * BinomialPmf(a - 1, total - 2, t) * TailOf(b, other, t + z);
  }
  return sum * (1 - z) / kSteps;
}

void PairsAreIntegrals() {
  const Values one = {1};
  for (const auto& [a, total, b, other] :
       {std::array{3, 7, 5, 9}, std::array{0, 4, 2, 3}, std::array{5, 5, 1, 6}, std::array{4, 12, 6, 6},
        std::array{10, 23, 17, 24}, std::array{33, 40, 20, 40}, std::array{3, 8, 0, 5}}) {
    const RecallPair pair{1, {total, a, one}, {other, b, one}};
    const RecallPolynomial polynomial({&pair, 1});
    for (const double z : {0.0, 0.01, 0.2, 0.5, 0.93}) {
      CHECK(std::abs(polynomial.Above(z) - AboveByMidpoints(a, total, b, other, z)) < 1e-8);
    }
  }
}

// Of one sample each T and T' are 0 or 1: of two, uniform or so.
void FewestAreKnown() {
  const Values halves = {0.5, 0.5}, one = {1};
  const RecallPair atoms{1, {1, 0, halves}, {1, 0, halves}};
  CHECK(std::abs(RecallPolynomial({&atoms, 1}).Above(0.3) - 0.25) < 1e-15);
  const RecallPair uniform{1, {2, 1, one}, {2, 1, one}};
  for (const double z : {0.0, 0.25, 0.9, 0.999999}) {
    const double expected = 0.5 * (1 - z) * (1 - z);
    CHECK(std::abs(RecallPolynomial({&uniform, 1}).Above(z) - expected) < 1e-15);
  }
}

// P(T' > T) and P(T > T'), without atoms, sum to 1; and mixtures are sums of their members.
void SidesAndMembersSum() {
  const Values first = {0.1, 0.2, 0.4, 0.3}, second = {0.25, 0.5, 0.25};
  const RecallPair there{0.5, {40, 11, first}, {31, 20, second}},
      more{0.5, {40, 12, first}, {31, 19, second}};
  const std::vector<RecallPair> both = {there, more};
  const std::vector<RecallPair> back = {{0.5, there.upper, there.lower}, {0.5, more.upper, more.lower}};
  const RecallPolynomial above(both), below(back), one({&there, 1}), other({&more, 1});
  CHECK(std::abs(above.Above(0) + below.Above(0) - 1) < 1e-14);
  for (const double z : {0.0, 0.1, 0.4}) {
    CHECK(std::abs(above.Above(z) - one.Above(z) - other.Above(z)) < 1e-14);
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  PairsAreIntegrals();
  FewestAreKnown();
  SidesAndMembersSum();
  return check::Finish();
}
