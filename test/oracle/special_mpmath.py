"""Adds to each row of special.R, read from standard input, the value that mpmath computes.

Rows become [function, arguments, value of R, value of mpmath]. The methods are not those of the kernels: tails of
the beta and gamma laws come from alternating power series with enough digits for the cancellation, or from
tanh-sinh quadrature of the density, and quantiles from Newton's method on those.
"""

import json
import sys

from mpmath import mp, mpf

mp.dps = 40


def beta_log_density(x, y, a, b):
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return (a - 1) * mp.log(x) + (b - 1) * mp.log(y) - log_beta


def integrate_down(log_density, at, limit):
    """The integral of exp(log_density) over (limit, at), for a density that rises up to `at`."""
    start = log_density(at)
    length = (at - limit) / 2**200
    while 2 * length < at - limit and start - log_density(at - length) < 90:
        length *= 2
    while length < (at - limit) and start - log_density(at - length) < 90:
        length = min(length * mpf("1.1"), (at - limit) * (1 - mpf(10) ** -30))
    panels = [at - length * i / 8 for i in range(8, -1, -1)]
    return mp.exp(start) * mp.quad(lambda u: mp.exp(log_density(u) - start), panels, method="gauss-legendre")


def power_series(x, a, b):
    """I_x(a, b) from the power series in x."""
    with mp.workdps(mp.dps + int(2.2 * float(b * x)) + 20):
        total = term = mpf(1)
        n = 0
        while True:
            n += 1
            term *= (n - b) * x / n
            total += term * a / (a + n)
            if n > b * x and abs(term) < mpf(10) ** -(mp.dps - 5):
                break
        return total * mp.exp(a * mp.log(x) - mp.log(a) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))


def beta_tails(x, y, a, b):
    with mp.workdps(420 if min(b * x, a * y) < 300 else 60):
        # The digits are for complements down to 1e-300.
        if b * x < 300 and x <= mpf("0.9"):
            lower = power_series(x, a, b)
            return lower, 1 - lower
        if a * y < 300 and y <= mpf("0.9"):
            upper = power_series(y, b, a)
            return 1 - upper, upper
    with mp.workdps(50):
        if x * (a + b) <= a:
            lower = integrate_down(lambda u: beta_log_density(u, 1 - u, a, b), x, mpf(0))
            return lower, 1 - lower
        upper = integrate_down(lambda v: beta_log_density(1 - v, v, a, b), y, mpf(0))
        return 1 - upper, upper


def gamma_tails(x, a):
    with mp.workdps(420):
        if max(x, a) < 2000:
            total = term = 1 / a
            n = 0
            while term > mpf(10) ** -mp.dps * total:
                n += 1
                term *= x / (a + n)
                total += term
            lower = total * mp.exp(a * mp.log(x) - x - mp.loggamma(a))
            return lower, 1 - lower
    with mp.workdps(50):

        def log_density(u):
            return (a - 1) * mp.log(u) - u - mp.loggamma(a)

        if x <= a:
            lower = integrate_down(log_density, x, mpf(0))
            return lower, 1 - lower
        upper = integrate_down(lambda v: log_density(-v), -x, -x * 1000)
        return 1 - upper, upper


def newton(start, probability, tail, log_density, sign):
    """The point where `tail`, of slope `sign` times the density, has the given value; the start is nearly there.

    Newton's method on the logarithm, the straighter function."""
    x = mpf(start)
    for _ in range(60):
        value = tail(x)
        move = sign * mp.log(probability / value) * value / mp.exp(log_density(x))
        x = x + move if x + move > 0 else x / 2
        if abs(move) < mpf(10) ** -22 * x:
            return x
    raise ArithmeticError(f"no convergence from {start} to {probability}")


def quantile(start, p, tails, log_density):
    """The point whose lower tail is p."""
    if p <= 0.5:
        return newton(start, p, lambda x: tails(x)[0], log_density, 1)
    return newton(start, 1 - p, lambda x: tails(x)[1], log_density, -1)


def quantile_upper(start, q, tails, log_density):
    """The point whose upper tail is q."""
    if q <= 0.5:
        return newton(start, q, lambda x: tails(x)[1], log_density, -1)
    return newton(start, 1 - q, lambda x: tails(x)[0], log_density, 1)


def student_outer(t, df):
    square = t * t / df
    return beta_tails(1 / (1 + square), square / (1 + square), df / 2, mpf(1) / 2)[0] / 2


def student_quantile(start, p, df):
    outer = p if p < 0.5 else 1 - p

    def log_density(t):
        return (mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(mp.pi * df) / 2
                - (df + 1) / 2 * mp.log1p(t * t / df))

    t = newton(abs(start), outer, lambda t: student_outer(t, df), log_density, -1)
    return -t if p < 0.5 else t


def binomial_log_pmf(k, n, p):
    choose = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    return choose + k * mp.log(p) + (n - k) * mp.log1p(-p)


def binomial_tails(k, n, p):
    return (mpf(1), mpf(0)) if k == n else beta_tails(1 - p, p, n - k, k + 1)


def choose_log(n, k):
    return mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)


def normal_quantile(start, p):
    x = mpf(start)
    for _ in range(6):
        gap = p - mp.ncdf(x) if p < 0.5 else (1 - p) - mp.ncdf(-x)
        tail = mp.ncdf(x) if p < 0.5 else mp.ncdf(-x)
        move = mp.log1p(gap / tail) * tail / mp.npdf(x)
        x += move if p < 0.5 else -move
    return x


FUNCTIONS = {
    "normalLower": lambda r, x: mp.ncdf(x),
    "normalUpper": lambda r, x: mp.ncdf(-x),
    "normalQuantile": normal_quantile,
    "normalDensity": lambda r, x: mp.npdf(x),
    "logGamma": lambda r, x: mp.loggamma(x),
    "logBeta": lambda r, a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
    "betaLower": lambda r, x, a, b: beta_tails(x, 1 - x, a, b)[0],
    "betaUpper": lambda r, x, a, b: beta_tails(x, 1 - x, a, b)[1],
    "betaQuantile": lambda r, p, a, b: quantile(
        r, p, lambda x: beta_tails(x, 1 - x, a, b), lambda x: beta_log_density(x, 1 - x, a, b)),
    "betaQuantileUpper": lambda r, q, a, b: quantile_upper(
        r, q, lambda x: beta_tails(x, 1 - x, a, b), lambda x: beta_log_density(x, 1 - x, a, b)),
    "studentQuantile": student_quantile,
    "chiSquareLower": lambda r, x, df: gamma_tails(x / 2, df / 2)[0],
    "chiSquareUpper": lambda r, x, df: gamma_tails(x / 2, df / 2)[1],
    "binomialPmf": lambda r, k, n, p: mp.exp(binomial_log_pmf(k, n, p)),
    "binomialLogPmf": lambda r, k, n, p: binomial_log_pmf(k, n, p),
    "binomialLower": lambda r, k, n, p: binomial_tails(k, n, p)[0],
    "binomialUpper": lambda r, k, n, p: binomial_tails(k, n, p)[1],
    "hypergeometricPmf": lambda r, k, good, bad, draws: mp.exp(
        choose_log(good, k) + choose_log(bad, draws - k) - choose_log(good + bad, draws)),
}


def main():
    rows = []
    for line in sys.stdin:
        name, arguments, value = json.loads(line)
        try:
            exact = FUNCTIONS[name](value, *(mpf(argument) for argument in arguments))
        except ArithmeticError as error:
            print(f"left out, {error!r}: {line.strip()}", file=sys.stderr)
            continue
        if abs(mpf(value) / exact - 1) > mpf(10) ** -12:
            print(f"R is off by {mp.nstr(abs(mpf(value) / exact - 1), 2)}: {line.strip()}", file=sys.stderr)
        rows.append(f'["{name}", {json.dumps(arguments)}, {value!r}, {float(exact)!r}]')
    print("[\n" + ",\n".join(rows) + "\n]")


main()
