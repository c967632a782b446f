#include "kernels/exact/difference_groups.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>

namespace scoring_bias {
namespace {

constexpr double kPi = 3.14159265358979323846;
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
      const double angle = kPi * (static_cast<double>(k) + 0.5) / kPanelNodes;
      nodes.push_back(middle + half * std::cos(angle));
      weights.push_back((k % 2 == 0 ? 1 : -1) * std::sin(angle));
    }
  }

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
  const Panel& operator[](std::size_t number) const { return panels_[number]; }

 private:
  std::int32_t least_;
  std::vector<std::size_t> number_;
  std::vector<Panel> panels_;
};

}  // namespace

std::vector<DifferenceComponent> GroupCells(std::span<const DifferenceCell> cells, std::int32_t n) {
  const auto difference = [](const DifferenceCell& cell) { return cell.gained - cell.lost; };
  const auto sum = [](const DifferenceCell& cell) { return cell.gained + cell.lost; };
  std::int32_t least = sum(cells[0]), most = least, lowest = difference(cells[0]), highest = lowest;
  for (const DifferenceCell& cell : cells) {
    least = std::min(least, sum(cell));
    most = std::max(most, sum(cell));
    lowest = std::min(lowest, difference(cell));
    highest = std::max(highest, difference(cell));
  }
  const Panels panels(least, most, n);
  // By difference, in the order of the cells.
  std::vector<std::size_t> start(static_cast<std::size_t>(highest - lowest) + 2);
  const auto bucket = [&](const DifferenceCell& cell) {
    return static_cast<std::size_t>(difference(cell) - lowest);
  };
  for (const DifferenceCell& cell : cells) ++start[bucket(cell) + 1];
  for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  std::vector<DifferenceCell> sorted(cells.size());
  auto place = start;
  for (const DifferenceCell& cell : cells) sorted[place[bucket(cell)]++] = cell;

  std::vector<DifferenceComponent> components;
  std::map<std::size_t, std::array<double, kPanelNodes>> shares;
  for (std::size_t i = 0; i + 1 < start.size(); ++i) {
    shares.clear();
    for (std::size_t at = start[i]; at < start[i + 1]; ++at) {
      const std::size_t panel = panels.NumberOf(sum(sorted[at]));
      const auto [found, fresh] = shares.try_emplace(panel);
      if (fresh) found->second.fill(0);
      panels[panel].Share(sum(sorted[at]), sorted[at].probability, found->second);
    }
    const double d = lowest + static_cast<double>(i);
    for (const auto& [number, weights] : shares) {
      const Panel& panel = panels[number];
      for (std::size_t k = 0; k < panel.nodes.size(); ++k) {
        if (weights[k] != 0) components.push_back({panel.nodes[k], d, weights[k]});
      }
    }
  }
  return components;
}

}  // namespace scoring_bias
