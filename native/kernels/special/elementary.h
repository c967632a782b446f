#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/base/constants.h"

/// Elementary functions in plain IEEE double arithmetic. The C library's own choose between versions that
/// round differently by processor, system and release; what went through one would not have the same bits on
/// every machine, so the kernels call these alone. Errors are below 1.1 ulp but where said; inline, no
/// tables, 5 to 10 ns. The square root and `std::fma` are exact everywhere.
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

/// log x; -infinity at 0, NaN below.
inline double Log(double x) {
  if (x >= 0x1p-1022 && x < kInfinity) return LogOfNormal(x);
  if (x > 0 && x < 0x1p-1022) return LogOfNormal(x * 0x1p54, -54);
  if (x == 0) return -kInfinity;
  return x > 0 ? x : kNan;
}

/// log(1 + x) for x >= -1.
inline double Log1p(double x) {
  if (x > -0.29 && x < 0.41) return Log1pNearZero(x);
  const double sum = 1 + x;
  // What rounding took from the sum, which is below an ulp of it.
  const double rest = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return sum > 0 && sum < 0x1p53 ? Log(sum) + rest / sum : Log(sum);
}

/// e^x = 2^exponent (1 + expm1), |expm1| < 0.42.
struct Exponential {
  double expm1;
  std::uint64_t exponent;  // two's complement

  /// For |x| <= 700.
  explicit Exponential(double x) {
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
        1.0 / 6 + w * (1.0 / 120 +
                       w * (1.0 / 5040 + w * (1.0 / 362880 + w * (1.0 / 39916800 + w * (1.0 / 6227020800)))));
    expm1 = high - (low - w * (even + r * odd));
    exponent = std::bit_cast<std::uint64_t>(rounded);  // whose lowest bits are k
  }

  double Scale() const { return std::bit_cast<double>((exponent + 1023) << 52); }
};

/// e^x for |x| <= 700, without branches.
inline double ExpWithin700(double x) {
  const Exponential power(x);
  return (1 + power.expm1) * power.Scale();
}

/// e^x. Within 2 ulp beyond |x| = 700.
inline double Exp(double x) {
  if (x >= -700 && x <= 700) return ExpWithin700(x);
  if (x > 710) return kInfinity;
  if (x < -746) return 0;
  return x < 0 || x > 0 ? ExpWithin700(0.5 * x) * ExpWithin700(0.5 * x) : x;
}

/// e^x - 1.
inline double Expm1(double x) {
  if (!(x >= -700 && x <= 700)) return Exp(x) - 1;
  const Exponential power(x);
  const double scale = power.Scale();
  return scale * power.expm1 + (scale - 1);
}

/// Sine and cosine of pi times a number, for |t| < 2^50. No multiple of pi has to be
/// taken away, so that errors stay relative to the results.
class HalfTurn {
 public:
  explicit HalfTurn(double t) {
    constexpr double kPi = 3.14159265358979311600, kPiRest = 1.2246467991473531772e-16;
    constexpr double kRound = 0x1.8p52;
    const double rounded = 2 * t + kRound;
    quarter_ = std::bit_cast<std::uint64_t>(rounded) & 3;
    const double rest = t - 0.5 * (rounded - kRound);
    const double x = rest * kPi, low = std::fma(rest, kPi, -x) + rest * kPiRest;
    // Taylor's series for |x| <= pi / 4.
    const double w = x * x;
    const double sine =
        1.0 / 6 -
        w * (1.0 / 120 -
             w * (1.0 / 5040 - w * (1.0 / 362880 - w * (1.0 / 39916800 - w * (1.0 / 6227020800 -
                                                                              w * (1.0 / 1307674368000 -
                                                                                   w / 355687428096000))))));
    sine_ = x - (w * x * sine - low * (1 - 0.5 * w));
    const double cosine =
        1.0 / 24 -
        w * (1.0 / 720 -
             w * (1.0 / 40320 - w * (1.0 / 3628800 -
                                     w * (1.0 / 479001600 - w * (1.0 / 87178291200 - w / 20922789888000)))));
    const double half = 0.5 * w, most = 1 - half;
    cosine_ = most + ((1 - most) - half + (w * w * cosine - x * low));
  }

  double sine() const { return Quarter(quarter_); }
  double cosine() const { return Quarter(quarter_ + 1); }

 private:
  double Quarter(std::uint64_t quarter) const {
    const double value = quarter % 2 == 0 ? sine_ : cosine_;
    return quarter % 4 < 2 ? value : -value;
  }

  std::uint64_t quarter_;
  double sine_, cosine_;
};

/// sin(pi t).
inline double SinPi(double t) { return HalfTurn(t).sine(); }

/// cos(pi t).
inline double CosPi(double t) { return HalfTurn(t).cosine(); }

}  // namespace scoring_bias::portable
