#include "kernels/exact/confidence_counts.h"

#include <algorithm>
#include <cmath>

#include "kernels/special/discrete.h"

namespace scoring_bias {
namespace {

constexpr double kLeastCount = 1e-18;

// Beyond this distance from its mean a sum of independent indicators of this variance has less than 1e-19, by
// Bernstein's inequality.
double FarFrom(double variance) {
  constexpr double kLogTail = 44;
  return kLogTail * 2 / 3 + std::sqrt(2 * kLogTail * variance) + 2;
}

/// The rows of A' given A, one after the other.
class ConditionalRows {
 public:
  ConditionalRows(std::size_t n, double s, double t, const CountLaw& first, const CountLaw& second)
      : n_(n), s_(s), t_(t) {
    // All that any row reaches: a row that lost its end would lack it in all that follow.
    double low = static_cast<double>(second.first), high = low + static_cast<double>(second.size());
    for (const std::size_t a : {first.first, first.first + first.size() - 1}) {
      const auto above = static_cast<double>(a), below = static_cast<double>(n - a);
      const double mean = above * s + below * t;
      const double reach = FarFrom(above * s * (1 - s) + below * t * (1 - t));
      low = std::min(low, mean - reach);
      high = std::max(high, mean + reach);
    }
    begin_ = static_cast<std::size_t>(std::max(0.0, low));
    row_.resize(std::min(n + 1, static_cast<std::size_t>(high) + 1) - begin_);
  }

  /// The row of A, from the convolution of two binomial laws.
  void Start(std::size_t a) {
    const CountLaw above = CountLaw::Of(a, s_), below = CountLaw::Of(n_ - a, t_);
    std::fill(row_.begin(), row_.end(), 0.0);
    for (std::size_t i = 0; i < above.size(); ++i) {
      for (std::size_t j = 0; j < below.size(); ++j) {
        const std::size_t k = above.first + i + below.first + j;
        if (k >= begin_ && k - begin_ < row_.size()) {
          row_[k - begin_] += above.probabilities[i] * below.probabilities[j];
        }
      }
    }
  }

  /// The next row, times (1 - m + m z) / (1 - d + d z).
  void Step(double m, double d) {
    const std::size_t size = row_.size();
    if (d <= 0.5) {
      const double keep = (1 - m) / (1 - d), shift = m / (1 - d), back = d / (1 - d);
      double before = 0, solved = 0;
      for (std::size_t k = 0; k < size; ++k) {
        const double here = row_[k];
        solved = Flush(keep * here + shift * before - back * solved);
        row_[k] = solved;
        before = here;
      }
      return;
    }
    const double keep = (1 - m) / d, shift = m / d, back = (1 - d) / d;
    double solved = 0;  // of k, from the equation of k + 1
    for (std::size_t k = size; k-- > 0;) {
      const double after = k + 1 < size ? saved_ : 0;
      saved_ = row_[k];
      solved = Flush(keep * after + shift * row_[k] - back * solved);
      row_[k] = solved;
    }
  }

  double At(std::size_t k) const { return k < begin_ || k - begin_ >= row_.size() ? 0 : row_[k - begin_]; }

 private:
  // Denormal numbers would cost a hundred times as much as they are worth.
  static double Flush(double x) { return std::abs(x) < 1e-60 ? 0 : x; }

  std::size_t n_;
  double s_, t_;
  std::size_t begin_ = 0;
  std::vector<double> row_;
  double saved_ = 0;
};

}  // namespace

CountLaw CountLaw::Of(std::size_t n, double q) {
  const auto trials = static_cast<std::int64_t>(n);
  const auto mode =
      std::clamp<std::int64_t>(static_cast<std::int64_t>((static_cast<double>(n) + 1) * q), 0, trials);
  const auto at = [&](std::int64_t k) { return BinomialPmf(k, trials, q); };
  std::vector<double> down, up;
  std::int64_t first = mode;
  for (std::int64_t k = mode; k >= 0; --k) {
    const double p = at(k);
    if (p < kLeastCount) break;
    down.push_back(p);
    first = k;
  }
  for (std::int64_t k = mode + 1; k <= trials; ++k) {
    const double p = at(k);
    if (p < kLeastCount) break;
    up.push_back(p);
  }
  CountLaw law{static_cast<std::size_t>(first), {down.rbegin(), down.rend()}};
  law.probabilities.insert(law.probabilities.end(), up.begin(), up.end());
  return law;
}

PairedCounts::PairedCounts(std::size_t n, double q, double q_second, double both)
    : first_(CountLaw::Of(n, q)), second_(CountLaw::Of(n, q_second)) {
  const double s = std::clamp(both / q, 0.0, 1.0), t = std::clamp((q_second - both) / (1 - q), 0.0, 1.0);
  table_.resize(first_.size() * second_.size());
  ConditionalRows rows(n, s, t, first_, second_);
  const bool upwards = s * (1 - s) >= t * (1 - t);
  const double multiplier = upwards ? s : t, divisor = upwards ? t : s;
  // Dividing by nearly 1 + z magnifies rounding errors that alternate: then rows start anew in time.
  const double lasting = 1e5 * std::abs(1 - 2 * divisor);
  std::size_t since = 0;
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const std::size_t place = upwards ? i : first_.size() - 1 - i;
    if (i == 0 || static_cast<double>(++since) > lasting) {
      rows.Start(first_.first + place);
      since = 0;
    } else {
      rows.Step(multiplier, divisor);
    }
    double* const row = table_.data() + place * second_.size();
    for (std::size_t j = 0; j < second_.size(); ++j) {
      row[j] = first_.probabilities[place] * std::max(0.0, rows.At(second_.first + j));
    }
  }
}

}  // namespace scoring_bias
