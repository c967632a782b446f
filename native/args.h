#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <variant>

#include "kernels/base/job_control.h"
#include "kernels/base/named.h"
#include "kernels/sort/threshold.h"
#include "napi_setup.h"

namespace scoring_bias {

// Reading JavaScript arguments. TypeScript has checked them; these checks only make sure that a call that
// went past TypeScript throws instead of reading memory that is not there.

inline Napi::TypeError WrongType(Napi::Env env, const std::string& name, const char* expected) {
  return Napi::TypeError::New(env, name + " must be " + expected);
}

namespace args_detail {

template <typename T>
struct ArrayType;
template <>
struct ArrayType<float> : std::integral_constant<napi_typedarray_type, napi_float32_array> {};
template <>
struct ArrayType<double> : std::integral_constant<napi_typedarray_type, napi_float64_array> {};
template <>
struct ArrayType<std::uint8_t> : std::integral_constant<napi_typedarray_type, napi_uint8_array> {};
template <>
struct ArrayType<std::int32_t> : std::integral_constant<napi_typedarray_type, napi_int32_array> {};
template <>
struct ArrayType<std::uint32_t> : std::integral_constant<napi_typedarray_type, napi_uint32_array> {};

}  // namespace args_detail

/// Whether the value is a typed array of T.
template <typename T>
bool IsArrayOf(const Napi::Value& value) {
  return value.IsTypedArray() &&
         value.As<Napi::TypedArray>().TypedArrayType() == args_detail::ArrayType<T>::value;
}

/// The elements of a typed array of T, borrowed: valid while the caller keeps the array alive and its buffer
/// attached.
template <typename T>
std::span<T> ArrayArg(const Napi::Value& value, const char* name) {
  if (!IsArrayOf<T>(value)) throw WrongType(value.Env(), name, "a typed array of the documented kind");
  auto array = value.As<Napi::TypedArrayOf<T>>();
  return {array.Data(), array.ElementLength()};
}

/// Scores of either precision, borrowed and writable.
using ScoreArray = std::variant<std::span<float>, std::span<double>>;

inline ScoreArray ScoresArg(const Napi::Value& value, const char* name) {
  if (IsArrayOf<float>(value)) return ArrayArg<float>(value, name);
  if (IsArrayOf<double>(value)) return ArrayArg<double>(value, name);
  throw WrongType(value.Env(), name, "a Float32Array or Float64Array");
}

template <typename T>
std::span<const T> AsConst(std::span<T> span) {
  return span;
}

/// As ArrayArg, or an empty span for undefined.
template <typename T>
std::span<T> OptionalArrayArg(const Napi::Value& value, const char* name) {
  return value.IsUndefined() ? std::span<T>() : ArrayArg<T>(value, name);
}

inline Napi::Array ListArg(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) throw WrongType(value.Env(), name, "an array");
  return value.As<Napi::Array>();
}

inline Napi::Object ObjectArg(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) throw WrongType(value.Env(), name, "an object");
  return value.As<Napi::Object>();
}

/// An integer in [0, max]; `max` is at most 2^53 - 1.
inline std::uint64_t IntegerArg(const Napi::Value& value, const char* name,
                                std::uint64_t max = (std::uint64_t{1} << 53) - 1) {
  if (!value.IsNumber()) throw WrongType(value.Env(), name, "a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= static_cast<double>(max) && number == std::floor(number))) {
    throw Napi::RangeError::New(value.Env(), std::string(name) + " is out of range");
  }
  return static_cast<std::uint64_t>(number);
}

inline std::uint32_t Uint32Arg(const Napi::Value& value, const char* name) {
  return static_cast<std::uint32_t>(IntegerArg(value, name, std::numeric_limits<std::uint32_t>::max()));
}

inline std::string StringArg(const Napi::Value& value, const char* name) {
  if (!value.IsString()) throw WrongType(value.Env(), name, "a string");
  return value.As<Napi::String>();
}

/// A value of an enumeration, passed as its name.
template <typename Enum>
Enum EnumArg(const Napi::Value& value, const char* name) {
  const std::string text = StringArg(value, name);
  for (const auto& named : kNamed<Enum>) {
    if (text == named.name) return named.value;
  }
  throw Napi::RangeError::New(value.Env(), std::string(name) + " is not known");
}

inline int ThreadsArg(const Napi::Value& value) {
  return static_cast<int>(IntegerArg(value, "threads", 1024));
}

/// The abort flag and the count of finished work, as the two elements of an Int32Array.
inline JobControl ControlArg(const Napi::Value& value) {
  const std::span<std::int32_t> control = ArrayArg<std::int32_t>(value, "control");
  if (control.size() != 2) throw WrongType(value.Env(), "control", "an Int32Array of length 2");
  return {&control[0], &control[1]};
}

inline double NumberArg(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) throw WrongType(value.Env(), name, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

/// How thresholds are read: { rule, delta }.
inline ThresholdDefinition DefinitionArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "definition");
  return {EnumArg<ThresholdRule>(object.Get("rule"), "rule"), NumberArg(object.Get("delta"), "delta")};
}

}  // namespace scoring_bias
