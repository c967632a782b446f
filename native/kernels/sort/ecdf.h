#pragma once

#include <span>

#include "kernels/base/status.h"

namespace scoring_bias {

/// The empirical distribution function F(u) = #{i : x_i <= u} / n at many points.
///
/// Inputs: `sorted`, n >= 1 values ascending, without NaN; `at`, the points, of either type, infinities
/// included. Output: `values`, one for each point, each the double nearest to the fraction. Values compare
/// exactly: a float is not rounded to meet a double, nor the other way round.
///
/// Errors: kEmptySample; kNotANumber with array 1 and the index of the point; kLengthMismatch. O(log n) a
/// point, no allocation, thread safe.
template <typename T, typename U>
Status Ecdf(std::span<const T> sorted, std::span<const U> at, std::span<double> values);

extern template Status Ecdf(std::span<const float>, std::span<const float>, std::span<double>);
extern template Status Ecdf(std::span<const float>, std::span<const double>, std::span<double>);
extern template Status Ecdf(std::span<const double>, std::span<const float>, std::span<double>);
extern template Status Ecdf(std::span<const double>, std::span<const double>, std::span<double>);

}  // namespace scoring_bias
