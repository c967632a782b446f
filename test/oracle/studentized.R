# Studentized (bootstrap-t) intervals by boot::boot.ci (Davison and Hinkley 1997, section 5.2.1). The mean and the
# variance of the mean are bootstrapped by boot; positions α/2·(R + 1) are whole, as boot.ci would interpolate others on
# another scale than the package. Writes one JSON row for each case, [replicates, estimate, standard error, standard
# errors, level, [lower, upper]], with 17 digits, to standard output:
#
#   Rscript studentized.R > studentized.json

library(boot)
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
statistic <- function(x, i) c(mean(x[i]), var(x[i]) / length(i))
set.seed(2)
cases <- list(
  list(rnorm(30, 0.3), 199, 0.95),
  list(rexp(12) - 0.5, 399, 0.9),
  list(rbinom(40, 1, 0.3) - rbinom(40, 1, 0.5), 199, 0.9)
)
rows <- sapply(cases, function(case) {
  b <- boot(case[[1]], statistic, R = case[[2]])
  ci <- boot.ci(b, conf = case[[3]], type = "stud")$student[4:5]
  sprintf("[%s, %.17g, %.17g, %s, %.17g, %s]", numbers(b$t[, 1]), b$t0[1], sqrt(b$t0[2]), numbers(sqrt(b$t[, 2])),
          case[[3]], numbers(ci))
})
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")
