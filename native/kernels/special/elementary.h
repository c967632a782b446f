#pragma once

#include <bit>
#include <cstdint>

/// Logarithm and exponential in plain IEEE double arithmetic. The C library's own choose between versions
/// that round differently by processor, system and release; a random variate that went through one would not
/// have the same bits on every machine. Errors are below 1 ulp; inline, no tables, 5 to 10 ns.
namespace scoring_bias::portable {

// log 2 in two parts; the high one has 21 trailing zero bits, so that its product with an exponent is exact.
inline constexpr double kLog2High = 0x1.62e42fee00000p-1;
inline constexpr double kLog2Low = 0x1.a39ef35793c76p-33;

/// log(1 + f) for 1/sqrt(2) - 1 <= f <= sqrt(2) - 1, plus `small`, which must be below an ulp of 1 or so.
/// With s = f / (2 + f) it is 2 atanh(s) = f - f^2/2 + s (f^2/2 + R), R = 2 (s^2/3 + s^4/5 + ...): all but
/// the first term is small.
inline double Log1pNearZero(double f, double small = 0) {
  const double s = f / (2 + f), z = s * s, w = z * z;
  const double even = w * (2.0 / 5 + w * (2.0 / 9 + w * (2.0 / 13 + w * (2.0 / 17 + w * (2.0 / 21)))));
  const double odd = z * (2.0 / 3 + w * (2.0 / 7 + w * (2.0 / 11 + w * (2.0 / 15 + w * (2.0 / 19)))));
  const double half_square = 0.5 * f * f;
  return f - (half_square - (s * (half_square + (odd + even)) + small));
}

/// log x for finite x >= 2^-1022. Without branches and conversions of 64-bit integers, so that compilers can
/// take several at a time.
inline double LogOfNormal(double x, double exponent = 0) {
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcd, kBias = 1024;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t shift = (bits - kRootHalf + (kBias << 52)) >> 52;  // + kBias
  const double mantissa = std::bit_cast<double>(bits - ((shift - kBias) << 52));
  constexpr double kWhole = 0x1p52;  // adding an integer puts it into the lowest bits
  const double k =
      exponent + (std::bit_cast<double>(std::bit_cast<std::uint64_t>(kWhole) | shift) - (kWhole + kBias));
  const double f = mantissa - 1;
  const double log1p = Log1pNearZero(f, k * kLog2Low);
  return k * kLog2High + log1p;
}

/// log x for finite x > 0.
inline double Log(double x) { return x < 0x1p-1022 ? LogOfNormal(x * 0x1p54, -54) : LogOfNormal(x); }

/// log(1 - p) for 0 <= p < 1.
inline double Log1m(double p) { return p < 0.29 ? Log1pNearZero(-p) : Log(1 - p); }

/// e^x for -700 <= x <= 700.
inline double Exp(double x) {
  constexpr double kInverseLog2 = 1.4426950408889634074;
  constexpr double kRound = 0x1.8p52;  // adding and subtracting it rounds to an integer
  const double rounded = x * kInverseLog2 + kRound, k = rounded - kRound;
  const double high = x - k * kLog2High, low = k * kLog2Low;
  const double r = high - low;
  // The Taylor series to degree 13 in two interleaved halves; |r| <= log(2) / 2 leaves 4e-18.
  const double w = r * r;
  const double even =
      1.0 / 2 +
      w * (1.0 / 24 + w * (1.0 / 720 + w * (1.0 / 40320 + w * (1.0 / 3628800 + w * (1.0 / 479001600)))));
  const double odd =
      1.0 / 6 +
      w * (1.0 / 120 + w * (1.0 / 5040 + w * (1.0 / 362880 + w * (1.0 / 39916800 + w * (1.0 / 6227020800)))));
  const double expm1 = high - (low - w * (even + r * odd));
  // The lowest bits of `rounded` are k.
  const std::uint64_t scale = (std::bit_cast<std::uint64_t>(rounded) + 1023) << 52;
  return (1 + expm1) * std::bit_cast<double>(scale);
}

}  // namespace scoring_bias::portable
