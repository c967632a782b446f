#include "kernels/exact/confidence_differences.h"

#include <algorithm>
#include <cmath>

#include "kernels/exact/binomial_terms.h"

namespace scoring_bias {
namespace {

// Less than this is nothing, and would be a denormal number soon.
constexpr double kNothing = 1e-30;

/// Weights of numbers of events that are still to come, before events that count with probability 1/2.
class Countdown {
 public:
  explicit Countdown(std::size_t most) : weights_(most + 2) {}

  void Add(std::size_t number, double weight) {
    if (number == 0) {
      over_ += weight;
      return;
    }
    weights_[number] += weight;
    first_ = std::min(first_, number);
    last_ = std::max(last_, number);
  }

  /// One event: half of each weight comes one number nearer.
  void Next() {
    if (first_ > last_) return;
    if (first_ == 1) over_ += 0.5 * weights_[1];
    first_ = std::max<std::size_t>(first_ - 1, 1);
    double* const weights = weights_.data();
    for (std::size_t d = first_; d <= last_; ++d) weights[d] = 0.5 * (weights[d] + weights[d + 1]);
    while (first_ <= last_ && weights[first_] < kNothing) weights[first_++] = 0;
    while (first_ <= last_ && weights[last_] < kNothing) weights[last_--] = 0;
    if (first_ > last_) {
      first_ = weights_.size();
      last_ = 0;
    }
  }

  double over() const { return over_; }

 private:
  std::vector<double> weights_;
  double over_ = 0;
  std::size_t first_ = weights_.size(), last_ = 0;
};

/// P(D_u - D_d > z) for rising sums and every number d, up to the most that is asked for.
class RisingTails {
 public:
  RisingTails(std::int32_t events, double z, std::size_t most) : row_(most + 1), next_(most + 1) {
    std::vector<double> down, up;
    std::int32_t mode = -1;
    ForEachBinomial(events, z, [&](std::int32_t j, double p) {
      if (mode < 0) mode = j;
      (j <= mode ? down : up).push_back(p);
    });
    first_ = mode + 1 - static_cast<std::int32_t>(down.size());
    at_most_.assign(down.rbegin(), down.rend());
    at_most_.insert(at_most_.end(), up.begin(), up.end());
    for (std::size_t i = 1; i < at_most_.size(); ++i) at_most_[i] += at_most_[i - 1];
  }

  /// The least sum that has a tail.
  std::int32_t first_sum() const { return first_ + 1; }

  /// Goes on to a sum, the first or the next. Tails of numbers below `least` are not asked for any more, but
  /// for `least` less 1 at this sum.
  void Next(std::int32_t sum, std::size_t least) {
    if (sum > first_sum()) {
      if (reached_ + 1 < row_.size() && row_[reached_] > kNothing) ++reached_;
      for (std::size_t d = std::max<std::size_t>(least, 1); d <= reached_; ++d) {
        next_[d] = 0.5 * (row_[d] + row_[d - 1]);
      }
      std::swap(row_, next_);
    }
    const auto i = static_cast<std::size_t>(sum - first_sum());
    row_[0] = at_most_[std::min(i, at_most_.size() - 1)];
  }

  double At(std::size_t number) const { return number <= reached_ ? row_[number] : 0; }

 private:
  std::int32_t first_ = 0;
  std::vector<double> at_most_;  // [i]: P(Bin <= first + i)
  std::vector<double> row_, next_;
  std::size_t reached_ = 0;
};

}  // namespace

PairedDifferences::PairedDifferences(std::int32_t n, Prior prior, Range gained, Range lost)
    : n_(n),
      prior_(std::move(prior)),
      gained_(gained),
      lost_(lost),
      sums_{gained.first + lost.first, std::min(n, gained.last + lost.last)},
      weights_(static_cast<std::size_t>(gained.size()) * static_cast<std::size_t>(lost.size())) {}

template <typename Visit>
void PairedDifferences::ForEachOfSum(std::int32_t sum, const Visit& visit) const {
  const std::int32_t last = std::min(lost_.last, sum - gained_.first);
  for (std::int32_t lost = std::max(lost_.first, sum - gained_.last); lost <= last; ++lost) {
    const std::size_t number = NumberOf(sum - lost, lost);
    if (weights_[number] != 0) visit(number, sum - lost, lost);
  }
}

void PairedDifferences::Finish() {
  for (const bool mirrored : {false, true}) coefficients_[mirrored ? 1 : 0] = Coefficients(mirrored);
  SetMoments();
}

// [i]: what all cells together have as the factor of P(Bin(N - 1, z) = i). The numbers that a sum leaves are
// those of the next larger sum after one more event.
std::vector<double> PairedDifferences::Coefficients(bool mirrored) const {
  const std::int32_t mass = prior_.mass;
  Countdown countdown(static_cast<std::size_t>((mirrored ? gained_ : lost_).last + mass));
  std::vector<double> coefficients(static_cast<std::size_t>(sums_.last + mass));
  for (std::int32_t all = sums_.last + mass; all > 0; --all) {
    countdown.Next();
    if (all - mass >= sums_.first) {
      ForEachOfSum(all - mass, [&](std::size_t cell, std::int32_t gained, std::int32_t lost) {
        for (const auto& [weight, more_gained, more_lost] : prior_.samples) {
          const std::int32_t number = mirrored ? gained + more_gained : lost + more_lost;
          countdown.Add(static_cast<std::size_t>(number), weight * weights_[cell]);
        }
      });
    }
    coefficients[static_cast<std::size_t>(all - 1)] = countdown.over();
  }
  return coefficients;
}

void PairedDifferences::SetMoments() {
  const double total = static_cast<double>(n_) + prior_.mass;
  double all = 0, mean = 0, centre = 0;
  const auto for_each = [&](const auto& visit) {
    for (std::int32_t sum = sums_.first; sum <= sums_.last; ++sum) {
      ForEachOfSum(sum, [&](std::size_t cell, std::int32_t gained, std::int32_t lost) {
        visit(gained, lost, weights_[cell]);
      });
    }
  };
  for_each([&](std::int32_t gained, std::int32_t lost, double weight) {
    all += weight;
    centre += weight * (gained - lost);
  });
  centre /= all;
  for (const auto& [weight, gained, lost] : prior_.samples) mean += weight * (centre + gained - lost) / total;
  double variance = 0, own = 0;
  for_each([&](std::int32_t more, std::int32_t less, double weight) {
    const double difference = more - less, s = static_cast<double>(more + less) + prior_.mass;
    own += weight / all * (difference - centre) * (difference - centre);
    for (const auto& [share, gained, lost] : prior_.samples) {
      const double d = difference + gained - lost, xi = total > 0 ? d / total : 0;
      // E (D_u - D_d)^2 = (d^2 + s) / (total (total + 1)).
      variance += weight / all * share * ((xi - mean) * (xi - mean) + (s / total - xi * xi) / (total + 1));
      const double here = weight / all * share;
      if (s == 0) at_zero_ += here;
      if (d == total) at_one_ += here;
      if (d == -total) at_minus_one_ += here;
    }
  });
  moments_ = {mean, std::sqrt(std::max(0.0, variance)), own / (static_cast<double>(n_) * n_)};
}

double PairedDifferences::Above(double z, bool mirrored) const {
  const std::vector<double>& coefficients = coefficients_[mirrored ? 1 : 0];
  double above = 0;
  ForEachBinomial(n_ + prior_.mass - 1, z, [&](std::int32_t i, double p) {
    if (static_cast<std::size_t>(i) < coefficients.size()) {
      above += p * coefficients[static_cast<std::size_t>(i)];
    }
  });
  return std::min(above, 1.0);
}

void PairedDifferences::AddAbove(double factor, double z, bool mirrored, std::span<double> table) const {
  const std::int32_t mass = prior_.mass;
  const auto [first, last] = mirrored ? gained_ : lost_;
  RisingTails tails(n_ + mass - 1, z, static_cast<std::size_t>(last + mass));
  for (std::int32_t all = tails.first_sum(); all <= sums_.last + mass; ++all) {
    // A sum less by one asks for numbers less by one.
    tails.Next(all, static_cast<std::size_t>(std::max(0, first - (sums_.last + mass - all))));
    if (all - mass < sums_.first) continue;
    ForEachOfSum(all - mass, [&](std::size_t cell, std::int32_t gained, std::int32_t lost) {
      for (const auto& [weight, more_gained, more_lost] : prior_.samples) {
        const std::int32_t number = mirrored ? gained + more_gained : lost + more_lost;
        table[cell] += factor * weight * tails.At(static_cast<std::size_t>(number));
      }
    });
  }
}

void PairedDifferences::AddAtOne(double factor, bool mirrored, std::span<double> table) const {
  const std::int32_t lost = mirrored ? n_ : 0, gained = n_ - lost;
  if (gained < gained_.first || gained > gained_.last || lost < lost_.first || lost > lost_.last) return;
  double share = 0;
  for (const auto& sample : prior_.samples) {
    if ((mirrored ? sample.gained : sample.lost) == 0) share += sample.weight;
  }
  table[NumberOf(gained, lost)] += factor * share;
}

}  // namespace scoring_bias
