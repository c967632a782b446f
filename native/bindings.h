#pragma once

#include "napi_setup.h"

namespace scoring_bias {

// bind_bootstrap.cc
Napi::Value Bootstrap(const Napi::CallbackInfo& info);
Napi::Value ConfidenceDraws(const Napi::CallbackInfo& info);
Napi::Value RunConfidenceDraws(const Napi::CallbackInfo& info);
Napi::Value GroupConfidenceDraws(const Napi::CallbackInfo& info);

// bind_confidence.cc
Napi::Value ConfidenceAbove(const Napi::CallbackInfo& info);
Napi::Value ConfidenceOutside(const Napi::CallbackInfo& info);
Napi::Value ConfidenceQuantile(const Napi::CallbackInfo& info);
Napi::Value MakeConfidenceLaw(const Napi::CallbackInfo& info);
Napi::Value NewConfidenceLaw(const Napi::CallbackInfo& info);

// bind_enums.cc: the names of every enumeration that calls take
Napi::Object EnumNames(Napi::Env env);

// bind_exact.cc
Napi::Value BiasFamilyLaws(const Napi::CallbackInfo& info);
Napi::Value BiasFamilyOutside(const Napi::CallbackInfo& info);
Napi::Value NewBiasFamily(const Napi::CallbackInfo& info);

// bind_ideal.cc
Napi::Value IdealDifference(const Napi::CallbackInfo& info);
Napi::Value IdealTpr(const Napi::CallbackInfo& info);
Napi::Value PairedLaw(const Napi::CallbackInfo& info);

// bind_plan.cc
Napi::Value PlannedAnswers(const Napi::CallbackInfo& info);

// bind_process.cc
Napi::Value SetDefaultEnvironment(const Napi::CallbackInfo& info);

// bind_random.cc
Napi::Value Beta(const Napi::CallbackInfo& info);
Napi::Value Binomial(const Napi::CallbackInfo& info);
Napi::Value Gaussian9d(const Napi::CallbackInfo& info);
Napi::Value Hypergeometric(const Napi::CallbackInfo& info);
Napi::Value Multinomial(const Napi::CallbackInfo& info);
Napi::Value Normal(const Napi::CallbackInfo& info);
Napi::Value Permutation(const Napi::CallbackInfo& info);
Napi::Value Uniform(const Napi::CallbackInfo& info);

// bind_sample.cc
Napi::Value CountAbove(const Napi::CallbackInfo& info);
Napi::Value Ecdf(const Napi::CallbackInfo& info);
Napi::Value FewestCertified(const Napi::CallbackInfo& info);
Napi::Value Quantiles(const Napi::CallbackInfo& info);
Napi::Value Thresholds(const Napi::CallbackInfo& info);
Napi::Value ToleratedAlarms(const Napi::CallbackInfo& info);

// bind_sort.cc
Napi::Value Argsort(const Napi::CallbackInfo& info);
Napi::Value Rank(const Napi::CallbackInfo& info);
Napi::Value Sort(const Napi::CallbackInfo& info);
Napi::Value SortSync(const Napi::CallbackInfo& info);

// bind_special.cc
Napi::Value BetaCdf(const Napi::CallbackInfo& info);
Napi::Value BetaQuantile(const Napi::CallbackInfo& info);
Napi::Value BetaQuantileUpper(const Napi::CallbackInfo& info);
Napi::Value BetaSurvival(const Napi::CallbackInfo& info);
Napi::Value Exp(const Napi::CallbackInfo& info);
Napi::Value Expm1(const Napi::CallbackInfo& info);
Napi::Value Log(const Napi::CallbackInfo& info);
Napi::Value Log1p(const Napi::CallbackInfo& info);
Napi::Value NormalCdf(const Napi::CallbackInfo& info);
Napi::Value NormalDensity(const Napi::CallbackInfo& info);
Napi::Value NormalQuantile(const Napi::CallbackInfo& info);
Napi::Value StudentTQuantile(const Napi::CallbackInfo& info);

}  // namespace scoring_bias
