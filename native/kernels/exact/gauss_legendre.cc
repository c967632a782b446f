#include "kernels/exact/gauss_legendre.h"

#include <utility>

#include "kernels/special/elementary.h"

namespace scoring_bias {

std::vector<QuadratureNode> GaussLegendre(std::size_t size) {
  std::vector<QuadratureNode> nodes(size);
  const auto n = static_cast<double>(size);
  for (std::size_t i = 0; i < (size + 1) / 2; ++i) {
    // Newton's method from where it doubles its digits, for the roots of the Legendre polynomial in (-1, 1).
    double root = portable::CosPi((static_cast<double>(i) + 0.75) / (n + 0.5)), slope = 0;
    for (int step = 0; step < 8; ++step) {
      double value = 1, before = 0;
      for (double k = 1; k <= n; ++k) {
        value = ((2 * k - 1) * root * value - (k - 1) * std::exchange(before, value)) / k;
      }
      slope = n * (root * value - before) / (root * root - 1);
      root -= value / slope;
    }
    const double weight = 1 / ((1 - root * root) * slope * slope);
    nodes[i] = {0.5 * (1 - root), weight};
    nodes[size - 1 - i] = {0.5 * (1 + root), weight};
  }
  return nodes;
}

}  // namespace scoring_bias
