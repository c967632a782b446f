#include "args.h"
#include "bindings.h"
#include "kernels/plan/planned_answers.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

std::array<std::span<const double>, 2> PairArg(const Napi::Value& value, const char* name) {
  const Napi::Array list = ListArg(value, name);
  if (list.Length() != 2) throw WrongType(value.Env(), name, "two arrays");
  return {ArrayArg<double>(list.Get(0u), name), ArrayArg<double>(list.Get(1u), name)};
}

std::array<double, 2> NumbersArg(const Napi::Value& value, const char* name) {
  const Napi::Array list = ListArg(value, name);
  if (list.Length() != 2) throw WrongType(value.Env(), name, "two numbers");
  return {NumberArg(list.Get(0u), name), NumberArg(list.Get(1u), name)};
}

ScorePools PoolsArg(const Napi::Value& value, const char* name) {
  const Napi::Object pools = ObjectArg(value, name);
  return {PairArg(pools.Get("neither"), name), PairArg(pools.Get("baseline"), name),
          PairArg(pools.Get("candidate"), name), PairArg(pools.Get("both"), name)};
}

}  // namespace

// plannedAnswers({ normals, anomalies, counts, starts, startStride, readings, draws, familyValues, model },
// { above, lengths }): on the calling thread
Napi::Value PlannedAnswers(const Napi::CallbackInfo& info) {
  const Napi::Object object = ObjectArg(info[0], "input"), outputs = ObjectArg(info[1], "outputs");
  const Napi::Object model = ObjectArg(object.Get("model"), "model");
  const auto number = [&](const char* name) { return NumberArg(model.Get(name), name); };
  const PlannedInput input{
      .normals = PoolsArg(object.Get("normals"), "normals"),
      .anomalies = PoolsArg(object.Get("anomalies"), "anomalies"),
      .counts = ArrayArg<std::int32_t>(object.Get("counts"), "counts"),
      .starts = ArrayArg<double>(object.Get("starts"), "starts"),
      .start_stride = Uint32Arg(object.Get("startStride"), "startStride"),
      .readings = ArrayArg<double>(object.Get("readings"), "readings"),
      .draws = PairArg(object.Get("draws"), "draws"),
      .family_values = ArrayArg<double>(object.Get("familyValues"), "familyValues"),
      .intercepts = NumbersArg(model.Get("intercepts"), "intercepts"),
      .spreads = NumbersArg(model.Get("spreads"), "spreads"),
      .top = number("top"),
      .floor = number("floor"),
      .low = number("low"),
      .high = number("high"),
      .fpr = number("fpr"),
      .n_normal = number("nNormal"),
      .n_anomalous = number("nAnomalous"),
      .drawn_normal = number("drawnNormal"),
      .drawn_anomalous = number("drawnAnomalous"),
      .normal_scale = number("normalScale"),
      .anomalous_scale = number("anomalousScale"),
      .turns = NumbersArg(model.Get("turns"), "turns"),
      .own_thresholds = number("ownThresholds"),
      .resamples = number("resamples"),
      .bound = number("bound"),
      .two_sided = number("sides") == 2,
      .few = number("few") != 0,
  };
  const Status status = PlannedAnswers(input, {ArrayArg<std::uint8_t>(outputs.Get("above"), "above"),
                                               ArrayArg<double>(outputs.Get("lengths"), "lengths")});
  if (!status.ok()) throw ToError(info.Env(), status);
  return info.Env().Undefined();
}

}  // namespace scoring_bias
