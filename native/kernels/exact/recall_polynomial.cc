#include "kernels/exact/recall_polynomial.h"

#include <algorithm>

#include "kernels/exact/binomial_terms.h"
#include "kernels/exact/inner_product.h"

namespace scoring_bias {

RecallPolynomial::RecallPolynomial(std::span<const RecallPair> mixture)
    : n_lower_(static_cast<std::size_t>(mixture[0].lower.total)),
      n_upper_(static_cast<std::size_t>(mixture[0].upper.total)),
      shares_(n_lower_ * n_upper_) {
  for (const RecallPair& pair : mixture) {
    double sum = 0;
    for (std::size_t a = 0; a < n_lower_; ++a) {
      reached_.push_back(sum += pair.lower.WeightAt(static_cast<std::int32_t>(a)));
    }
  }
  // [r][q]: in how many orders r of the former and q of the latter can come.
  std::vector<double> orders(n_lower_ * n_upper_, 1.0);
  for (std::size_t r = 1; r < n_lower_; ++r) {
    for (std::size_t q = 1; q < n_upper_; ++q) {
      orders[r * n_upper_ + q] = orders[(r - 1) * n_upper_ + q] + orders[r * n_upper_ + q - 1];
    }
  }
  for (std::size_t j = 0; j < n_upper_; ++j) SetColumn(j, mixture, orders);
}

// Orders are paths from (0, 0) to (i, j). T' is the step from q to q + 1 behind which j - q - 1 of the latter
// are left, and T comes before it where a at most r of the former did.
void RecallPolynomial::SetColumn(std::size_t j, std::span<const RecallPair> mixture,
                                 std::span<const double> orders) {
  std::vector<double> paths(n_lower_);  // [r]: those to (r, q) that have passed T', weighed
  std::vector<double> passing(n_lower_);
  for (std::size_t q = 0; q < j; ++q) {
    std::fill(passing.begin(), passing.end(), 0.0);
    for (std::size_t m = 0; m < mixture.size(); ++m) {
      const auto b = static_cast<std::int32_t>(n_upper_ - j + q);
      const double weight = mixture[m].weight * mixture[m].upper.WeightAt(b);
      for (std::size_t r = 0; weight > 0 && r < n_lower_; ++r) {
        passing[r] += weight * reached_[m * n_lower_ + r];
      }
    }
    double left = 0;
    for (std::size_t r = 0; r < n_lower_; ++r) {
      left = paths[r] = left + paths[r] + orders[r * n_upper_ + q] * passing[r];
    }
  }
  for (std::size_t i = 0; i < n_lower_; ++i) {
    double share = paths[i] / orders[i * n_upper_ + j];
    for (std::size_t m = 0; m < mixture.size(); ++m) {  // T' = 1
      share +=
          mixture[m].weight * mixture[m].upper.WeightAt(mixture[m].upper.total) * reached_[m * n_lower_ + i];
    }
    shares_[i * n_upper_ + j] = share;
  }
}

double RecallPolynomial::Above(double z) const {
  std::vector<double> upper(n_upper_);
  ForEachBinomial(static_cast<std::int32_t>(n_upper_) - 1, z, [&](std::int32_t beyond, double p) {
    upper[n_upper_ - 1 - static_cast<std::size_t>(beyond)] = p;
  });
  double above = 0;
  ForEachBinomial(static_cast<std::int32_t>(n_lower_) - 1, z, [&](std::int32_t beyond, double p) {
    const std::size_t i = n_lower_ - 1 - static_cast<std::size_t>(beyond);
    above += p * InnerProduct(&shares_[i * n_upper_], upper.data(), n_upper_);
  });
  return std::min(above, 1.0);
}

}  // namespace scoring_bias
