#pragma once

#include <cstddef>

namespace scoring_bias {

/// A value of an enumeration and what callers of the addon call it.
template <typename Enum>
struct Named {
  Enum value;
  const char* name;
};

/// The values that callers choose from, as an array of Named, which stands beside the enumeration.
template <typename Enum>
inline constexpr std::nullptr_t kNamed = nullptr;

}  // namespace scoring_bias
