// The special functions against test/oracle/special.json: rows [function, arguments, R's value, mpmath's
// value], made by special.R and special_mpmath.py.

#include "kernels/special/special.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "kernels/base/constants.h"
#include "kernels/testing/check.h"
#include "kernels/testing/chi_square.h"
#include "kernels/testing/hypergeometric_pmf.h"
#include "kernels/testing/special_oracle.h"

namespace scoring_bias {
namespace {

using Arguments = std::vector<double>;
using Function = std::function<double(const Arguments&)>;

std::int64_t Count(double x) { return static_cast<std::int64_t>(x); }

const std::map<std::string, Function>& Functions() {
  static const std::map<std::string, Function> functions = {
      {"normalLower", [](const Arguments& a) { return NormalTails(a[0]).lower; }},
      {"normalUpper", [](const Arguments& a) { return NormalTails(a[0]).upper; }},
      {"normalDensity", [](const Arguments& a) { return NormalDensity(a[0]); }},
      {"normalQuantile", [](const Arguments& a) { return NormalQuantile(a[0]); }},
      {"logGamma", [](const Arguments& a) { return LogGamma(a[0]); }},
      {"logBeta", [](const Arguments& a) { return LogBeta(a[0], a[1]); }},
      {"betaLower", [](const Arguments& a) { return BetaTails(a[0], a[1], a[2]).lower; }},
      {"betaUpper", [](const Arguments& a) { return BetaTails(a[0], a[1], a[2]).upper; }},
      {"betaQuantileUpper", [](const Arguments& a) { return BetaQuantileUpper(a[0], a[1], a[2]).x; }},
      {"betaQuantile", [](const Arguments& a) { return BetaQuantile(a[0], a[1], a[2]).x; }},
      {"studentQuantile", [](const Arguments& a) { return StudentTQuantile(a[0], a[1]); }},
      {"chiSquareLower", [](const Arguments& a) { return ChiSquareTails(a[0], a[1]).lower; }},
      {"chiSquareUpper", [](const Arguments& a) { return ChiSquareTails(a[0], a[1]).upper; }},
      {"binomialPmf", [](const Arguments& a) { return BinomialPmf(Count(a[0]), Count(a[1]), a[2]); }},
      {"binomialLogPmf",
       [](const Arguments& a) { return LogBinomialPmf(Count(a[0]), Count(a[1]), a[2], 1 - a[2]); }},
      {"binomialLower",
       [](const Arguments& a) { return BinomialTails(Count(a[0]), Count(a[1]), a[2]).lower; }},
      {"binomialUpper",
       [](const Arguments& a) { return BinomialTails(Count(a[0]), Count(a[1]), a[2]).upper; }},
      {"hypergeometricPmf",
       [](const Arguments& a) {
         return HypergeometricPmf(Count(a[0]), Count(a[1]), Count(a[2]), Count(a[3]));
       }},
  };
  return functions;
}

double RelativeError(double value, double expected) {
  if (value == expected) return 0;
  return std::abs(value - expected) / std::abs(expected);
}

void CheckAgainstOracles() {
  struct Summary {
    int rows = 0, r_off = 0;
    double worst = 0;
    std::string where;
  };
  std::map<std::string, Summary> summaries;
  for (const check::OracleRow& row : check::ReadOracle("special.json")) {
    const auto function = Functions().find(row.name);
    CHECK(function != Functions().end());
    if (function == Functions().end()) continue;
    const double r = row.values[1][0], mpmath = row.values[2][0];
    const double value = function->second(row.values[0]);
    const double error = RelativeError(value, mpmath);
    auto& summary = summaries[row.name];
    ++summary.rows;
    if (!(error <= summary.worst)) {
      summary.worst = error;
      summary.where = row.text;
    }
    // Where R and mpmath disagree, mpmath's digits decide.
    const bool r_off = RelativeError(r, mpmath) > 5e-13;
    if (r_off) ++summary.r_off;
    const bool holds = error < 1e-12 && (r_off || RelativeError(value, r) < 1e-12);
    if (!holds) std::fprintf(stderr, "got %.17g, off by %.2g: %s\n", value, error, row.text.c_str());
    CHECK(holds);
  }
  CHECK_EQUAL(summaries.size(), Functions().size());
  for (const auto& [name, summary] : summaries)
    std::printf("%-18s %5d rows, worst relative error %.1e at %s; R off in %d\n", name.c_str(), summary.rows,
                summary.worst, summary.where.c_str(), summary.r_off);
}

/// Values printed in tables and used elsewhere in the project as landmarks.
void CheckLandmarks() {
  const auto near = [](double value, double expected) { return RelativeError(value, expected) < 1e-13; };
  CHECK(near(NormalQuantile(1e-10), -6.3613409024040557));
  CHECK(near(NormalTails(-37).lower, 5.725571222524577e-300));
  CHECK(near(BetaQuantile(1e-6, 50.5, 2.5).x, 0.70447158596414961));
  CHECK(near(StudentTQuantile(0.975, 7), 2.3646242515927847));
  CHECK(near(ChiSquareTails(3.8414588206941245, 1).upper, 0.05));
}

void CheckEnds() {
  CHECK_EQUAL(NormalQuantile(0), -kInfinity);
  CHECK_EQUAL(NormalQuantile(1), kInfinity);
  CHECK_EQUAL(NormalQuantile(0.5), 0.0);
  CHECK_EQUAL(NormalTails(-kInfinity).lower, 0.0);
  CHECK_EQUAL(NormalTails(-kInfinity).upper, 1.0);
  CHECK_EQUAL(BetaTails(0, 2, 3).lower, 0.0);
  CHECK_EQUAL(BetaTails(1, 2, 3).lower, 1.0);
  CHECK_EQUAL(BetaQuantile(0, 2, 3).x, 0.0);
  CHECK_EQUAL(BetaQuantile(1, 2, 3).y, 0.0);
  CHECK_EQUAL(StudentTQuantile(0.5, 3), 0.0);
  CHECK_EQUAL(StudentTQuantile(1, 3), kInfinity);
  CHECK_EQUAL(StudentTQuantile(0.25, kInfinity), NormalQuantile(0.25));
  CHECK_EQUAL(ChiSquareTails(0, 3).upper, 1.0);
  CHECK_EQUAL(ChiSquareTails(kInfinity, 3).upper, 0.0);
  CHECK_EQUAL(BinomialPmf(0, 0, 0.3), 1.0);
  CHECK_EQUAL(BinomialPmf(0, 5, 0), 1.0);
  CHECK_EQUAL(BinomialPmf(5, 5, 1), 1.0);
  CHECK_EQUAL(BinomialPmf(3, 5, 1), 0.0);
  CHECK_EQUAL(BinomialPmf(6, 5, 0.5), 0.0);
  CHECK_EQUAL(BinomialTails(-1, 5, 0.5).upper, 1.0);
  CHECK_EQUAL(BinomialTails(5, 5, 0.5).lower, 1.0);
  CHECK_EQUAL(HypergeometricPmf(0, 5, 7, 0), 1.0);
  CHECK_EQUAL(HypergeometricPmf(5, 5, 7, 12), 1.0);
  CHECK_EQUAL(HypergeometricPmf(1, 5, 7, 11), 0.0);
  for (const double bad : {NormalQuantile(-0.1),
                           NormalQuantile(1.5),
                           NormalQuantile(kNan),
                           NormalTails(kNan).lower,
                           LogGamma(0),
                           LogGamma(-1.5),
                           LogGamma(kNan),
                           LogBeta(0, 1),
                           BetaTails(-0.1, 1, 1).lower,
                           BetaTails(1.1, 1, 1).upper,
                           BetaTails(0.5, 0, 1).lower,
                           BetaTails(0.5, 1, kInfinity).lower,
                           BetaTails(kNan, 1, 1).lower,
                           BetaQuantile(1.1, 1, 1).x,
                           BetaQuantile(0.5, -1, 1).y,
                           StudentTQuantile(0.3, -1),
                           StudentTQuantile(2, 1),
                           GammaTails(-1, 1).lower,
                           GammaTails(1, 0).upper,
                           ChiSquareTails(1, 0).lower,
                           BinomialPmf(0, -1, 0.5),
                           BinomialPmf(0, 1, 1.5),
                           BinomialTails(0, 1, kNan).lower,
                           HypergeometricPmf(0, -1, 2, 1),
                           HypergeometricPmf(0, 1, 2, 4)})
    CHECK(std::isnan(bad));
}

/// Every quantile gives back its probability, also where no oracle was asked.
void CheckRoundTrips() {
  for (const double p : {1e-300, 1e-40, 1e-9, 0.003, 0.2, 0.49, 0.5})
    for (const double a : {0.01, 0.7, 1.0, 3.3, 59.0, 61.0, 5e3, 3e7, 2e9})
      for (const double b : {0.01, 0.6, 1.0, 12.0, 60.0, 4e4, 2e9}) {
        const UnitPoint lower = BetaQuantile(p, a, b), upper = BetaQuantileUpper(p, a, b);
        // The point's own rounding is amplified by the slope of log I.
        const auto tolerance = [&](UnitPoint point, double tail) {
          const double log_density = a * std::log(point.x) + b * std::log(point.y) - LogBeta(a, b);
          const double slope = std::exp(log_density) / std::max(point.x, point.y) / tail;
          return 1e-12 + 4e-16 * slope;
        };
        const double least = std::numeric_limits<double>::min();
        if (lower.x > least && lower.y > least)
          CHECK(RelativeError(BetaTails(lower, a, b).lower, p) < tolerance(lower, p));
        if (upper.x > least && upper.y > least)
          CHECK(RelativeError(BetaTails(upper, a, b).upper, p) < tolerance(upper, p));
      }
}

/// Elementary functions against the C library's in more digits: the worst relative errors.
double Worst(double (*function)(double), long double (*exact)(long double), double from, double to,
             double factor, double step) {
  double worst = 0;
  for (double x = from; x < to; x = x * factor + step) {
    const long double expected = exact(x);
    const auto error = static_cast<double>(std::abs((function(x) - expected) / expected));
    worst = std::max(worst, error);
  }
  return worst;
}

void CheckElementary() {
  using namespace portable;
  constexpr double kUlp = 0x1p-52;
  CHECK(Worst(Log, std::log, 1e-310, 1e300, 1.00137, 0) < 0.8 * kUlp);
  CHECK(Worst(Log, std::log, 0.5, 2, 1, 1.7e-5) < 0.8 * kUlp);
  CHECK(Worst(Log1p, std::log1p, 1e-300, 1e300, 1.0043, 0) < 1.1 * kUlp);
  CHECK(Worst(Log1p, std::log1p, -0.99999, 3, 1, 1.7e-5) < 1.1 * kUlp);
  CHECK(Worst(Exp, std::exp, -700, 700, 1, 0.01237) < 0.8 * kUlp);
  CHECK(Worst(Exp, std::exp, 700, 709.7, 1, 0.00137) < 2 * kUlp);
  CHECK(Worst(Exp, std::exp, -708, -700, 1, 0.00137) < 2 * kUlp);
  CHECK(Worst(Expm1, std::expm1, 1e-300, 700, 1.0043, 0) < 1.2 * kUlp);
  CHECK(Worst(Expm1, std::expm1, -40, 3, 1, 1.37e-4) < 1.2 * kUlp);
  const auto pi = std::acos(-1.0L);
  double worst = 0;
  for (double t = -3; t < 3; t += 1.7e-5) {
    const auto exact_sine = std::sin(pi * t), exact_cosine = std::cos(pi * t);
    // Next to a zero, pi in more digits would be needed.
    if (std::abs(exact_sine) > 0.05)
      worst = std::max(worst, static_cast<double>(std::abs(SinPi(t) / exact_sine - 1)));
    if (std::abs(exact_cosine) > 0.05)
      worst = std::max(worst, static_cast<double>(std::abs(CosPi(t) / exact_cosine - 1)));
  }
  CHECK(worst < 0.8 * kUlp);
  worst = 0;
  for (double x = -8; x < 37; x += 1.37e-4) {
    const auto exact = 0.5L * std::erfc(static_cast<long double>(x) * std::sqrt(0.5L));
    worst = std::max(worst, static_cast<double>(std::abs(NormalTails(x).upper / exact - 1)));
  }
  CHECK(worst < 4 * kUlp);
}

/// Where the functions end, as those of the C library do.
void CheckElementaryEnds() {
  using namespace portable;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double x :
       {-kInfinity, -1e300, -746.0, -745.0, -1.0, -0.0, 0.0, 1.0, 709.0, 710.0, 1e300, kInfinity}) {
    CHECK_EQUAL(Exp(x) > 0, std::exp(x) > 0);
    CHECK_EQUAL(std::isinf(Exp(x)), std::isinf(std::exp(x)));
    CHECK_EQUAL(Expm1(x) == -1, std::expm1(x) == -1);
    CHECK_EQUAL(std::isinf(Expm1(x)), std::isinf(std::expm1(x)));
  }
  CHECK_EQUAL(Log(1), 0.0);
  CHECK_EQUAL(Log(0), -kInfinity);
  CHECK_EQUAL(Log(kInfinity), kInfinity);
  CHECK_EQUAL(Log1p(-1), -kInfinity);
  CHECK_EQUAL(Log1p(kInfinity), kInfinity);
  CHECK_EQUAL(Exp(0), 1.0);
  for (const auto function : {Log, Log1p, Exp, Expm1}) CHECK(std::isnan(function(nan)));
  CHECK(std::isnan(Log(-1)));
  CHECK(std::isnan(Log1p(-1.5)));
  CHECK_EQUAL(SinPi(1), 0.0);
  CHECK_EQUAL(CosPi(0.5), 0.0);
  CHECK_EQUAL(CosPi(7), -1.0);
  CHECK(std::isnan(NormalTails(nan).upper));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::CheckAgainstOracles();
  scoring_bias::CheckLandmarks();
  scoring_bias::CheckEnds();
  scoring_bias::CheckRoundTrips();
  scoring_bias::CheckElementary();
  scoring_bias::CheckElementaryEnds();
  return scoring_bias::check::Finish();
}
