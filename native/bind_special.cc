#include "args.h"
#include "bindings.h"
#include "kernels/special/elementary.h"
#include "kernels/special/special.h"

namespace scoring_bias {

// betaCdf(x, a, b)
Napi::Value BetaCdf(const Napi::CallbackInfo& info) {
  const Tails tails = BetaTails(NumberArg(info[0], "x"), NumberArg(info[1], "a"), NumberArg(info[2], "b"));
  return Napi::Number::New(info.Env(), tails.lower);
}

// betaSurvival(x, a, b)
Napi::Value BetaSurvival(const Napi::CallbackInfo& info) {
  const Tails tails = BetaTails(NumberArg(info[0], "x"), NumberArg(info[1], "a"), NumberArg(info[2], "b"));
  return Napi::Number::New(info.Env(), tails.upper);
}

// betaQuantile(p, a, b)
Napi::Value BetaQuantile(const Napi::CallbackInfo& info) {
  const UnitPoint point =
      BetaQuantile(NumberArg(info[0], "p"), NumberArg(info[1], "a"), NumberArg(info[2], "b"));
  return Napi::Number::New(info.Env(), point.x);
}

// betaQuantileUpper(q, a, b)
Napi::Value BetaQuantileUpper(const Napi::CallbackInfo& info) {
  const UnitPoint point =
      BetaQuantileUpper(NumberArg(info[0], "q"), NumberArg(info[1], "a"), NumberArg(info[2], "b"));
  return Napi::Number::New(info.Env(), point.x);
}

// exp(x)
Napi::Value Exp(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), portable::Exp(NumberArg(info[0], "x")));
}

// expm1(x)
Napi::Value Expm1(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), portable::Expm1(NumberArg(info[0], "x")));
}

// log(x)
Napi::Value Log(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), portable::Log(NumberArg(info[0], "x")));
}

// log1p(x)
Napi::Value Log1p(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), portable::Log1p(NumberArg(info[0], "x")));
}

// normalCdf(x)
Napi::Value NormalCdf(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), NormalTails(NumberArg(info[0], "x")).lower);
}

// normalDensity(x)
Napi::Value NormalDensity(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), NormalDensity(NumberArg(info[0], "x")));
}

// normalQuantile(p)
Napi::Value NormalQuantile(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), NormalQuantile(NumberArg(info[0], "p")));
}

// studentTQuantile(p, df)
Napi::Value StudentTQuantile(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), StudentTQuantile(NumberArg(info[0], "p"), NumberArg(info[1], "df")));
}

}  // namespace scoring_bias
