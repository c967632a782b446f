#include "kernels/exact/difference_mixture.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <new>

#include "kernels/base/parallel.h"
#include "kernels/exact/circle.h"

namespace scoring_bias {
namespace {

// A characteristic function below e^-41 = 1e-18 is left out.
constexpr double kLogNegligible = -41;
constexpr std::size_t kBlocks = 16;
constexpr double kSquaringTo = 10000;

Complex Power(Complex base, std::uint64_t exponent) {
  Complex power = 1;
  for (;; base = Times(base, base)) {
    if ((exponent & 1) != 0) power = Times(power, base);
    if ((exponent >>= 1) == 0) return power;
  }
}

/// The characteristic functions of laws U - V of n draws on a circle of frequencies.
class Frequencies {
 public:
  Frequencies(const Circle& circle, double n)
      : circle_(circle), n_(n), least_square_(std::expm1(2 * kLogNegligible / n)) {}

  /// Calls visit(k, value) for the frequencies k = 0, ..., size / 2 at which the characteristic function of
  /// U - V - centre is not negligible, on the circle of `size` points. Its modulus is a convex function of
  /// the cosine: it falls from 1 at frequency 0, and may rise again towards the highest.
  template <typename Visit>
  void ForEach(const DifferenceComponent& component, std::int64_t centre, std::size_t size,
               const Visit& visit) const {
    const std::size_t stride = circle_.size() / size, middle = size / 2;
    const double sum = component.sum / n_, difference = component.difference / n_;
    const auto at = [&](std::size_t k) {
      const double versed = circle_.versed[k * stride], sine = circle_.sine[k * stride];
      const double real = sum * versed, imaginary = difference * sine;
      const double square = real * (2 + real) + imaginary * imaginary;  // of the modulus, less 1
      if (square <= least_square_) return false;
      visit(k, Centred(Complex(1 + real, imaginary), square, k * stride, centre));
      return true;
    };
    std::size_t k = 0;
    while (k <= middle && at(k)) ++k;
    for (std::size_t high = middle; high > k && at(high); --high) {
    }
  }

 private:
  /// value^n e^(-i centre w) at frequency number k of the whole circle; `square` is |value|^2 - 1.
  Complex Centred(Complex value, double square, std::size_t k, std::int64_t centre) const {
    const auto size = static_cast<std::int64_t>(circle_.size());
    const auto turn =
        static_cast<std::size_t>(((static_cast<std::int64_t>(k) * centre) % size + size) % size);
    const Complex back(1 + circle_.versed[turn], -circle_.sine[turn]);
    // Squaring adds a rounding error for each draw, as many as the logarithm's angle loses from here on.
    if (n_ <= kSquaringTo) return Times(back, Power(value, static_cast<std::uint64_t>(n_)));
    const double modulus = std::exp(0.5 * n_ * std::log1p(square)),
                 angle = n_ * std::atan2(value.imag(), value.real());
    return Times(back, Complex(modulus * std::cos(angle), modulus * std::sin(angle)));
  }

  const Circle& circle_;
  double n_, least_square_;
};

double Spread(const DifferenceComponent& component, double n) {
  return std::sqrt(std::max(0.0, component.sum - component.difference * component.difference / n));
}

/// How far a law of this standard deviation reaches from its mean, but for 1e-18.
double Reach(double spread) { return 9 * spread + 15; }

/// The least number of points for a law of this width: 4, 5, 6 or 7 times a power of 2.
std::size_t LatticeFor(double width) {
  const auto points = static_cast<std::size_t>(width) + 2;
  const std::size_t unit = std::max<std::size_t>(1, std::bit_ceil(points) / 8);
  return (points + unit - 1) / unit * unit;
}

class Mixture {
 public:
  Mixture(std::span<const DifferenceComponent> components, std::size_t n, std::span<double> law)
      : components_(components),
        n_(static_cast<double>(n)),
        law_(law),
        lattice_(Place()),
        circle_(lattice_.size),
        frequencies_(circle_, n_) {}

  bool Run(int threads, const JobControl& control) {
    const std::size_t half = circle_.size() / 2 + 1;
    std::vector<std::vector<Complex>> spectra(kBlocks);
    std::vector<std::vector<double>> narrow(kBlocks);
    ThreadTeam team(ThreadCount(threads, components_.size(), 64));
    std::atomic<bool> out_of_memory{false};
    ForEachBlock(team, kBlocks, 1, [&](std::size_t begin, std::size_t, int) {
      try {
        spectra[begin].assign(half, Complex());
        AddBlock(begin, control, spectra[begin], narrow[begin]);
      } catch (const std::bad_alloc&) {
        out_of_memory = true;
      }
    });
    if (out_of_memory) throw std::bad_alloc();
    if (control.aborted()) return false;
    std::vector<Complex> whole(circle_.size());
    for (const auto& spectrum : spectra) {
      for (std::size_t k = 0; k < half; ++k) whole[k] += spectrum[k];
    }
    for (std::size_t k = half; k < whole.size(); ++k) whole[k] = std::conj(whole[whole.size() - k]);
    std::fill(law_.begin(), law_.end(), 0.0);
    Deposit(whole, lattice_.centre, circle_.size(), 1 / static_cast<double>(circle_.size()), law_);
    for (const auto& part : narrow) {
      for (std::size_t j = 0; j < part.size(); ++j) law_[j] += part[j];
    }
    return true;
  }

 private:
  /// Points of the law, from centre - size / 2.
  struct Lattice {
    std::size_t size;
    std::int64_t centre;
  };

  /// The smallest lattice that holds every component, or all values that there are.
  Lattice Place() const {
    double low = n_, high = -n_;
    for (const DifferenceComponent& component : components_) {
      const double reach = Reach(Spread(component, n_));
      low = std::min(low, component.difference - reach);
      high = std::max(high, component.difference + reach);
    }
    const std::size_t all = LatticeFor(2 * n_), size = LatticeFor(high - low);
    if (size >= all) return {all, 0};
    return {size, static_cast<std::int64_t>(std::floor(0.5 * (low + high)))};
  }

  void AddBlock(std::size_t block, const JobControl& control, std::span<Complex> spectrum,
                std::vector<double>& narrow) const {
    const auto [begin, end] = ShareOf(components_.size(), static_cast<int>(block), kBlocks);
    for (std::size_t i = begin; i < end && !control.aborted(); ++i) {
      const DifferenceComponent& component = components_[i];
      const double spread = Spread(component, n_);
      std::size_t own = circle_.size();
      while (own % 2 == 0 && static_cast<double>(own / 2) > 2 * Reach(spread) + 1) own /= 2;
      // Frequencies on the common lattice, against those and the transform on a lattice of its own.
      if (static_cast<double>(circle_.size()) < 8.0 * static_cast<double>(own) * std::max(1.0, spread)) {
        frequencies_.ForEach(component, lattice_.centre, circle_.size(),
                             [&](std::size_t k, Complex value) { spectrum[k] += component.weight * value; });
      } else {
        AddNarrow(component, own, narrow);
      }
    }
  }

  void AddNarrow(const DifferenceComponent& component, std::size_t size, std::vector<double>& narrow) const {
    const auto centre = static_cast<std::int64_t>(std::llround(component.difference));
    std::vector<Complex> values(size);
    frequencies_.ForEach(component, centre, size, [&](std::size_t k, Complex value) {
      values[k] = value;
      if (k > 0 && 2 * k < size) values[size - k] = std::conj(value);
    });
    if (narrow.empty()) narrow.assign(law_.size(), 0.0);
    Deposit(values, centre, size, component.weight / static_cast<double>(size), narrow);
  }

  /// Adds a law, from its characteristic function about `centre`, to `out`.
  void Deposit(std::span<const Complex> values, std::int64_t centre, std::size_t size, double scale,
               std::span<double> out) const {
    std::vector<Complex> points(size);
    Transform(values.data(), 1, points, circle_);
    const auto n = static_cast<std::int64_t>(n_), length = static_cast<std::int64_t>(size);
    for (std::int64_t offset = -length / 2; offset < (length + 1) / 2; ++offset) {
      const std::int64_t at = n + centre + offset;
      if (at < 0 || at > 2 * n) continue;
      out[static_cast<std::size_t>(at)] +=
          scale * points[static_cast<std::size_t>((offset + length) % length)].real();
    }
  }

  std::span<const DifferenceComponent> components_;
  double n_;
  std::span<double> law_;
  Lattice lattice_;
  Circle circle_;
  Frequencies frequencies_;
};

}  // namespace

Status DifferenceMixture(std::span<const DifferenceCell> cells, std::size_t n, int threads,
                         const JobControl& control, std::span<double> law) try {
  if (cells.empty()) return {StatusCode::kEmptySample};
  if (law.size() != 2 * n + 1) return {StatusCode::kLengthMismatch, 0};
  const std::vector<DifferenceComponent> components = GroupCells(cells, static_cast<std::int32_t>(n));
  if (!Mixture(components, n, law).Run(threads, control)) return {StatusCode::kAborted};
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias
