#pragma once

namespace scoring_bias {

/// A distribution function and its complement. Each is accurate on its own: neither is one minus the other
/// where that would cancel.
struct Tails {
  double lower, upper;
};

/// log Gamma(x), x > 0. Stirling's series from 10 on, the Taylor series about 2 (Abramowitz and Stegun 1964,
/// eq. 6.1.33) and the recurrence below, so that the relative error stays small next to the zeros at 1 and 2.
/// Cost: about 50 ns at most.
double LogGamma(double x);

/// What Stirling's formula leaves: log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), x > 0; about
/// 1 / (12 x). Loader (2000), "Fast and accurate computation of binomial probabilities", calls it delta.
double StirlingError(double x);

/// log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b), a, b > 0, without the cancellation that
/// these three terms suffer when a parameter is large. Absolute error about 1e-15 where B is near 1.
double LogBeta(double a, double b);

/// a log(a / m) - (a - m), a >= 0, m > 0: half the Poisson deviance of a count a at mean m, zero for a = m
/// and positive elsewhere; Loader (2000) calls it D0. `difference` is a - m, which the caller often knows
/// better than the subtraction would. Binomial, beta and gamma densities are Stirling's square root times the
/// exponential of such terms, which unlike logarithms of factorials do not cancel.
double Deviance(double a, double m, double difference);

}  // namespace scoring_bias
