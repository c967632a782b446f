#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/exact/confidence_panels.h"

namespace scoring_bias {

/// Mean, standard deviation and the part of the variance that is the thresholds' own.
struct ConfidenceMoments {
  double mean = 0, standard_error = 0, threshold_variance = 0;
};

/// The law of xi on one set of anomalies, a mixture over cells, and what of it each cell has.
class CellDifferences {
 public:
  virtual ~CellDifferences() = default;

  /// P(xi > z) or, mirrored, P(xi < -z), for 0 <= z < 1. Throws std::bad_alloc.
  virtual double Above(double z, bool mirrored) const = 0;

  /// The atoms: P(xi = 1) or, mirrored, P(xi = -1); P(xi = 0).
  virtual double AtOne(bool mirrored) const = 0;
  virtual double AtZero() const = 0;

  virtual ConfidenceMoments Moments() const = 0;

  /// Tables have an entry for each cell. Adds `factor` times Above(z, mirrored), or AtOne(mirrored), given
  /// the cell to its entry. Throws std::bad_alloc.
  virtual std::size_t n_cells() const = 0;
  virtual void AddAbove(double factor, double z, bool mirrored, std::span<double> table) const = 0;
  virtual void AddAtOne(double factor, bool mirrored, std::span<double> table) const = 0;
};

/// Of paired detectors: D_u - D_d, given a cell Dirichlet (gained, lost, the rest of n) after the prior.
class PairedDifferences final : public CellDifferences {
 public:
  /// Of n anomalies; gained - lost is in [low, high] in every cell.
  PairedDifferences(std::int32_t n, Prior prior, std::int32_t low, std::int32_t high);

  /// Adds a cell. Throws std::bad_alloc.
  void Add(std::int32_t sum, std::int32_t difference, double weight) {
    Strip(sum)[static_cast<std::size_t>((difference - low_) * kStrip + (sum & (kStrip - 1)))] += weight;
  }

  /// After the last cell. Throws std::bad_alloc.
  void Finish();

  /// The number of a cell in tables. Requires a cell that was added.
  std::size_t NumberOf(std::int32_t sum, std::int32_t difference) const {
    return offsets_[static_cast<std::size_t>(sum / kStrip)] +
           static_cast<std::size_t>((difference - low_) * kStrip + (sum & (kStrip - 1)));
  }

  double Above(double z, bool mirrored) const override;
  double AtOne(bool mirrored) const override { return mirrored ? at_minus_one_ : at_one_; }
  double AtZero() const override { return at_zero_; }
  ConfidenceMoments Moments() const override { return moments_; }
  std::size_t n_cells() const override { return n_cells_; }
  void AddAbove(double factor, double z, bool mirrored, std::span<double> table) const override;
  void AddAtOne(double factor, bool mirrored, std::span<double> table) const override;

 private:
  static constexpr std::int32_t kStrip = 8;  // sums that are kept side by side

  struct Panel {
    DifferencePanel shape;
    std::vector<double> node_weights;  // [difference - low][node]; empty where nodes are the sums
    std::vector<double> below;         // [difference - low]: what smaller differences weigh; one more
  };

  std::vector<double>& Strip(std::int32_t sum) {
    auto& strip = strips_[static_cast<std::size_t>(sum / kStrip)];
    if (strip.empty()) strip.resize(static_cast<std::size_t>((high_ - low_ + 1) * kStrip));
    return strip;
  }
  double Weight(std::int32_t sum, std::int32_t difference) const;
  void FinishPanel(std::int32_t first_sum, std::int32_t last_sum);
  void SetMoments();
  template <typename Visit>
  void ForEachCell(const DifferencePanel& shape, const Visit& visit) const;

  std::int32_t n_;
  Prior prior_;
  std::int32_t low_, high_;
  std::vector<std::vector<double>> strips_;
  std::vector<std::size_t> offsets_;
  std::size_t n_cells_ = 0;
  std::vector<Panel> panels_;
  double at_one_ = 0, at_minus_one_ = 0, at_zero_ = 0;
  ConfidenceMoments moments_;
};

}  // namespace scoring_bias
