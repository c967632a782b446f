#include "kernels/special/normal.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

constexpr double kInverseRootTwoPi = 0.39894228040143267794;

/// The polynomial with these coefficients, that of the highest power first.
template <std::size_t kSize>
double Polynomial(const std::array<double, kSize>& coefficients, double x) {
  double value = 0;
  for (const double coefficient : coefficients) value = value * x + coefficient;
  return value;
}

/// log(x erfc(x)) + x^2 + 0.5625 for x >= 1.25 as a function of 1 / x^2.
double FarExponent(double x, double inverse_square) {
  if (x < 1 / 0.35) {
    constexpr std::array<double, 8> kAbove = {-9.81432934416914548592e+00, -8.12874355063065934246e+01,
                                              -1.84605092906711035994e+02, -1.62396669462573470355e+02,
                                              -6.23753324503260060396e+01, -1.05586262253232909814e+01,
                                              -6.93858572707181764372e-01, -9.86494403484714822705e-03};
    constexpr std::array<double, 9> kBelow = {
        -6.04244152148580987438e-02, 6.57024977031928170135e+00, 1.08635005541779435134e+02,
        4.29008140027567833386e+02,  6.45387271733267880336e+02, 4.34565877475229228821e+02,
        1.37657754143519042600e+02,  1.96512716674392571292e+01, 1};
    return Polynomial(kAbove, inverse_square) / Polynomial(kBelow, inverse_square);
  }
  constexpr std::array<double, 7> kAbove = {-4.83519191608651397019e+02, -1.02509513161107724954e+03,
                                            -6.37566443368389627722e+02, -1.60636384855821916062e+02,
                                            -1.77579549177547519889e+01, -7.99283237680523006574e-01,
                                            -9.86494292470009928597e-03};
  constexpr std::array<double, 8> kBelow = {-2.24409524465858183362e+01, 4.74528541206955367215e+02,
                                            2.55305040643316442583e+03,  3.19985821950859553908e+03,
                                            1.53672958608443695994e+03,  3.25792512996573918826e+02,
                                            3.03380607434824582924e+01,  1};
  return Polynomial(kAbove, inverse_square) / Polynomial(kBelow, inverse_square);
}

/// The complementary error function, within an ulp or so: the rational approximations of Sun's fdlibm (1993,
/// s_erf.c; see NOTICE).
double Erfc(double x) {
  const double size = std::abs(x);
  if (size < 0.84375) {
    constexpr std::array<double, 5> kAbove = {-2.37630166566501626084e-05, -5.77027029648944159157e-03,
                                              -2.84817495755985104766e-02, -3.25042107247001499370e-01,
                                              1.28379167095512558561e-01};
    constexpr std::array<double, 6> kBelow = {-3.96022827877536812320e-06, 1.32494738004321644526e-04,
                                              5.08130628187576562776e-03,  6.50222499887672944485e-02,
                                              3.97917223959155352819e-01,  1};
    const double rest = x * (Polynomial(kAbove, x * x) / Polynomial(kBelow, x * x));
    return x < 0.25 ? 1 - (x + rest) : 0.5 - (x - 0.5 + rest);
  }
  if (size < 1.25) {
    constexpr double kNearOne = 8.45062911510467529297e-01;
    constexpr std::array<double, 7> kAbove = {-2.16637559486879084300e-03, 3.54783043256182359371e-02,
                                              -1.10894694282396677476e-01, 3.18346619901161753674e-01,
                                              -3.72207876035701323847e-01, 4.14856118683748331666e-01,
                                              -2.36211856075265944077e-03};
    constexpr std::array<double, 7> kBelow = {1.19844998467991074170e-02,
                                              1.36370839120290507362e-02,
                                              1.26171219808761642112e-01,
                                              7.18286544141962662868e-02,
                                              5.40397917702171048937e-01,
                                              1.06420880400844228286e-01,
                                              1};
    const double rest = Polynomial(kAbove, size - 1) / Polynomial(kBelow, size - 1);
    return x > 0 ? 1 - kNearOne - rest : 1 + kNearOne + rest;
  }
  if (!(size < 28)) return x > 0 ? 0 : x < 0 ? 2 : x;
  // The square of what has 21 bits is exact.
  const double rounded = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) & 0xffffffff00000000);
  const double exponent = (rounded - size) * (rounded + size) + FarExponent(size, 1 / (size * size));
  const double value = portable::Exp(-rounded * rounded - 0.5625) * portable::Exp(exponent) / size;
  return x > 0 ? value : 2 - value;
}

/// Phi(-x) for any x.
double UpperTail(double x) {
  constexpr double kRootHalf = 0.70710678118654752440, kRootHalfLow = -4.833646656726457e-17;
  const double z = x * kRootHalf;
  const double rounded_off = std::fma(x, kRootHalf, -z) + x * kRootHalfLow;
  const double value = 0.5 * Erfc(z);
  // The first derivative does for the rest; below x = 1 it is less than half an ulp.
  return x < 1 || value == 0 ? value : value - rounded_off * 0.56418958354775628695 * portable::Exp(-z * z);
}

}  // namespace

double NormalDensity(double x) { return kInverseRootTwoPi * portable::Exp(-0.5 * x * x); }

Tails NormalTails(double x) { return {UpperTail(-x), UpperTail(x)}; }

}  // namespace scoring_bias
