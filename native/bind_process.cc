#include <cstdlib>

#include "args.h"
#include "bindings.h"

namespace scoring_bias {

// setDefaultEnvironment(name, value): sets a variable of the process, of which a worker thread's process.env
// is only a copy, unless it has a value. As everywhere, no other thread should read the environment
// meanwhile.
Napi::Value SetDefaultEnvironment(const Napi::CallbackInfo& info) {
  const std::string name = StringArg(info[0], "name");
  const std::string value = StringArg(info[1], "value");
  const char* present = std::getenv(name.c_str());
  if (present == nullptr || *present == '\0') {
#ifdef _WIN32
    _putenv_s(name.c_str(), value.c_str());
#else
    setenv(name.c_str(), value.c_str(), 1);
#endif
  }
  return info.Env().Undefined();
}

}  // namespace scoring_bias
