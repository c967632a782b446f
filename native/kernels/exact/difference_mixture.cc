#include "kernels/exact/difference_mixture.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <new>

#include "kernels/base/parallel.h"
#include "kernels/exact/circle.h"
#include "kernels/exact/difference_powers.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

// Of a characteristic function, times its weight, what is below e^-41 = 1e-18 is left out.
constexpr double kLogNegligibleFrequency = -41;
constexpr std::size_t kBlocks = 16;

/// Numbers of the plane by their parts, less 1 where said, for loops over several at once.
struct Parts {
  std::vector<double> real, imaginary;

  Parts() = default;
  explicit Parts(std::size_t size) : real(size), imaginary(size) {}
};

/// The characteristic functions of laws U - V of n draws on a circle of frequencies.
class Frequencies {
 public:
  Frequencies(const Circle& circle, std::size_t n) : circle_(circle), n_(n) {}

  /// Adds weight times the characteristic function of U - V to the sums of the frequencies k = 0, ..., size /
  /// 2 of the circle of `size` points at which it is not negligible.
  void AddTo(const DifferenceComponent& component, std::size_t size, Parts& sums) const {
    const auto n = static_cast<double>(n_);
    const double log_least = kLogNegligibleFrequency - portable::Log(std::abs(component.weight));
    if (log_least >= 0) return;
    const DrawsOnCircle law(n_, component.sum / n, component.difference / n, circle_.size() / size,
                            log_least);
    const std::size_t middle = size / 2;
    std::size_t low = 0, high = middle + 1;
    while (low <= middle && law.Matters(circle_, low)) ++low;
    while (high > low && law.Matters(circle_, high - 1)) --high;
    AddStretch(law, component.weight, 0, low, sums);
    AddStretch(law, component.weight, high, middle + 1, sums);
  }

 private:
  void AddStretch(const DrawsOnCircle& law, double weight, std::size_t begin, std::size_t end,
                  Parts& sums) const {
    DrawsOnCircle::Values real, imaginary;
    for (; begin < end; begin += DrawsOnCircle::kAtOnce) {
      const std::size_t count = std::min(DrawsOnCircle::kAtOnce, end - begin);
      law.At(circle_, begin, count, real, imaginary);
      for (std::size_t i = 0; i < count; ++i) {
        sums.real[begin + i] += weight * (1 + real[i]);
        sums.imaginary[begin + i] += weight * imaginary[i];
      }
    }
  }

  const Circle& circle_;
  std::size_t n_;
};

double Spread(const DifferenceComponent& component, double n) {
  return std::sqrt(std::max(0.0, component.sum - component.difference * component.difference / n));
}

/// How far a law of this standard deviation reaches from its mean, but for 1e-18.
double ReachOf(double spread) { return 9 * spread + 15; }

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
        frequencies_(circle_, n) {}

  bool Run(int threads, const JobControl& control) {
    const std::size_t half = circle_.size() / 2 + 1;
    std::vector<Parts> spectra(kBlocks);
    std::vector<std::vector<double>> narrow(kBlocks);
    ThreadTeam team(ThreadCount(threads, components_.size(), 64));
    std::atomic<bool> out_of_memory{false};
    ForEachBlock(team, kBlocks, 1, [&](std::size_t begin, std::size_t, int) {
      try {
        spectra[begin] = Parts(half);
        AddBlock(begin, control, spectra[begin], narrow[begin]);
      } catch (const std::bad_alloc&) {
        out_of_memory = true;
      }
    });
    if (out_of_memory) throw std::bad_alloc();
    if (control.aborted()) return false;
    for (std::size_t block = 1; block < kBlocks; ++block) {
      for (std::size_t k = 0; k < half; ++k) {
        spectra[0].real[k] += spectra[block].real[k];
        spectra[0].imaginary[k] += spectra[block].imaginary[k];
      }
    }
    std::fill(law_.begin(), law_.end(), 0.0);
    Deposit(spectra[0], lattice_, law_);
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
      const double reach = ReachOf(Spread(component, n_));
      low = std::min(low, component.difference - reach);
      high = std::max(high, component.difference + reach);
    }
    const std::size_t all = LatticeFor(2 * n_), size = LatticeFor(high - low);
    if (size >= all) return {all, 0};
    return {size, static_cast<std::int64_t>(std::floor(0.5 * (low + high)))};
  }

  void AddBlock(std::size_t block, const JobControl& control, Parts& spectrum,
                std::vector<double>& narrow) const {
    const auto [begin, end] = ShareOf(components_.size(), static_cast<int>(block), kBlocks);
    for (std::size_t i = begin; i < end && !control.aborted(); ++i) {
      const DifferenceComponent& component = components_[i];
      const double spread = Spread(component, n_);
      std::size_t own = circle_.size();
      while (own % 2 == 0 && static_cast<double>(own / 2) > 2 * ReachOf(spread) + 1) own /= 2;
      // Frequencies on the common lattice, against those and the transform on a lattice of its own.
      if (static_cast<double>(circle_.size()) < 8.0 * static_cast<double>(own) * std::max(1.0, spread)) {
        frequencies_.AddTo(component, circle_.size(), spectrum);
      } else {
        AddNarrow(component, own, narrow);
      }
    }
  }

  void AddNarrow(const DifferenceComponent& component, std::size_t size, std::vector<double>& narrow) const {
    Parts values(size / 2 + 1);
    frequencies_.AddTo(component, size, values);
    if (narrow.empty()) narrow.assign(law_.size(), 0.0);
    Deposit(values, {size, std::llround(component.difference)}, narrow);
  }

  /// Adds the law that has this characteristic function at the frequencies 0, ..., lattice.size / 2 to `out`.
  void Deposit(const Parts& values, Lattice lattice, std::span<double> out) const {
    const auto n = static_cast<std::int64_t>(n_), length = static_cast<std::int64_t>(lattice.size);
    const std::size_t stride = circle_.size() / lattice.size;
    const std::int64_t step = (lattice.centre % length + length) % length;
    std::vector<Complex> turned(lattice.size), points(lattice.size);
    std::int64_t turn = 0;
    for (std::size_t k = 0; k <= lattice.size / 2; ++k, turn = (turn + step) % length) {
      const std::size_t at = static_cast<std::size_t>(turn) * stride;
      turned[k] = Times({values.real[k], values.imaginary[k]}, {1 + circle_.versed[at], -circle_.sine[at]});
      if (k > 0 && 2 * k < lattice.size) turned[lattice.size - k] = std::conj(turned[k]);
    }
    Transform(turned.data(), 1, points, circle_);
    const double scale = 1 / static_cast<double>(lattice.size);
    for (std::int64_t offset = -length / 2; offset < (length + 1) / 2; ++offset) {
      const std::int64_t at = n + lattice.centre + offset;
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
