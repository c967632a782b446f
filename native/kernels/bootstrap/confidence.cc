#include "kernels/bootstrap/confidence.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <numeric>
#include <vector>

#include "kernels/base/shape.h"
#include "kernels/bootstrap/confidence_index.h"
#include "kernels/bootstrap/draw_blocks.h"
#include "kernels/random/beta.h"
#include "kernels/random/binomial.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

// A stretch between two thresholds of the second detector, and the probability that a normal sample lies in
// it given that it lies in one stretch of the first and in no earlier one of the second.
struct Cell {
  std::size_t stretch;
  double conditional;
};

// How normals fall between the true thresholds: stretch by stretch of the first detector, and within each,
// when paired, of the second. Stretches are numbered from the largest scores down, the last being the rest.
struct NormalLaw {
  std::vector<double> first;             // [stretch]: given that it lies in no earlier one
  std::vector<std::vector<Cell>> cells;  // [stretch]
  std::vector<double> second;            // when the detectors have samples of their own
};

// The conditional probabilities of stretches, from the probability above the end of each.
std::vector<double> Conditionals(const std::vector<double>& above) {
  std::vector<double> conditional;
  double before = 0;
  for (const double end : above) {
    conditional.push_back(before < 1 ? std::clamp((end - before) / (1 - before), 0.0, 1.0) : 0);
    before = end;
  }
  return conditional;
}

NormalLaw LawOf(const ConfidenceIndex& index, const std::vector<std::size_t>& by_fpr) {
  const auto ends = [&](std::size_t d) {
    std::vector<double> above;
    for (const std::size_t f : by_fpr) above.push_back(index.detectors[d].targets[f]);
    return above;
  };
  const std::vector<double> above = ends(0), above_second = ends(1);
  NormalLaw law{Conditionals(above), {}, Conditionals(above_second)};
  if (!index.paired) return law;
  std::vector<double> before(above.size() + 1), at_end(above.size() + 1);  // [second's stretch]
  for (std::size_t i = 0; i <= above.size(); ++i) {
    for (std::size_t j = 0; j < above.size(); ++j) {
      at_end[j] = i < above.size() ? index.Both(above[i], above_second[j]) : above_second[j];
    }
    at_end.back() = i < above.size() ? above[i] : 1;
    double left = at_end.back() - before.back(), previous = 0;
    std::vector<Cell> row;
    for (std::size_t j = 0; j <= above.size(); ++j) {
      const double upto = at_end[j] - before[j], here = upto - previous;
      previous = upto;
      if (j == above.size()) {
        row.push_back({j, 1});
      } else if (here > 1e-15) {
        row.push_back({j, std::min(1.0, here / left)});
        left -= here;
      }
      if (!(left > 0)) break;
    }
    law.cells.push_back(std::move(row));
    before.swap(at_end);
  }
  return law;
}

double GammaVariate(Philox& random, std::size_t shape) {
  return shape == 0 ? 0 : GammaSampler(static_cast<double>(shape))(random);
}

class ConfidenceDraws {
 public:
  static constexpr std::size_t kDrawsPerBlock = 64;
  static constexpr std::size_t kDrawsPerThread = 512;

  // Scratch of one thread, allocated before it starts.
  struct Scratch {
    std::vector<std::size_t> above[2];  // [target by ascending FPR]: normals above the threshold
    double place[2] = {0, 0};           // of the threshold in its gap
    std::vector<std::size_t> ends[2];   // [the same]: anomalies of the class above the threshold
    std::vector<double> weight[2];      // [stretch]: what the anomalies of it weigh
  };

  ConfidenceDraws(const ConfidenceIndex& index, std::size_t n_classes, std::vector<std::size_t> by_fpr,
                  const ReplicateRange& range, const ConfidenceOutputs& outputs)
      : index_(index),
        n_classes_(n_classes),
        by_fpr_(std::move(by_fpr)),
        range_(range),
        outputs_(outputs),
        law_(LawOf(index, by_fpr_)) {}

  Scratch MakeScratch() const {
    Scratch scratch;
    for (int d = 0; d < 2; ++d) {
      scratch.above[d].resize(by_fpr_.size());
      scratch.ends[d].resize(by_fpr_.size());
      scratch.weight[d].resize(by_fpr_.size() + 1);
    }
    return scratch;
  }

  bool Draw(std::size_t b, Scratch& scratch) const {
    Philox random = Generator(0, b);
    DrawThresholds(random, scratch);
    if (!outputs_.thresholds.empty()) WriteThresholds(b, scratch);
    for (std::size_t k = 0; k < n_classes_; ++k) {
      for (int d = 0; d < 2; ++d) CountAnomalies(k, d, scratch);
      if (!outputs_.centres.empty()) WriteCentres(b, k, scratch);
      if (outputs_.tpr.empty()) continue;
      Philox own = Generator(k + 1, b);
      if (index_.paired) {
        DrawPairedWeights(own, k, scratch);
      } else {
        DrawOwnWeights(own, k, scratch);
      }
      WriteTpr(b, k, scratch);
    }
    return true;
  }

 private:
  Philox Generator(std::size_t stream, std::size_t b) const {
    return {range_.seed, kConfidenceStreams + static_cast<std::uint32_t>(stream),
            range_.first + static_cast<std::uint32_t>(b)};
  }

  std::size_t Row(std::size_t b, std::size_t t) const { return b * by_fpr_.size() + by_fpr_[t]; }

  void DrawThresholds(Philox& random, Scratch& scratch) const {
    const std::size_t n_targets = by_fpr_.size();
    for (auto& above : scratch.above) std::fill(above.begin(), above.end(), std::size_t{0});
    auto left = static_cast<std::int64_t>(index_.detectors[0].n_normal);
    for (std::size_t i = 0; i <= n_targets; ++i) {
      const std::int64_t here = i < n_targets ? BinomialVariate(random, left, law_.first[i]) : left;
      left -= here;
      if (i < n_targets) scratch.above[0][i] = static_cast<std::size_t>(here);
      if (index_.paired) SplitStretch(random, here, law_.cells[i], scratch.above[1]);
    }
    if (!index_.paired) {
      left = static_cast<std::int64_t>(index_.detectors[1].n_normal);
      for (std::size_t j = 0; j < n_targets; ++j) {
        const std::int64_t here = BinomialVariate(random, left, law_.second[j]);
        left -= here;
        scratch.above[1][j] = static_cast<std::size_t>(here);
      }
    }
    for (int d = 0; d < 2; ++d) {
      auto& above = scratch.above[d];
      std::partial_sum(above.begin(), above.end(), above.begin());
      const double a = random.NextUniform(), b = random.NextUniform(), c = random.NextUniform();
      scratch.place[d] = std::max(std::min(a, b), std::min(std::max(a, b), c));  // Beta(2, 2): the median
    }
  }

  static void SplitStretch(Philox& random, std::int64_t left, const std::vector<Cell>& cells,
                           std::vector<std::size_t>& above) {
    for (const Cell& cell : cells) {
      if (left == 0) return;
      const std::int64_t here = BinomialVariate(random, left, cell.conditional);
      if (cell.stretch < above.size()) above[cell.stretch] += static_cast<std::size_t>(here);
      left -= here;
    }
  }

  void WriteThresholds(std::size_t b, const Scratch& scratch) const {
    for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
      for (std::size_t d = 0; d < 2; ++d) {
        const ScoreWindow& normal = index_.detectors[d].normal;
        const std::size_t place = std::max(scratch.above[d][t], normal.first) - normal.first;
        outputs_.thresholds[2 * Row(b, t) + d] = normal.values[std::min(place, normal.size() - 1)];
      }
    }
  }

  void CountAnomalies(std::size_t k, int d, Scratch& scratch) const {
    const ConfidenceDetector& detector = index_.detectors[static_cast<std::size_t>(d)];
    for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
      const auto [least, most] = detector.GapOf(k, detector.Reached(scratch.above[d][t]));
      const auto inside = static_cast<double>(most - least + 1);
      scratch.ends[d][t] = std::min(most, least + static_cast<std::size_t>(scratch.place[d] * inside));
    }
  }

  void WriteCentres(std::size_t b, std::size_t k, const Scratch& scratch) const {
    for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
      const double first = Share(scratch.ends[0][t], index_.detectors[0].n_anomalous[k]),
                   second = Share(scratch.ends[1][t], index_.detectors[1].n_anomalous[k]);
      outputs_.centres[Row(b, t) * n_classes_ + k] = second - first;
    }
  }

  static double Share(std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  }

  // Weights of the stretches of either detector, from gamma variates of the cells that both cut: those of a
  // Dirichlet law but for their common sum.
  void DrawPairedWeights(Philox& random, std::size_t k, Scratch& scratch) const {
    const std::size_t n_targets = by_fpr_.size(), n = index_.detectors[0].n_anomalous[k];
    for (auto& weight : scratch.weight) std::fill(weight.begin(), weight.end(), 0.0);
    const bool for_second = random.NextUniform() < 0.5;
    const double extra = GammaVariate(random, 1);
    scratch.weight[0][for_second ? n_targets : 0] += extra;
    scratch.weight[1][for_second ? 0 : n_targets] += extra;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= n_targets; ++i) {
      const std::size_t end = i < n_targets ? scratch.ends[0][i] : n;
      std::size_t left = end - begin, before = 0;
      for (std::size_t j = 0; j <= n_targets && left > 0; ++j) {
        const std::size_t cut = j < n_targets ? scratch.ends[1][j] : n;
        const std::size_t upto = index_.Flagged(k, end, cut) - index_.Flagged(k, begin, cut);
        const double weight = GammaVariate(random, upto - before);
        left -= upto - before;
        before = upto;
        scratch.weight[0][i] += weight;
        scratch.weight[1][j] += weight;
      }
      begin = end;
    }
  }

  void DrawOwnWeights(Philox& random, std::size_t k, Scratch& scratch) const {
    const std::size_t n_targets = by_fpr_.size();
    const bool for_second = random.NextUniform() < 0.5;
    for (std::size_t d = 0; d < 2; ++d) {
      std::size_t begin = 0;
      for (std::size_t t = 0; t <= n_targets; ++t) {
        const std::size_t end = t < n_targets ? scratch.ends[d][t] : index_.detectors[d].n_anomalous[k];
        scratch.weight[d][t] = GammaVariate(random, end - begin);
        begin = end;
      }
      scratch.weight[d][for_second == (d == 1) ? 0 : n_targets] += GammaVariate(random, 1);
    }
  }

  void WriteTpr(std::size_t b, std::size_t k, const Scratch& scratch) const {
    for (std::size_t d = 0; d < 2; ++d) {
      const std::vector<double>& weight = scratch.weight[d];
      double rest = 0;
      for (std::size_t t = weight.size(); t-- > 0;) rest += weight[t];
      double above = 0;
      for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
        above += weight[t];
        outputs_.tpr[(Row(b, t) * n_classes_ + k) * 2 + d] = std::min(1.0, above / rest);
      }
    }
  }

  const ConfidenceIndex& index_;
  const std::size_t n_classes_;
  const std::vector<std::size_t> by_fpr_;  // targets by ascending FPR: thresholds from the largest down
  const ReplicateRange range_;
  const ConfidenceOutputs& outputs_;
  const NormalLaw law_;
};

}  // namespace

Status Confidence(const BootstrapInput& input, const ReplicateRange& range, const ConfidenceOutputs& outputs,
                  const JobControl& control) {
  if (const Status status = CheckInput(input); !status.ok()) return status;
  const std::size_t n_classes = input.n_classes(), n_fprs = input.fprs.size();
  if (input.n_detectors() != 2 || n_classes + 1 > kStreamsPerEngine) return {StatusCode::kOutOfRange};
  for (const DetectorScores& detector : input.detectors) {
    for (const auto& mask : detector.excluded) {
      if (!mask.empty()) return {StatusCode::kOutOfRange};
    }
  }
  if (std::uint64_t{range.first} + range.count > std::uint64_t{1} << 32) return {StatusCode::kOutOfRange};
  const bool fits = (outputs.thresholds.empty() || HasShape(outputs.thresholds, {range.count, n_fprs, 2})) &&
                    (outputs.tpr.empty() || HasShape(outputs.tpr, {range.count, n_fprs, n_classes, 2})) &&
                    (outputs.centres.empty() || HasShape(outputs.centres, {range.count, n_fprs, n_classes}));
  if (!fits) return {StatusCode::kLengthMismatch};
  try {
    ConfidenceIndex index;
    if (const Status status = ConfidenceIndex::Build(input, range.threads, index); !status.ok())
      return status;
    std::vector<std::size_t> by_fpr(n_fprs);
    std::iota(by_fpr.begin(), by_fpr.end(), std::size_t{0});
    std::stable_sort(by_fpr.begin(), by_fpr.end(),
                     [&](auto a, auto b) { return input.fprs[a] < input.fprs[b]; });
    const ConfidenceDraws draws(index, n_classes, std::move(by_fpr), range, outputs);
    return DrawInBlocks(draws, range, {ConfidenceDraws::kDrawsPerBlock, ConfidenceDraws::kDrawsPerThread},
                        control);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias
