#include "args.h"
#include "bindings.h"
#include "bootstrap_args.h"
#include "kernels/bootstrap/bootstrap_direct.h"
#include "kernels/bootstrap/bootstrap_tree.h"
#include "kernels/bootstrap/confidence.h"
#include "kernels/bootstrap/engine.h"
#include "kernels/bootstrap/group_confidence.h"
#include "kernels/bootstrap/jackknife.h"
#include "kernels/bootstrap/observe.h"
#include "kernels/bootstrap/run_confidence.h"
#include "kernels/bootstrap/tree_index.h"
#include "kernels/exact/threshold_pairs.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

// { seed, first, count, threads, engine }
ReplicateRange RangeArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "range");
  return {IntegerArg(object.Get("seed"), "seed"), Uint32Arg(object.Get("first"), "first"),
          static_cast<std::uint32_t>(IntegerArg(object.Get("count"), "count", 0x7fffffff)),
          ThreadsArg(object.Get("threads"))};
}

// Where results go; what is not wanted is empty.
struct Outputs {
  std::span<double> observed_thresholds, observed_fpr, observed_tpr, observed_standard_errors;
  std::span<double> acceleration;
  std::span<double> thresholds, tpr, standard_errors;
  std::span<double> centres;
};

Outputs OutputsArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "outputs");
  const auto output = [&](const char* name) { return OptionalArrayArg<double>(object.Get(name), name); };
  return {output("observedThresholds"),
          output("observedFpr"),
          output("observedTpr"),
          output("observedStandardErrors"),
          output("acceleration"),
          output("thresholds"),
          output("tpr"),
          output("standardErrors"),
          output("centres")};
}

Status Direct(const BootstrapInput& input, const ReplicateRange& range, const Outputs& outputs,
              std::span<const double> contrast, const JobControl& control) {
  std::vector<RankedDetector> detectors;
  Status status = RankInput(input, range.threads, detectors);
  if (!status.ok()) return status;
  status = Observe(input, detectors, outputs.observed_thresholds, outputs.observed_fpr, outputs.observed_tpr);
  if (!status.ok()) return status;
  if (!outputs.acceleration.empty()) {
    status = JackknifeAcceleration(input, detectors, contrast, outputs.acceleration);
    if (!status.ok()) return status;
  }
  return BootstrapDirect(input, detectors, range, outputs.thresholds, outputs.tpr, control);
}

struct TreeJob {
  ReplicateRange range;
  bool with_table = false;
};

Status Tree(const BootstrapInput& input, const TreeJob& job, const Outputs& outputs,
            std::span<const double> contrast, const JobControl& control) {
  const ReplicateRange& range = job.range;
  Status status = CheckInput(input);
  if (!status.ok()) return status;
  if (!TreeCanDo(input)) return {StatusCode::kOutOfRange};
  TreeIndex index;
  status = TreeIndex::Build(input, TreeIndex::kReachesFarEnough, range.threads, index);
  if (!status.ok()) return status;
  status = Observe(input, index, outputs.observed_thresholds, outputs.observed_fpr, outputs.observed_tpr);
  if (!status.ok()) return status;
  if (!outputs.acceleration.empty()) {
    status = JackknifeAcceleration(input, index, contrast, outputs.acceleration);
    if (!status.ok()) return status;
  }
  if (!outputs.standard_errors.empty()) {
    status = ObserveStandardErrors(input, index, contrast, outputs.observed_standard_errors);
    if (!status.ok()) return status;
  }
  if (job.with_table) {
    status = MakeThresholdTable(input, index, range.threads, control, index.table);
    if (!status.ok()) return status;
  }
  return BootstrapTree(input, index, range,
                       {outputs.thresholds, outputs.tpr, outputs.standard_errors, contrast}, control);
}

// The samples' own readings, off an index of the `tree` engine, and the draws.
Status DrawConfidence(const BootstrapInput& input, const ReplicateRange& range, const Outputs& outputs,
                      const JobControl& control) {
  Status status = CheckInput(input);
  if (!status.ok()) return status;
  if (!TreeCanDo(input)) return {StatusCode::kOutOfRange};
  TreeIndex index;
  status = TreeIndex::Build(input, TreeIndex::kReachesFarEnough, range.threads, index);
  if (!status.ok()) return status;
  status = Observe(input, index, outputs.observed_thresholds, outputs.observed_fpr, outputs.observed_tpr);
  if (!status.ok()) return status;
  return Confidence(input, range, {outputs.thresholds, outputs.tpr, outputs.centres}, control);
}

// The samples' own readings, and the draws of runs of two detectors.
Status DrawRunConfidence(const BootstrapInput& input, const ReplicateRange& range, const Outputs& outputs,
                         const JobControl& control) {
  std::vector<RankedDetector> detectors;
  Status status = RankInput(input, range.threads, detectors);
  if (!status.ok()) return status;
  status = Observe(input, detectors, outputs.observed_thresholds, outputs.observed_fpr, outputs.observed_tpr);
  if (!status.ok()) return status;
  return RunConfidence(input, detectors, range, outputs.tpr, control);
}

// { count, normal: [n0], classes: [k][n_k] }
SampleGroups GroupsArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "groups");
  SampleGroups groups;
  groups.count = Uint32Arg(object.Get("count"), "count");
  groups.normal = ArrayArg<std::uint32_t>(object.Get("normal"), "normal");
  const Napi::Array classes = ListArg(object.Get("classes"), "classes");
  for (std::uint32_t k = 0; k < classes.Length(); ++k) {
    groups.classes.push_back(ArrayArg<std::uint32_t>(classes[k], "classes"));
  }
  return groups;
}

struct DrawArguments {
  BootstrapInput input;
  ReplicateRange range;
  Outputs outputs;
  JobControl control;
};

Napi::Value QueueDraws(const Napi::CallbackInfo& info, DrawArguments arguments,
                       decltype(&DrawConfidence) draw) {
  return PromiseWorker::Queue(info, [draw, arguments = std::move(arguments)] {
    return draw(arguments.input, arguments.range, arguments.outputs, arguments.control);
  });
}

}  // namespace

// confidence(input, range, outputs, control): two detectors
Napi::Value ConfidenceDraws(const Napi::CallbackInfo& info) {
  return QueueDraws(info,
                    {BootstrapInputArg(info[0]), RangeArg(info[1]), OutputsArg(info[2]), ControlArg(info[3])},
                    DrawConfidence);
}

// runConfidence(input, range, outputs, control): runs of a baseline, then as many of a candidate
Napi::Value RunConfidenceDraws(const Napi::CallbackInfo& info) {
  return QueueDraws(info,
                    {BootstrapInputArg(info[0]), RangeArg(info[1]), OutputsArg(info[2]), ControlArg(info[3])},
                    DrawRunConfidence);
}

// groupConfidence(input, groups, baselines, range, outputs, control): so many runs of a baseline, then those
// of a candidate
Napi::Value GroupConfidenceDraws(const Napi::CallbackInfo& info) {
  BootstrapInput input = BootstrapInputArg(info[0]);
  SampleGroups groups = GroupsArg(info[1]);
  const std::size_t baselines = Uint32Arg(info[2], "baselines");
  const ReplicateRange range = RangeArg(info[3]);
  const Outputs outputs = OutputsArg(info[4]);
  const JobControl control = ControlArg(info[5]);
  return PromiseWorker::Queue(info, [=, input = std::move(input), groups = std::move(groups)] {
    std::vector<RankedDetector> detectors;
    Status status = RankInput(input, range.threads, detectors);
    if (!status.ok()) return status;
    status =
        Observe(input, detectors, outputs.observed_thresholds, outputs.observed_fpr, outputs.observed_tpr);
    if (!status.ok()) return status;
    return GroupConfidence(input, detectors, groups, baselines, range, {outputs.thresholds, outputs.tpr},
                           control);
  });
}

// bootstrap(input, range, outputs, control, contrast?)
Napi::Value Bootstrap(const Napi::CallbackInfo& info) {
  BootstrapInput input = BootstrapInputArg(info[0]);
  const ReplicateRange range = RangeArg(info[1]);
  const auto engine = EnumArg<Engine>(info[1].As<Napi::Object>().Get("engine"), "engine");
  const Outputs outputs = OutputsArg(info[2]);
  const JobControl control = ControlArg(info[3]);
  const std::span<double> contrast = OptionalArrayArg<double>(info[4], "contrast");
  return PromiseWorker::Queue(info, [=, input = std::move(input)] {
    return engine == Engine::kDirect
               ? Direct(input, range, outputs, contrast, control)
               : Tree(input, {range, engine == Engine::kTable}, outputs, contrast, control);
  });
}

}  // namespace scoring_bias
