#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace scoring_bias {

/// Samples that a prior adds to one detector alone: to the second (`gained`) or to the first (`lost`).
struct PriorSample {
  double weight;
  std::int32_t gained, lost;
};

/// What the prior of the anomalies' cells is: one of these, with the weights as probabilities. All add as
/// many samples, `mass`.
struct Prior {
  std::vector<PriorSample> samples;
  std::int32_t mass = 0;

  Prior Mirrored() const;
};

/// The anomalies of a set: n of them, of which a cell has `gained` flagged by the second detector alone and
/// `lost` by the first alone. Cells with gained + lost from first_sum to last_sum and gained - lost from low
/// to high.
struct DifferencePanel {
  std::int32_t first_sum = 0, last_sum = 0, low = 0, high = 0;
  std::vector<double> nodes;   // sums that stand for all: themselves, or Chebyshev's
  std::vector<double> shares;  // [sum][node] of Lagrange's interpolation; empty where nodes are the sums

  std::int32_t n_sums() const { return last_sum - first_sum + 1; }
  /// Of one difference.
  std::span<const double> SharesOf(std::int32_t sum) const {
    return {shares.data() + static_cast<std::size_t>(sum - first_sum) * nodes.size(), nodes.size()};
  }
};

/// The panel of these sums, without differences yet.
DifferencePanel MakePanel(std::int32_t first_sum, std::int32_t last_sum);

/// The last sum of the panel that begins at this one: a multiple of 8, less 1, as first sums are multiples.
std::int32_t LastSumOfPanel(std::int32_t first_sum);

/// P(D_u - D_d > z) for the cells of a panel, (D_u, D_d, the rest) ~ Dirichlet(gained, lost, n - gained -
/// lost), after the prior. Below `low` it is 0, above `high` 1, but for 1e-12.
struct PanelTails {
  bool of_sums = false;  // columns are the panel's sums; else its nodes
  std::int32_t low = 0, high = -1;
  std::vector<double> values;  // [difference - low][column]
};

/// Evaluates panels at one z in [0, 1) of one set.
///
/// P(D_u - D_d > z) = P((1 - z) G_u - (1 + z) G_d - z G_r > 0) with independent gamma variates. Two ways, of
/// which each panel takes the cheaper by a fixed formula:
///
/// - as a race: the u-th point of a Poisson process of rate 1 / (1 - z) comes after d waits of rate
///   1 / (1 + z) and r of rate 1 / z. The points until then are negative binomial, so the probability is
///   sum_j NB_r(j) P(NB_d < u - j), all terms positive. For few discordant anomalies.
/// - by the characteristic function of the combination of gammas at (k + 1/2) h (Davies, Biometrika 60,
///   1973): 1/2 + sum_k Im phi / (pi (k + 1/2)). Its error is the probability beyond 2 pi / h, kept below
///   1e-12. phi is a power in the difference and another in the sum, so one complex product a cell and
///   frequency suffices, and the sums of a panel are interpolated from ten.
class PanelEvaluator {
 public:
  /// `prior` mirrored, and all differences with the other sign, where the detectors change sides.
  PanelEvaluator(std::int32_t n, const Prior& prior, double z, bool mirrored);

  /// Time: about 20 products of 2 ns for each node and undecided difference. Throws std::bad_alloc.
  void Evaluate(const DifferencePanel& panel, PanelTails& tails);

 private:
  struct Frequencies {
    double step, count;
    bool interpolable;  // between the nodes of a panel
  };

  Frequencies FrequenciesOf(const DifferencePanel& panel, double reach, const PanelTails& tails) const;
  double LogSize(double sum, double difference, double omega) const;
  void Race(const DifferencePanel& panel, PanelTails& tails);
  void Waits(std::int32_t most_lost, std::int32_t most_gained);
  std::int32_t Arrivals(std::int32_t rest, std::int32_t most);
  void Transform(std::span<const double> sums, Frequencies frequencies, PanelTails& tails);

  std::int32_t n_;
  Prior prior_;
  double z_;
  bool mirrored_;
  // Of Race: P(NB_lost < k) after the prior and before it, and NB_r from its first term that counts.
  std::vector<double> waits_, plain_, arrivals_;
  std::int32_t stride_ = 0;
};

}  // namespace scoring_bias
