#include "kernels/sort/ecdf.h"

#include <algorithm>

#include "kernels/sort/float_key.h"

namespace scoring_bias {

template <typename T, typename U>
Status Ecdf(std::span<const T> sorted, std::span<const U> at, std::span<double> values) {
  if (sorted.empty()) return {StatusCode::kEmptySample};
  if (values.size() != at.size()) return {StatusCode::kLengthMismatch, 1};
  if (const std::size_t nan = FirstNan(at); nan < at.size()) return {StatusCode::kNotANumber, 1, nan};
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto above = std::upper_bound(sorted.begin(), sorted.end(), at[i]);
    values[i] = static_cast<double>(above - sorted.begin()) / n;
  }
  return {};
}

template Status Ecdf(std::span<const float>, std::span<const float>, std::span<double>);
template Status Ecdf(std::span<const float>, std::span<const double>, std::span<double>);
template Status Ecdf(std::span<const double>, std::span<const float>, std::span<double>);
template Status Ecdf(std::span<const double>, std::span<const double>, std::span<double>);

}  // namespace scoring_bias
