#include "bindings.h"

namespace scoring_bias {
namespace {

using Binding = Napi::Value (*)(const Napi::CallbackInfo&);

void Export(Napi::Object exports, const char* name, Binding binding) {
  exports.Set(name, Napi::Function::New(exports.Env(), binding, name));
}

Napi::Object Init(Napi::Env /*env*/, Napi::Object exports) {
  Export(exports, "argsort", Argsort);
  Export(exports, "beta", Beta);
  Export(exports, "betaCdf", BetaCdf);
  Export(exports, "betaQuantile", BetaQuantile);
  Export(exports, "betaQuantileUpper", BetaQuantileUpper);
  Export(exports, "betaSurvival", BetaSurvival);
  Export(exports, "biasFamily", NewBiasFamily);
  Export(exports, "biasFamilyLaws", BiasFamilyLaws);
  Export(exports, "biasFamilyOutside", BiasFamilyOutside);
  Export(exports, "binomial", Binomial);
  Export(exports, "bootstrap", Bootstrap);
  Export(exports, "confidenceAbove", ConfidenceAbove);
  Export(exports, "confidenceDraws", ConfidenceDraws);
  Export(exports, "confidenceLaw", NewConfidenceLaw);
  Export(exports, "confidenceOutside", ConfidenceOutside);
  Export(exports, "confidenceQuantile", ConfidenceQuantile);
  Export(exports, "countAbove", CountAbove);
  Export(exports, "ecdf", Ecdf);
  Export(exports, "exp", Exp);
  Export(exports, "expm1", Expm1);
  Export(exports, "fewestCertified", FewestCertified);
  Export(exports, "gaussian9d", Gaussian9d);
  Export(exports, "hypergeometric", Hypergeometric);
  Export(exports, "idealDifference", IdealDifference);
  Export(exports, "idealTpr", IdealTpr);
  Export(exports, "log", Log);
  Export(exports, "log1p", Log1p);
  Export(exports, "makeConfidenceLaw", MakeConfidenceLaw);
  Export(exports, "multinomial", Multinomial);
  Export(exports, "normal", Normal);
  Export(exports, "normalCdf", NormalCdf);
  Export(exports, "normalDensity", NormalDensity);
  Export(exports, "normalQuantile", NormalQuantile);
  Export(exports, "pairedLaw", PairedLaw);
  Export(exports, "permutation", Permutation);
  Export(exports, "plannedAnswers", PlannedAnswers);
  Export(exports, "quantiles", Quantiles);
  Export(exports, "rank", Rank);
  Export(exports, "runConfidenceDraws", RunConfidenceDraws);
  Export(exports, "groupConfidenceDraws", GroupConfidenceDraws);
  Export(exports, "setDefaultEnvironment", SetDefaultEnvironment);
  Export(exports, "sort", Sort);
  Export(exports, "sortSync", SortSync);
  Export(exports, "studentTQuantile", StudentTQuantile);
  Export(exports, "thresholds", Thresholds);
  Export(exports, "toleratedAlarms", ToleratedAlarms);
  Export(exports, "uniform", Uniform);
  exports.Set("enums", EnumNames(exports.Env()));
  exports.Set("version", Napi::String::New(exports.Env(), SCORING_BIAS_VERSION));
  return exports;
}

}  // namespace
}  // namespace scoring_bias

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  return scoring_bias::Init(env, exports);
}

NODE_API_MODULE(scoring_bias, InitAddon)
