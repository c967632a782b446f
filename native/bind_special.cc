#include "args.h"
#include "bindings.h"
#include "kernels/special.h"

namespace scoring_bias {

// normalCdf(x)
Napi::Value NormalCdf(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), NormalTails(NumberArg(info[0], "x")).lower);
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
