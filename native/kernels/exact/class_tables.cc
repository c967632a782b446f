#include "kernels/exact/class_tables.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "kernels/special/discrete.h"

namespace scoring_bias {
namespace {

constexpr double kPi = 3.14159265358979323846;
// A characteristic function below e^-41 = 1e-18 is left out.
constexpr double kLogNegligible = -41;
constexpr std::size_t kPairsAtOnce = 64;

/// The law of U - V of n anomalies of which `gained` and `lost` are flagged by one detector alone.
struct Discordant {
  double n, sum, difference;  // the latter two over n

  Discordant(double size, std::int32_t gained, std::int32_t lost)
      : n(size), sum((gained + lost) / size), difference((gained - lost) / size) {}

  double Mean() const { return n * difference; }
  double Spread() const { return std::sqrt(std::max(0.0, n * (sum - difference * difference))); }

  /// The characteristic function at an angle, of U - V less `centre`; false where it is negligible.
  bool At(double angle, double centre, Complex& value) const {
    const double half = std::sin(0.5 * angle);
    const double real = -2 * sum * half * half, imaginary = difference * std::sin(angle);
    const double log_modulus = 0.5 * n * std::log1p(real * (2 + real) + imaginary * imaginary);
    if (!(log_modulus > kLogNegligible)) return false;
    const double turn = n * std::atan2(imaginary, 1 + real) - centre * angle;
    value = std::exp(log_modulus) * Complex(std::cos(turn), std::sin(turn));
    return true;
  }
};

}  // namespace

PairedTable::PairedTable(const ClassAxis& first, const ClassAxis& second, std::span<const std::int32_t> both,
                         ThreadTeam& team, const JobControl& control) {
  const std::size_t rows = first.size(), columns = second.size();
  const auto n = static_cast<double>(first.n);
  std::vector<Discordant> laws;
  laws.reserve(rows * columns);
  double low = n, high = -n;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::int32_t shared = both[row * columns + column];
      const Discordant& law =
          laws.emplace_back(n, second.flagged[column] - shared, first.flagged[row] - shared);
      const double reach = 9 * law.Spread() + 15;
      low = std::min(low, law.Mean() - reach);
      high = std::max(high, law.Mean() + reach);
    }
  }
  first_ = std::max(-first.n, static_cast<std::int64_t>(std::floor(low)));
  const std::int64_t last = std::min(first.n, static_cast<std::int64_t>(std::ceil(high)));
  points_ = static_cast<std::size_t>(last - first_ + 1) | 1;
  middle_ = points_ / 2;
  const double step = 2 * kPi / static_cast<double>(points_);

  // Each block of pairs finds its own values; they are joined in the order of the pairs.
  pairs_.resize(laws.size());
  std::vector<std::vector<Complex>> parts((laws.size() + kPairsAtOnce - 1) / kPairsAtOnce);
  std::atomic<bool> out_of_memory{false};
  const auto fill = [&](std::size_t begin, std::size_t end) {
    std::vector<Complex>& part = parts[begin / kPairsAtOnce];
    for (std::size_t i = begin; i < end; ++i) {
      const auto add = [&](std::size_t k) {
        Complex value;
        const bool there = laws[i].At(step * static_cast<double>(k), static_cast<double>(first_), value);
        if (there) part.push_back(value);
        return there;
      };
      std::size_t k = 1, top = middle_;
      const std::size_t start = part.size();
      while (k <= middle_ && add(k)) ++k;
      while (top >= k && add(top)) --top;
      pairs_[i] = {start, static_cast<std::uint32_t>(k - 1), static_cast<std::uint32_t>(middle_ - top)};
    }
  };
  ForEachBlock(team, laws.size(), kPairsAtOnce, [&](std::size_t begin, std::size_t end, int) {
    if (control.aborted()) return;
    try {
      fill(begin, end);
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  });
  if (out_of_memory) throw std::bad_alloc();
  std::size_t total = 0;
  for (std::size_t b = 0; b < parts.size(); ++b) {
    for (std::size_t i = b * kPairsAtOnce; i < std::min(laws.size(), (b + 1) * kPairsAtOnce); ++i) {
      pairs_[i].first_value += total;
    }
    total += parts[b].size();
  }
  values_.reserve(total);
  for (const auto& part : parts) values_.insert(values_.end(), part.begin(), part.end());
}

void PairedTable::Inside(Numerators bounds, ThreadTeam& team, std::span<double> inside) const {
  const auto points = static_cast<std::int64_t>(points_);
  const std::int64_t low = std::max<std::int64_t>(bounds.low - first_, 0);
  const std::int64_t high = std::min(bounds.high - first_, points - 1), length = high - low + 1;
  if (length <= 0 || length == points) {
    std::fill(inside.begin(), inside.end(), length <= 0 ? 0.0 : 1.0);
    return;
  }
  // Sum of e^(-i angle d) over d = low, ..., high, twice over the points: sines at multiples of pi / points.
  std::vector<Complex> kernel(middle_ + 1);
  const double half = kPi / static_cast<double>(points);
  for (std::size_t k = 1; k <= middle_; ++k) {
    const auto frequency = static_cast<std::int64_t>(k);
    const double turn = half * static_cast<double>(frequency * (low + high) % (2 * points));
    const double ratio = std::sin(half * static_cast<double>(frequency * length % (2 * points))) /
                         std::sin(half * static_cast<double>(frequency));
    kernel[k] = 2 * ratio / static_cast<double>(points) * Complex(std::cos(turn), -std::sin(turn));
  }
  const double constant = static_cast<double>(length) / static_cast<double>(points);
  ForEachBlock(team, pairs_.size(), kPairsAtOnce, [&](std::size_t begin, std::size_t end, int) {
    for (std::size_t i = begin; i < end; ++i) {
      const Pair& pair = pairs_[i];
      const Complex* value = &values_[pair.first_value];
      double sum = constant;
      const auto add = [&](std::size_t k) {
        sum += value->real() * kernel[k].real() - value->imag() * kernel[k].imag();
        ++value;
      };
      for (std::size_t k = 1; k <= pair.low; ++k) add(k);
      for (std::size_t k = 0; k < pair.high; ++k) add(middle_ - k);
      inside[i] = sum;
    }
  });
}

IndependentTable::IndependentTable(const ClassAxis& first, const ClassAxis& second)
    : n_first_(first.n), n_second_(second.n) {
  const auto law_of = [](std::int32_t flagged, std::int64_t n) {
    const auto size = static_cast<double>(n);
    const double good = flagged / size, bad = (size - flagged) / size;
    const double reach = 9 * std::sqrt(size * good * bad) + 15;
    Binomial law;
    law.first = std::max<std::int64_t>(0, static_cast<std::int64_t>(flagged - reach));
    const std::int64_t last = std::min(n, static_cast<std::int64_t>(flagged + reach));
    for (std::int64_t k = law.first; k <= last; ++k) law.values.push_back(BinomialPmf(k, n, good, bad));
    return law;
  };
  for (const std::int32_t flagged : first.flagged) counts_.push_back(law_of(flagged, first.n));
  for (const std::int32_t flagged : second.flagged) {
    Binomial& law = at_most_.emplace_back(law_of(flagged, second.n));
    double sum = 0;
    for (double& value : law.values) value = sum += value;
  }
}

void IndependentTable::Inside(Numerators bounds, ThreadTeam& team, std::span<double> inside) const {
  const auto floor_of = [](std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); };
  const auto below = [](const Binomial& law, std::int64_t count) {
    if (count < law.first) return 0.0;
    const auto at = static_cast<std::size_t>(count - law.first);
    return law.values[std::min(at, law.values.size() - 1)];
  };
  const std::size_t columns = at_most_.size();
  if (bounds.low > bounds.high) {
    std::fill(inside.begin(), inside.end(), 0.0);
    return;
  }
  ForEachBlock(team, counts_.size(), 1, [&](std::size_t row, std::size_t, int) {
    const Binomial& counts = counts_[row];
    for (std::size_t column = 0; column < columns; ++column) {
      double sum = 0;
      std::int64_t u = counts.first;
      for (const double probability : counts.values) {
        // V n_first - U n_second within the bounds.
        const std::int64_t lost = u++ * n_second_;
        const double within = below(at_most_[column], floor_of(bounds.high + lost, n_first_)) -
                              below(at_most_[column], floor_of(bounds.low + lost - 1, n_first_));
        sum += probability * within;
      }
      inside[row * columns + column] = sum;
    }
  });
}

}  // namespace scoring_bias
