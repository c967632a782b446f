#include "kernels/exact/joint_thresholds.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/base/constants.h"
#include "kernels/exact/gauss_legendre.h"
#include "kernels/special/beta.h"
#include "kernels/special/elementary.h"
#include "kernels/special/gamma.h"

namespace scoring_bias {
namespace {

constexpr double kLog2 = 0.69314718055994530942;

constexpr double kLogNegligible = -34.6;

// Beyond these odds the first or last term of W is all of it.
constexpr double kRelative = 1e-17;

constexpr double kPanelWidth = 0.125;
constexpr std::size_t kDegree = 8;

}  // namespace

/// Probabilities of a draw at the nodes of a panel: on both margins, the first alone, the second alone,
/// neither.
struct JointThresholds::Nodes {
  std::array<double, kNodes> both, first, second, neither;
};

/// The way of t = P(both) from independence, a b, to where it stops, for a <= b and correlation positive:
/// t = a b + s 2 tau / (1 + tau^2) with s^2 = a (1 - a) b (1 - b), the half-angle form of a correlation's
/// sine. Its end would be t = a. Near there the integrand has a layer as wide as a draw in the cell that
/// empties, so places are told by their distance of tau from the end.
struct JointThresholds::Path {
  double a, apart, not_b;  // a, b - a, 1 - b
  double scale;            // s
  double end, distance;    // tau at the end; the distance of where the path stops
  double layer;            // a distance within which the integrand hardly varies

  Path(std::int64_t x, std::int64_t y, std::int64_t both, double n, bool turned = false)
      : a(static_cast<double>(x) / n),
        apart(static_cast<double>(y - x) / n),
        not_b((n - static_cast<double>(y)) / n) {
    const double not_a = (n - static_cast<double>(x)) / n, b = static_cast<double>(y) / n;
    scale = std::sqrt(a * not_a * b * not_b);
    const auto half_angle = [](double rho, double below_one) {
      return rho / (1 + std::sqrt(below_one * (1 + rho)));
    };
    const double rho = std::sqrt(a * not_b / (b * not_a)), below_one = apart / (b * not_a) / (1 + rho);
    end = half_angle(rho, below_one);
    const double stop = below_one + static_cast<double>(x - both) / n / scale;
    distance = end - half_angle(1 - stop, stop);
    const double end_base = 1 + end * end, slope = 2 * scale * (1 - end * end) / (end_base * end_base);
    // A quarter of a draw. On a turned path the counts of the cells that empty differ by about n times
    // `apart` as they are expected to, and what that has as its probability varies no faster than `apart`.
    const double hardly = turned ? std::max(0.25 / n, apart / 32) : 0.25 / n;
    layer = std::min(end, hardly / (slope + std::sqrt(scale * hardly)));
  }
};

/// Gauss-Legendre's, on [0, 1].
struct JointThresholds::Rule {
  std::array<double, kNodes> at, weight;

  Rule() {
    const std::vector<QuadratureNode> nodes = GaussLegendre(kNodes);
    for (std::size_t i = 0; i < kNodes; ++i) {
      at[i] = nodes[i].at;
      weight[i] = nodes[i].weight;
    }
  }
};

/// log W over one stretch of log odds, by powers of the place in it, from -1 to 1.
struct JointThresholds::Panel {
  std::array<double, kDegree + 1> coefficients;
};

/// Which margin of the path is the complement of a side: none, the second's is, or the first, whose place the
/// sides have changed.
enum class JointThresholds::Turn { kNone, kSecond, kFirst };

JointThresholds::JointThresholds(std::int64_t n, std::int64_t index)
    : n_(n), index_(index), flipped_(2 * index > n - 1) {
  const auto draws = static_cast<double>(n - 1);
  m_ = static_cast<double>(flipped_ ? n - 1 - index : index);
  remain_ = draws - 2 * m_;
  // Few samples have wide binomials, whose tails bend more within a panel; their corners are few.
  finer_ = n <= 2048 ? 2 : 1;
  apart_ = -portable::Expm1(kLogNegligible / static_cast<double>(n));
  const double margin = (m_ + 0.5) / static_cast<double>(n);
  scale_discordant_ = 1 / (margin * margin * (1 - margin) * (1 - margin));
  scale_neither_ = 1 / ((1 - margin) * (1 - margin));
  if (m_ == 0) {
    log_low_ = log_high_ = at_low_ = at_high_ = 0;
    return;
  }
  log_low_ = std::floor(portable::Log(kRelative * (remain_ + 1) / (m_ * m_)));
  log_high_ = std::ceil(portable::Log(m_ * (draws - m_) / kRelative));
  at_low_ = SumLogW(log_low_);
  at_high_ = SumLogW(log_high_);
  panels_ = std::vector<std::atomic<const Panel*>>(
      static_cast<std::size_t>((log_high_ - log_low_) / kPanelWidth) + 1);
}

JointThresholds::~JointThresholds() {
  for (const auto& panel : panels_) delete panel.load();
}

double JointThresholds::Below(std::int64_t x) const {
  if (x <= 0) return 0;
  if (x >= n_) return 1;
  const auto n = static_cast<double>(n_), above = static_cast<double>(index_) + 1;
  const auto position = static_cast<double>(x);
  return BetaTails(UnitPoint{position / n, (n - position) / n}, above, n - above + 1).lower;
}

/// log of W less the powers of the typical probabilities that `Integrand` scales by, term by term outwards
/// from the largest. Stirling's errors and deviances from the law of the typical probabilities keep the
/// digits that logarithms of factorials would lose.
double JointThresholds::SumLogW(double log_odds) const {
  // Terms j: (n - 1)! / (j! (m - j)!^2 (remain + j)!) odds^j.
  const auto log_ratio = [&](double j) {
    return log_odds + 2 * portable::Log(m_ - j) - portable::Log(j + 1) - portable::Log(remain_ + j + 1);
  };
  double low = 0, high = m_;
  while (low < high) {
    const double middle = std::floor((low + high) / 2);
    if (log_ratio(middle) > 0)
      low = middle + 1;
    else
      high = middle;
  }
  const double mode = low, draws = m_ * 2 + remain_;
  const double odds = portable::Exp(log_odds);
  double sum = 1, term = 1;
  for (double j = mode; j < m_ && term > 1e-19 * sum; ++j) {
    term *= odds * (m_ - j) / (j + 1) * (m_ - j) / (remain_ + j + 1);
    sum += term;
  }
  term = 1;
  for (double j = mode; j > 0 && term > 1e-19 * sum; --j) {
    term *= j / (m_ - j + 1) * (remain_ + j) / (m_ - j + 1) / odds;
    sum += term;
  }
  // (n - 1)! times p^c / c! of each cell. With Stirling's formula for each factorial the large terms of all
  // cells cancel, but for c log(c / mean), and that is small unless the odds are far from 1.
  const auto part = [&](double count, double probability) {
    if (count == 0) return 0.0;
    const double mean = draws * probability;
    const double ratio = std::abs(count - mean) < 0.5 * mean
                             ? Deviance(count, mean, count - mean) + (count - mean)
                             : count * portable::Log(count / mean);
    return -ratio - StirlingError(count) - 0.5 * portable::Log(kTwoPi * count);
  };
  // odds^j p10^(2 m) p00^remain = (odds p10^2 / p00)^j p10^(2 (m - j)) p00^(remain + j).
  const double discordant = 1 / std::sqrt(scale_discordant_), neither = 1 / scale_neither_;
  const double both = odds * discordant * discordant / neither;
  return StirlingError(draws) + 0.5 * portable::Log(kTwoPi * draws) + part(mode, both) +
         2 * part(m_ - mode, discordant) + part(remain_ + mode, neither) + portable::Log(sum);
}

const JointThresholds::Panel& JointThresholds::PanelAt(std::size_t number) const {
  auto& slot = panels_[number];
  if (const Panel* made = slot.load(std::memory_order_acquire); made != nullptr) return *made;
  constexpr std::size_t kPoints = kDegree + 1;
  const double middle = log_low_ + (static_cast<double>(number) + 0.5) * kPanelWidth;
  std::array<double, kPoints> values{}, chebyshev{};
  for (std::size_t k = 0; k < kPoints; ++k) {
    values[k] =
        SumLogW(middle + 0.5 * kPanelWidth * portable::CosPi((static_cast<double>(k) + 0.5) / kPoints));
  }
  for (std::size_t c = 0; c < kPoints; ++c) {
    for (std::size_t k = 0; k < kPoints; ++k) {
      chebyshev[c] +=
          values[k] * portable::CosPi(static_cast<double>(c) * (static_cast<double>(k) + 0.5) / kPoints);
    }
    chebyshev[c] *= (c == 0 ? 1.0 : 2.0) / kPoints;
  }
  // To powers: T_c by its recurrence.
  auto panel = std::make_unique<Panel>();
  std::array<double, kPoints> last{1}, now{0, 1};
  panel->coefficients = {};
  for (std::size_t c = 0; c < kPoints; ++c) {
    const auto& polynomial = c == 0 ? last : now;
    for (std::size_t k = 0; k < kPoints; ++k) panel->coefficients[k] += chebyshev[c] * polynomial[k];
    if (c == 0) continue;
    std::array<double, kPoints> next{};
    for (std::size_t k = 0; k < kPoints; ++k) next[k] = (k > 0 ? 2 * now[k - 1] : 0) - last[k];
    last = now;
    now = next;
  }
  const Panel* none = nullptr;
  // Another thread may have made the same panel: its bits are the same.
  if (slot.compare_exchange_strong(none, panel.get(), std::memory_order_acq_rel)) return *panel.release();
  return *none;
}

SCORING_BIAS_INLINE double JointThresholds::LogW(double log_odds) const {
  if (m_ == 0) return 0;
  if (log_odds <= log_low_) return at_low_;
  if (log_odds >= log_high_) return at_high_ + m_ * (log_odds - log_high_);
  const double place = (log_odds - log_low_) / kPanelWidth;
  // Conversions of signed numbers are one instruction.
  const auto number = static_cast<std::int32_t>(place);
  const double t = 2 * (place - static_cast<double>(number)) - 1;
  const auto& c = PanelAt(static_cast<std::size_t>(number)).coefficients;
  static_assert(kDegree == 8);
  const double square = t * t, fourth = square * square;
  const double low = (c[0] + c[1] * t) + square * (c[2] + c[3] * t);
  const double high = (c[4] + c[5] * t) + square * (c[6] + c[7] * t);
  return low + fourth * (high + fourth * c[8]);
}

/// The probability that n - 1 draws put `index` on either margin, at each node.
SCORING_BIAS_INLINE void JointThresholds::Integrand(const Nodes& nodes,
                                                    std::array<double, kNodes>& values) const {
  // Each step for all nodes, which compilers take several at a time.
  std::array<double, kNodes> discordant, neither, exponent, log_odds;
  for (std::size_t i = 0; i < kNodes; ++i) {
    discordant[i] = nodes.first[i] * nodes.second[i];
    neither[i] = flipped_ ? nodes.both[i] : nodes.neither[i];
    log_odds[i] = nodes.both[i] * nodes.neither[i] / discordant[i];
  }
  for (double& odds : log_odds) odds = portable::LogOfNormal(odds);
  for (std::size_t i = 0; i < kNodes; ++i) {
    exponent[i] = m_ * portable::LogOfNormal(discordant[i] * scale_discordant_);
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    exponent[i] += remain_ * portable::LogOfNormal(neither[i] * scale_neither_);
  }
  for (std::size_t i = 0; i < kNodes; ++i) exponent[i] += LogW(log_odds[i]);
  for (double& power : exponent) power = power < -700 ? -700 : power;
  for (std::size_t i = 0; i < kNodes; ++i) values[i] = portable::ExpWithin700(exponent[i]);
}

SCORING_BIAS_INLINE double JointThresholds::IntegralOf(const Path& path, Turn turn, double from,
                                                       double to) const {
  static const Rule kRule;
  const double end_base = 1 + path.end * path.end;
  Nodes nodes;
  auto& [both, first, second, neither] = nodes;
  std::array<double, kNodes> weights, values;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double distance = from + (to - from) * kRule.at[i], tau = path.end - distance;
    const double inverse = 1 / (1 + tau * tau);
    const double gap = 2 * path.scale * distance * (1 - tau * path.end) * inverse / end_base;
    weights[i] = kRule.weight[i] * (1 - tau * tau) * inverse * inverse;
    both[i] = path.a - gap;
    first[i] = gap;
    second[i] = path.apart + gap;
    neither[i] = path.not_b - gap;
  }
  if (turn == Turn::kSecond) nodes = {first, both, neither, second};
  if (turn == Turn::kFirst) nodes = {second, neither, both, first};
  Integrand(nodes, values);
  double sum = 0;
  for (std::size_t i = 0; i < kNodes; ++i) sum += weights[i] * values[i];
  return static_cast<double>(n_) * 2 * path.scale * (to - from) * sum;
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 double JointThresholds::IntegralByAvx2(const Path& path, Turn turn, double from,
                                                         double to) const {
  return IntegralOf(path, turn, from, to);
}
#endif

/// n times the integral of the probabilities along the path between the distances `from` and `to` of its end.
double JointThresholds::PanelIntegral(const Path& path, Turn turn, double from, double to) const {
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) return IntegralByAvx2(path, turn, from, to);
#endif
  return IntegralOf(path, turn, from, to);
}

/// From independence to where the path stops.
double JointThresholds::FromIndependence(const Path& path, Turn turn) const {
  const double nearest = std::max(path.distance, path.layer);
  // Often one, which needs no logarithm.
  const bool one = finer_ == 1 && nearest < path.end && path.end <= 2 * nearest;
  const double fall = one ? kLog2 : portable::Log(path.end / nearest);
  const int panels = static_cast<int>(std::ceil(fall / kLog2 * finer_));
  double sum = path.distance < nearest ? PanelIntegral(path, turn, path.distance, nearest) : 0;
  double from = nearest;
  for (int k = 1; k <= panels; ++k) {
    const double to = k == panels ? path.end : nearest * portable::Exp(fall * k / panels);
    sum += PanelIntegral(path, turn, from, to);
    from = to;
  }
  return sum;
}

/// From where the path stops to its end, where all of the first margin is in the second.
double JointThresholds::ToEnd(const Path& path) const {
  const int panels = static_cast<int>(std::ceil(portable::Log(path.distance / path.layer) / kLog2 * finer_));
  double sum = 0, to = path.distance;
  for (int k = 1; k <= panels; ++k) {
    const double from = path.distance * portable::Exp(-kLog2 * k / finer_);
    sum += PanelIntegral(path, Turn::kNone, from, to);
    to = from;
  }
  return sum + PanelIntegral(path, Turn::kNone, 0, to);
}

double JointThresholds::Both(std::int64_t x, std::int64_t y, std::int64_t both, double below_x,
                             double below_y) const {
  if (x > y) return Both(y, x, both, below_y, below_x);
  if (x <= 0) return 0;
  if (y >= n_ || both == x) return below_x;
  const auto n = static_cast<double>(n_);
  const double independent = below_x * below_y;
  // Where more than independent n both - x y > 0.
  const double excess = n * static_cast<double>(both) - static_cast<double>(x) * static_cast<double>(y);
  if (excess == 0) return independent;
  if (excess > 0) {
    if (below_x * (1 - below_y) < kNegligible) return independent;
    // Only where the first alone gets more draws than the second alone; Chernoff's bound on that.
    const double roots =
        std::sqrt(static_cast<double>(y - both) / n) - std::sqrt(static_cast<double>(x - both) / n);
    if (roots * roots > apart_) return below_x;
  } else if (std::min(independent, (1 - below_x) * (1 - below_y)) < kNegligible) {
    return independent;
  }
  if (m_ == 0) {
    const double union_size = static_cast<double>(x + y - both) / n;
    if (flipped_) {
      const auto all = [n](std::int64_t part) {
        return n * portable::Log1p((static_cast<double>(part) - n) / n);
      };
      return independent + portable::Exp(all(both)) - portable::Exp(all(x) + all(y));
    }
    const double none = n * portable::Log1p(-union_size);
    const double neither =
        n * (portable::Log1p(-static_cast<double>(x) / n) + portable::Log1p(-static_cast<double>(y) / n));
    return independent + portable::Exp(none) - portable::Exp(neither);
  }
  if (excess > 0) {
    const Path path(x, y, both, n);
    const bool near_end = path.distance * path.distance < path.end * path.layer;
    return near_end ? below_x - ToEnd(path) : independent + FromIndependence(path, Turn::kNone);
  }
  // The second side's complement is correlated positively with the first.
  const std::int64_t rest = n_ - y, alone = x - both;
  return independent - (x <= rest ? FromIndependence(Path(x, rest, alone, n, true), Turn::kSecond)
                                  : FromIndependence(Path(rest, x, alone, n, true), Turn::kFirst));
}

}  // namespace scoring_bias
