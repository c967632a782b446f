# BTII intervals of Zhou and Qin (2005) for the difference of two sensitivities at a specificity of 0.9, by CRAN's
# SenSpe 1.3 (Y. Huang et al., Statistica Sinica 33, 2023), whose bootstrap is exact: as many resamples as there are.
# Writes one JSON row for each case, [design, baseline normal, baseline anomalous, candidate normal, candidate anomalous,
# level, [lower, upper], difference, its bootstrap variance], with 17 digits, to standard output:
#
#   Rscript bt2.R > bt2.json

library(SenSpe)
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
row <- function(design, x, y, level, ci, difference, variance) sprintf(
  '["%s", %s, %s, %s, %s, %.17g, %s, %.17g, %.17g]',
  design, numbers(x$normal), numbers(x$anomalous), numbers(y$normal), numbers(y$anomalous), level, numbers(ci),
  difference, variance
)
detector <- function(n0, n1, shift) list(normal = rnorm(n0), anomalous = rnorm(n1, shift))
blend <- function(a, b) Map(function(p, q) 0.6 * p + 0.8 * q, a, b)
# The specificity of negated scores at a controlled sensitivity: snsp2mup 1.3 mixes up the sizes when it turns them itself
# (and snsp2mp reads past its arrays when there are fewer cases than controls, so pairs have equal numbers of both).
# SenSpe subtracts the second detector from the first.
turned <- function(x) -c(x$normal, x$anomalous)
paired <- function(n, level) {
  x <- detector(n, n, 1)
  y <- blend(x, detector(n, n, 2))
  est <- snsp2mp(rbind(turned(y), turned(x)), n, 0.9, level)
  row("paired", x, y, level, est$zq_ci, est$diff[1], est$btva)
}
independent <- function(n0x, n1x, n0y, n1y, level) {
  x <- detector(n0x, n1x, 1)
  y <- detector(n0y, n1y, 2)
  est <- snsp2mup(turned(y), n0y, turned(x), n0x, 0.9, level)
  row("independent", x, y, level, est$zq_ci, est$diff[1], est$hvar)
}
set.seed(3)
rows <- c(paired(45, 0.95), paired(17, 0.9), independent(45, 20, 35, 60, 0.95), independent(55, 8, 45, 30, 0.9))
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")
