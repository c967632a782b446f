#include "kernels/exact/confidence_recalls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "kernels/exact/binomial_terms.h"
#include "kernels/exact/inner_product.h"

namespace scoring_bias {
namespace {

// Gauss-Legendre on [-1, 1], the positive half.
constexpr std::array<QuadratureNode, 6> kLegendre = {{{0.12523340851146891547, 0.24914704581340278500},
                                                      {0.36783149899818019375, 0.23349253653835480876},
                                                      {0.58731795428661744730, 0.20316742672306592175},
                                                      {0.76990267419430468704, 0.16007832854334622633},
                                                      {0.90411725637047485668, 0.10693932599531843096},
                                                      {0.98156063424671925069, 0.04717533638651182719}}};

Recall After(const FlaggedLaw& law, std::int32_t flagged, std::int32_t mass) {
  return {law.n + mass, law.first + flagged, law.weights};
}

// Nodes in t for an integral over the lower recall up to `limit`, with the upper one of a width at t.
template <typename Width>
std::vector<QuadratureNode> NodesUpTo(double limit, const Recall& lower, const Width& upper) {
  const double total = lower.total, from = lower.first / total, to = lower.last() / total;
  const double end = std::min(limit, to + lower.Reach(to));
  std::vector<QuadratureNode> nodes;
  double t = std::max(0.0, from - lower.Reach(from));
  while (t < end) {
    // As wide as three deviations at its narrower end.
    double length = 3 * std::min(lower.Width(t), upper(t));
    length = std::min(length, 3 * std::min(lower.Width(t + length), upper(t + length)));
    if (t + 1.2 * length > end) length = end - t;
    const double half = 0.5 * length, middle = t + half;
    for (const auto& [at, weight] : kLegendre) {
      nodes.push_back({middle - half * at, half * weight});
      nodes.push_back({middle + half * at, half * weight});
    }
    t = t + 1.2 * length > end ? end : t + length;
  }
  return nodes;
}

// Nodes in t for the integral over the lower recall with the upper one at t + z.
std::vector<QuadratureNode> NodesOf(const Recall& upper, const Recall& lower, double z) {
  return NodesUpTo(1 - z, lower, [&](double t) { return upper.Width(t + z); });
}

/// The numbers flagged as recalls, and beyond which distance from these less than 1e-15 lies, by Bernstein's
/// inequality.
struct Stretch {
  double from, to, reach;

  explicit Stretch(const Recall& recall) {
    const double total = recall.total;
    from = recall.first / total;
    to = recall.last() / total;
    const auto spread = [&](double t) { return t * (1 - t) / total; };
    const bool middle = from < 0.5 && to > 0.5;
    const double variance = middle ? 0.25 / total : std::max(spread(from), spread(to));
    reach = 23 / total + 8.3 * std::sqrt(variance);
  }
  bool inside() const { return from > reach && to + reach < 1; }
};

}  // namespace

RecallDifferences::RecallDifferences(FlaggedLaw first, FlaggedLaw second, Prior prior)
    : sides_{std::move(first), std::move(second)}, prior_(std::move(prior)) {
  if (std::max(sides_[0].n, sides_[1].n) + prior_.mass <= RecallPolynomial::kMost) {
    SetPolynomials();
  } else {
    SetCurves();
  }
  SetMoments();
}

void RecallDifferences::SetCurves() {
  for (const auto& [weight, gained, lost] : prior_.samples) {
    curves_.push_back({RecallCurve(After(sides_[0], lost, prior_.mass)),
                       RecallCurve(After(sides_[1], gained, prior_.mass))});
  }
  static constexpr double kAll = 1;
  for (const FlaggedLaw& side : sides_) {
    firsts_.emplace_back(Recall{side.n + prior_.mass, side.first, {&kAll, 1}});
  }
  SetGrid();
}

RecallDifferences::Numbers RecallDifferences::AfterPrior() const {
  std::array<std::size_t, 2> more{};
  for (const auto& [weight, gained, lost] : prior_.samples) {
    more = {std::max(more[0], static_cast<std::size_t>(lost)),
            std::max(more[1], static_cast<std::size_t>(gained))};
  }
  return {std::vector<double>(sides_[0].weights.size() + more[0]),
          std::vector<double>(sides_[1].weights.size() + more[1])};
}

void RecallDifferences::SetGrid() {
  const Numbers after = AfterPrior();
  const Recall lower{sides_[0].n + prior_.mass, sides_[0].first, after[0]},
      upper{sides_[1].n + prior_.mass, sides_[1].first, after[1]};
  const Stretch own(lower), other(upper);
  if (!own.inside() || !other.inside()) return;
  // Widths are concave, and what lies farther hardly weighs.
  const double narrowest =
      std::min(upper.Width(other.from - 0.5 * other.reach), upper.Width(other.to + 0.5 * other.reach));
  std::vector<QuadratureNode> nodes = NodesUpTo(1.0, lower, [&](double) { return narrowest; });
  const BinomialRun of_density(lower.total - 2, lower.first - 1, after[0].size());
  std::vector<double> densities;  // [node][number]
  for (const auto& [t, part] : nodes) {
    std::vector<double> given(after[0].size());
    of_density(t, given.data(), 1);
    for (double& density : given) density *= part * (lower.total - 1);
    if (*std::max_element(given.begin(), given.end()) < 1e-17) continue;
    grid_.push_back(t);
    densities.insert(densities.end(), given.begin(), given.end());
  }
  const std::size_t numbers = after[0].size(), n_nodes = grid_.size();
  densities_.resize(densities.size());
  for (std::size_t i = 0; i < n_nodes; ++i) {
    for (std::size_t a = 0; a < numbers; ++a) densities_[a * n_nodes + i] = densities[i * numbers + a];
  }
  for (const auto& [weight, gained, lost] : prior_.samples) {
    std::vector<double>& mixed = mixed_.emplace_back(n_nodes);
    for (std::size_t i = 0; i < n_nodes; ++i) {
      mixed[i] = weight * InnerProduct(&densities[i * numbers + static_cast<std::size_t>(lost)],
                                       sides_[0].weights.data(), sides_[0].weights.size());
    }
  }
}

void RecallDifferences::SetPolynomials() {
  std::vector<RecallPair> above, below;
  for (const auto& [weight, gained, lost] : prior_.samples) {
    const Recall baseline = After(sides_[0], lost, prior_.mass),
                 candidate = After(sides_[1], gained, prior_.mass);
    above.push_back({weight, baseline, candidate});
    below.push_back({weight, candidate, baseline});
  }
  polynomials_.emplace_back(above);
  polynomials_.emplace_back(below);
  // Of twice as many nodes less one, at least, the degree of both polynomials together.
  exact_nodes_ = GaussLegendre(static_cast<std::size_t>(sides_[0].n + sides_[1].n) / 2 +
                               static_cast<std::size_t>(prior_.mass));
}

void RecallDifferences::SetMoments() {
  struct Spread {
    double mean = 0, variance = 0;
  };
  const auto of_counts = [](const FlaggedLaw& law) {
    Spread spread;
    for (std::size_t i = 0; i < law.weights.size(); ++i)
      spread.mean += law.weights[i] * (law.first + static_cast<double>(i));
    for (std::size_t i = 0; i < law.weights.size(); ++i) {
      const double d = law.first + static_cast<double>(i) - spread.mean;
      spread.variance += law.weights[i] * d * d;
    }
    return spread;
  };
  const Spread counts[2] = {of_counts(sides_[0]), of_counts(sides_[1])};
  const auto recall = [&](int d, std::int32_t flagged) {
    const double total = static_cast<double>(sides_[d].n) + prior_.mass,
                 mean = (counts[d].mean + flagged) / total;
    // Of the count's spread, and of the beta variate given the count.
    const double own = counts[d].variance / (total * total);
    return Spread{mean, own + (mean * (1 - mean) - own) / (total + 1)};
  };
  std::vector<Spread> parts;
  for (const auto& [weight, gained, lost] : prior_.samples) {
    const Spread first = recall(0, lost), second = recall(1, gained);
    parts.push_back({second.mean - first.mean, first.variance + second.variance});
    moments_.mean += weight * parts.back().mean;
    const Recall baseline = After(sides_[0], lost, prior_.mass),
                 candidate = After(sides_[1], gained, prior_.mass);
    at_one_ += weight * baseline.WeightAt(0) * candidate.WeightAt(candidate.total);
    at_minus_one_ += weight * baseline.WeightAt(baseline.total) * candidate.WeightAt(0);
    at_zero_ += weight * (baseline.WeightAt(0) * candidate.WeightAt(0) +
                          baseline.WeightAt(baseline.total) * candidate.WeightAt(candidate.total));
  }
  double variance = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double d = parts[i].mean - moments_.mean;
    variance += prior_.samples[i].weight * (parts[i].variance + d * d);
  }
  moments_.standard_error = std::sqrt(variance);
  for (int d = 0; d < 2; ++d) {
    const double n = sides_[d].n;
    moments_.threshold_variance += counts[d].variance / (n * n);
  }
}

double RecallDifferences::Above(double z, bool mirrored) const {
  if (!polynomials_.empty()) return polynomials_[mirrored ? 1 : 0].Above(z);
  const std::size_t high = mirrored ? 0 : 1;
  double above = 0;
  for (std::size_t s = 0; s < mixed_.size(); ++s) {
    const RecallCurve& second = curves_[s][1];
    for (std::size_t i = 0; i < grid_.size(); ++i) {
      above += mixed_[s][i] * (mirrored ? 1 - second.Tail(grid_[i] - z) : second.Tail(grid_[i] + z));
    }
  }
  if (!grid_.empty()) return std::clamp(above, 0.0, 1.0);
  for (std::size_t i = 0; i < prior_.samples.size(); ++i) {
    const auto& [weight, gained, lost] = prior_.samples[i];
    const std::array<Recall, 2> recalls = {After(sides_[0], lost, prior_.mass),
                                           After(sides_[1], gained, prior_.mass)};
    const RecallCurve &upper = curves_[i][high], &lower = curves_[i][1 - high];
    above += weight * recalls[1 - high].WeightAt(0) * upper.Tail(z);
    for (const auto& [t, part] : NodesOf(recalls[high], recalls[1 - high], z)) {
      above += weight * part * lower.Density(t) * upper.Tail(t + z);
    }
  }
  return std::clamp(above, 0.0, 1.0);
}

// Whether the cell's weight matters: all that do not, together, are below 1e-11.
bool RecallDifferences::Counts(std::size_t flagged, std::size_t flagged_second) const {
  return sides_[0].weights[flagged] * sides_[1].weights[flagged_second] * static_cast<double>(n_cells()) >
         1e-11;
}

std::vector<QuadratureNode> RecallDifferences::NodesAt(const Recall& upper, const Recall& lower,
                                                       double z) const {
  if (polynomials_.empty()) return NodesOf(upper, lower, z);
  std::vector<QuadratureNode> nodes;
  for (const auto& [at, weight] : exact_nodes_) nodes.push_back({(1 - z) * at, (1 - z) * weight});
  return nodes;
}

void RecallDifferences::AddAbove(double factor, double z, bool mirrored, std::span<double> table) const {
  // All samples of the prior read one grid: of the numbers flagged after it.
  const std::size_t high = mirrored ? 0 : 1, low = 1 - high;
  const Numbers after = AfterPrior();
  const auto recall = [&](std::size_t d) {
    return Recall{sides_[d].n + prior_.mass, sides_[d].first, after[d]};
  };
  const Recall upper = recall(high), lower = recall(low);
  const std::size_t n_lower = after[low].size(), n_upper = after[high].size();
  std::vector<QuadratureNode> nodes = NodesAt(upper, lower, z);
  // A node more: at t = 0, for the atom of a recall of which nothing is flagged.
  nodes.push_back({0, 0});
  const std::size_t n_nodes = nodes.size();
  Numbers parts;  // [detector][number flagged][node]
  parts[low].resize(n_lower * n_nodes);
  parts[high].resize(n_upper * n_nodes);
  const BinomialRun of_density(lower.total - 2, lower.first - 1, lower.total < 2 ? 0 : n_lower);
  // Below the first number flagged it is a sum where these are few, else a curve.
  const std::int32_t start = polynomials_.empty() ? upper.first : 0;
  const auto before = static_cast<std::size_t>(upper.first - start);
  const BinomialRun of_tail(upper.total - 1, start, before + n_upper - 1);
  std::vector<double> densities(n_lower), tails(before + n_upper);
  for (std::size_t i = 0; i < n_nodes; ++i) {
    const auto [t, part] = nodes[i];
    if (i + 1 < n_nodes) {
      of_density(t, densities.data(), 1);
      for (std::size_t a = 0; a < n_lower; ++a) {
        parts[low][a * n_nodes + i] = densities[a] * part * (lower.total - 1);
      }
    }
    // P(Bin < flagged) for each number flagged.
    of_tail(t + z, tails.data() + 1, 1);
    double sum = tails[0] = polynomials_.empty() ? firsts_[high].Tail(t + z) : 0;
    for (std::size_t b = 1; b < tails.size(); ++b) tails[b] = sum += tails[b];
    for (std::size_t b = 0; b < n_upper; ++b) parts[high][b * n_nodes + i] = tails[before + b];
  }
  if (lower.first == 0) parts[low][n_nodes - 1] = 1;
  AddProducts(factor, parts[0], parts[1], table);
}

bool RecallDifferences::Inside(double low, double high, std::span<double> table) const {
  if (grid_.empty() || low > high) return false;
  const std::size_t n_nodes = grid_.size(), numbers = AfterPrior()[1].size();
  const BinomialRun of_tail(sides_[1].n + prior_.mass - 1, sides_[1].first, numbers - 1);
  // [number]: P(T' > x), a sum of P(Bin < number).
  std::vector<double> upper(numbers), lower(numbers), outside(numbers * n_nodes);
  const auto set_tails = [&](double x, std::vector<double>& tails) {
    std::fill(tails.begin(), tails.end(), x <= 0 ? 1.0 : 0.0);
    if (x <= 0 || x >= 1) return;
    of_tail(x, tails.data() + 1, 1);
    tails[0] = firsts_[1].Tail(x);
    for (std::size_t b = 1; b < numbers; ++b) tails[b] += tails[b - 1];
  };
  for (std::size_t i = 0; i < n_nodes; ++i) {
    set_tails(grid_[i] + high, upper);
    set_tails(grid_[i] + low, lower);
    for (std::size_t b = 0; b < numbers; ++b) outside[b * n_nodes + i] = upper[b] + (1 - lower[b]);
  }
  std::fill(table.begin(), table.end(), 1.0);
  AddProducts(-1, densities_, outside, table);
  return true;
}

// Both parts are [number flagged after the prior][node].
void RecallDifferences::AddProducts(double factor, std::span<const double> first,
                                    std::span<const double> second, std::span<double> table) const {
  const std::size_t rows = sides_[0].weights.size(), columns = sides_[1].weights.size();
  const Numbers after = AfterPrior();
  const std::size_t n_nodes = first.size() / after[0].size();
  for (std::size_t a = 0; a < after[0].size(); ++a) {
    for (std::size_t b = 0; b < after[1].size(); ++b) {
      double above = -1;
      for (const auto& [weight, gained, lost] : prior_.samples) {
        const std::size_t row = a - static_cast<std::size_t>(lost),
                          column = b - static_cast<std::size_t>(gained);
        if (row >= rows || column >= columns || !Counts(row, column)) continue;
        if (above < 0) above = InnerProduct(&first[a * n_nodes], &second[b * n_nodes], n_nodes);
        table[row * columns + column] += factor * weight * above;
      }
    }
  }
}

void RecallDifferences::AddAtOne(double factor, bool mirrored, std::span<double> table) const {
  for (const auto& [weight, gained, lost] : prior_.samples) {
    const Recall baseline = After(sides_[0], lost, prior_.mass),
                 candidate = After(sides_[1], gained, prior_.mass);
    const Recall &upper = mirrored ? baseline : candidate, &lower = mirrored ? candidate : baseline;
    if (lower.first != 0 || upper.last() != upper.total) continue;
    const std::size_t width = sides_[1].weights.size();
    table[mirrored ? (sides_[0].weights.size() - 1) * width : width - 1] += factor * weight;
  }
}

}  // namespace scoring_bias
