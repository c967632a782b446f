#include "kernels/exact/confidence_panels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "kernels/exact/circle.h"
#include "kernels/special/discrete.h"

namespace scoring_bias {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::int32_t kNodes = 10;
// The first panel holds the sums that Race is for.
constexpr std::int32_t kFewSums = 64;
// exp of it is what nobody misses.
constexpr double kLogLeast = 32, kLogTail = 27.6;
// log(10! / 2) - 27: the largest allowed of what Chebyshev's interpolation multiplies by 2 / 10!.
constexpr double kLogInterpolation = 14.4 - 27;

// Four sums at once.
double Product(const double* a, const double* b, std::int32_t size) {
  double sums[4] = {0, 0, 0, 0};
  std::int32_t i = 0;
  for (; i + 4 <= size; i += 4) {
    for (int j = 0; j < 4; ++j) sums[j] += a[i + j] * b[i + j];
  }
  for (; i < size; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// log of 1 / (1 - i a), the characteristic function of an exponential variate.
Complex LogTransform(double a) { return {-0.5 * std::log1p(a * a), std::atan(a)}; }

}  // namespace

Prior Prior::Mirrored() const {
  Prior mirrored = *this;
  for (auto& sample : mirrored.samples) std::swap(sample.gained, sample.lost);
  return mirrored;
}

std::int32_t LastSumOfPanel(std::int32_t first_sum) {
  return first_sum < kFewSums ? kFewSums - 1 : first_sum + std::max(1, first_sum / 48) * 8 - 1;
}

DifferencePanel MakePanel(std::int32_t first_sum, std::int32_t last_sum) {
  DifferencePanel panel{first_sum, last_sum, 0, -1, {}, {}};
  if (last_sum - first_sum < kNodes || first_sum < kFewSums) {
    for (std::int32_t sum = first_sum; sum <= last_sum; ++sum) panel.nodes.push_back(sum);
    return panel;
  }
  const double middle = 0.5 * (first_sum + last_sum), half = 0.5 * (last_sum - first_sum);
  std::array<double, kNodes> weights{};
  for (std::size_t k = 0; k < kNodes; ++k) {
    const double angle = kPi * (static_cast<double>(k) + 0.5) / kNodes;
    panel.nodes.push_back(middle + half * std::cos(angle));
    weights[k] = (k % 2 == 0 ? 1 : -1) * std::sin(angle);
  }
  for (std::int32_t sum = first_sum; sum <= last_sum; ++sum) {
    std::array<double, kNodes> parts{};
    double total = 0;
    for (std::size_t k = 0; k < kNodes; ++k) {
      const double distance = sum - panel.nodes[k];
      if (std::abs(distance) < 1e-9) {
        parts.fill(0);
        parts[k] = total = 1;
        break;
      }
      total += parts[k] = weights[k] / distance;
    }
    for (const double part : parts) panel.shares.push_back(part / total);
  }
  return panel;
}

PanelEvaluator::PanelEvaluator(std::int32_t n, const Prior& prior, double z, bool mirrored)
    : n_(n), prior_(mirrored ? prior.Mirrored() : prior), z_(z), mirrored_(mirrored) {}

void PanelEvaluator::Evaluate(const DifferencePanel& given, PanelTails& tails) {
  DifferencePanel bounds{given.first_sum, given.last_sum, given.low, given.high, {}, {}};
  if (mirrored_) {
    bounds.low = -given.high;
    bounds.high = -given.low;
  }
  // The variance of the combination of gammas is at most this where it is undecided, its largest scale 1 + z
  // (Bernstein's inequality for gamma variates).
  const double most = given.last_sum + prior_.mass;
  const double variance = most + 2 * z_ * (8 * std::sqrt(most) + 60);
  const double heavy = kLogTail * (1 + z_);
  const double reach = heavy + std::sqrt(heavy * heavy + 2 * kLogTail * variance) + prior_.mass + 1;
  const double centre = z_ * (static_cast<double>(n_) + prior_.mass);
  const double low = std::max<double>(std::ceil(centre - reach), bounds.low);
  const double high = std::min<double>(std::floor(centre + reach), bounds.high);
  tails.low = static_cast<std::int32_t>(std::min<double>(low, bounds.high + 1.0));
  tails.high = std::max(tails.low - 1, static_cast<std::int32_t>(high));
  tails.values.clear();
  if (tails.high < tails.low) return;

  const auto differences = static_cast<double>(tails.high - tails.low + 1);
  const Frequencies frequencies = FrequenciesOf(bounds, reach, tails);
  tails.of_sums = !frequencies.interpolable || given.shares.empty();
  const double columns = tails.of_sums ? given.n_sums() : static_cast<double>(given.nodes.size());
  const double by_transform = frequencies.count * columns * (80 + 2 * differences);
  const double gained = std::max(0, given.last_sum + tails.high) / 2.0 + 1;
  const double lost = std::max(0, given.last_sum - tails.low) / 2.0 + 1;
  const double rest = n_ - given.first_sum;
  const double terms = std::min(gained, 20 + 18 * std::sqrt(rest * z_) / (1 - z_));
  const double by_race = 0.5 * differences * given.n_sums() * (10 + terms) + 3 * gained * lost;
  if (by_race < by_transform) {
    tails.of_sums = true;
    Race(given, tails);
    return;
  }
  std::vector<double> sums;
  for (std::int32_t sum = given.first_sum; tails.of_sums && sum <= given.last_sum; ++sum) sums.push_back(sum);
  Transform(tails.of_sums ? sums : given.nodes, frequencies, tails);
}

// The logarithm of |phi|.
double PanelEvaluator::LogSize(double sum, double difference, double omega) const {
  const double gained = 0.5 * (sum + difference), lost = 0.5 * (sum - difference);
  const double a = (1 - z_) * omega, b = (1 + z_) * omega, c = z_ * omega;
  return -0.5 * (gained * std::log1p(a * a) + lost * std::log1p(b * b) + (n_ - sum) * std::log1p(c * c));
}

PanelEvaluator::Frequencies PanelEvaluator::FrequenciesOf(const DifferencePanel& bounds, double reach,
                                                          const PanelTails& tails) const {
  const double centre = z_ * (static_cast<double>(n_) + prior_.mass);
  const double farthest = std::max(std::abs(tails.low - centre), std::abs(tails.high - centre)) + prior_.mass;
  const double step = 2 * kPi / (farthest + reach);
  // |phi| is largest at a corner of the panel.
  const auto size = [&](double omega) {
    double largest = -std::numeric_limits<double>::infinity();
    for (const std::int32_t difference : {tails.low, tails.high}) {
      const std::int32_t least = std::clamp(std::abs(difference), bounds.first_sum, bounds.last_sum);
      for (const std::int32_t sum : {bounds.first_sum, least, bounds.last_sum}) {
        largest = std::max(largest, LogSize(sum, std::clamp(difference, -sum, sum), omega));
      }
    }
    return largest;
  };
  constexpr double kFarOut = 1e9;
  // The error of interpolation between sums at one frequency, with 10 Chebyshev nodes: 2 (|q| w / 4)^10 / 10!
  // of a power q of the sum over a width w.
  const double width = bounds.last_sum - bounds.first_sum;
  const auto spoils = [&](double omega) {
    const Complex by_sum =
        0.5 * (LogTransform((1 - z_) * omega) + LogTransform(-(1 + z_) * omega)) - LogTransform(-z_ * omega);
    return size(omega) + kNodes * std::log(std::abs(by_sum) * width / 4) > kLogInterpolation;
  };
  double high = 1 / std::sqrt(1.0 + bounds.last_sum);
  bool interpolable = true;
  while (high < kFarOut && size(high) > -kLogLeast) {
    interpolable = interpolable && !spoils(high);
    high *= 1.25;
  }
  const double count = high < kFarOut ? std::ceil(high / step) : std::numeric_limits<double>::infinity();
  return {step, count, interpolable};
}

// waits_[lost * stride_ + most_gained - k] = P(NB_lost < k) after the prior, NB counting the points during
// `lost` waits of rate 1 / (1 + z), for k down to -mass.
void PanelEvaluator::Waits(std::int32_t most_lost, std::int32_t most_gained) {
  const double point = 0.5 * (1 + z_), end = 0.5 * (1 - z_);
  const std::int32_t mass = prior_.mass, rows = most_lost + mass + 1, columns = most_gained + mass + 1;
  plain_.assign(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), 0.0);
  const auto place = [](std::int32_t row, std::int32_t column, std::int32_t width) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
  };
  for (std::int32_t k = 1; k < columns; ++k) plain_[place(0, k, columns)] = 1;
  for (std::int32_t d = 1; d < rows; ++d) {
    double value = 0;
    for (std::int32_t k = 1; k < columns; ++k) {
      value = point * value + end * plain_[place(d - 1, k, columns)];
      plain_[place(d, k, columns)] = value;
    }
  }
  stride_ = most_gained + mass + 1;
  waits_.assign(static_cast<std::size_t>(most_lost + 1) * static_cast<std::size_t>(stride_), 0.0);
  for (std::int32_t d = 0; d <= most_lost; ++d) {
    for (const auto& [weight, gained, lost] : prior_.samples) {
      for (std::int32_t k = std::max(-mass, 1 - gained); k <= most_gained; ++k) {
        waits_[place(d, most_gained - k, stride_)] += weight * plain_[place(d + lost, k + gained, columns)];
      }
    }
  }
}

// NB_r(j), the points during `rest` waits of rate 1 / z, up to `most`; returns the first j.
std::int32_t PanelEvaluator::Arrivals(std::int32_t rest, std::int32_t most) {
  arrivals_.clear();
  if (rest == 0 || z_ == 0) {
    arrivals_.push_back(1);
    return 0;
  }
  const double r = rest;
  const auto mode = static_cast<std::int32_t>(std::min<double>(most, std::floor((r - 1) * z_ / (1 - z_))));
  const double at_mode = r / (r + mode) * BinomialPmf(mode, rest + std::int64_t{mode}, z_);
  constexpr double kLeast = 1e-19;
  std::int32_t first = mode;
  for (double p = at_mode; p >= kLeast; p *= first / ((r + first - 1) * z_), --first) {
    arrivals_.push_back(p);
    if (first == 0) break;
  }
  const std::int32_t low = mode + 1 - static_cast<std::int32_t>(arrivals_.size());
  std::reverse(arrivals_.begin(), arrivals_.end());
  double p = at_mode;
  for (std::int32_t j = mode; j < most; ++j) {
    p *= (r + j) * z_ / (j + 1);
    if (p < kLeast) break;
    arrivals_.push_back(p);
  }
  return low;
}

void PanelEvaluator::Race(const DifferencePanel& panel, PanelTails& tails) {
  const std::int32_t mass = prior_.mass, columns = panel.n_sums();
  const std::int32_t most_gained = std::max(0, panel.last_sum + tails.high) / 2;
  const std::int32_t most_lost = std::max(0, panel.last_sum - tails.low) / 2;
  Waits(most_lost, most_gained);
  tails.values.assign(
      static_cast<std::size_t>(tails.high - tails.low + 1) * static_cast<std::size_t>(columns), 0.0);
  for (std::int32_t sum = panel.first_sum; sum <= panel.last_sum; ++sum) {
    const std::int32_t first = Arrivals(n_ - sum, most_gained + mass);
    const auto last = first + static_cast<std::int32_t>(arrivals_.size()) - 1;
    std::int32_t from = std::max(tails.low, -sum);
    from += (from + sum) & 1;
    for (std::int32_t difference = from; difference <= std::min(tails.high, sum); difference += 2) {
      const std::int32_t gained = (sum + difference) / 2, lost = (sum - difference) / 2;
      const double* const waits = waits_.data() + lost * stride_ + most_gained - gained + first;
      const std::int32_t terms = std::min(last, gained + mass) - first + 1;
      const double total = terms > 0 ? Product(arrivals_.data(), waits, terms) : 0;
      tails.values[static_cast<std::size_t>((difference - tails.low) * columns + sum - panel.first_sum)] =
          total;
    }
  }
}

void PanelEvaluator::Transform(std::span<const double> sums, Frequencies frequencies, PanelTails& tails) {
  const std::size_t columns = sums.size();
  const auto differences = static_cast<std::size_t>(tails.high - tails.low + 1);
  tails.values.assign(differences * columns, 0.5);
  std::vector<double> real(columns), imaginary(columns);
  const double total = static_cast<double>(n_) + prior_.mass;
  for (double k = 0; k < frequencies.count; ++k) {
    const double omega = (k + 0.5) * frequencies.step;
    const Complex gained = LogTransform((1 - z_) * omega), lost = LogTransform(-(1 + z_) * omega),
                  rest = LogTransform(-z_ * omega);
    const Complex by_difference = 0.5 * (gained - lost), by_sum = 0.5 * (gained + lost) - rest;
    Complex prior = 0;
    for (const auto& sample : prior_.samples) {
      prior += sample.weight * std::exp(static_cast<double>(sample.gained - sample.lost) * by_difference);
    }
    prior /= kPi * (k + 0.5);
    const Complex base = total * rest + static_cast<double>(tails.high) * by_difference;
    for (std::size_t j = 0; j < columns; ++j) {
      const Complex start = Times(prior, std::exp(base + (sums[j] + prior_.mass) * by_sum));
      real[j] = start.real();
      imaginary[j] = start.imag();
    }
    // From the largest difference, whose transform is the largest, down.
    const Complex factor = std::exp(-by_difference);
    const double c = factor.real(), s = factor.imag();
    double* row = tails.values.data() + (differences - 1) * columns;
    for (std::size_t i = 0; i < differences; ++i, row -= columns) {
      for (std::size_t j = 0; j < columns; ++j) {
        row[j] += imaginary[j];
        const double next = real[j] * c - imaginary[j] * s;
        imaginary[j] = real[j] * s + imaginary[j] * c;
        real[j] = next;
      }
    }
  }
}

}  // namespace scoring_bias
