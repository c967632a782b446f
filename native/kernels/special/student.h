#pragma once

#include "kernels/special/gamma.h"

namespace scoring_bias {

/// The distribution function of Student's t with `df` > 0 degrees of freedom (not necessarily an integer;
/// infinity gives the normal law), and its complement. By the incomplete beta function at df / (df + t^2),
/// whose complement t^2 / (df + t^2) is passed along with it, so that neither small nor large |t| cancels.
Tails StudentTTails(double t, double df);

/// The quantile: the point with lower tail p, 0 <= p <= 1. Cost: 1 to 20 us.
double StudentTQuantile(double p, double df);

}  // namespace scoring_bias
