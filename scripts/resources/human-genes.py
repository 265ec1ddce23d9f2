"""Makes resources/genes/human-genes.tsv.gz, shared-aliases.tsv.gz and human-genes.json from Bioconductor's org.Hs.eg.db.

    apt-get install r-bioc-org.hs.eg.db        # Debian 12: version 3.16.0-1, licence Artistic-2.0
    python3 scripts/resources/human-genes.py

Python's standard library only. What is taken, what is left out and why stands in resources/genes/README.md.
The output is the same, byte for byte, for the same input.
"""

import collections
import datetime
import gzip
import hashlib
import io
import json
import pathlib
import sqlite3
import subprocess

PACKAGE = "r-bioc-org.hs.eg.db"
DATABASE = "/usr/lib/R/site-library/org.Hs.eg.db/extdata/org.Hs.eg.sqlite"
OUT = pathlib.Path(__file__).resolve().parents[2] / "resources" / "genes"

# Entrez keeps a record for enhancers, silencers and the like; they are no genes that a count table could hold.
LEFT_OUT_TYPE = "biological-region"

# HGNC names of mitochondrial genes, where they are not "MT-" and NCBI's symbol. NCBI itself leaves the "MT-" away,
# count tables never do.
MITOCHONDRIAL = {"COX1": "MT-CO1", "COX2": "MT-CO2", "COX3": "MT-CO3", "CYTB": "MT-CYB"}


def mitochondrial_symbol(symbol):
    if symbol in MITOCHONDRIAL:
        return MITOCHONDRIAL[symbol]
    # Transfer RNA: TRNF is MT-TF, TRNL1 is MT-TL1.
    return "MT-T" + symbol[3:] if symbol.startswith("TRN") else "MT-" + symbol


def grouped(database, query):
    out = collections.defaultdict(list)
    for key, value in database.execute(query):
        if value not in out[key]:
            out[key].append(value)
    return out


def read(database):
    """Genes as dictionaries, by Entrez id."""
    chromosomes = grouped(database, "SELECT _id, chromosome FROM chromosomes ORDER BY chromosome")
    ensembl = grouped(database, "SELECT _id, ensembl_id FROM ensembl ORDER BY ensembl_id")
    aliases = grouped(database, "SELECT _id, alias_symbol FROM alias ORDER BY alias_symbol")
    genes = []
    rows = database.execute(
        "SELECT g._id, g.gene_id, i.symbol, i.gene_name, t.gene_type FROM genes g JOIN gene_info i USING (_id)"
        " LEFT JOIN genetype t USING (_id)"
    )
    for key, entrez, symbol, name, kind in rows:
        chromosome = "/".join(chromosomes[key])
        names = set(aliases[key])
        if chromosome == "MT":
            names |= {symbol}
            symbol = mitochondrial_symbol(symbol)
        genes.append(
            {
                "entrez": int(entrez),
                "symbol": symbol,
                "ensembl": ensembl[key],
                "aliases": names - {symbol},
                "chromosome": chromosome,
                "name": name,
                "type": kind,
            }
        )
    return sorted(genes, key=lambda gene: gene["entrez"])


def fits_a_table(alias):
    return alias.isprintable() and not set(alias) & set("|;, \t\"")


def keep_own_aliases(genes):
    """Takes away every alias that a second gene has as alias or symbol, and what would break a table.

    Returns the aliases of several genes, none of which has it as its symbol: alias -> Entrez ids.
    """
    owners = collections.Counter()
    for gene in genes:
        owners.update(gene["aliases"] | {gene["symbol"]})
    symbols = {gene["symbol"] for gene in genes}
    shared = collections.defaultdict(list)
    for gene in genes:
        for alias in gene["aliases"]:
            if owners[alias] > 1 and alias not in symbols and fits_a_table(alias) and gene["type"] != LEFT_OUT_TYPE:
                shared[alias].append(gene["entrez"])
        gene["aliases"] = sorted(
            alias for alias in gene["aliases"] if owners[alias] == 1 and fits_a_table(alias)
        )
    return {alias: ids for alias, ids in sorted(shared.items()) if len(ids) > 1}


def date(value):
    """Turns 2022-Sep12 into 2022-09-12."""
    return datetime.datetime.strptime(value, "%Y-%b%d").date().isoformat()


def main():
    database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    metadata = dict(database.execute("SELECT name, value FROM metadata"))
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", PACKAGE], capture_output=True, text=True, check=True
    ).stdout
    genes = read(database)
    shared = keep_own_aliases(genes)
    genes = [gene for gene in genes if gene["type"] != LEFT_OUT_TYPE]

    text = io.StringIO()
    text.write("entrez\tsymbol\tensembl\taliases\tchromosome\ttype\tname\n")
    for gene in genes:
        fields = [
            str(gene["entrez"]),
            gene["symbol"],
            ";".join(gene["ensembl"]),
            "|".join(gene["aliases"]),
            gene["chromosome"],
            gene["type"] or "",
            gene["name"],
        ]
        assert not any("\t" in field or "\n" in field for field in fields), gene
        text.write("\t".join(fields) + "\n")
    content = text.getvalue().encode()
    packed = gzip.compress(content, compresslevel=9, mtime=0)

    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "human-genes.tsv.gz").write_bytes(packed)
    lines = ["alias\tentrez"] + [f"{alias}\t{';'.join(map(str, ids))}" for alias, ids in shared.items()]
    ambiguous = ("\n".join(lines) + "\n").encode()
    (OUT / "shared-aliases.tsv.gz").write_bytes(gzip.compress(ambiguous, compresslevel=9, mtime=0))
    description = {
        "organism": "Homo sapiens",
        "source": "org.Hs.eg.db (Bioconductor)",
        "package": f"{PACKAGE} {version}",
        "licence": "Artistic-2.0",
        "entrezGene": date(metadata["EGSOURCEDATE"]),
        "ensembl": date(metadata["ENSOURCEDATE"]),
        "genes": len(genes),
        "withEnsembl": sum(1 for gene in genes if gene["ensembl"]),
        "aliases": sum(len(gene["aliases"]) for gene in genes),
        "sharedAliases": len(shared),
        "bytes": len(packed),
        "contentSha256": hashlib.sha256(content).hexdigest(),
    }
    (OUT / "human-genes.json").write_text(json.dumps(description, indent=2) + "\n")
    print(json.dumps(description, indent=2))


if __name__ == "__main__":
    main()
