#pragma once

namespace scoring_bias {

/// The quantile of Student's t with `df` >= 1e-9 degrees of freedom (not necessarily an integer; infinity
/// gives the normal law): the point with lower tail p, 0 <= p <= 1. By the quantile of the incomplete beta
/// function, whose argument is df / (df + t^2). Cost: 1 to 20 us.
double StudentTQuantile(double p, double df);

}  // namespace scoring_bias
