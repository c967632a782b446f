#pragma once

#include <limits>
#include <numbers>

namespace scoring_bias {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kTwoPi = 2 * std::numbers::pi;

}  // namespace scoring_bias
