#pragma once

// The special functions of the statistics: distribution functions accurate in both tails, and their inverses.
//
// Common contract. All are pure, thread safe (log-gamma keeps no sign in a global) and allocate nothing. The
// relative error is below 1e-12 in both tails wherever the result is a normal double; special_test.cc holds
// that against test/oracle/special.json, which R and mpmath made. A parameter outside its documented range,
// or NaN, gives NaN; nothing throws.

#include "kernels/special_beta.h"
#include "kernels/special_chi_square.h"
#include "kernels/special_discrete.h"
#include "kernels/special_gamma.h"
#include "kernels/special_normal.h"
#include "kernels/special_student.h"
