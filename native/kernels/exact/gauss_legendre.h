#pragma once

#include <cstddef>
#include <vector>

namespace scoring_bias {

/// Of an integral.
struct QuadratureNode {
  double at, weight;
};

/// Gauss-Legendre's rule on [0, 1], ascending: polynomials of degree 2 size - 1 are integrated exactly. To an
/// ulp or so, O(size^2).
std::vector<QuadratureNode> GaussLegendre(std::size_t size);

}  // namespace scoring_bias
