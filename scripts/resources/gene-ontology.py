"""Makes resources/go/: GO terms and the annotation of human genes, from Bioconductor's GO.db and org.Hs.eg.db.

    apt-get install r-bioc-go.db r-bioc-org.hs.eg.db     # Debian 12: version 3.16.0-1
    python3 scripts/resources/gene-ontology.py

Python's standard library only. What is taken, what is left out and why stands in resources/go/README.md. The output is the
same, byte for byte, for the same input. Annotations are stored as they were made; the app carries them to ancestors. That
this gives what org.Hs.eg.db gives as GO2ALLEGS, gene for gene and term for term, is checked here before anything is written.
"""

import collections
import datetime
import gzip
import hashlib
import json
import pathlib
import sqlite3
import subprocess

PACKAGES = ["r-bioc-go.db", "r-bioc-org.hs.eg.db"]
LIBRARY = pathlib.Path("/usr/lib/R/site-library")
OUT = pathlib.Path(__file__).resolve().parents[2] / "resources" / "go"
NAMESPACES = {"bp": "BP", "mf": "MF", "cc": "CC"}
# The database's own node above the three namespaces: no term.
ABOVE = "all"


def connect(package, file):
    return sqlite3.connect(f"file:{LIBRARY / package / 'extdata' / file}?mode=ro", uri=True)


def parents_of(go, table):
    ids = dict(go.execute("SELECT _id, go_id FROM go_term"))
    parents = collections.defaultdict(set)
    for child, parent in go.execute(f"SELECT _id, _parent_id FROM {table}"):
        if ids[parent] != ABOVE:
            parents[ids[child]].add(ids[parent])
    return parents


def ancestors_of(term, parents, known):
    if term not in known:
        found = {term}
        for parent in parents[term]:
            found |= ancestors_of(parent, parents, known)
        known[term] = found
    return known[term]


def check(genes, space, direct, parents):
    known = {}
    carried = {(gene, above) for gene, term in direct for above in ancestors_of(term, parents, known)}
    theirs = set(genes.execute(f"SELECT DISTINCT _id, go_id FROM go_{space}_all WHERE go_id <> '{ABOVE}'"))
    assert carried == theirs, f"{space}: {len(carried - theirs)} too many, {len(theirs - carried)} missing"
    return len(carried)


def write(name, header, rows):
    content = "".join("\t".join(row) + "\n" for row in [header, *rows]).encode()
    assert all(len(line.split(b"\t")) == len(header) for line in content.splitlines())
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    (OUT / name).write_bytes(packed)
    return {"bytes": len(packed), "contentSha256": hashlib.sha256(content).hexdigest()}


def main():
    go, genes = connect("GO.db", "GO.sqlite"), connect("org.Hs.eg.db", "org.Hs.eg.sqlite")
    entrez = {key: int(gene) for key, gene in genes.execute("SELECT _id, gene_id FROM genes")}
    terms, annotation, pairs = [], collections.defaultdict(set), {}
    for space, label in NAMESPACES.items():
        parents = parents_of(go, f"go_{space}_parents")
        direct = set(genes.execute(f"SELECT DISTINCT _id, go_id FROM go_{space}"))
        pairs[label] = check(genes, space, direct, parents)
        names = dict(go.execute("SELECT go_id, term FROM go_term WHERE ontology = ?", (label,)))
        terms += [[term, label, name, ";".join(sorted(parents[term]))] for term, name in names.items()]
        for gene, term in direct:
            assert term in names, term
            annotation[entrez[gene]].add(term)
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *PACKAGES],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    dates = dict(go.execute("SELECT name, value FROM metadata"))
    annotated = dict(genes.execute("SELECT name, value FROM metadata"))
    OUT.mkdir(parents=True, exist_ok=True)
    files = {
        "terms": write("terms.tsv.gz", ["id", "namespace", "name", "parents"], sorted(terms)),
        "annotations": write(
            "human.tsv.gz",
            ["entrez", "terms"],
            [[str(gene), ";".join(sorted(found))] for gene, found in sorted(annotation.items())],
        ),
    }
    description = {
        "organism": "Homo sapiens",
        "source": "Gene Ontology, by GO.db and org.Hs.eg.db (Bioconductor)",
        "packages": version,
        "licence": "CC BY 4.0 (Gene Ontology), Artistic-2.0 (the packages)",
        "ontology": dates["GOSOURCEDATE"],
        "annotation": datetime.datetime.strptime(annotated["GOEGSOURCEDATE"], "%Y-%b%d").date().isoformat(),
        "terms": len(terms),
        "genes": len(annotation),
        "pairs": pairs,
        "files": files,
    }
    (OUT / "human.json").write_text(json.dumps(description, indent=2) + "\n")
    print(json.dumps(description, indent=2))


if __name__ == "__main__":
    main()
