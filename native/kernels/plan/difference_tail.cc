#include "kernels/plan/difference_tail.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/plan/planned_answers.h"
#include "kernels/special/elementary.h"
#include "kernels/special/normal.h"

namespace scoring_bias {
namespace {

/// weight * (a gamma variate of this shape)
struct Part {
  double weight, shape;
};
using Parts = std::array<Part, 3>;

/// Where the derivative of K(t) = -sum of shape * log(1 - weight * t) is 0, of parts of both signs.
double SaddlePoint(const Parts& parts) {
  const auto& [up, down, rest] = parts;
  const double a = up.weight, b = down.weight, c = rest.weight;
  const double first = up.shape * a, second = down.shape * b, third = rest.shape * c;
  const double constant = first + second + third;
  // A part that is not there would only bring a root of its own.
  if (third == 0) return constant / (a * b * (up.shape + down.shape));
  if (first == 0) return constant / (b * c * (down.shape + rest.shape));
  if (second == 0) return constant / (a * c * (up.shape + rest.shape));
  const double square = a * b * c * (up.shape + down.shape + rest.shape);
  const double linear = -(first * (b + c) + second * (a + c) + third * (a + b));
  // The derivative rises through its root.
  const double root = std::sqrt(std::max(0.0, linear * linear - 4 * square * constant));
  return linear >= 0 ? -2 * constant / (linear + root) : (root - linear) / (2 * square);
}

/// P(sum > 0) of parts of both signs.
double TailAboveZero(const Parts& parts) {
  const double t = SaddlePoint(parts);
  double cumulants = 0, variance = 0, third = 0;
  for (const auto& [weight, shape] : parts) {
    if (shape == 0) continue;
    const double left = 1 - weight * t;
    if (!(left > 0)) return t > 0 ? 0 : 1;
    const double scaled = weight / left;
    cumulants -= shape * portable::Log(left);
    variance += shape * scaled * scaled;
    third += 2 * shape * scaled * scaled * scaled;
  }
  const double w = std::copysign(std::sqrt(std::max(0.0, -2 * cumulants)), t);
  const double skewness = third / (variance * std::sqrt(variance));
  // Near the mean the difference of both terms is lost to rounding.
  const double correction = std::abs(w) < 1e-4 ? -skewness / 6 : 1 / (t * std::sqrt(variance)) - 1 / w;
  return std::min(1.0, std::max(0.0, QuickNormalCdf(-w) + NormalDensity(w) * correction));
}

}  // namespace

double DifferenceTail(double up, double down, double rest, double z) {
  const Parts parts{{{1 - z, up}, {-(1 + z), down}, {-z, rest}}};
  bool above = false, below = false;
  for (const auto& [weight, shape] : parts) {
    above = above || weight * shape > 0;
    below = below || weight * shape < 0;
  }
  if (above && below) return TailAboveZero(parts);
  return above ? 1 : 0;
}

}  // namespace scoring_bias
