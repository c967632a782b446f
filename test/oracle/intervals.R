# Bootstrap intervals by their formulas (Davison and Hinkley 1997, chapter 5; Efron 1987), in R's own arithmetic, for
# replicates on a lattice, as differences of recalls are, and others. Writes one JSON row for each case,
# [replicates, estimate, acceleration, level, { method: [lower, upper] }], with 17 digits, to standard output:
#
#   Rscript intervals.R > intervals.json

numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
intervals <- function(t, t0, a, level) {
  alpha <- 1 - level
  B <- length(t)
  Q <- function(p) quantile(t, p, type = 6, names = FALSE)
  z <- qnorm(1 - alpha / 2)
  z0 <- qnorm((sum(t < t0) + sum(t == t0) / 2 + 1 / 2) / (B + 1))
  beta <- function(p) pnorm(z0 + (z0 + qnorm(p)) / (1 - a * (z0 + qnorm(p))))
  list(
    percentile = c(Q(alpha / 2), Q(1 - alpha / 2)),
    basic = 2 * t0 - c(Q(1 - alpha / 2), Q(alpha / 2)),
    normal = 2 * t0 - mean(t) + c(-z, z) * sd(t),
    bca = c(Q(beta(alpha / 2)), Q(beta(1 - alpha / 2)))
  )
}
set.seed(1)
cases <- list(
  list(rnorm(199, 0.3, 0.1), 0.31, 0.02, 0.95),
  list(rnorm(499, -0.2, 0.3), -0.1, -0.05, 0.9),
  list(round(rnorm(299, 0.1, 0.2) * 8) / 8, 0.125, 0.01, 0.95),
  list(rexp(399), 0.9, 0.1, 0.99),
  list(rnorm(99, 0.3, 0.1), 0.9, 0.05, 0.95),
  list(rep(0.25, 50), 0.25, 0, 0.95)
)
rows <- sapply(cases, function(case) {
  ci <- do.call(intervals, case)
  cis <- paste(sprintf('"%s": %s', names(ci), sapply(ci, numbers)), collapse = ", ")
  sprintf("[%s, %.17g, %.17g, %.17g, {%s}]", numbers(case[[1]]), case[[2]], case[[3]], case[[4]], cis)
})
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")
