# Two-sided p values of shared genes and single probabilities, from R. Usage: Rscript hypergeometric.R > hypergeometric.json
cases <- list(
  c(33, 910, 754, 8960), c(77, 910, 754, 8960), c(120, 910, 754, 8960), c(0, 910, 754, 8960),
  c(3, 26, 26, 341), c(0, 5, 10, 20), c(5, 5, 10, 20), c(10, 12, 15, 20), c(900, 1800, 978, 20000),
  c(12, 2500, 900, 60000), c(1, 1, 1, 2), c(46, 910, 978, 12732)
)
number <- function(x) sprintf("%.17g", x)
rows <- vapply(cases, function(k) {
  shared <- k[1]; a <- k[2]; b <- k[3]; n <- k[4]
  table <- matrix(c(shared, a - shared, b - shared, n - a - b + shared), 2)
  sprintf('{"shared":%d,"sizeA":%d,"sizeB":%d,"background":%d,"probability":%s,"p":%s}',
    shared, a, b, n, number(dhyper(shared, b, n - b, a)), number(fisher.test(table)$p.value))
}, "")
values <- c(3.5, -1, 2, 8, 0.25, 4, 4)
shares <- c(0, 0.025, 0.25, 0.5, 0.75, 0.975, 1)
cat(sprintf('{"made_by":"hypergeometric.R","version":"%s",\n"cases":[\n%s\n],\n', R.version.string, paste(rows, collapse = ",\n")))
cat(sprintf('"values":[%s],\n"quantiles":[%s]}\n', paste(values, collapse = ","),
  paste(sprintf("[%g,%s]", shares, number(quantile(values, shares))), collapse = ",")))
