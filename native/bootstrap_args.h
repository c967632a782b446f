#pragma once

#include <utility>

#include "args.h"
#include "kernels/bootstrap/bootstrap_input.h"

namespace scoring_bias {

inline ScoreSpan ConstScoresArg(const Napi::Value& value, const char* name) {
  return std::visit([](auto span) -> ScoreSpan { return AsConst(span); }, ScoresArg(value, name));
}

/// { normal: [d], anomalous: [d][k], excluded: [d][k] or undefined, design, definition, fprs, below? }
inline BootstrapInput BootstrapInputArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "input");
  BootstrapInput input;
  input.design = EnumArg<Design>(object.Get("design"), "design");
  input.definition = DefinitionArg(object.Get("definition"));
  const std::span<double> fprs = ArrayArg<double>(object.Get("fprs"), "fprs");
  input.fprs.assign(fprs.begin(), fprs.end());
  const Napi::Value below = object.Get("below");
  if (!below.IsUndefined()) input.below = static_cast<std::size_t>(IntegerArg(below, "below"));
  const Napi::Array normal = ListArg(object.Get("normal"), "normal");
  const Napi::Array anomalous = ListArg(object.Get("anomalous"), "anomalous");
  const Napi::Array excluded = ListArg(object.Get("excluded"), "excluded");
  for (std::uint32_t d = 0; d < normal.Length(); ++d) {
    DetectorScores detector{ConstScoresArg(normal[d], "normal"), {}, {}};
    const Napi::Array classes = ListArg(anomalous[d], "anomalous");
    const Napi::Array masks = ListArg(excluded[d], "excluded");
    for (std::uint32_t k = 0; k < classes.Length(); ++k) {
      detector.classes.push_back(ConstScoresArg(classes[k], "anomalous"));
      detector.excluded.push_back(OptionalArrayArg<std::uint8_t>(masks[k], "excluded"));
    }
    input.detectors.push_back(std::move(detector));
  }
  return input;
}

}  // namespace scoring_bias
