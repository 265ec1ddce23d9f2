# Over-representation by goseq's hypergeometric method, from the database that resources/go was made of.
#   apt-get install r-bioc-goseq r-bioc-go.db r-bioc-org.hs.eg.db
#   Rscript enrichment.R ../../../resources/l1000-landmarks.tsv | gzip -9n > enrichment.tsv.gz
# Background: all protein-coding genes. Lists: ribosomal proteins, genes of the extracellular matrix by their symbols, the
# L1000 landmarks. One row for each list and GO term of 10 to 500 background genes with a gene of the list in it.
suppressPackageStartupMessages({
  library(goseq)
  library(org.Hs.eg.db)
  library(GO.db)
})
landmarks <- read.delim(commandArgs(TRUE)[1], colClasses = "character")$entrez
types <- AnnotationDbi::select(org.Hs.eg.db, keys(org.Hs.eg.db), c("SYMBOL", "GENETYPE"), "ENTREZID")
background <- types[types$GENETYPE == "protein-coding", ]
lists <- list(
  ribosomal = background$ENTREZID[grepl("^RP[LS][0-9]", background$SYMBOL)],
  matrix = background$ENTREZID[grepl("^(COL[0-9]+A|LAM[ABC]|MMP|ADAMTS|FBN|FBLN|TNX|ELN|FN1|SPARC|LOX|TIMP)", background$SYMBOL)],
  landmarks = intersect(landmarks, background$ENTREZID)
)
annotated <- as.list(org.Hs.egGO2ALLEGS)
namespace <- Ontology(GOTERM[intersect(names(annotated), keys(GO.db))])
cat("list\tid\tnamespace\toverlap\tsize\tp\tadjusted\n")
for (space in c("BP", "CC", "MF")) {
  terms <- lapply(annotated[names(namespace)[namespace == space]], unique)
  pairs <- data.frame(gene = unlist(terms, use.names = FALSE), term = rep(names(terms), lengths(terms)))
  pairs <- pairs[pairs$gene %in% background$ENTREZID, ]
  for (name in names(lists)) {
    chosen <- as.integer(background$ENTREZID %in% lists[[name]])
    weights <- data.frame(DEgenes = chosen, bias.data = 1, pwf = 1, row.names = background$ENTREZID)
    result <- suppressMessages(goseq(weights, gene2cat = pairs, method = "Hypergeometric"))
    result <- result[result$numInCat >= 10 & result$numInCat <= 500, ]
    result$adjusted <- p.adjust(result$over_represented_pvalue, "BH")
    result <- result[result$numDEInCat > 0, ]
    cat(sprintf("%s\t%s\t%s\t%d\t%d\t%.17g\t%.17g\n", name, result$category, space, result$numDEInCat,
      result$numInCat, result$over_represented_pvalue, result$adjusted), sep = "")
  }
}
