#include "kernels/exact/confidence_differences.h"

#include <algorithm>
#include <cmath>

namespace scoring_bias {

PairedDifferences::PairedDifferences(std::int32_t n, Prior prior, std::int32_t low, std::int32_t high)
    : n_(n),
      prior_(std::move(prior)),
      low_(low),
      high_(high),
      strips_(static_cast<std::size_t>(n / kStrip + 1)) {}

double PairedDifferences::Weight(std::int32_t sum, std::int32_t difference) const {
  const auto& strip = strips_[static_cast<std::size_t>(sum / kStrip)];
  return strip.empty() ? 0
                       : strip[static_cast<std::size_t>((difference - low_) * kStrip + (sum & (kStrip - 1)))];
}

template <typename Visit>
void PairedDifferences::ForEachCell(const DifferencePanel& shape, const Visit& visit) const {
  for (std::int32_t difference = shape.low; difference <= shape.high; ++difference) {
    const std::int32_t least = std::max(shape.first_sum, std::abs(difference));
    for (std::int32_t sum = least + ((least + difference) & 1); sum <= shape.last_sum; sum += 2) {
      const double weight = Weight(sum, difference);
      if (weight != 0) visit(sum, difference, weight);
    }
  }
}

void PairedDifferences::Finish() {
  offsets_.resize(strips_.size());
  for (std::size_t i = 0; i < strips_.size(); ++i) {
    offsets_[i] = n_cells_;
    n_cells_ += strips_[i].size();
  }
  for (std::int32_t first = 0; first <= n_;) {
    const std::int32_t last = LastSumOfPanel(first);
    const auto touched = [&](std::int32_t sum) {
      return !strips_[static_cast<std::size_t>(sum / kStrip)].empty();
    };
    std::int32_t from = first, to = std::min(last, n_ / kStrip * kStrip + kStrip - 1);
    while (from <= to && !touched(from)) from += kStrip;
    while (to > from && !touched(to)) to -= kStrip;
    if (from <= to) FinishPanel(from, std::min(to, n_));
    first = last + 1;
  }
  SetMoments();
}

void PairedDifferences::FinishPanel(std::int32_t first_sum, std::int32_t last_sum) {
  Panel panel{MakePanel(first_sum, last_sum), {}, {}};
  DifferencePanel& shape = panel.shape;
  const auto empty = [&](std::int32_t difference) {
    for (std::int32_t sum = first_sum; sum <= last_sum; ++sum) {
      if (Weight(sum, difference) != 0) return false;
    }
    return true;
  };
  shape.low = low_;
  shape.high = high_;
  while (shape.low <= shape.high && empty(shape.low)) ++shape.low;
  while (shape.high > shape.low && empty(shape.high)) --shape.high;
  if (shape.low > shape.high) return;
  const auto width = static_cast<std::size_t>(shape.high - shape.low + 1);
  const std::size_t nodes = shape.nodes.size();
  const bool by_nodes = !shape.shares.empty();
  if (by_nodes) panel.node_weights.assign(width * nodes, 0.0);
  panel.below.assign(width + 1, 0.0);
  ForEachCell(shape, [&](std::int32_t sum, std::int32_t difference, double weight) {
    const auto row = static_cast<std::size_t>(difference - shape.low);
    panel.below[row + 1] += weight;
    if (!by_nodes) return;
    const std::span<const double> shares = shape.SharesOf(sum);
    double* const weights = panel.node_weights.data() + row * nodes;
    for (std::size_t j = 0; j < nodes; ++j) weights[j] += weight * shares[j];
  });
  for (std::size_t row = 1; row <= width; ++row) panel.below[row] += panel.below[row - 1];
  panels_.push_back(std::move(panel));
}

void PairedDifferences::SetMoments() {
  const double total = static_cast<double>(n_) + prior_.mass;
  double all = 0, mean = 0, centre = 0;
  const auto for_each = [&](const auto& visit) {
    for (const Panel& panel : panels_) ForEachCell(panel.shape, visit);
  };
  for_each([&](std::int32_t, std::int32_t difference, double weight) {
    all += weight;
    centre += weight * difference;
  });
  centre /= all;
  for (const auto& [weight, gained, lost] : prior_.samples) mean += weight * (centre + gained - lost) / total;
  double variance = 0, own = 0;
  for_each([&](std::int32_t sum, std::int32_t difference, double weight) {
    own += weight / all * (difference - centre) * (difference - centre);
    for (const auto& [share, gained, lost] : prior_.samples) {
      const double d = static_cast<double>(difference) + gained - lost,
                   s = static_cast<double>(sum) + prior_.mass;
      const double xi = total > 0 ? d / total : 0;
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
  PanelEvaluator evaluator(n_, prior_, z, mirrored);
  PanelTails tails;
  double above = 0;
  for (const Panel& panel : panels_) {
    const DifferencePanel& shape = panel.shape;
    evaluator.Evaluate(shape, tails);
    const auto row_of = [&](std::int32_t difference) {
      return static_cast<std::size_t>((mirrored ? -difference : difference) - shape.low);
    };
    // All beyond the last undecided difference is above.
    above += mirrored ? panel.below[row_of(tails.high + 1) + 1]
                      : panel.below.back() - panel.below[row_of(tails.high + 1)];
    const std::size_t columns = tails.of_sums ? static_cast<std::size_t>(shape.n_sums()) : shape.nodes.size();
    for (std::int32_t difference = tails.low; difference <= tails.high; ++difference) {
      const std::size_t row = row_of(difference);
      const double* const values =
          tails.values.data() + static_cast<std::size_t>(difference - tails.low) * columns;
      double part = 0;
      if (tails.of_sums) {
        const std::int32_t own = mirrored ? -difference : difference;
        for (std::int32_t sum = shape.first_sum; sum <= shape.last_sum; ++sum) {
          part += Weight(sum, own) * values[sum - shape.first_sum];
        }
      } else {
        const double* const weights = panel.node_weights.data() + row * columns;
        for (std::size_t j = 0; j < columns; ++j) part += weights[j] * values[j];
      }
      above += part;
    }
  }
  return std::clamp(above, 0.0, 1.0);
}

void PairedDifferences::AddAbove(double factor, double z, bool mirrored, std::span<double> table) const {
  PanelEvaluator evaluator(n_, prior_, z, mirrored);
  PanelTails tails;
  for (const Panel& panel : panels_) {
    const DifferencePanel& shape = panel.shape;
    evaluator.Evaluate(shape, tails);
    const std::size_t columns = tails.of_sums ? static_cast<std::size_t>(shape.n_sums()) : shape.nodes.size();
    ForEachCell(shape, [&](std::int32_t sum, std::int32_t own, double) {
      const std::int32_t difference = mirrored ? -own : own;
      if (difference < tails.low) return;
      double above = 1;
      if (difference <= tails.high) {
        const double* const values =
            tails.values.data() + static_cast<std::size_t>(difference - tails.low) * columns;
        if (tails.of_sums) {
          above = values[sum - shape.first_sum];
        } else {
          above = 0;
          const std::span<const double> shares = shape.SharesOf(sum);
          for (std::size_t j = 0; j < columns; ++j) above += shares[j] * values[j];
        }
      }
      table[NumberOf(sum, own)] += factor * above;
    });
  }
}

void PairedDifferences::AddAtOne(double factor, bool mirrored, std::span<double> table) const {
  const std::int32_t all = mirrored ? -n_ : n_;
  if (all < low_ || all > high_ || strips_[static_cast<std::size_t>(n_ / kStrip)].empty()) return;
  double share = 0;
  for (const auto& sample : prior_.samples) {
    if ((mirrored ? sample.gained : sample.lost) == 0) share += sample.weight;
  }
  table[NumberOf(n_, all)] += factor * share;
}

}  // namespace scoring_bias
