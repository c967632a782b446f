#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace scoring_bias {

template <std::floating_point T>
using FloatKey = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// An unsigned integer that orders as the floating-point number does, with -0 just below +0: the bits with
/// the sign flipped for positive numbers and all of them flipped for negative ones (Herf, "Radix tricks",
/// 2001). NaNs fall outside the infinities.
template <std::floating_point T>
constexpr FloatKey<T> ToKey(T value) {
  using Key = FloatKey<T>;
  using Signed = std::make_signed_t<Key>;
  constexpr int kSignBit = 8 * sizeof(T) - 1;
  const Key bits = std::bit_cast<Key>(value);
  return bits ^ (static_cast<Key>(static_cast<Signed>(bits) >> kSignBit) | Key{1} << kSignBit);
}

/// The inverse of ToKey.
template <std::floating_point T>
constexpr T FromKey(FloatKey<T> key) {
  using Key = FloatKey<T>;
  using Signed = std::make_signed_t<Key>;
  constexpr int kSignBit = 8 * sizeof(T) - 1;
  return std::bit_cast<T>(key ^
                          (static_cast<Key>(~static_cast<Signed>(key) >> kSignBit) | Key{1} << kSignBit));
}

/// The position of the first NaN, or values.size() when there is none. O(n), one read.
template <std::floating_point T>
std::size_t FirstNan(std::span<const T> values) {
  constexpr std::size_t kBlock = 1024;  // A whole block without an early exit is what compilers vectorise.
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::span<const T> block = values.subspan(begin, std::min(kBlock, values.size() - begin));
    bool any = false;
    for (const T value : block) any |= value != value;
    if (!any) continue;
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (block[i] != block[i]) return begin + i;
    }
  }
  return values.size();
}

}  // namespace scoring_bias
