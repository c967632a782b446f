#include "args.h"
#include "bindings.h"
#include "kernels/exact/ideal_bootstrap.h"
#include "kernels/exact/paired_law.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

ScoreSpan ConstScores(const ScoreArray& sample) {
  return std::visit([](auto span) -> ScoreSpan { return AsConst(span); }, sample);
}

}  // namespace

// idealTpr(normal, anomalous, definition, fpr, probabilities, { law, quantiles, readings }, control):
// readings are threshold, fpr, tpr, mean, standard error
Napi::Value IdealTpr(const Napi::CallbackInfo& info) {
  const ScoreArray normal = ScoresArg(info[0], "normal"), anomalous = ScoresArg(info[1], "anomalous");
  const ThresholdDefinition definition = DefinitionArg(info[2]);
  const double fpr = NumberArg(info[3], "fpr");
  const auto probabilities = ArrayArg<double>(info[4], "probabilities");
  const Napi::Object outputs = ObjectArg(info[5], "outputs");
  const auto law = ArrayArg<double>(outputs.Get("law"), "law");
  const auto quantiles = ArrayArg<double>(outputs.Get("quantiles"), "quantiles");
  const auto readings = ArrayArg<double>(outputs.Get("readings"), "readings");
  const JobControl control = ControlArg(info[6]);
  if (readings.size() != 5) throw WrongType(info.Env(), "readings", "a Float64Array of length 5");
  if (quantiles.size() != probabilities.size()) {
    throw WrongType(info.Env(), "quantiles", "as long as probabilities");
  }
  return PromiseWorker::Queue(info, [=] {
    IdealReadings ideal;
    const Status status =
        IdealTpr(ConstScores(normal), ConstScores(anomalous), definition, fpr, control, law, ideal);
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < quantiles.size(); ++i) quantiles[i] = IdealQuantile(law, probabilities[i]);
    readings[0] = ideal.threshold;
    readings[1] = ideal.fpr;
    readings[2] = ideal.tpr;
    readings[3] = ideal.mean;
    readings[4] = ideal.standard_error;
    return status;
  });
}

// idealDifference(baseline, candidate, probabilities, { quantiles, signs }, control): the laws of two TPRs;
// signs are P(xi <= 0) and P(xi >= 0)
Napi::Value IdealDifference(const Napi::CallbackInfo& info) {
  const auto baseline = ArrayArg<double>(info[0], "baseline");
  const auto candidate = ArrayArg<double>(info[1], "candidate");
  const auto probabilities = ArrayArg<double>(info[2], "probabilities");
  const Napi::Object outputs = ObjectArg(info[3], "outputs");
  const auto quantiles = ArrayArg<double>(outputs.Get("quantiles"), "quantiles");
  const auto signs = ArrayArg<double>(outputs.Get("signs"), "signs");
  const JobControl control = ControlArg(info[4]);
  if (signs.size() != 2) throw WrongType(info.Env(), "signs", "a Float64Array of length 2");
  return PromiseWorker::Queue(info, [=] {
    SignProbabilities sides;
    const Status status = IdealDifference(baseline, candidate, probabilities, control, quantiles, sides);
    signs[0] = sides.at_most_zero;
    signs[1] = sides.at_least_zero;
    return status;
  });
}

// pairedLaw([first normal, first anomalous, second normal, second anomalous], definition, fpr, probabilities,
// { law, quantiles, readings }, threads, control): readings are mean, standard error, P(xi <= 0), P(xi >= 0)
Napi::Value PairedLaw(const Napi::CallbackInfo& info) {
  const Napi::Array arrays = ListArg(info[0], "scores");
  if (arrays.Length() != 4) throw WrongType(info.Env(), "scores", "four arrays");
  const auto scores = [&](std::uint32_t array) {
    return ConstScores(ScoresArg(arrays.Get(array), "scores"));
  };
  const PairedScores paired{scores(0), scores(2), scores(1), scores(3)};
  const ThresholdDefinition definition = DefinitionArg(info[1]);
  const double fpr = NumberArg(info[2], "fpr");
  const auto probabilities = ArrayArg<double>(info[3], "probabilities");
  const Napi::Object outputs = ObjectArg(info[4], "outputs");
  const auto law = ArrayArg<double>(outputs.Get("law"), "law");
  const auto quantiles = ArrayArg<double>(outputs.Get("quantiles"), "quantiles");
  const auto readings = ArrayArg<double>(outputs.Get("readings"), "readings");
  const int threads = ThreadsArg(info[5]);
  const JobControl control = ControlArg(info[6]);
  if (readings.size() != 4) throw WrongType(info.Env(), "readings", "a Float64Array of length 4");
  if (quantiles.size() != probabilities.size()) {
    throw WrongType(info.Env(), "quantiles", "as long as probabilities");
  }
  return PromiseWorker::Queue(info, [=] {
    PairedMoments moments;
    const Status status = PairedLaw(paired, definition, fpr, threads, control, law, moments);
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < quantiles.size(); ++i) quantiles[i] = PairedQuantile(law, probabilities[i]);
    const SignProbabilities signs = PairedSigns(law);
    readings[0] = moments.mean;
    readings[1] = moments.standard_error;
    readings[2] = signs.at_most_zero;
    readings[3] = signs.at_least_zero;
    return status;
  });
}

}  // namespace scoring_bias
