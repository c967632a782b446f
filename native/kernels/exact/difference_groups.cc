#include "kernels/exact/difference_groups.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

constexpr std::size_t kPanelNodes = 8;

/// The sums gained + lost of one stretch, and the nodes that stand for them.
struct Panel {
  std::vector<double> nodes;
  /// Of Lagrange's interpolation in the barycentric form; empty where the nodes are the sums themselves.
  std::vector<double> weights;
  std::int32_t first = 0;

  Panel(std::int32_t from, std::int32_t to) : first(from) {
    if (static_cast<std::size_t>(to - from) < kPanelNodes) {
      for (std::int32_t sum = from; sum <= to; ++sum) nodes.push_back(sum);
      return;
    }
    const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
    for (std::size_t k = 0; k < kPanelNodes; ++k) {
      const portable::HalfTurn angle((static_cast<double>(k) + 0.5) / kPanelNodes);
      nodes.push_back(middle + half * angle.cosine());
      weights.push_back((k % 2 == 0 ? 1 : -1) * angle.sine());
    }
  }

  /// Whether nodes are fewer than so many cells. Those whose nodes are the sums bring equal cells together.
  bool Pays(std::size_t cells) const { return weights.empty() || cells > kPanelNodes; }

  void Share(std::int32_t sum, double mass, std::span<double> shares) const {
    if (weights.empty()) {
      shares[static_cast<std::size_t>(sum - first)] += mass;
      return;
    }
    std::array<double, kPanelNodes> parts{};
    double total = 0;
    for (std::size_t k = 0; k < kPanelNodes; ++k) {
      const double distance = sum - nodes[k];
      if (distance == 0) {
        shares[k] += mass;
        return;
      }
      total += parts[k] = weights[k] / distance;
    }
    for (std::size_t k = 0; k < kPanelNodes; ++k) shares[k] += mass * parts[k] / total;
  }
};

/// Stretches of sums over which the law of a cell changes little: their lengths are a fifth of the sum and a
/// fifth of the rest, whichever is less.
class Panels {
 public:
  Panels(std::int32_t least, std::int32_t most, std::int32_t n) : least_(least) {
    number_.reserve(static_cast<std::size_t>(most - least) + 1);
    for (std::int32_t from = least; from <= most;) {
      const std::int32_t reach =
          std::max<std::int32_t>({static_cast<std::int32_t>(kPanelNodes) - 1, std::min(from, n - from) / 5});
      const std::int32_t to = std::min(most, from + reach);
      number_.insert(number_.end(), static_cast<std::size_t>(to - from) + 1, panels_.size());
      panels_.emplace_back(from, to);
      from = to + 1;
    }
  }

  std::size_t NumberOf(std::int32_t sum) const { return number_[static_cast<std::size_t>(sum - least_)]; }
  std::size_t size() const { return panels_.size(); }
  const Panel& operator[](std::size_t number) const { return panels_[number]; }

 private:
  std::int32_t least_;
  std::vector<std::size_t> number_;
  std::vector<Panel> panels_;
};

std::int32_t DifferenceOf(const DifferenceCell& cell) { return cell.gained - cell.lost; }
std::int32_t SumOf(const DifferenceCell& cell) { return cell.gained + cell.lost; }

/// Cells by their difference: those of lowest + i are cells[start[i]], ..., cells[start[i + 1] - 1], in their
/// order.
struct ByDifference {
  std::int32_t lowest, highest;
  std::vector<std::size_t> start;
  std::vector<DifferenceCell> cells;

  explicit ByDifference(std::span<const DifferenceCell> given) : cells(given.size()) {
    lowest = highest = DifferenceOf(given[0]);
    for (const DifferenceCell& cell : given) {
      lowest = std::min(lowest, DifferenceOf(cell));
      highest = std::max(highest, DifferenceOf(cell));
    }
    start.resize(static_cast<std::size_t>(highest - lowest) + 2);
    const auto bucket = [&](const DifferenceCell& cell) {
      return static_cast<std::size_t>(DifferenceOf(cell) - lowest);
    };
    for (const DifferenceCell& cell : given) ++start[bucket(cell) + 1];
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    auto place = start;
    for (const DifferenceCell& cell : given) cells[place[bucket(cell)]++] = cell;
  }
};

}  // namespace

std::vector<DifferenceComponent> GroupCells(std::span<const DifferenceCell> cells, std::int32_t n) {
  std::int32_t least = SumOf(cells[0]), most = least;
  for (const DifferenceCell& cell : cells) {
    least = std::min(least, SumOf(cell));
    most = std::max(most, SumOf(cell));
  }
  const Panels panels(least, most, n);
  const ByDifference sorted(cells);
  std::vector<DifferenceComponent> components;
  const auto add = [&](double sum, double difference, double weight) {
    if (weight != 0) components.push_back({sum, difference, weight});
  };
  // Of the cells of one difference: how many are in a panel, what its nodes have of them, and the panels that
  // have any.
  std::vector<std::size_t> held(panels.size()), touched;
  std::vector<std::array<double, kPanelNodes>> shares(panels.size());
  for (std::size_t i = 0; i + 1 < sorted.start.size(); ++i) {
    const auto alike =
        std::span(sorted.cells).subspan(sorted.start[i], sorted.start[i + 1] - sorted.start[i]);
    const double difference = sorted.lowest + static_cast<double>(i);
    for (const DifferenceCell& cell : alike) {
      const std::size_t panel = panels.NumberOf(SumOf(cell));
      if (held[panel]++ != 0) continue;
      touched.push_back(panel);
      shares[panel].fill(0);
    }
    for (const DifferenceCell& cell : alike) {
      const std::size_t panel = panels.NumberOf(SumOf(cell));
      if (panels[panel].Pays(held[panel])) {
        panels[panel].Share(SumOf(cell), cell.probability, shares[panel]);
      } else {
        add(SumOf(cell), difference, cell.probability);
      }
    }
    for (const std::size_t panel : touched) {
      const auto& nodes = panels[panel].nodes;
      for (std::size_t k = 0; k < nodes.size(); ++k) add(nodes[k], difference, shares[panel][k]);
      held[panel] = 0;
    }
    touched.clear();
  }
  return components;
}

}  // namespace scoring_bias
