#pragma once

#include "kernels/base/named.h"

namespace scoring_bias {

/// Which way replicates are drawn: bootstrap_tree.h, the same with a ThresholdTable, or bootstrap_direct.h.
enum class Engine { kTree, kTable, kDirect };

template <>
inline constexpr Named<Engine> kNamed<Engine>[] = {
    {Engine::kTree, "tree"}, {Engine::kTable, "table"}, {Engine::kDirect, "direct"}};

}  // namespace scoring_bias
