#include "args.h"
#include "bindings.h"
#include "kernels/bootstrap_direct.h"
#include "kernels/jackknife.h"
#include "kernels/observe.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

ScoreSpan ConstScoresArg(const Napi::Value& value, const char* name) {
  return std::visit([](auto span) -> ScoreSpan { return AsConst(span); }, ScoresArg(value, name));
}

// { normal: [d], anomalous: [d][k], excluded: [d][k] or undefined, design, definition, fprs }
BootstrapInput InputArg(const Napi::Value& value) {
  if (!value.IsObject()) throw WrongType(value.Env(), "input", "an object");
  const auto object = value.As<Napi::Object>();
  BootstrapInput input;
  input.design = EnumArg(object.Get("design"), "design", Design::kIndependent);
  input.rule = EnumArg(object.Get("definition"), "definition", ThresholdRule::kLinear);
  const std::span<double> fprs = ArrayArg<double>(object.Get("fprs"), "fprs");
  input.fprs.assign(fprs.begin(), fprs.end());
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

// { seed, first, count, threads }
ReplicateRange RangeArg(const Napi::Value& value) {
  if (!value.IsObject()) throw WrongType(value.Env(), "range", "an object");
  const auto object = value.As<Napi::Object>();
  return {IntegerArg(object.Get("seed"), "seed"), Uint32Arg(object.Get("first"), "first"),
          static_cast<std::uint32_t>(IntegerArg(object.Get("count"), "count", 0x7fffffff)),
          ThreadsArg(object.Get("threads"))};
}

}  // namespace

// bootstrap(input, range, { observedThresholds, observedFpr, observedTpr, thresholds?, tpr?, acceleration? },
// control,
//           contrast?)
Napi::Value Bootstrap(const Napi::CallbackInfo& info) {
  BootstrapInput input = InputArg(info[0]);
  const ReplicateRange range = RangeArg(info[1]);
  if (!info[2].IsObject()) throw WrongType(info.Env(), "outputs", "an object");
  const auto outputs = info[2].As<Napi::Object>();
  const auto output = [&](const char* name) { return OptionalArrayArg<double>(outputs.Get(name), name); };
  const std::span<double> observed_thresholds = output("observedThresholds");
  const std::span<double> observed_fpr = output("observedFpr");
  const std::span<double> observed_tpr = output("observedTpr");
  const std::span<double> thresholds = output("thresholds");
  const std::span<double> tpr = output("tpr");
  const std::span<double> acceleration = output("acceleration");
  const JobControl control = ControlArg(info[3]);
  const std::span<double> contrast = OptionalArrayArg<double>(info[4], "contrast");
  return PromiseWorker::Queue(info, [=, input = std::move(input)] {
    std::vector<RankedDetector> detectors;
    if (const Status status = RankInput(input, range.threads, detectors); !status.ok()) return status;
    Status status = Observe(input, detectors, observed_thresholds, observed_fpr, observed_tpr);
    if (!status.ok()) return status;
    if (!contrast.empty()) {
      status = JackknifeAcceleration(input, detectors, contrast, acceleration);
      if (!status.ok()) return status;
    }
    return BootstrapDirect(input, detectors, range, thresholds, tpr, control);
  });
}

}  // namespace scoring_bias
